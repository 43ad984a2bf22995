"""What the kernel of forms leaves to bytes and pointers where it is compiled: `form_kernel.pxd` is that form. Here it is in Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

_TEXT: Final = re.compile(rb'(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt])*+')
_FIGURE: Final = re.compile(rb"0|[1-9][0-9]{0,14}+")
_ADDRESS: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]*+:[!#-;=?-\[\]_a-z~]++")
_CONTROL: Final = re.compile(rb"[\x00-\x1f]")
_OF_KIND: Final = (_TEXT, _FIGURE, _ADDRESS)
_FIGURES: Final = 1
_ADDRESSES: Final = 2
_LONGEST_ADDRESS: Final = 2048


def holes_of(parts: Sequence[bytes], kinds: Sequence[int], same: Sequence[int]) -> bytes:  # noqa: ARG001 - as the compiled form
    """Where a form has its holes, for the compiled form."""
    return b""


def figures_in(form: Any, payload: bytes) -> tuple[int, ...] | None:
    """What stands in the holes for numbers of a text of exactly this form, which is in UTF-8; None for every other text."""
    parts: list[bytes] = form.parts
    found: list[bytes] = []
    figures: list[int] = []
    at = 0
    for part, kind, same in zip(parts, form.kinds, form.same, strict=False):
        if not payload.startswith(part, at):
            return None
        at += len(part)
        match = _OF_KIND[kind].match(payload, at)
        if match is None or (same >= 0 and match[0] != found[same]):
            return None
        if kind == _ADDRESSES and len(match[0]) > _LONGEST_ADDRESS:
            return None
        found.append(match[0])
        if kind == _FIGURES:
            figures.append(int(match[0]))
        at = match.end()
    if payload[at:] != parts[-1] or _CONTROL.search(payload) is not None:
        return None
    try:
        payload.isascii() or payload.decode()
    except UnicodeDecodeError:
        return None
    return tuple(figures)
