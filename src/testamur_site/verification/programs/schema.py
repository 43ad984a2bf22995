"""The OpenAPI 3.1 description of `/api/verify`, served at `/api/verify.schema.json`."""

from __future__ import annotations

from typing import Any

_OUTCOME = {"type": "string", "enum": ["passed", "failed", "unknown"]}
_CHECK = {
    "type": "object",
    "required": ["name", "title", "code", "question", "outcome", "required", "facts", "sentence"],
    "properties": {
        "name": {"type": "string", "description": "Stable name of the check."},
        "title": {"type": "string", "description": "The same in words."},
        "question": {"type": "string", "description": "Which of the six questions it helps to answer."},
        "outcome": _OUTCOME,
        "code": {"type": "string", "description": "Stable code of what was found."},
        "sentence": {"type": "string", "description": "The finding in words, in the language asked for."},
        "facts": {"type": "object", "description": "Dates, identifiers and numbers of the sentence."},
        "required": {"type": "boolean", "description": "False for what only informs."},
        "nextStep": {"type": "string", "description": "What to do now, where there is something to do."},
        "problem": {"type": "string", "format": "uri", "description": "W3C problem type, where one exists."},
    },
}
_PROBLEM = {
    "description": "The request could not be read. Nothing was verified.",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string", "format": "uri"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                },
            }
        }
    },
}
_REQUEST = {
    "type": "object",
    "properties": {
        "document": {"description": "The credential: an object, or its text (JSON or compact JWT)."},
        "address": {
            "type": "string",
            "format": "uri",
            "description": "Where the credential stands, instead of `document`.",
        },
        "recipient": {
            "type": "string",
            "description": "An identifier (e-mail address) to compare with the credential's.",
        },
        "profile": {"type": "string", "enum": ["badge", "proof"], "default": "badge"},
        "language": {"type": "string", "enum": ["en", "ko"], "description": "Otherwise by Accept-Language."},
    },
}

OPEN_API: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Testamur verification",
        "version": "1",
        "summary": "Verify any Open Badge or verifiable credential.",
    },
    "paths": {
        "/api/verify": {
            "post": {
                "operationId": "verify",
                "summary": "Verify a credential and explain the result.",
                "description": (
                    "No authentication. Nothing is stored. 200 means that a report was made, not that the credential is valid: "
                    "read `verdict`."
                ),
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": _REQUEST},
                        "application/vc": {"schema": {"type": "object"}},
                        "text/plain": {"schema": {"type": "string", "description": "A compact JWT."}},
                        "image/png": {"schema": {"type": "string", "contentEncoding": "binary"}},
                        "image/svg+xml": {"schema": {"type": "string"}},
                    },
                },
                "responses": {
                    "200": {
                        "description": "The report.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": [
                                        "verdict",
                                        "verdictSentence",
                                        "verifiedAt",
                                        "documentType",
                                        "questions",
                                        "checks",
                                        "subject",
                                    ],
                                    "properties": {
                                        "verdict": {"type": "string", "enum": ["valid", "invalid", "undetermined"]},
                                        "verdictSentence": {"type": "string"},
                                        "verifiedAt": {"type": "string", "format": "date-time"},
                                        "documentType": {"type": "string"},
                                        "questions": {
                                            "type": "array",
                                            "items": {
                                                "type": "object",
                                                "required": ["question", "title", "outcome"],
                                                "properties": {
                                                    "question": {"type": "string"},
                                                    "title": {"type": "string"},
                                                    "outcome": _OUTCOME,
                                                },
                                            },
                                        },
                                        "checks": {"type": "array", "items": _CHECK},
                                        "subject": {
                                            "type": "object",
                                            "description": "What the credential says, from confirmed bytes only.",
                                        },
                                        "unconfirmed": {
                                            "type": "object",
                                            "description": "What an unconfirmed document says of itself.",
                                        },
                                        "technical": {"type": "object"},
                                        "endorsements": {"type": "array", "items": {"type": "object"}},
                                    },
                                }
                            }
                        },
                    },
                    "400": _PROBLEM,
                    "413": _PROBLEM,
                    "422": _PROBLEM,
                    "429": _PROBLEM,
                },
            }
        }
    },
}
