"""The OpenAPI 3.1 description of `/api/verify` and `/api/verify/many`, served at `/api/verify.schema.json`.

Its parts are plain JSON Schema 2020-12; tests hold every real answer, and every example in it, against them.
"""

from __future__ import annotations

from typing import Any

from testamur.formats.log_proofs import MAX_LOG_PROOFS
from testamur.verification import CODES, Level, Outcome, Question, Verdict

from .examples import PROBLEM, REPORT, RUN

Schema = dict[str, Any]


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: str, /, **properties: Schema) -> Schema:
    return {"type": "object", "required": required.split(), "properties": properties}


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


_OUTCOME: Schema = {"type": "string", "enum": [outcome.value for outcome in Outcome]}
_VERDICT: Schema = {"type": "string", "enum": [verdict.value for verdict in Verdict]}
_QUESTION: Schema = {"type": "string", "enum": [question.value for question in Question]}
_LEVELS: list[str] = [level.value for level in Level]
_WHOLE: Schema = {"type": "integer", "minimum": 0}

_SCHEMAS: dict[str, Schema] = {
    "Report": {
        **_object(
            "verdict verdictSentence verifiedAt documentType questions checks subject technical endorsements",
            verdict={
                **_VERDICT,
                "description": "invalid as soon as one decisive check failed; undetermined when a required one is unknown.",
            },
            verdictSentence=_text("The verdict as a sentence."),
            verifiedAt=_text("When this was verified.", format="date-time"),
            asOf=_text("The earlier moment about which was asked, if it was another.", format="date-time"),
            documentType=_text("The standard it follows: open_badges_3, vc_2, …"),
            questions={"type": "array", "items": _ref("Answer"), "minItems": 6, "maxItems": 6},
            checks={"type": "array", "items": _ref("Check")},
            subject={"type": "object", "description": "What the credential says, from confirmed bytes only."},
            unconfirmed={"type": "object", "description": "What an unconfirmed document says of itself: no fact."},
            transparency={**_ref("PublicRecord"), "description": "Absent where nothing was found about a record."},
            technical={"type": "object", "description": "Canonical forms, hashes, addresses asked. May change."},
            endorsements={"type": "array", "items": _ref("Report")},
            receipt={**_ref("Receipt"), "description": "Present where `receipt` was asked for."},
        ),
        "examples": [REPORT],
    },
    "Answer": _object(
        "question title outcome", question=_QUESTION, title=_text("The question in words."), outcome=_OUTCOME
    ),
    "Check": _object(
        "name title code question outcome required facts sentence",
        name=_text("Stable name of the check."),
        title=_text("The same in words."),
        question=_QUESTION,
        outcome=_OUTCOME,
        code=_text("Stable code of what was found.", enum=sorted(CODES)),
        sentence=_text("The finding in words, in the language asked for."),
        facts={"type": "object", "description": "Dates, identifiers and numbers of the sentence."},
        required={"type": "boolean", "description": "False for what only informs."},
        nextStep=_text("What to do now, where there is something to do."),
        problem=_text("W3C problem type, where one exists.", format="uri"),
    ),
    "PublicRecord": {
        **_object(
            "level levels saysAwarded firstRecorded",
            level={
                "enum": [*_LEVELS, None],
                "description": "The highest level that is reached; null: not even signed.",
            },
            levels={
                "type": "array",
                "minItems": 4,
                "maxItems": 4,
                "items": _object(
                    "level title outcome",
                    level={"type": "string", "enum": _LEVELS},
                    title=_text("The level in words."),
                    outcome={"type": "string", "enum": [*_OUTCOME["enum"], "not_asked"]},
                ),
            },
            saysAwarded={"type": ["string", "null"], "format": "date-time", "description": "What the credential says."},
            firstRecorded={
                "type": ["string", "null"],
                "format": "date-time",
                "description": "Since when it is publicly recorded, at the latest.",
            },
        ),
        "description": "How far it is recorded in a transparency log. The findings are the checks `log.…`.",
    },
    "Receipt": {
        **_object(
            "@context id type issuer validFrom credentialSubject evidence relatedResource proof",
            id=_text("A random urn:uuid.", format="uri"),
            validFrom=_text("When the verification took place.", format="date-time"),
            credentialSubject=_object(
                "id description",
                id=_text("The SHA-256 of the document (RFC 6920).", pattern="^ni:///sha-256;[A-Za-z0-9_-]{43}$"),
                description={**_VERDICT, "description": "The verdict."},
            ),
            evidence={
                "type": "array",
                "minItems": 8,
                "items": _object(
                    "type genre narrative",
                    genre=_text("One of the six questions, `document` or `policy`."),
                    narrative=_text("The outcome of the question; the standard of the document; the profile."),
                    description=_text("The codes that were found."),
                ),
            },
        ),
        "description": "A W3C Verifiable Credential of this deployment about the verification. It names no person.",
    },
    "Request": {
        "type": "object",
        "oneOf": [{"required": ["document"]}, {"required": ["address"]}],
        "additionalProperties": False,
        "properties": {
            "document": {
                "type": ["object", "string"],
                "description": "The credential: an object, or its text (JSON or compact JWT).",
            },
            "address": _text("Where the credential stands, instead of `document`.", format="uri", maxLength=2048),
            "recipient": _text("An identifier (e-mail address) to compare with the credential's."),
            "profile": {"type": "string", "enum": ["badge", "proof"], "default": "badge"},
            "language": _text("Otherwise by Accept-Language.", enum=["en", "ko"]),
            "logProof": {
                "description": "C2SP tlog-proofs for the credential, if it does not carry them.",
                "anyOf": [
                    {"type": "string"},
                    {"type": "array", "items": {"type": "string"}, "maxItems": MAX_LOG_PROOFS},
                ],
            },
            "requireLevel": _text(
                "Nothing is valid below this level. By this deployment's policy for logs and witnesses.",
                enum=_LEVELS[1:],
            ),
            "asOf": _text("An earlier moment: a date (its end, UTC), or a date and time with a time zone."),
            "receipt": {
                "type": "boolean",
                "default": False,
                "description": "Add a signed receipt. Of a `document` given as object it names the SHA-256 of its compact JSON "
                "with the members in the order given.",
            },
        },
        "examples": [{"address": "https://university.example/c/1", "receipt": True}],
    },
    "Run": {
        **_object(
            "address state total done counts expiresAt",
            address=_text("Where to ask for it again.", format="uri"),
            state={"type": "string", "enum": ["running", "done"]},
            total=_WHOLE,
            done=_WHOLE,
            counts=_object(
                "valid invalid undetermined refused", valid=_WHOLE, invalid=_WHOLE, undetermined=_WHOLE, refused=_WHOLE
            ),
            expiresAt=_text("When it is deleted.", format="date-time"),
            matching={**_WHOLE, "description": "How many results the filter lets through."},
            page={"type": "integer", "minimum": 1},
            results={"type": "array", "items": _ref("Result"), "maxItems": 500},
        ),
        "examples": [RUN],
    },
    "Result": {
        **_object(
            "position name result",
            position={"type": "integer", "minimum": 1},
            name=_text("The file in the archive, or file and line."),
            result={"type": "string", "enum": [*_VERDICT["enum"], "refused"]},
            report=_ref("Report"),
            refusal=_object("code detail", code={"type": "string"}, detail=_text("Why there is no report, in words.")),
        ),
        "oneOf": [{"required": ["report"]}, {"required": ["refusal"]}],
    },
    "Problem": {
        **_object(
            "type title status detail",
            type={"type": "string", "format": "uri"},
            title={"type": "string"},
            status={"type": "integer", "minimum": 400, "maximum": 599},
            detail=_text("What to do, in words."),
        ),
        "examples": [PROBLEM],
    },
}


def _problem(description: str, *, retry: bool = False) -> Schema:
    answer: Schema = {
        "description": description,
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }
    if retry:
        answer["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return answer


def _json(name: str, description: str) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": _ref(name)}}}


_BINARY: Schema = {"schema": {}}
_LOCATION: Schema = {
    "Location": {"description": "The address of the run.", "schema": {"type": "string", "format": "uri"}}
}


def _query(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


_VERIFY: Schema = {
    "operationId": "verify",
    "summary": "Verify a credential and explain the result.",
    "description": "Nothing is stored. 200 means that a report was made, not that the credential is valid: read `verdict`.",
    "requestBody": {
        "required": True,
        "description": "The credential itself, or an object that names one. At most 4 MB.",
        "content": {
            "application/json": {"schema": {"anyOf": [_ref("Request"), {"type": "object", "required": ["@context"]}]}},
            "application/vc": {"schema": {"type": "object"}},
            "application/vc+jwt": {"schema": _text("A compact JWT.")},
            "text/plain": {"schema": _text("A compact JWT, or an address.")},
            "image/png": _BINARY,
            "image/svg+xml": _BINARY,
            "application/zip": {"schema": _text("At most 16 files, which become one report with a part for each.")},
        },
    },
    "responses": {
        "200": _json("Report", "The report."),
        "400": _problem("The request cannot be understood."),
        "411": _problem("The body came in pieces: its length must be known."),
        "413": _problem("More than 4 MB."),
        "422": _problem("There is no document to verify: the address cannot be had, or the picture shows no code."),
        "429": _problem("Too many verifications from this address.", retry=True),
        "503": _problem("A receipt is asked for, and nothing can be signed just now.", retry=True),
    },
}
_VERIFY_OURS: Schema = {
    "operationId": "verifyOurs",
    "summary": "Verify what stands at an address of this deployment.",
    "description": "For links: the report about another address is asked for with POST.",
    "parameters": [
        _query("address", "The address of a credential here.", {"type": "string", "format": "uri"}) | {"required": True}
    ],
    "responses": {status: _VERIFY["responses"][status] for status in ("200", "400", "422", "429")},
}
_START: Schema = {
    "operationId": "startRun",
    "summary": "Verify up to 10,000 credentials.",
    "description": "Each document is deleted as soon as it was verified, the run after an hour. Who knows its address sees it.",
    "requestBody": {
        "required": True,
        "description": "At most 64 MB, 4 MB for each document.",
        "content": {
            "application/zip": _BINARY,
            "application/x-ndjson": {"schema": _text("One credential, token or address in each line.")},
            "text/csv": {"schema": _text("The first address in each row.")},
        },
    },
    "responses": {
        "202": {**_json("Run", "The run was started."), "headers": _LOCATION},
        "411": _problem("The body came in pieces: its length must be known."),
        "413": _problem("More than 64 MB."),
        "415": _problem("Another media type."),
        "422": _problem("Nothing in it can be verified, or the archive is refused."),
        "429": _problem("Too many runs from this address.", retry=True),
        "503": _problem("Every place is taken for now.", retry=True),
    },
}
_LOOK: Schema = {
    "operationId": "getRun",
    "summary": "How far a run is, and its results.",
    "parameters": [
        _query("page", "500 results a page.", {"type": "integer", "minimum": 1, "maximum": 20, "default": 1}),
        _query("result", "Only this result.", _SCHEMAS["Result"]["properties"]["result"]),
        _query("issuer", "Only credentials of the issuer with this identifier.", {"type": "string"}),
        _query("code", "Only reports with this finding.", {"type": "string"}),
    ],
    "responses": {
        "200": _json("Run", "The run."),
        "400": _problem("A page that does not exist."),
        "404": _problem("No such run, or its hour is over."),
    },
}
_FORGET: Schema = {
    "operationId": "deleteRun",
    "summary": "Delete a run now.",
    "responses": {"204": {"description": "Nothing of it is left."}, "404": _problem("No such run.")},
}

OPEN_API: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Testamur verification",
        "version": "1",
        "summary": "Verify any Open Badge or verifiable credential.",
        "description": "No authentication. Any web page may ask (CORS). A visitor may verify 120 times and start 6 runs a minute "
        "unless the operator chose otherwise; beyond that 429 with Retry-After.",
    },
    "paths": {
        "/api/verify": {"get": _VERIFY_OURS, "post": _VERIFY},
        "/api/verify/many": {"post": _START},
        "/api/verify/many/{run}": {
            "parameters": [{"name": "run", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": _LOOK,
            "delete": _FORGET,
        },
    },
    "components": {"schemas": _SCHEMAS},
}
