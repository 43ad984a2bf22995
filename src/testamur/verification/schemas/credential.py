"""The rules of the VC Data Model that every credential obeys, for those that are not badges.

Source: VC Data Model 2.0 §4 (and 1.1 §4, whose names for the dates differ). Only what a decision rests on is examined; a credential
may have as many further properties as its vocabularies define.
"""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from testamur.verification.schemas.findings import ANY_URL, Schema, broken_by, many

_WITH_ID: Schema = {
    "if": {"type": "string"},
    "then": ANY_URL,
    "else": {"type": "object", "required": ["id"], "properties": {"id": ANY_URL}},
}
_TYPED: Schema = {"type": "object", "required": ["type"], "properties": {"id": ANY_URL}}

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["@context", "type", "issuer", "credentialSubject"],
    "properties": {
        "id": ANY_URL,
        "issuer": _WITH_ID,
        "credentialSubject": {
            "if": {"type": "array"},
            "then": {"minItems": 1, "items": {"type": "object", "minProperties": 1, "properties": {"id": ANY_URL}}},
            "else": {"type": "object", "minProperties": 1, "properties": {"id": ANY_URL}},
        },
        "credentialStatus": many(_TYPED),
        "credentialSchema": many({**_TYPED, "required": ["id", "type"]}),
        "termsOfUse": many(_TYPED),
        "evidence": many(_TYPED),
        "refreshService": many(_TYPED),
    },
}
_VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)


def broken_rules(document: Any) -> list[dict[str, str]]:
    """Every rule that `document` breaks, at most twenty, in the form of `achievement.broken_rules`."""
    return broken_by(_VALIDATOR, SCHEMA, document)
