"""A stand-in: JSON Schema 2020-12 in plain Python, as far as the library's own schemas need it.

The schemas of strangers (`pattern_options` given) are applied only where they keep to these words and match no patterns: Python's regular
expressions can be made to run for ever. Any other is refused with ValueError, and the report says that it was not applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_IGNORED = frozenset(
    ("$schema", "$id", "$defs", "$comment", "title", "description", "default", "examples", "format", "deprecated")
)
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": Mapping,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


class ReferencingError(Exception):
    pass


class RegexOptions:
    def __init__(self, **_options: object) -> None:
        pass


class ValidationErrorKind:
    @dataclass(frozen=True)
    class Required:
        property: str

    @dataclass(frozen=True)
    class Type:
        types: list[str]

    @dataclass(frozen=True)
    class Constant:
        expected_value: Any

    @dataclass(frozen=True)
    class Enum:
        options: list[Any]

    @dataclass(frozen=True)
    class Contains:
        pass

    @dataclass(frozen=True)
    class AdditionalProperties:
        unexpected: list[str]

    @dataclass(frozen=True)
    class Pattern:
        pattern: str

    @dataclass(frozen=True)
    class MinItems:
        pass

    @dataclass(frozen=True)
    class MinProperties:
        pass

    @dataclass(frozen=True)
    class PropertyNames:
        pass

    @dataclass(frozen=True)
    class Other:
        pass


_Path = tuple[str | int, ...]
_Kinds = ValidationErrorKind


@dataclass(frozen=True)
class ValidationError:
    kind: Any
    instance_path: list[str | int]
    schema_path: list[str | int]


class Draft202012Validator:
    def __init__(self, schema: Any, *, pattern_options: object = None, **_options: object) -> None:
        self._schema = schema
        _check(schema, ours=pattern_options is None)

    def iter_errors(self, document: Any) -> Iterator[ValidationError]:
        yield from self._errors(self._schema, document, (), ())

    def is_valid(self, document: Any) -> bool:
        return next(self.iter_errors(document), None) is None

    def _holds(self, schema: Any, value: Any) -> bool:
        return next(self._errors(schema, value, (), ()), None) is None

    def _errors(self, schema: Any, value: Any, at: _Path, by: _Path) -> Iterator[ValidationError]:
        """The rules that `value`, at `at` of the document, breaks of `schema`, at `by` of the whole."""
        if isinstance(schema, bool):
            if not schema:
                yield _error(_Kinds.Other(), at, by)
            return
        for word, rule in schema.items():
            if word in _IGNORED or word in ("then", "else"):
                continue
            yield from getattr(self, _WORDS[word])(rule, value, at, (*by, word), schema)

    def _ref(self, rule: str, value: Any, at: _Path, _by: _Path, _all: Any) -> Iterator[ValidationError]:
        # The path goes on from where the reference points to, so that it can be followed in the schema.
        yield from self._errors(_pointed(self._schema, rule), value, at, tuple(rule[1:].split("/")[1:]))

    def _type(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        types = [rule] if isinstance(rule, str) else rule
        if not any(_is(value, name) for name in types):
            yield _error(_Kinds.Type(types), at, by)

    def _const(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if not _same(rule, value):
            yield _error(_Kinds.Constant(rule), at, by)

    def _enum(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if not any(_same(option, value) for option in rule):
            yield _error(_Kinds.Enum(rule), at, by)

    def _if(self, rule: Any, value: Any, at: _Path, by: _Path, whole: Any) -> Iterator[ValidationError]:
        branch = "then" if self._holds(rule, value) else "else"
        if branch in whole:
            yield from self._errors(whole[branch], value, at, (*by[:-1], branch))

    def _all_of(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        for number, part in enumerate(rule):
            yield from self._errors(part, value, at, (*by, number))

    def _any_of(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if not any(self._holds(part, value) for part in rule):
            yield _error(_Kinds.Other(), at, by)

    def _one_of(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if sum(self._holds(part, value) for part in rule) != 1:
            yield _error(_Kinds.Other(), at, by)

    def _not(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if self._holds(rule, value):
            yield _error(_Kinds.Other(), at, by)

    def _required(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if isinstance(value, Mapping):
            for name in rule:
                if name not in value:
                    yield _error(_Kinds.Required(name), at, by)

    def _properties(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if isinstance(value, Mapping):
            for name in value:  # in the order of the document
                if name in rule:
                    yield from self._errors(rule[name], value[name], (*at, name), (*by, name))

    def _additional(self, rule: Any, value: Any, at: _Path, by: _Path, whole: Any) -> Iterator[ValidationError]:
        if not isinstance(value, Mapping):
            return
        known = whole.get("properties", {})
        others = [name for name in value if name not in known]
        if rule is False:
            if others:
                yield _error(_Kinds.AdditionalProperties(others), at, by)
            return
        for name in others:
            yield from self._errors(rule, value[name], (*at, name), by)

    def _property_names(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if isinstance(value, Mapping):
            for name in value:
                for broken in self._errors(rule, name, at, by):
                    yield _error(_Kinds.PropertyNames(), at, tuple(broken.schema_path))

    def _items(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if isinstance(value, list):
            for number, part in enumerate(value):
                yield from self._errors(rule, part, (*at, number), by)

    def _contains(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if isinstance(value, list) and not any(self._holds(rule, part) for part in value):
            yield _error(_Kinds.Contains(), at, by)

    def _min_items(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if isinstance(value, list) and len(value) < rule:
            yield _error(_Kinds.MinItems(), at, by)

    def _min_properties(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if isinstance(value, Mapping) and len(value) < rule:
            yield _error(_Kinds.MinProperties(), at, by)

    def _pattern(self, rule: Any, value: Any, at: _Path, by: _Path, _all: Any) -> Iterator[ValidationError]:
        if isinstance(value, str) and re.search(rule, value) is None:
            yield _error(_Kinds.Pattern(rule), at, by)


class _Unknown:
    def __init__(self, *_given: object, **_named: object) -> None:
        raise ValueError("This dialect of JSON Schema is not in the single file")


class Draft201909Validator(_Unknown):
    pass


class Draft7Validator(_Unknown):
    pass


class Draft6Validator(_Unknown):
    pass


class Draft4Validator(_Unknown):
    pass


_WORDS = {
    "$ref": "_ref",
    "type": "_type",
    "const": "_const",
    "enum": "_enum",
    "if": "_if",
    "allOf": "_all_of",
    "anyOf": "_any_of",
    "oneOf": "_one_of",
    "not": "_not",
    "required": "_required",
    "properties": "_properties",
    "additionalProperties": "_additional",
    "propertyNames": "_property_names",
    "items": "_items",
    "contains": "_contains",
    "minItems": "_min_items",
    "minProperties": "_min_properties",
    "pattern": "_pattern",
}


def _check(schema: Any, *, ours: bool) -> None:
    """Every word of `schema` is known here and has a value of its kind. Raises ValueError."""
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        raise ValueError("A schema is an object")
    for word, rule in schema.items():
        if word in ("properties", "$defs"):
            if not isinstance(rule, Mapping):
                raise ValueError(f"{word} is no object")
            for part in rule.values():
                _check(part, ours=ours)
        elif word in ("allOf", "anyOf", "oneOf"):
            if not isinstance(rule, list) or not rule:
                raise ValueError(f"{word} is no array")
            for part in rule:
                _check(part, ours=ours)
        elif word in ("if", "then", "else", "not", "additionalProperties", "propertyNames", "items", "contains"):
            _check(rule, ours=ours)
        elif word not in _IGNORED and (word not in _WORDS or not _fits(word, rule) or (word == "pattern" and not ours)):
            raise ValueError(f"{word} is not in the single file")


def _fits(word: str, rule: Any) -> bool:
    if word == "type":
        names = [rule] if isinstance(rule, str) else rule
        return isinstance(names, list) and all(name in (*_TYPES, "number", "integer") for name in names)
    if word in ("required", "enum"):
        return isinstance(rule, list) and (word == "enum" or all(isinstance(name, str) for name in rule))
    if word in ("minItems", "minProperties"):
        return isinstance(rule, int) and not isinstance(rule, bool)
    return word == "const" or isinstance(rule, str)


def _error(kind: Any, at: _Path, by: _Path) -> ValidationError:
    return ValidationError(kind, list(at), list(by))


def _is(value: Any, name: str) -> bool:
    if name in ("number", "integer"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return name == "number" or float(value).is_integer()
    return isinstance(value, _TYPES[name])


def _same(first: Any, second: Any) -> bool:
    """Equal as JSON: 1 is 1.0, and true is not 1."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(_same(first[name], second[name]) for name in first)
    return bool(first == second)


def _pointed(root: Any, reference: str) -> Any:
    """What a reference within the schema points to (`#`, `#/…`)."""
    found = root
    if not reference.startswith("#"):
        raise ReferencingError(reference)
    for step in reference[1:].split("/")[1:]:
        try:
            found = found[step.replace("~1", "/").replace("~0", "~")]
        except (LookupError, TypeError):
            raise ReferencingError(reference) from None
    return found
