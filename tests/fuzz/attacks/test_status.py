"""Status lists: another list, another place, another author, an old answer. A revoked badge stays revoked, or nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from testamur.fetch import FixedResolver
from testamur.proofs.data_integrity import add_proof
from testamur.status import Bits, list_credential
from tests.fuzz.attacks.world import (
    INVALID,
    THIEF,
    THIEF_DID,
    THIEF_METHOD,
    UNDETERMINED,
    VALID,
    Instead,
    codes,
    verify,
)
from tests.simulator import NOW, Institution


def clean(university: Institution, **change: Any) -> bytes:
    """A list of the university in which nobody is revoked, with one thing changed."""
    edit: Callable[[dict[str, Any]], None] = change.pop("edit", lambda document: None)
    document = list_credential(
        change.pop("url", university.revocation_url),
        change.pop("issuer", university.did),
        Bits.from_indexes(set()),
        change.pop("purpose", "revocation"),
        valid_from=NOW - timedelta(hours=1),
        valid_until=change.pop("until", NOW + timedelta(days=1)),
    )
    edit(document)
    options = {"verification_method": university.method, "created": NOW - timedelta(hours=1), **change}
    return json.dumps(add_proof(document, options.pop("signer", university.key), **options)).encode()


@pytest.fixture
def revoked(university: Institution) -> dict[str, Any]:
    badge = university.issue()
    assert verify(badge, university).verdict is VALID
    university.revoke(badge)
    assert verify(badge, university).verdict is INVALID
    return badge


def test_the_clean_list_would_do(university: Institution, revoked: dict[str, Any]) -> None:
    """Without this the tests below could fail for another reason."""
    assert verify(revoked, Instead(university, {university.revocation_url: clean(university)})).verdict is VALID


SUBSTITUTES: dict[str, Callable[[Institution], bytes]] = {
    "by the thief": lambda u: clean(u, issuer=THIEF_DID, signer=THIEF, verification_method=THIEF_METHOD),
    "by the thief, as the university": lambda u: clean(u, signer=THIEF),
    "by the thief, for the university": lambda u: clean(u, signer=THIEF, verification_method=THIEF_METHOD),
    "another list of the university": lambda u: clean(u, url=u.suspension_url),
    "another purpose": lambda u: clean(u, purpose="suspension"),
    "several purposes": lambda u: clean(u, edit=lambda d: d["credentialSubject"].update(statusPurpose=["suspension", "message"])),
    "run out": lambda u: clean(u, until=NOW - timedelta(minutes=1)),
    "not begun": lambda u: clean(u, edit=lambda d: d.update(validFrom="2027-01-01T00:00:00Z")),
    "without an id": lambda u: clean(u, edit=lambda d: d.pop("id")),
    "of another type": lambda u: clean(u, edit=lambda d: d.update(type=["VerifiableCredential"])),
    "for authentication": lambda u: clean(u, proof_purpose="authentication"),
    "too short": lambda u: clean(u, edit=lambda d: d["credentialSubject"].update(encodedList="uH4sIAAAAAAAA_2NgAAAAAv8B")),
    "a badge": lambda u: json.dumps(u.issue()).encode(),
    "without a proof": lambda u: json.dumps({k: v for k, v in json.loads(clean(u)).items() if k != "proof"}).encode(),
    "with a changed proof": lambda u: clean(u).replace(b'"validFrom": "2026', b'"validFrom": "2025'),
    "a page": lambda u: b"<!doctype html><title>Everything is fine</title>",
    "nothing": lambda u: b"",
}  # fmt: skip


@pytest.mark.parametrize("how", SUBSTITUTES)
def test_no_other_list_clears_a_revoked_badge(university: Institution, revoked: dict[str, Any], how: str) -> None:
    outside = Instead(university, {university.revocation_url: SUBSTITUTES[how](university)})
    assert verify(revoked, outside).verdict is UNDETERMINED


@pytest.mark.parametrize(
    "change",
    [
        {"statusListIndex": "0"}, {"statusListIndex": 1}, {"statusListIndex": "094567"}, {"statusListIndex": "94567.0"},
        {"statusListIndex": "-1"},
        {"statusListIndex": "９４５６７"}, {"statusListIndex": ["94567", "0"]},
        {"statusListCredential": "https://university.example/status/suspension"},
        {"statusPurpose": "suspension"}, {"statusPurpose": "message"}, {"type": "Unknown"}, {"type": []}, {"statusSize": 2},
    ],
)  # fmt: skip
def test_no_other_entry_clears_a_revoked_badge(
    university: Institution, revoked: dict[str, Any], change: dict[str, Any]
) -> None:
    other = {**revoked, "credentialStatus": {**revoked["credentialStatus"], **change}}
    assert verify(other, university).verdict is not VALID


@pytest.mark.parametrize("status", [None, [], {}, "x", [[]], [None]])
def test_no_empty_entry_clears_a_revoked_badge(university: Institution, revoked: dict[str, Any], status: Any) -> None:
    assert verify({**revoked, "credentialStatus": status}, university).verdict is not VALID


def test_an_unconfirmed_document_makes_us_ask_nobody_for_its_status(
    university: Institution, revoked: dict[str, Any]
) -> None:
    university.asked.clear()
    forged = {
        **revoked,
        "credentialStatus": {**revoked["credentialStatus"], "statusListCredential": "https://thief.example/beacon"},
    }
    verify({**forged, "name": "Doctor of Everything"}, university)
    assert set(university.asked) <= {university.did_url}


@pytest.mark.parametrize(("days", "verdict"), [(0, VALID), (6, VALID), (8, UNDETERMINED), (400, UNDETERMINED)])
def test_an_old_answer_says_nothing_about_today(university: Institution, days: int, verdict: Any) -> None:
    """A bundle from long ago, with a list that names no end of its own: it was clear then (docs/decisions/0028)."""
    university.list_valid_until = None
    badge = university.issue()
    university.now = NOW - timedelta(days=days)  # the list was signed when it was fetched
    bundle = FixedResolver(university.published(), fetched_at=university.now)
    report = verify(badge, bundle)
    assert report.verdict is verdict
    assert ("status.clear_then" in codes(report)) == (verdict is UNDETERMINED)
