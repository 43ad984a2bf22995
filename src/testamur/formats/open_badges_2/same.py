"""Is the copy in hand what the issuer hosts?

A copy may say less than the hosted document (evidence may have been added since), but nothing else. A link and the whole node that it
leads to are the same statement when the ids agree; the node is then fetched from its own address anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_NOT_COMPARED: Final = frozenset({"@context"})
_LINKS: Final = frozenset({"badge", "issuer", "verification", "verify"})


def first_difference(copy: Mapping[str, Any], hosted: Mapping[str, Any]) -> str | None:
    """The place (JSON Pointer) of the first statement of `copy` that `hosted` does not make; None where there is none."""
    for name, value in copy.items():
        if name in _NOT_COMPARED:
            continue
        if name not in hosted:
            return f"/{name}"
        other = hosted[name]
        if name in _LINKS and isinstance(value, str) != isinstance(other, str):
            if _identifier(value) is None or _identifier(value) != _identifier(other):
                return f"/{name}"
        elif isinstance(value, Mapping) and isinstance(other, Mapping):
            inside = first_difference(value, other)
            if inside is not None:
                return f"/{name}{inside}"
        elif not _equal(value, other):
            return f"/{name}"
    return None


def _identifier(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("id", value.get("@id"))
    return value if isinstance(value, str) else None


def _equal(one: Any, other: Any) -> bool:
    """Equal as JSON: `1` is not `true`."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    return type(one) is type(other) and bool(one == other)
