"""Examples for the description: short, and held against its schemas by a test."""

from __future__ import annotations

from typing import Any

REPORT: dict[str, Any] = {
    "verdict": "invalid",
    "verdictSentence": "Do not rely on it. At least one check failed.",
    "verifiedAt": "2026-11-25T10:00:00Z",
    "documentType": "open_badges_3",
    "questions": [
        {"question": "genuine", "title": "Is it genuine and unchanged?", "outcome": "passed"},
        {"question": "still_valid", "title": "Is it still valid?", "outcome": "failed"},
        {"question": "from_whom", "title": "Is it from whom it says?", "outcome": "passed"},
        {"question": "entitled", "title": "May they award it?", "outcome": "unknown"},
        {"question": "about_whom", "title": "Is it about this person?", "outcome": "unknown"},
        {"question": "what_it_took", "title": "What did it take?", "outcome": "passed"},
    ],
    "checks": [
        {
            "name": "status",
            "title": "Withdrawal",
            "code": "status.revoked",
            "question": "still_valid",
            "outcome": "failed",
            "required": True,
            "facts": {"list": "https://university.example/status/revocation", "asked_at": "2026-11-25T10:00:00Z"},
            "sentence": "The issuer has revoked it (asked on 25 November 2026, 10:00 UTC).",
            "nextStep": "Do not rely on it. The issuer can explain the reason to the holder.",
        }
    ],
    "subject": {"issuer": {"id": "did:web:university.example", "name": "Example University"}},
    "technical": {"kind": "json", "proofs": []},
    "endorsements": [],
}

RUN: dict[str, Any] = {
    "address": "https://testamur.example/api/verify/many/Vq3kqf0o9m1pYb7sH2dTzQxW",
    "state": "running",
    "total": 240,
    "done": 97,
    "counts": {"valid": 92, "invalid": 3, "undetermined": 1, "refused": 1},
    "expiresAt": "2026-11-25T11:00:00Z",
}

PROBLEM: dict[str, Any] = {
    "type": "https://testamur.example/problems/address-not-found",
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": "There is nothing public at this address of university.example: it may be private, withdrawn or misspelt.",
}
