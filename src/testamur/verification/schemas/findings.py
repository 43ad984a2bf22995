"""What the schemas share: a few notions, and broken rules as facts instead of a validator's English."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import jsonschema_rs

Schema = dict[str, Any]

# XSD 1.1 dateTimeStamp; whether the thirtieth of February exists is for the check of the dates.
MOMENT: Schema = {
    "type": "string",
    "pattern": r"^-?[0-9]{4,11}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,30})?(Z|[+-][0-9]{2}:[0-9]{2})$",
}
ANY_URL: Schema = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$"}
COMPACT_JWS: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$"}

LANGUAGE: Schema = {"type": "string", "pattern": r"^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"}
# The members of a language map, or of a language-value object.
LANGUAGES: Schema = {"pattern": r"^([a-z]{2}(-[A-Z]{2})?|@value|@language|@direction)$"}

_WRITTEN = {
    MOMENT["pattern"]: "2026-11-25T10:00:00Z",
    ANY_URL["pattern"]: "https://…, did:…, urn:…",
    COMPACT_JWS["pattern"]: "header.payload.signature",
}
Validator = (
    jsonschema_rs.Draft202012Validator
    | jsonschema_rs.Draft201909Validator
    | jsonschema_rs.Draft7Validator
    | jsonschema_rs.Draft6Validator
    | jsonschema_rs.Draft4Validator
)

_MOST = 20
_KINDS = jsonschema_rs.ValidationErrorKind


def many(item: Schema) -> Schema:
    """One `item`, or an array of them: decided by looking, so that the finding names what is wrong with the item."""
    return {"if": {"type": "array"}, "then": {"items": item}, "else": item}


def broken_by(validator: Validator, schema: Any, document: Any) -> list[dict[str, str]]:
    """The rules of `schema` that `document` breaks, at most twenty: each with `path` (a JSON Pointer), `rule` and `expected`.

    No finding repeats a value of the document, which may be personal.
    """
    broken = []
    for error in validator.iter_errors(document):
        broken.append(_finding(error, schema))
        if len(broken) == _MOST:
            break
    return broken


def _finding(error: jsonschema_rs.ValidationError, schema: Any) -> dict[str, str]:
    match error.kind:
        case _KINDS.Required(property=name):
            rule, expected = "missing", str(name)
        case _KINDS.Type(types=types):
            rule, expected = "type", _joined(types)
        case _KINDS.Constant(expected_value=value):
            rule, expected = "value", str(value)
        case _KINDS.Enum(options=options):
            rule, expected = "value", _joined(options)
        case _KINDS.Contains():
            wanted = _at(schema, error.schema_path)
            rule, expected = "value", _joined(wanted.get("enum", [wanted.get("const")]))
        case _KINDS.AdditionalProperties(unexpected=names):
            rule, expected = "unexpected", _joined(names)
        case _KINDS.Pattern(pattern=pattern):
            rule, expected = "pattern", _WRITTEN.get(pattern, "")
        case _KINDS.MinItems() | _KINDS.MinProperties():
            rule, expected = "empty", ""
        case _:
            rule, expected = "other", str(error.schema_path[-1]) if error.schema_path else ""
    return {"path": "/" + "/".join(map(str, error.instance_path)), "rule": rule, "expected": expected}


def _joined(values: Any) -> str:
    return str(values) if isinstance(values, str) else ", ".join(str(value) for value in values)


def _at(schema: Any, path: Iterable[str | int]) -> Any:
    """What stands in `schema` at `path`; an empty object where the path leads through a reference."""
    for step in path:
        try:
            schema = schema[step]
        except (LookupError, TypeError):
            return {}
    return schema if isinstance(schema, dict) else {}
