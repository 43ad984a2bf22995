"""A transcript holds credentials as they were signed, and is verified with each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from testamur import strict_json
from testamur.proofs.data_integrity import add_proof
from testamur.verification import Report, Verdict
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing import api as issuing
from testamur_site.pathways import api as pathways
from testamur_site.records import api as records
from testamur_site.records import queries, rules, services
from testamur_site.records.models import Transcript
from testamur_site.verification.api import verify_document
from testamur_site.wallet import services as wallet
from testamur_site.wallet.api import Holder, deposits_of

Make = Callable[..., Any]


def verified(transcript: Transcript) -> Report:
    return verify_document(bytes(transcript.signed or b""))


def test_what_is_inside_is_value_for_value_what_was_signed(transcript: Transcript, learner: Holder) -> None:
    document = strict_json.loads(bytes(transcript.signed or b""))
    inside = document["credentialSubject"]["verifiableCredential"]
    originals = {
        deposit.award.url: strict_json.loads(issuing.credential_bytes(deposit.award))
        for deposit in deposits_of(learner)
    }
    assert len(inside) == 2
    assert {one["id"]: one for one in inside} == originals
    assert document["type"] == ["VerifiableCredential", "ClrCredential"]
    assert document["partial"] is False
    assert "mina@example.org" not in strict_json.dumps(document["credentialSubject"]["identifier"]).decode()


def test_it_is_valid_in_our_own_verifier_with_every_part(transcript: Transcript) -> None:
    report = verified(transcript)
    assert report.verdict is Verdict.VALID, [(one.code, one.facts) for one in report.checks]
    assert [part.verdict for part in report.children] == [Verdict.VALID, Verdict.VALID]
    assert "parts.hold" in {check.code for check in report.checks}


def test_what_is_withdrawn_later_fails_the_whole(transcript: Transcript, learner: Holder) -> None:
    (first, *_) = deposits_of(learner)
    issuing.revoke(first.award, issuing.Reason.ADMINISTRATIVE)
    run_pending()
    report = verified(transcript)
    assert report.verdict is Verdict.INVALID
    assert "parts.fail" in {check.code for check in report.checks}


def test_a_changed_part_fails(transcript: Transcript) -> None:
    document = strict_json.loads(bytes(transcript.signed or b""))
    document["credentialSubject"]["verifiableCredential"][0]["name"] = "Medicine"
    assert verify_document(strict_json.dumps(document)).verdict is Verdict.INVALID


def test_a_microdegree_is_the_parent_of_its_parts(
    make_microdegree: Make, learner: Holder, courses: list[AchievementVersion]
) -> None:
    pathways.join(learner, make_microdegree())
    run_pending()
    for deposit in deposits_of(learner):
        wallet.claim(deposit, "en")
    pieces, _ = records.pieces_of(learner)
    assert len(pieces) == 3
    made = records.make_transcript(learner, [piece.digest for piece in pieces])
    document = made.document()
    by_name = {piece.name: piece.achievement for piece in pieces}
    found = document["credentialSubject"]["association"]
    assert {(one["sourceId"], one["targetId"]) for one in found} == {
        (by_name["Data for the city"], by_name["Foundations of data"]),
        (by_name["Data for the city"], by_name["Data in practice"]),
    }
    assert {one["associationType"] for one in found} == {"isParentOf"}
    assert verified(made).verdict is Verdict.VALID


def test_some_of_the_credentials_are_a_partial_transcript(learner: Holder) -> None:
    pieces, _ = records.pieces_of(learner)
    made = records.make_transcript(learner, [pieces[0].digest, "0" * 64])
    assert made.count == 1
    assert made.document()["partial"] is True
    assert "association" not in made.document()["credentialSubject"]


def test_two_hundred_credentials_are_one_transcript(learner: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    (piece, *_), _other = records.pieces_of(learner)
    signer = signing_key(Institution.objects.get(slug=piece.document["issuer"]["id"].rpartition(":")[2]))
    made_at, many = timezone.now(), []
    for number in range(200):
        document = {**piece.document, "id": f"{piece.id}-{number}"}
        del document["proof"]
        signed = add_proof(document, signer, verification_method=signer.verification_method, created=made_at)
        many.append(replace(piece, id=signed["id"], document=signed, digest=f"{number:064}"))
    monkeypatch.setattr(queries, "pieces_of", lambda _holder: (many, 0))
    made = records.make_transcript(learner, [piece.digest for piece in many])
    assert made.count == 200
    assert len(bytes(made.signed or b"")) > 1_000_000
    report = verified(made)
    assert report.verdict is Verdict.VALID
    assert [part.verdict for part in report.children] == [Verdict.VALID] * 200


def test_refusals(learner: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [piece.digest for piece in records.pieces_of(learner)[0]]
    with pytest.raises(records.NothingChosen):
        records.make_transcript(learner, ["0" * 64])
    for name, value, refused in (
        ("MAX_CREDENTIALS", 1, records.TooMuch),
        ("MAX_BYTES", 100, records.TooMuch),
        ("MAX_TRANSCRIPTS", 0, records.TooMany),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(services, name, value)
            with pytest.raises(refused):
                records.make_transcript(learner, digests)
    assert not Transcript.objects.exists()


def test_a_killed_maker_is_followed_by_the_job(learner: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [piece.digest for piece in records.pieces_of(learner)[0]]
    with monkeypatch.context() as killed:
        killed.setattr(services, "finish", lambda made: made)
        made = records.make_transcript(learner, digests)
    assert made.signed is None
    run_pending()
    made.refresh_from_db()
    assert verified(made).verdict is Verdict.VALID


def test_the_signing_process_signs_what_waits_and_nothing_else(desk: Desk, learner: Holder) -> None:
    digests = [piece.digest for piece in records.pieces_of(learner)[0]]
    made = records.make_transcript(learner, digests)
    assert verified(made).verdict is Verdict.VALID
    signer = services.deployment_signer()
    now = services.timezone.now()
    with pytest.raises(Exception, match="does not wait") as signed_before:
        signer.secure(made.document(), kind="transcript", row=made.public_id, created=now)
    assert getattr(signed_before.value, "code", "") == "transcript.not_prepared"
    Transcript.objects.filter(pk=made.pk).update(signed=None)
    other = {**made.document(), "name": "Another"}
    with pytest.raises(Exception, match="does not wait"):
        signer.secure(other, kind="transcript", row=made.public_id, created=now)
    naked = made.document()
    naked["credentialSubject"]["verifiableCredential"][0].pop("proof")
    Transcript.objects.filter(pk=made.pk).update(prepared=strict_json.dumps(naked))
    with pytest.raises(Exception, match="no transcript"):
        signer.secure(naked, kind="transcript", row=made.public_id, created=now)


@pytest.mark.parametrize(
    "content",
    [
        b"eyJhbGciOiJub25lIn0.e30.",
        b"[]",
        b"{}",
        b'{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiableCredential", "id": "urn:a"}',
        b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "urn:a", "proof": {}}',
        b"\xff",
    ],
)
def test_what_cannot_stand_inside_is_not_offered(content: bytes) -> None:
    assert rules.piece_of(content) is None


def test_a_days_text_is_a_day_or_nothing() -> None:
    piece = rules.Piece("", {}, "urn:a", "", "", "", "2026-03-05T00:00:00Z")
    assert piece.day is not None
    assert piece.day.date() == date(2026, 3, 5)
    assert rules.Piece("", {}, "urn:a", "", "", "", "yesterday").day is None
