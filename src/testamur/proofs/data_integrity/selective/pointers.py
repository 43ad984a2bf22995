"""Selecting parts of a document by JSON pointers (RFC 6901; vc-di-ecdsa §3.4.11 to §3.4.13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from testamur.errors import Malformed

MAX_POINTERS = 1000
_KEPT = ("id", "@id", "type", "@type")


def select(document: Mapping[str, Any], pointers: Sequence[str]) -> dict[str, Any] | None:
    """The part of `document` at `pointers`, with the ids and types of everything on the way; None without pointers.

    Raises `Malformed` (`proof.pointer_invalid`, facts: `pointer`) for what is no pointer or points nowhere.
    """
    if not pointers:
        return None
    if len(pointers) > MAX_POINTERS:
        raise Malformed("Too many pointers.", code="proof.pointer_invalid", facts={"count": len(pointers)})
    selection = _start(document)
    if "@context" in document:
        selection["@context"] = deepcopy(document["@context"])
    for pointer in pointers:
        _take(document, selection, pointer)
    result: dict[str, Any] = _dense(selection)
    return result


class _Sparse(dict[int, Any]):
    """An array of which some members are selected, by their index."""


def _start(source: Any) -> Any:
    """An empty selection of `source`: of an object its own id (unless it is a blank node's) and type."""
    if isinstance(source, list):
        return _Sparse()
    kept = {name: source[name] for name in _KEPT if name in source}
    for name in ("id", "@id"):
        if str(kept.get(name, "")).startswith("_:"):
            del kept[name]
    return deepcopy(kept)


def _take(document: Mapping[str, Any], selection: dict[str, Any], pointer: str) -> None:
    steps = _steps(pointer)
    if not steps:
        selection.update(deepcopy(dict(document)))
        return
    source: Any = document
    target: Any = selection
    for position, step in enumerate(steps):
        key = _key(source, step, pointer)
        source = source[key]
        if position == len(steps) - 1 or not isinstance(source, dict | list):
            break
        target = target.setdefault(key, _start(source))
    if position != len(steps) - 1:
        raise _nowhere(pointer)
    present = target.get(key)
    if isinstance(source, dict) and isinstance(present, dict) and not isinstance(present, _Sparse):
        present.update(deepcopy(source))
    else:
        target[key] = deepcopy(source)


def _steps(pointer: str) -> list[str]:
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise _nowhere(pointer)
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _key(source: Any, step: str, pointer: str) -> str | int:
    if isinstance(source, dict) and step in source:
        return step
    is_index = step.isascii() and step.isdigit() and (step == "0" or step[0] != "0") and len(step) < 10
    if isinstance(source, list) and is_index and int(step) < len(source):
        return int(step)
    raise _nowhere(pointer)


def _dense(value: Any) -> Any:
    if isinstance(value, _Sparse):
        return [_dense(value[index]) for index in sorted(value)]
    if isinstance(value, dict):
        return {name: _dense(item) for name, item in value.items()}
    return value


def _nowhere(pointer: Any) -> Malformed:
    return Malformed(
        "A pointer must lead to something in the document, such as /credentialSubject/achievement.",
        code="proof.pointer_invalid",
        facts={"pointer": str(pointer)[:200]},
    )
