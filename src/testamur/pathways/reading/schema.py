"""The published JSON Schema of the language, and what it finds wrong, as sentences with lines.

The schema is data beside this module (`requirement-language.schema.json`, draft 2020-12), so that editors can use it too. What
is accepted here is exactly what it accepts; its findings are told by code, with the word that was probably meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

import jsonschema_rs

from testamur import strict_json
from testamur.pathways.reading.mistakes import Mistake
from testamur.pathways.reading.source import Places

SCHEMA_ADDRESS = "https://testamur.org/schemas/requirement-language/1"
SCHEMA: Mapping[str, Any] = strict_json.loads(
    resources.files("testamur.pathways.reading").joinpath("requirement-language.schema.json").read_bytes()
)
_VALIDATOR = jsonschema_rs.Draft202012Validator(dict(SCHEMA))
_CASE = jsonschema_rs.Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": "#/$defs/case"})
_MOST = 50
_KINDS = jsonschema_rs.ValidationErrorKind


def mistakes(document: Any, places: Places, *, case: bool = False) -> tuple[Mistake, ...]:
    """What the schema finds wrong with `document` (a programme, or with `case` the case of one person), at most fifty, by line."""
    return found_by(_CASE if case else _VALIDATOR, SCHEMA, document, places)


def found_by(
    validator: jsonschema_rs.Draft202012Validator, schema: Mapping[str, Any], document: Any, places: Places
) -> tuple[Mistake, ...]:
    """What the `validator` of another `schema` of ours finds wrong, told in the same words."""
    found: list[Mistake] = []
    for error in validator.iter_errors(_plain(document)):
        found += _told(error, places, schema)
        if len(found) >= _MOST:
            break
    return tuple(sorted(set(found)))[:_MOST]


def _plain(value: Any) -> Any:
    """`value` in the types that the validator knows: exact decimals become floats, which decide nothing but their range here."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def _told(error: jsonschema_rs.ValidationError, places: Places, schema: Mapping[str, Any]) -> Iterator[Mistake]:
    path = tuple(error.instance_path)
    here = str(path[-1]) if path and isinstance(path[-1], str) else ""
    facts: dict[str, Any] = {}
    match error.kind:
        case _KINDS.AdditionalProperties(unexpected=names):
            for name in names:
                code, facts = _unknown_word(name, error, schema)
                yield places.mistake((*path, name), code, **facts)
            return
        case _KINDS.Required(property=name):
            yield places.mistake(path, "missing" if path else "missing_in_programme", name=name)
            return
        case _KINDS.Type(types=types):
            code, facts = "type", {"types": [str(kind) for kind in _listed(types)]}
        case _KINDS.Enum(options=options):
            code, facts = "one_of", {"options": [_said(option) for option in options]}
        case _KINDS.Constant(expected_value=value):
            code, facts = "constant", {"value": _said(value)}
        case _KINDS.MinProperties() | _KINDS.MinItems() | _KINDS.MinLength():
            code = "too_little"
        case _KINDS.MaxProperties() | _KINDS.MaxItems() | _KINDS.MaxLength():
            code = "too_much"
        case _KINDS.Minimum(limit=limit):
            code, facts = "below", {"limit": limit}
        case _KINDS.Maximum(limit=limit):
            code, facts = "above", {"limit": limit}
        case _KINDS.ExclusiveMinimum(limit=limit):
            code, facts = "not_above", {"limit": limit}
        case _KINDS.Pattern():
            code = "pattern"
        case _:
            code = "unknown_form"
    yield places.mistake(path, code, here=here, **facts)


def _listed(types: Any) -> list[Any]:
    return [types] if isinstance(types, str) else list(types)


def _unknown_word(
    name: str, error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    known = _known_words(list(error.schema_path), schema)
    near = difflib.get_close_matches(name, known, 1, 0.6)
    if near:
        return "unknown_word", {"name": name[:60], "near": near[0]}
    return "unknown_word_known", {"name": name[:60], "known": known[:40]}


def _known_words(schema_path: list[Any], schema: Mapping[str, Any]) -> list[str]:
    node: Any = schema
    for step in schema_path[:-1]:
        while isinstance(node, Mapping) and "$ref" in node and step != "$ref":
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]] if step == "$ref" else node[step]
    return list(node.get("properties", ())) if isinstance(node, Mapping) else []


def _said(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value).lower()
