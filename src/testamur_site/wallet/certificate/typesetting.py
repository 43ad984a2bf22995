"""The compiler that sets certificates: started once in a process, because finding the fonts takes twenty times as long as a page.

It remembers what it has laid out, to be quicker when the same comes again, and looks through all of it each time. After hundreds of pages
that no other page is like, it is made to forget them.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

CERTIFICATE = Path(__file__).with_name("certificate.typ")
TEMPLATES = tuple(sorted(CERTIFICATE.parent.glob("*.typ")))
_FORGOTTEN_AFTER = 11
"""What is not used in ten runs is given up by the compiler (typst-py evicts after every run)."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """The `pdf` that was made, and what its template put down as metadata under a label."""

    pdf: bytes
    found: Callable[[str], list[Any]]


def typeset(
    template: Path,
    words: Mapping[str, object],
    moment: datetime,
    standard: str,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Typeset:
    """What `template` makes of `words`, which reach it as one JSON value and never as markup, and of `more` inputs. It reads what lies in
    its own folder, and nothing else. `moment` is what the file says of its making, `standard` the version of PDF. Within `alone`."""
    import typst

    compiler = typst.Compiler(
        template, root=template.parent, font_paths=_fonts(), sys_inputs={"words": json.dumps(words), **more}
    )
    made: bytes = compiler.compile(format="pdf", pdf_standards=standard, timestamp=int(moment.timestamp()))
    return Typeset(made, lambda label: list(json.loads(compiler.query(label, field="value"))))


@contextlib.contextmanager
def alone(*, forget: bool = False) -> Iterator[None]:
    """Nobody else sets anything meanwhile: the compiler uses all processors for one. With `forget` it remembers nothing afterwards."""
    with _one_at_a_time:
        try:
            yield
        finally:
            if forget:
                _forget()


_one_at_a_time = threading.Lock()


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts()


def _forget() -> None:
    import typst

    nothing = {"nothing.typ": b""}
    compiler = typst.Compiler(nothing, font_paths=_fonts())
    for _run in range(_FORGOTTEN_AFTER):
        compiler.compile(input=nothing, format="svg")
