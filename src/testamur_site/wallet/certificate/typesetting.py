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
from typing import Any

CERTIFICATE = Path(__file__).with_name("certificate.typ")
PAGE, FORMS, STACK, EACH = (CERTIFICATE.with_name(f"{name}.typ") for name in ("page", "forms", "stack", "each"))
TEMPLATES = (CERTIFICATE, PAGE, FORMS, STACK, EACH)
_FORGOTTEN_AFTER = 11
"""What is not used in ten runs is given up by the compiler (typst-py evicts after every run)."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """The `pdf` that was made, and what its template put down as metadata under a label."""

    pdf: bytes
    found: Callable[[str], list[Any]]


def certificate(words: Mapping[str, object], credential: bytes, moment: datetime) -> bytes:
    """The PDF that `certificate.typ` makes of `words`, with `credential` attached. What comes in reaches it as two files, never as markup:
    so constant parts are recognised from one certificate to the next. `moment` is what the file says of its making. Within `alone`."""
    files = {
        "main.typ": _templates()[CERTIFICATE.name],
        PAGE.name: _templates()[PAGE.name],
        "words.json": json.dumps(words).encode(),
        "credential.json": credential,
    }
    made: bytes = _compiler().compile(
        input=files,
        format="pdf",
        pdf_standards="2.0",  # earlier versions know no relationship of an attachment
        timestamp=int(moment.timestamp()),
    )
    return made


def typeset(template: Path, words: Mapping[str, object], moment: datetime) -> Typeset:
    """What `template` makes of `words`, which reach it as one JSON value and never as markup. It reads what lies in its own folder, and
    nothing else. PDF 1.7, which presses read; what is made may be embedded in the next. `moment` is what the file says of its making.
    Within `alone`."""
    import typst

    inputs = {"words": json.dumps(words)}
    compiler: Any = typst.Compiler(template, root=template.parent, font_paths=_fonts(), sys_inputs=inputs)
    made: bytes = compiler.compile(format="pdf", pdf_standards="1.7", timestamp=int(moment.timestamp()))
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


@cache
def _compiler() -> Any:
    import typst

    return typst.Compiler({"main.typ": b""}, font_paths=_fonts())


@cache
def _templates() -> dict[str, bytes]:
    return {template.name: template.read_bytes() for template in TEMPLATES}


def _forget() -> None:
    for _run in range(_FORGOTTEN_AFTER):
        _compiler().compile(input={"main.typ": b""}, format="svg")
