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

from testamur.linked_data.limits import MAX_DEPTH

MAX_TEXTS: Final = 1_000
"""Documents with more texts than this are not looked at: a shape is for credentials."""
MAX_PARTS: Final = 5_000
"""The same for the entries of their key: what is larger would cost more to learn than it could ever save."""

Key = tuple[Hashable, ...]
_OF_THE_KEY: Final = frozenset({"type", "@type", "@language", "@direction", "@index"})


class Unshaped(Exception):
    """This document, or these values, are not covered by a compiled shape. Never an error of the document: the complete path decides."""


class NeverShaped(Unshaped):
    """No document with this skeleton is covered."""


def skeleton(document: Mapping[str, Any]) -> tuple[Key, list[str]]:
    """The key of the document's shape and its texts. Raises `Unshaped` for contexts that are written out, for values that are not
    plain JSON, and beyond `MAX_TEXTS`, `MAX_PARTS` or `MAX_DEPTH`."""
    if type(document) is not dict:
        raise Unshaped
    key: list[Hashable] = []
    texts: list[str] = []
    _object(document, key.append, texts.append, 1)
    if len(texts) > MAX_TEXTS or len(key) > MAX_PARTS:
        raise Unshaped
    return tuple(key), texts


def _object(value: dict[str, Any], key: Callable[[Hashable], None], text: Callable[[str], None], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Unshaped
    key(tuple(value))
    for name, member in value.items():
        kind = type(member)
        if kind is str:
            if name in _OF_THE_KEY or name == "@context":
                key(member)
            else:
                key(0)
                text(member)
        elif name == "@context":
            key(_context(member))
        elif kind is dict:
            _object(member, key, text, depth + 1)
        elif kind is list:
            _array(member, name in _OF_THE_KEY, key, text, depth + 1)
        else:
            key(_scalar(member))


def _array(
    value: list[Any], of_the_key: bool, key: Callable[[Hashable], None], text: Callable[[str], None], depth: int
) -> None:
    if depth > MAX_DEPTH:
        raise Unshaped
    key(len(value) + 1)
    for member in value:
        kind = type(member)
        if kind is str:
            if of_the_key:
                key(member)
            else:
                key(0)
                text(member)
        elif kind is dict:
            _object(member, key, text, depth + 1)
        elif kind is list:
            _array(member, of_the_key, key, text, depth + 1)
        else:
            key(_scalar(member))


def _context(value: Any) -> Hashable:
    """Contexts by their addresses. One that is written out could give any text any meaning."""
    if type(value) is list and all(type(entry) is str for entry in value):
        return tuple(value)
    raise Unshaped


def _scalar(value: Any) -> bytes:
    """A number, truth value or null. Its type is part of it: in Python `True == 1 == 1.0`."""
    kind = type(value)
    if value is None or kind is bool or kind is int or kind is float:
        return f"{kind.__name__} {value!r}".encode()
    raise Unshaped


def with_texts(value: Any, texts: Callable[[str], Any]) -> Any:
    """A copy of a document with each text that `skeleton` would take out replaced by what `texts` makes of it, in the same order."""
    return _copy(value, "", texts)


def _copy(value: Any, name: str, texts: Callable[[str], Any]) -> Any:
    if name == "@context":
        return value
    if type(value) is str:
        return value if name in _OF_THE_KEY else texts(value)
    if type(value) is dict:
        return {key: _copy(member, key, texts) for key, member in value.items()}
    if type(value) is list:
        return [_copy(member, name, texts) for member in value]
    return value
