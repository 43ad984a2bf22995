"""Taking a document apart, which is done for every document before anything is known about it. Runs as Python as it stands
here, and quicker where this module was compiled (`testamur.accelerated`).

`shapes.skeleton` says what a key is and why.
"""

from __future__ import annotations

from typing import Any

from testamur.linked_data.shapes.native import usual_escapes

COMPILED: bool = False  # the other form says otherwise
OF_THE_KEY: frozenset[str] = frozenset({"type", "@type", "@language", "@direction", "@index"})
_CONTEXT: str = "@context"


def take_apart(document: Any, most: int) -> tuple[list[Any], list[str]] | None:
    """The entries of the document's key and its texts; None for contexts that are written out, for values that are not plain JSON, and
    for more than `most` levels."""
    key: list[Any] = []
    texts: list[str] = []
    if type(document) is not dict or not _object(document, key, texts, most):
        return None
    return key, texts


def bare_values(document: dict[str, Any], passed_over: frozenset[str]) -> list[Any]:
    """Every value below `document` in the order of the text, but for members called as in `passed_over` and what is in those."""
    found: list[Any] = []
    _collect(document, passed_over, found)
    return found


def is_usual_text(content: bytes) -> bool:
    """Whether `content` has no control characters, and no escapes but those that texts are full of: `\\n`, `\\r` and `\\t`."""
    return usual_escapes(content)


def _object(value: dict[str, Any], key: list[Any], texts: list[str], left: int) -> bool:
    if left <= 0:
        return False
    key.append(tuple(value))
    for name, member in value.items():
        kind = type(member)
        if kind is str:
            if name in OF_THE_KEY or name == _CONTEXT:
                key.append(member)
            else:
                key.append(0)
                texts.append(member)
        elif name == _CONTEXT:
            if kind is not list:
                return False
            for entry in member:
                if type(entry) is not str:
                    return False
            key.append(tuple(member))
        elif kind is dict:
            if not _object(member, key, texts, left - 1):
                return False
        elif kind is list:
            if not _array(member, name in OF_THE_KEY, key, texts, left - 1):
                return False
        elif member is None or kind is bool or kind is int or kind is float:
            key.append(_scalar(member))
        else:
            return False
    return True


def _array(value: list[Any], of_the_key: bool, key: list[Any], texts: list[str], left: int) -> bool:
    if left <= 0:
        return False
    key.append(len(value) + 1)
    for member in value:
        kind = type(member)
        if kind is str:
            if of_the_key:
                key.append(member)
            else:
                key.append(0)
                texts.append(member)
        elif kind is dict:
            if not _object(member, key, texts, left - 1):
                return False
        elif kind is list:
            if not _array(member, of_the_key, key, texts, left - 1):
                return False
        elif member is None or kind is bool or kind is int or kind is float:
            key.append(_scalar(member))
        else:
            return False
    return True


def _scalar(value: Any) -> bytes:
    """A number, truth value or null. Its type is part of it: in Python `True == 1 == 1.0`."""
    return f"{type(value).__name__} {value!r}".encode()


def _collect(value: Any, passed_over: frozenset[str], found: list[Any]) -> None:
    if type(value) is dict:
        for name, member in value.items():
            if name not in passed_over:
                found.append(member)
                if type(member) is dict or type(member) is list:
                    _collect(member, passed_over, found)
    else:
        for member in value:
            found.append(member)
            if type(member) is dict or type(member) is list:
                _collect(member, passed_over, found)
