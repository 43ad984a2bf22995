"""Descriptions as JSON values and back.

One rule for all element types, read from their annotations: member names are the field names, empty values are left out, a
language map is an object of strings, a tuple is an array. Reading is strict, because what is read may be a file that somebody
uploaded: an unknown member, a wrong type, or something too large is refused with the path where it was found.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from . import elements, vocabulary
from .elements import Description

MAX_TEXT = 20_000
MAX_MEDIA = 400_000
MAX_ITEMS = 60
MAX_LANGUAGES = 24
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")

T = TypeVar("T")


class DescriptionError(ValueError):
    """A JSON value is not a description. `path` names the place, `code` the reason (both stable)."""

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"{code} at {path or '/'}")
        self.code = code
        self.path = path


def to_json(value: Any) -> Any:
    """A JSON value in which members that have their default are left out, so that `from_json` gives the same value back."""
    if dataclasses.is_dataclass(value):
        return {
            item.name: to_json(getattr(value, item.name))
            for item in dataclasses.fields(value)
            if getattr(value, item.name) != _default(item)
        }
    if isinstance(value, Mapping):
        return {language: words for language, words in value.items() if words}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value


def description_from_json(value: Any) -> Description:
    """Raises DescriptionError."""
    return from_json(Description, value)


def from_json(kind: type[T], value: Any, path: str = "") -> T:
    """An element of type `kind` from a JSON value. Raises DescriptionError."""
    if not isinstance(value, dict):
        raise DescriptionError("not_an_object", path)
    known = _annotations(kind)
    for name in value:
        if name not in known:
            raise DescriptionError("unknown_member", f"{path}/{str(name)[:80]}")
    members = {name: _read(known[name], member, f"{path}/{name}") for name, member in value.items()}
    try:
        return kind(**members)
    except TypeError as error:  # a member without a default is not there
        raise DescriptionError("member_missing", path) from error


@cache
def _annotations(kind: type) -> dict[str, Any]:
    names = {**vars(vocabulary), **vars(elements)}
    return typing.get_type_hints(kind, globalns=names)


def _read(annotation: Any, value: Any, path: str) -> Any:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is types.UnionType:
        if value is None:
            return None
        return _read(next(argument for argument in arguments if argument is not type(None)), value, path)
    if origin is tuple:
        if not isinstance(value, list):
            raise DescriptionError("not_an_array", path)
        if len(value) > MAX_ITEMS:
            raise DescriptionError("too_many_items", path)
        return tuple(_read(arguments[0], item, f"{path}/{index}") for index, item in enumerate(value))
    if dataclasses.is_dataclass(annotation):
        return from_json(typing.cast(type, annotation), value, path)
    if annotation is bool:
        if not isinstance(value, bool):
            raise DescriptionError("not_a_boolean", path)
        return value
    if annotation is str:
        return _string(value, path)
    return _language_map(value, path)


def _string(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise DescriptionError("not_a_string", path)
    if len(value) > (MAX_MEDIA if path.endswith("/logo/content") else MAX_TEXT):
        raise DescriptionError("too_long", path)
    if _FORBIDDEN.search(value):
        raise DescriptionError("forbidden_character", path)  # neither PostgreSQL nor UTF-8 can hold it
    return value


def _language_map(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise DescriptionError("not_a_language_map", path)
    if len(value) > MAX_LANGUAGES:
        raise DescriptionError("too_many_languages", path)
    for language in value:
        if not is_language_tag(language):
            raise DescriptionError("not_a_language", f"{path}/{str(language)[:20]}")
    return {language: _string(words, f"{path}/{language}") for language, words in value.items()}


def is_language_tag(value: Any) -> bool:
    """True for `xx` and `xx-XX`: the keys that the schema of Open Badges 3.0 allows in a language map."""
    if not isinstance(value, str):
        return False
    head, _, tail = value.partition("-")
    plain = len(head) == 2 and head.isascii() and head.isalpha() and head.islower()
    return plain and ("-" not in value or (len(tail) == 2 and tail.isascii() and tail.isupper()))


def _default(item: dataclasses.Field[Any]) -> Any:
    return item.default if item.default_factory is dataclasses.MISSING else item.default_factory()


def languages_of(value: Any) -> set[str]:
    """Every language tag that occurs in the language maps of a description (labels of controlled lists left aside)."""
    if isinstance(value, vocabulary.Concept):
        return set()
    if dataclasses.is_dataclass(value):
        return set().union(*(languages_of(getattr(value, item.name)) for item in dataclasses.fields(value)))
    if isinstance(value, tuple):
        return set().union(*(languages_of(item) for item in value))
    if isinstance(value, Mapping):
        return {language for language, words in value.items() if words}
    return set()


def concepts_of(value: Any) -> dict[str, vocabulary.Concept]:
    """Every concept with an address that occurs in a description, by that address: what a form must be able to keep."""
    if isinstance(value, vocabulary.Concept):
        return {value.uri: value} if value.uri else {}
    if dataclasses.is_dataclass(value):
        parts = [concepts_of(getattr(value, item.name)) for item in dataclasses.fields(value)]
    elif isinstance(value, tuple):
        parts = [concepts_of(item) for item in value]
    else:
        return {}
    found: dict[str, vocabulary.Concept] = {}
    for part in parts:
        for uri, concept in part.items():
            found.setdefault(uri, concept)
    return found
