"""The structure of an Open Badges 3.0 credential, restated as JSON Schema.

Source: Open Badges Specification 3.0, document 1.3, "Data models" (AchievementCredential, AnyAchievementCredential,
EndorsementCredential), and VC Data Model 1.1 and 2.0 for the credential around it. The published schemas come in two families (every
property that may repeat is an array; or single values are allowed too). This is the second: it accepts what JSON-LD allows.

It is built from three notions, so that a broken rule can be named exactly instead of "none of the alternatives fits":

- `many(x)`: one x or an array of x, decided by looking, not by trying both;
- `_entity(type, required, …)`: an object that says that it is a `type`;
- `_TEXT`: a text, or the language-value object of VC Data Model 2.0 §11.1, or a language map as the published schemas allow it.

Decision 0013 says why it is restated, and how it is held equal to the published one.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import jsonschema_rs

from testamur.model.vocabulary import AchievementType, AlignmentTargetType, IdentityType, ResultStatus, ResultType
from testamur.verification.schemas.findings import (
    ANY_URL,
    COMPACT_JWS,
    LANGUAGE,
    LANGUAGES,
    MOMENT,
    Schema,
    broken_by,
    many,
)

# A language-value object (VC 2.0) or a language map (the published OB schemas), and several of the former: never a list of plain texts.
_LANGUAGES: Schema = {
    "type": "object",
    "propertyNames": LANGUAGES,
    "additionalProperties": {"type": ["string", "null"]},
}
_TEXT: Schema = {
    "if": {"type": "string"},
    "then": True,
    "else": {
        "if": {"type": "array"},
        "then": {"minItems": 1, "items": {**_LANGUAGES, "required": ["@value"]}},
        "else": _LANGUAGES,
    },
}
_NUMBER: Schema = {"type": "number"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _is_a(*types: str) -> Schema:
    """The value of `type`: one of `types`, or an array of texts that contains one of them."""
    one: Schema = {"const": types[0]} if len(types) == 1 else {"enum": list(types)}
    return {"if": {"type": "array"}, "then": {"items": {"type": "string"}, "contains": one}, "else": one}


def _one_of(vocabulary: type[StrEnum]) -> Schema:
    """A term of an extensible vocabulary: one of its terms, or one of somebody else's that begins with `ext:`."""
    return {
        "type": "string",
        "if": {"pattern": "^ext:"},
        "then": True,
        "else": {"enum": [term.value for term in vocabulary]},
    }


def _entity(type_name: str, required: Iterable[str], properties: dict[str, Schema], *, closed: bool = False) -> Schema:
    schema: Schema = {
        "type": "object",
        "required": ["type", *required],
        "properties": {"type": _is_a(type_name), **properties},
    }
    if closed:
        schema["additionalProperties"] = False
    return schema


def _texts(names: str) -> dict[str, Schema]:
    return dict.fromkeys(names.split(), _TEXT)


# OB 3.0, AchievementSubject: "Either `id` or at least one `identifier` MUST be supplied". The published schemas do not say so.
_NAMES_SOMEBODY: Schema = {
    "if": {"required": ["identifier"], "properties": {"identifier": {"minItems": 1}}},
    "then": True,
    "else": {"required": ["id"]},
}

_DEFINITIONS: dict[str, Schema] = {
    "AchievementSubject": _NAMES_SOMEBODY
    | _entity(
        "AchievementSubject",
        ["achievement"],
        {
            "id": ANY_URL,
            "activityEndDate": MOMENT,
            "activityStartDate": MOMENT,
            "creditsEarned": _NUMBER,
            "achievement": _ref("Achievement"),
            "identifier": many(_ref("IdentityObject")),
            "image": _ref("Image"),
            "result": many(_ref("Result")),
            "source": _ref("Profile"),
            **_texts("licenseNumber narrative role term"),
        },
    ),
    "Achievement": _entity(
        "Achievement",
        ["id", "criteria", "description", "name"],
        {
            "id": ANY_URL,
            "alignment": many(_ref("Alignment")),
            "achievementType": _one_of(AchievementType),
            "creator": _ref("Profile"),
            "creditsAvailable": _NUMBER,
            "criteria": {"type": "object", "properties": {"id": ANY_URL, "narrative": _TEXT}},
            "endorsement": many(_ref("EndorsementCredential")),
            "endorsementJwt": many(COMPACT_JWS),
            "image": _ref("Image"),
            "inLanguage": LANGUAGE,
            "otherIdentifier": many(_ref("IdentifierEntry")),
            "related": many(_entity("Related", ["id"], {"id": ANY_URL, **_texts("inLanguage version")})),
            "resultDescription": many(_ref("ResultDescription")),
            "tag": many(_TEXT),
            **_texts("description fieldOfStudy humanCode name specialization version"),
        },
    ),
    "Alignment": _entity(
        "Alignment",
        ["targetName", "targetUrl"],
        {
            "targetType": _one_of(AlignmentTargetType),
            "targetUrl": ANY_URL,
            **_texts("targetCode targetDescription targetName targetFramework"),
        },
    ),
    "IdentityObject": _entity(
        "IdentityObject",
        ["hashed", "identityHash", "identityType"],
        {
            "hashed": {"type": "boolean"},
            "identityHash": {"type": "string"},
            "identityType": _one_of(IdentityType),
            "salt": {"type": "string"},
        },
        closed=True,
    ),
    "IdentifierEntry": _entity(
        "IdentifierEntry",
        ["identifier", "identifierType"],
        {"identifier": _TEXT, "identifierType": _one_of(IdentityType)},
        closed=True,
    ),
    "Image": _entity("Image", ["id"], {"id": ANY_URL, "caption": _TEXT}, closed=True),
    "Result": _entity(
        "Result",
        [],
        {
            "alignment": many(_ref("Alignment")),
            "status": {"enum": [status.value for status in ResultStatus]},
            **_texts("achievedLevel resultDescription value"),
        },
    ),
    "ResultDescription": _entity(
        "ResultDescription",
        ["id", "name", "resultType"],
        {
            "id": ANY_URL,
            "alignment": many(_ref("Alignment")),
            "allowedValue": many(_TEXT),
            "resultType": _one_of(ResultType),
            "rubricCriterionLevel": many(_ref("RubricCriterionLevel")),
            **_texts("name requiredLevel requiredValue valueMax valueMin"),
        },
    ),
    "RubricCriterionLevel": _entity(
        "RubricCriterionLevel",
        ["id", "name"],
        {"id": ANY_URL, "alignment": many(_ref("Alignment")), **_texts("description level name points")},
    ),
    "Evidence": _entity("Evidence", [], {"id": ANY_URL, **_texts("narrative name description genre audience")}),
    "Address": _entity(
        "Address",
        [],
        {
            "geo": _entity("GeoCoordinates", ["latitude", "longitude"], {"latitude": _NUMBER, "longitude": _NUMBER}),
            **_texts(
                "addressCountry addressCountryCode addressRegion addressLocality streetAddress postOfficeBoxNumber postalCode"
            ),
        },
    ),
    "Profile": _entity(
        "Profile",
        ["id"],
        {
            "id": ANY_URL,
            "endorsement": many(_ref("EndorsementCredential")),
            "endorsementJwt": many(COMPACT_JWS),
            "image": _ref("Image"),
            "address": _ref("Address"),
            "otherIdentifier": many(_ref("IdentifierEntry")),
            "parentOrg": _ref("Profile"),
            "dateOfBirth": {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
            **_texts("name url phone description email official familyName givenName additionalName patronymicName"),
            **_texts("honorificPrefix honorificSuffix familyNamePrefix"),
        },
    ),
    "Typed": {"type": "object", "required": ["type"], "properties": {"id": ANY_URL}},
    "TypedWithId": {"type": "object", "required": ["id", "type"], "properties": {"id": ANY_URL}},
}


def _credential(*types: str, subject: Schema, required: Iterable[str], begin: str, end: str) -> Schema:
    """A credential of one of `types`, whose validity begins and ends with the properties `begin` and `end`."""
    return {
        "type": "object",
        "required": ["@context", "id", "type", "credentialSubject", "issuer", begin, *required],
        "properties": {
            "id": ANY_URL,
            "type": {"allOf": [_is_a("VerifiableCredential"), _is_a(*types)]},
            "image": _ref("Image"),
            "awardedDate": MOMENT,
            "credentialSubject": subject,
            "endorsement": many(_ref("EndorsementCredential")),
            "endorsementJwt": many(COMPACT_JWS),
            # VC 2.0 lets the issuer be a bare address; OB 3.0 asks for a profile of credentials that are issued under it.
            "issuer": _ref("Profile"),
            begin: MOMENT,
            end: MOMENT,
            "proof": many(_ref("Typed")),
            "credentialSchema": many(_ref("TypedWithId")),
            "credentialStatus": many(
                _ref("Typed")
            ),  # one, says the published schema; several are met, and VC 2.0 allows them
            "refreshService": _ref("TypedWithId"),
            "termsOfUse": many(_ref("Typed")),
            "evidence": many(_ref("Evidence")),
            **_texts("name description"),
        },
    }


def _schema(*types: str, subject: Schema, version: str) -> Schema:
    begin, end = ("validFrom", "validUntil") if version == "2.0" else ("issuanceDate", "expirationDate")
    # The data model makes the name optional in version 2.0 only for achievements (OB 3.0, AchievementCredential).
    required = ["name"] if version == "1.1" or types == ("EndorsementCredential",) else []
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {
            **_DEFINITIONS,
            "EndorsementSubject": _ENDORSEMENT_SUBJECT,
            "EndorsementCredential": _EMBEDDED_ENDORSEMENT,
        },
        **_credential(*types, subject=subject, required=required, begin=begin, end=end),
    }


_ENDORSEMENT_SUBJECT = _entity("EndorsementSubject", ["id"], {"id": ANY_URL, "endorsementComment": _TEXT})

# An endorsement inside another credential is verified as a document of its own; here it must only be recognisable as one.
_EMBEDDED_ENDORSEMENT: Schema = {
    "type": "object",
    "required": ["@context", "id", "type", "credentialSubject", "issuer"],
    "properties": {"type": {"allOf": [_is_a("VerifiableCredential"), _is_a("EndorsementCredential")]}},
}

SCHEMAS: dict[tuple[str, str], Schema] = {
    (kind, version): _schema(*types, subject=_ref(subject), version=version)
    for kind, types, subject in (
        ("achievement", ("OpenBadgeCredential", "AchievementCredential"), "AchievementSubject"),
        ("endorsement", ("EndorsementCredential",), "EndorsementSubject"),
    )
    for version in ("1.1", "2.0")
}
_VALIDATORS = {key: jsonschema_rs.Draft202012Validator(schema) for key, schema in SCHEMAS.items()}


def broken_rules(document: Any, *, kind: str, version: str) -> list[dict[str, str]]:
    """Every rule that `document` breaks, at most twenty.

    `kind` is "achievement" or "endorsement", `version` of the VC Data Model "1.1" or "2.0". A finding has `path` (`/issuer/id`), `rule`
    (missing, type, value, unexpected, pattern, empty) and `expected`; it never repeats a value of the document, which may be personal.
    """
    return broken_by(_VALIDATORS[(kind, version)], SCHEMAS[(kind, version)], document)
