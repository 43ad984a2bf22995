"""The published JSON Schema of the language, and what it finds wrong, as sentences with lines.

The schema is data beside this module (`requirement-language.schema.json`, draft 2020-12), so that editors can use it too. What
is accepted here is exactly what it accepts; its findings are told in words, with the word that was probably meant.
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
_TYPES = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


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
    here = f"“{path[-1]}”" if path and isinstance(path[-1], str) else "this"
    match error.kind:
        case _KINDS.AdditionalProperties(unexpected=names):
            for name in names:
                yield places.mistake((*path, name), _unknown_word(name, error, schema))
            return
        case _KINDS.Required(property=name):
            sentence = f"“{name}” is missing {'here' if path else 'in the programme'}"
        case _KINDS.Type(types=types):
            sentence = f"{here} is to be {' or '.join(_TYPES.get(str(kind), str(kind)) for kind in _listed(types))}"
        case _KINDS.Enum(options=options):
            sentence = f"{here} is one of: {', '.join(_said(option) for option in options)}"
        case _KINDS.Constant(expected_value=value):
            sentence = f"{here} is to be {_said(value)}"
        case _KINDS.MinProperties() | _KINDS.MinItems() | _KINDS.MinLength():
            sentence = f"{here} says too little: something that is needed is absent"
        case _KINDS.MaxProperties() | _KINDS.MaxItems() | _KINDS.MaxLength():
            sentence = f"{here} is too long"
        case _KINDS.Minimum() | _KINDS.Maximum() | _KINDS.ExclusiveMinimum():
            sentence = f"{here} is out of range: {error.message.split(' is ', 1)[-1]}"
        case _KINDS.Pattern():
            sentence = f"{here} is not written as it must be (percentages as 75%, identifiers without blanks)"
        case _:
            sentence = f"{here} has a form that is not known here"
    yield places.mistake(path, sentence)


def _listed(types: Any) -> list[Any]:
    return [types] if isinstance(types, str) else list(types)


def _unknown_word(name: str, error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> str:
    known = _known_words(list(error.schema_path), schema)
    near = difflib.get_close_matches(name, known, 1, 0.6)
    hint = f"did you mean “{near[0]}”?" if near else f"what may stand here: {', '.join(known[:40])}"
    return f"“{name[:60]}” is no word of the language here; {hint}"


def _known_words(schema_path: list[Any], schema: Mapping[str, Any]) -> list[str]:
    node: Any = schema
    for step in schema_path[:-1]:
        while isinstance(node, Mapping) and "$ref" in node and step != "$ref":
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]] if step == "$ref" else node[step]
    return list(node.get("properties", ())) if isinstance(node, Mapping) else []


def _said(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value).lower()
