"""The forms in which the kernels of shapes and cohorts run here: the Python source, and compiled where tools/accelerate.py could."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NamedTuple

from testamur.accelerated import compiled
from testamur.issuing.cohort import compiled as patterns
from testamur.issuing.cohort import digits, token_kernel, tokens, verifying_kernel
from testamur.issuing.cohort import kernel as cohort_kernel
from testamur.linked_data.shapes import kernel as shape_kernel
from testamur.linked_data.shapes import plan
from testamur.proofs import base64url, encodings


class Form(NamedTuple):
    shapes: Any
    cohort: Any
    digits: Any
    tokens: Any
    verifying: Any
    base64url: Any


def forms() -> dict[str, Form]:
    sources = (shape_kernel, cohort_kernel, digits, token_kernel, verifying_kernel, base64url)
    found = {"Python": Form(*sources)}
    quick: list[ModuleType | None] = [compiled(source) for source in sources]
    if None not in quick:
        found["compiled"] = Form(*quick)
    return found


FORMS = forms()


@contextmanager
def running(form: Form) -> Iterator[None]:
    """Everything that is compiled from a document or an award meanwhile runs in this form."""
    places = (
        (plan, "KERNEL"),
        (patterns, "KERNEL"),
        (patterns, "DIGITS"),
        (tokens, "KERNEL"),
        (patterns, "VERIFYING"),
        (encodings, "BASE64URL"),
    )
    before = [getattr(*place) for place in places]
    for place, kernel in zip(places, form, strict=True):
        setattr(*place, kernel)
    try:
        yield
    finally:
        for place, kernel in zip(places, before, strict=True):
            setattr(*place, kernel)
