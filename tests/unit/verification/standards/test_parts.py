"""Credentials inside credentials, and presentations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from tests.simulator import Institution, World
from tests.unit.verification.conftest import Verify, check, codes

from testamur.linked_data import CLR_2
from testamur.ports import Resource
from testamur.proofs.data_integrity import add_proof
from testamur.verification import Report, Verdict
from testamur.verification.presenters import to_json, to_text

VALID, INVALID, UNDETERMINED = Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED


def transcript(university: Institution, *parts: Any) -> dict[str, Any]:
    document = university.unsigned()
    document["@context"] = [document["@context"][0], CLR_2, document["@context"][1]]
    document["type"] = ["VerifiableCredential", "ClrCredential"]
    document["credentialSubject"] = {
        "type": ["ClrSubject"],
        "id": "did:example:mina",
        "verifiableCredential": list(parts),
    }
    signed: dict[str, Any] = university.sign(document)
    return signed


def presentation(*parts: Any, **more: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": list(parts),
        **more,
    }


def forged(credential: dict[str, Any]) -> dict[str, Any]:
    return {**credential, "validFrom": "2001-01-01T00:00:00Z"}


def award(issuer: Institution, number: int, **said: Any) -> dict[str, Any]:
    """One of many: an identifier of its own, and what else its achievement says."""
    document = issuer.unsigned()
    document["id"] = f"{document['id']}/{number}"
    document["credentialSubject"]["achievement"].update(said)
    signed: dict[str, Any] = issuer.sign(document)
    return signed


def verdicts(report: Report) -> list[Verdict]:
    return [child.verdict for child in report.children]


def test_a_transcript_whose_awards_hold(university: Institution, verify: Verify) -> None:
    report = verify(transcript(university, university.issue(), university.issue()))
    assert report.verdict is VALID
    assert check(report, "parts").code == "parts.hold"
    assert verdicts(report) == [VALID, VALID]


def test_a_transcript_of_two_hundred_asks_each_address_once(university: Institution, verify: Verify) -> None:
    """Three issuers share their keys and lists among all that they awarded; what is asked is counted by address, not by credential."""
    others = [Institution(f"college-{number}.example", f"College {number}") for number in range(12)]
    issuers = [university, *others]
    asked: list[str] = []

    class Counting(World):
        def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
            asked.append(url)
            return super().fetch(url, accept=accept)

    parts = [award(issuers[number % len(issuers)], number) for number in range(200)]
    report = verify(transcript(university, *parts), resolver=Counting(university, *others))
    assert report.verdict is VALID, codes(report)
    assert len(report.children) == 200
    assert len(asked) == len(set(asked))
    assert 16 < len(asked) <= 16 + 12 * 4


def test_a_record_may_be_larger_than_a_single_credential(university: Institution, verify: Verify) -> None:
    parts = [award(university, number, description="x" * 7_000) for number in range(200)]
    record = transcript(university, *parts)
    assert 1_500_000 < len(json.dumps(record)) < 2_000_000
    assert verify(json.dumps(record).encode()).verdict is VALID
    too_large = transcript(university, *parts, award(university, 200, description="x" * 600_000))
    assert "structure.too_large" in codes(verify(json.dumps(too_large).encode()))
    alone = university.unsigned()
    alone["credentialSubject"]["achievement"]["description"] = "x" * 1_200_000
    assert "structure.too_large" in codes(verify(json.dumps(alone).encode()))


def test_only_a_confirmed_record_may_ask_for_more(university: Institution, verify: Verify) -> None:
    """Whoever puts two hundred credentials of as many strangers into a record makes us ask no more hosts than before."""
    strangers = [Institution(f"college-{number}.example", f"College {number}") for number in range(60)]
    parts = [each.issue() for each in strangers]
    asked: set[str] = set()

    class Counting(World):
        def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
            asked.add(url)
            return super().fetch(url, accept=accept)

    world = Counting(university, *strangers)
    report = verify(forged(transcript(university, *parts)), resolver=world)
    assert report.verdict is INVALID
    assert len(asked) <= 16
    asked.clear()
    assert verify(transcript(university, *parts), resolver=world).verdict is UNDETERMINED
    assert len(asked) <= 16 + 12 * 4


def test_a_transcript_with_one_award_that_does_not(university: Institution, verify: Verify) -> None:
    report = verify(transcript(university, university.issue(), forged(university.issue())))
    assert report.verdict is INVALID
    assert verdicts(report) == [VALID, INVALID]


def test_a_transcript_with_something_that_is_no_credential(university: Institution, verify: Verify) -> None:
    report = verify(transcript(university, {"id": "https://x.example/1", "type": ["Profile"]}))
    assert report.verdict is not VALID


@pytest.mark.parametrize("left", ["no credential", "no list", "other achievements"])
def test_a_transcript_of_nothing_is_not_valid(university: Institution, verify: Verify, left: str) -> None:
    document = transcript(university, university.issue())
    assert verify(document).verdict is VALID
    del document["proof"]
    document["credentialSubject"]["verifiableCredential"] = []
    if left != "no credential":
        del document["credentialSubject"]["verifiableCredential"]
    if left == "other achievements":
        document["credentialSubject"]["achievement"] = [university.unsigned()["credentialSubject"]["achievement"]]
    report = verify(university.sign(document))
    assert report.verdict is UNDETERMINED
    assert check(report, "parts").code == "parts.none"


def test_a_transcript_that_was_changed_is_not_looked_into(university: Institution, verify: Verify) -> None:
    report = verify(forged(transcript(university, university.issue())))
    assert report.verdict is INVALID
    assert "structure.parts_not_examined" in codes(report)
    assert report.children == ()


def test_a_presentation_that_nobody_signed(university: Institution, verify: Verify) -> None:
    report = verify(presentation(university.issue()))
    assert report.verdict is VALID
    assert "proof.presentation_unsigned" in codes(report)
    assert report.subject == report.children[0].subject


@pytest.mark.parametrize(
    ("parts", "verdict", "code"),
    [
        (lambda university: [forged(university.issue())], INVALID, "parts.fail"),
        (lambda university: [university.issue(), forged(university.issue())], INVALID, "parts.fail"),
        (lambda university: [3], INVALID, "parts.fail"),
        (lambda university: ["no token"], UNDETERMINED, "parts.open"),
        (lambda university: [], UNDETERMINED, "parts.none"),
        (lambda university: [university.issue()] * 257, UNDETERMINED, "parts.too_many"),
    ],
)
def test_what_a_presentation_shows(
    university: Institution, verify: Verify, parts: Any, verdict: Verdict, code: str
) -> None:
    report = verify(presentation(*parts(university)))
    assert (report.verdict, code in codes(report)) == (verdict, True)


def test_the_reader_asks_about_the_holder_of_what_is_shown(university: Institution, verify: Verify) -> None:
    shown = presentation(university.issue())
    assert verify(shown, recipient="nobody@example.org").verdict is not VALID


def test_a_transcript_inside_a_presentation(university: Institution, verify: Verify) -> None:
    report = verify(presentation(transcript(university, university.issue())))
    assert report.verdict is VALID
    assert verdicts(report.children[0]) == [VALID]


def test_presentations_in_each_other_come_to_an_end(university: Institution, verify: Verify) -> None:
    shown = presentation(university.issue())
    for _ in range(4):
        shown = presentation(shown)
    assert verify(shown).verdict is not VALID


def test_a_signed_presentation(university: Institution, verify: Verify) -> None:
    from tests.simulator.institution import key_from

    from testamur.proofs.did import did_key_for

    key = key_from("holder")
    did, method = did_key_for(key.public)
    unsigned = presentation(university.issue(), holder=did)
    signed = add_proof(unsigned, key, verification_method=method, created=None, proof_purpose="authentication")
    report = verify(signed)
    assert report.verdict is VALID
    assert "proof.signature_true" in codes(report)
    assert verify({**signed, "holder": "did:example:other"}).verdict is INVALID
    other = add_proof(unsigned, key, verification_method=method, created=None, proof_purpose="assertionMethod")
    assert "proof.purpose" in codes(verify(other))


def test_as_a_file(university: Institution, verify: Verify) -> None:
    assert verify(json.dumps(presentation(university.issue())).encode()).verdict is VALID


def test_parts_and_endorsements_are_told_apart(university: Institution, verify: Verify) -> None:
    report = verify(presentation(university.issue()))
    assert [child["relation"] for child in to_json(report)["endorsements"]] == ["part"]
    assert "[Credentials inside 1]" in to_text(report)
