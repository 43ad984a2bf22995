"""The kinds of values that several rules share: identifiers, types, one or many objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from testamur.formats.vc_2.problem import DATA_MODEL, Problem, Problems, pointer
from testamur.proofs.urls import is_url

_ABSENT = object()


def identifier(value: Mapping[str, Any], path: str, *, required: bool = False, source: str = DATA_MODEL) -> Problems:
    """`id`, where it is there (or is required), is one URL: a string, neither null nor a list (§4.4)."""
    found = value.get("id", _ABSENT)
    if found is _ABSENT:
        if required:
            yield Problem(
                "data_model.id_missing", path, f"{source} §4.4", "Give this object an id: a URL that identifies it."
            )
    elif not is_url(found):
        yield Problem(
            "data_model.id_invalid",
            pointer(path, "id"),
            f"{source} §4.4",
            "An id is exactly one absolute URL, such as https://… or did:… or urn:uuid:…",
        )


def typed(value: Mapping[str, Any], path: str, *, needed: str | None = None, source: str = DATA_MODEL) -> Problems:
    """`type` is there, is one or several strings, and names `needed` (§4.5). That each maps to a URL is asked by `meaning`."""
    found = value.get("type", _ABSENT)
    if found is _ABSENT:
        yield Problem("data_model.type_missing", path, f"{source} §4.5", "This object must say its type.")
        return
    names = found if isinstance(found, list) else [found]
    if not names or not all(isinstance(name, str) and name for name in names):
        yield Problem(
            "data_model.type_invalid",
            pointer(path, "type"),
            f"{source} §4.5",
            "A type is a string, or several are a list of strings.",
        )
    elif needed is not None and needed not in names:
        yield Problem(
            "data_model.type_required",
            pointer(path, "type"),
            f"{source} §4.5",
            f"One of the types must be {needed}.",
            facts={"required": needed},
        )


def each(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    """The members of a list with their paths, or a single value with its own."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield member, pointer(path, index)
    else:
        yield value, path


def objects(
    document: Mapping[str, Any], name: str, section: str, found: list[tuple[Mapping[str, Any], str]]
) -> Problems:
    """What stands under `name`: nothing, one object, or a list of objects, which are put into `found` with their paths."""
    if name not in document:
        return
    value, path = document[name], pointer("", name)
    if value == [] or value is None:
        yield Problem(
            "data_model.value_empty",
            path,
            f"{DATA_MODEL} {section}",
            f"Leave {name} out, or state at least one object.",
        )
        return
    for member, place in each(value, path):
        if isinstance(member, Mapping):
            found.append((member, place))
        else:
            yield Problem(
                "data_model.not_an_object", place, f"{DATA_MODEL} {section}", f"Each value of {name} is an object."
            )
