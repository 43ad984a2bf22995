"""A document without its texts: what two documents of one shape have in common.

`skeleton` takes a document apart into a key, equal for documents that differ at most in the texts of their members, and those texts in the
order in which they stand. Names, nesting, the order of members, numbers, truth values, contexts and types belong to the key.

A key is a flat tuple whose entries say by their Python type what they are, so that no two documents of different build share one: the
names of an object are a tuple, an array its length plus one, a text that belongs to the key a `str`, a number or truth value `bytes`, and
a place where a text was taken out 0.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

from testamur.accelerated import quickest
from testamur.linked_data import apart
from testamur.linked_data.limits import MAX_DEPTH

MAX_TEXTS: Final = 1_000
"""Documents with more texts than this are not looked at: a shape is for credentials."""
MAX_PARTS: Final = 5_000
"""The same for the entries of their key: what is larger would cost more to learn than it could ever save."""

Key = tuple[Hashable, ...]

KERNEL: Any = quickest(apart)


class Unshaped(Exception):
    """This document, or these values, are not covered by a compiled shape. Never an error of the document: the complete path decides."""


class NeverShaped(Unshaped):
    """No document with this skeleton is covered."""


def skeleton(document: Mapping[str, Any]) -> tuple[Key, list[str]]:
    """The key of the document's shape and its texts. Raises `Unshaped` for contexts that are written out, for values that are not
    plain JSON, and beyond `MAX_TEXTS`, `MAX_PARTS` or `MAX_DEPTH`."""
    parts: tuple[list[Hashable], list[str]] | None = KERNEL.take_apart(document, MAX_DEPTH)
    if parts is None:
        raise Unshaped
    key, texts = parts
    if len(texts) > MAX_TEXTS or len(key) > MAX_PARTS:
        raise Unshaped
    return tuple(key), texts


def with_texts(value: Any, texts: Callable[[str], Any]) -> Any:
    """A copy of a document with each text that `skeleton` would take out replaced by what `texts` makes of it, in the same order."""
    return _copy(value, "", texts)


def _copy(value: Any, name: str, texts: Callable[[str], Any]) -> Any:
    if name == "@context":
        return value
    if type(value) is str:
        return value if name in apart.OF_THE_KEY else texts(value)
    if type(value) is dict:
        return {key: _copy(member, key, texts) for key, member in value.items()}
    if type(value) is list:
        return [_copy(member, name, texts) for member in value]
    return value
