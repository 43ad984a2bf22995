"""The whole verifier: a good badge, and the same badge with one thing changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.simulator import Institution
from tests.unit.verification.conftest import Verify, check, codes

from testamur.formats.baked import png, svg
from testamur.verification import Outcome, Policy, Question, Verdict, Verifier

Badge = dict[str, Any]


def test_a_good_badge_is_valid_and_every_question_has_its_answer(university: Institution, verify: Verify) -> None:
    report = verify(university.issue(email="mina@students.example"), recipient="mina@students.example")
    assert report.verdict is Verdict.VALID
    outcomes = {question: report.outcome(question) for question in Question}
    assert outcomes.pop(Question.ENTITLED) is Outcome.UNKNOWN, "an unknown issuer is never green"
    assert set(outcomes.values()) == {Outcome.PASSED}
    assert report.document_type == "open_badges_3"
    assert report.subject["holder"]["name"] == "Mina Kim"


def change(path: str, value: Any) -> Callable[[Badge], None]:
    def apply(badge: Badge) -> None:
        *way, last = path.split("/")
        target: Any = badge
        for step in way:
            target = target[int(step)] if step.isdigit() else target[step]
        if value is None:
            del target[last]
        else:
            target[last] = value

    return apply


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("name", "Doctor of Medicine", "proof.signature_false"),
        ("validUntil", "2099-01-01T00:00:00Z", "proof.signature_false"),
        ("credentialSubject/identifier/0/identityHash", "Somebody Else", "proof.signature_false"),
        ("credentialSubject/result/0/value", "100", "proof.signature_false"),
        ("evidence/0/name", "Another report", "proof.signature_false"),
        ("credentialStatus/statusListIndex", "1", "proof.signature_false"),
        ("credentialStatus", None, "proof.signature_false"),
        ("issuer/name", "Another University", "proof.signature_false"),
        ("proof/created", "2026-11-24T10:00:00Z", "proof.signature_false"),
        ("proof/proofPurpose", "authentication", "proof.purpose"),
        ("proof/proofValue", "z3kT", "proof.malformed"),
        ("proof/cryptosuite", "mldsa44-rdfc-2024", "proof.suite_unknown"),
        ("proof/cryptosuite", "eddsa-jcs-2022", "proof.signature_false"),
        ("proof/verificationMethod", "did:web:university.example:institutions:example#key-9", "proof.key_not_found"),
        ("proof/verificationMethod", "did:example:123#key-1", "proof.method_unknown"),
        ("proof/verificationMethod", "xxx:123#key-1", "proof.method_unusable"),
        ("proof", None, "proof.absent"),
        ("proof", "none", "proof.malformed"),
        ("grade", "A", "structure.term_undefined"),
        ("credentialSubject/achievement/criteria", None, "structure.schema_broken"),
        ("issuer", "did:web:university.example:institutions:example", "structure.schema_broken"),
        ("type", ["OpenBadgeCredential"], "structure.type_missing"),
        ("@context/1", "https://www.w3.org/ns/credentials/v2", "structure.context_order"),
    ],
)
def test_one_thing_changed(university: Institution, verify: Verify, path: str, value: Any, code: str) -> None:
    badge = university.issue()
    assert verify(badge).verdict is Verdict.VALID
    if path.startswith("@context"):
        badge["@context"][1] = value
    else:
        change(path, value)(badge)
    report = verify(badge)
    assert code in codes(report)
    assert report.verdict is not Verdict.VALID
    assert report.subject == {}, "nothing is shown as a fact from bytes that were not confirmed"


def test_nothing_is_decided_from_unconfirmed_bytes(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.revoke(badge)
    badge["name"] = "changed"
    university.asked.clear()
    report = verify(badge, recipient="mina@students.example")
    assert university.revocation_url not in university.asked, "a forged document must not choose whom we ask"
    assert {"dates.begin_not_decided", "dates.end_not_decided", "status.not_asked", "recipient.not_decided"} <= codes(
        report
    )
    assert report.technical["unconfirmed"]["name"] == "changed"


@pytest.mark.parametrize(
    ("algorithm", "suite"),
    [
        ("Ed25519", "eddsa-rdfc-2022"),
        ("Ed25519", "eddsa-jcs-2022"),
        ("P-256", "ecdsa-rdfc-2019"),
        ("P-384", "ecdsa-rdfc-2019"),
        ("P-256", "ecdsa-jcs-2019"),
        ("P-384", "ecdsa-jcs-2019"),
    ],
)
def test_every_suite_that_is_issued_is_verified(
    university: Institution, verify: Verify, algorithm: str, suite: str
) -> None:
    university.use(algorithm, suite)
    badge = university.issue()
    assert verify(badge).verdict is Verdict.VALID
    badge["name"] = "changed"
    assert "proof.signature_false" in codes(verify(badge))


@pytest.mark.parametrize("container", ["dict", "text", "bytes", "png", "svg", "bom"])
def test_the_container_makes_no_difference(university: Institution, verify: Verify, container: str) -> None:
    badge = university.issue()
    content = json.dumps(badge, ensure_ascii=False).encode()
    forms: dict[str, Any] = {
        "dict": lambda: badge,
        "text": lambda: content.decode(),
        "bytes": lambda: content,
        "bom": lambda: b"\xef\xbb\xbf" + content,
        "png": lambda: png.bake(one_pixel_png(), content),
        "svg": lambda: svg.bake(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', content),
    }
    report = verify(forms[container]())
    assert report.verdict is Verdict.VALID
    assert report.subject["id"] == badge["id"]


def one_pixel_png() -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "code", "verdict"),
    [
        (b"", "structure.no_credential", Verdict.UNDETERMINED),
        (b"hello", "structure.no_credential", Verdict.UNDETERMINED),
        (b"%PDF-1.7", "structure.unreadable", Verdict.INVALID),
        (b"{}", "structure.no_credential", Verdict.UNDETERMINED),
        (b"{", "structure.unreadable", Verdict.INVALID),
        (b"[]", "structure.unreadable", Verdict.INVALID),
        (b'{"a": 1, "a": 2}', "structure.unreadable", Verdict.INVALID),
        (b'{"a": NaN}', "structure.unreadable", Verdict.INVALID),
        (b'{"a": "\\ud800"}', "structure.unreadable", Verdict.INVALID),
        (b"{" + b'"a":[' * 5000, "structure.too_large", Verdict.UNDETERMINED),
        (b'{"a": "' + b"x" * 1_100_000 + b'"}', "structure.too_large", Verdict.UNDETERMINED),
        (b"\x89PNG\r\n\x1a\nrubbish", "structure.unreadable", Verdict.INVALID),
        ({"a": float("nan")}, "structure.unreadable", Verdict.INVALID),
        ({"a": object()}, "structure.unreadable", Verdict.INVALID),
        ({1: 2}, "structure.no_credential", Verdict.UNDETERMINED),
        ("\ud800", "structure.no_credential", Verdict.UNDETERMINED),
    ],
)
def test_what_is_no_credential_gets_a_report_too(verify: Verify, data: Any, code: str, verdict: Verdict) -> None:
    report = verify(data)
    assert codes(report) == {code}
    assert report.verdict is verdict


def test_a_nested_dictionary_without_end_gets_a_report(verify: Verify) -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    assert verify(endless).verdict is not Verdict.VALID


def test_what_is_neither_bytes_nor_text_nor_object_is_a_mistake(verify: Verify) -> None:
    with pytest.raises(TypeError):
        verify(7)
    with pytest.raises(ValueError, match="no such profile"):
        Policy(profile="degree")  # type: ignore[arg-type]


def test_the_profile_proof_asks_only_for_the_proof(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.revoke(badge)
    report = verify(badge, profile="proof")
    assert report.verdict is Verdict.VALID
    assert {one.question for one in report.checks} == {Question.GENUINE}
    changed = copy.deepcopy(badge)
    changed["name"] = "changed"
    assert verify(changed, profile="proof").verdict is Verdict.INVALID


def test_the_document_is_not_changed_and_the_verifier_has_no_memory(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    before = copy.deepcopy(badge)
    assert verify(badge).verdict is Verdict.VALID
    assert badge == before
    university.revoke(badge)
    assert verify(badge).verdict is Verdict.INVALID


def test_a_verifier_uses_the_system_clock_by_itself(university: Institution) -> None:
    report = Verifier(university).verify(b"{}")
    assert report.verified_at.tzinfo is not None


def test_one_document_asks_each_address_once(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    university.asked.clear()
    assert verify(badge).technical["asked"] == [university.did_url, university.revocation_url]
    assert university.asked == [university.did_url, university.revocation_url]


def test_the_technical_part_shows_canonical_form_and_hashes(university: Institution, verify: Verify) -> None:
    (entry,) = verify(university.issue()).technical["proofs"]
    assert entry["suite"] == "eddsa-rdfc-2022"
    assert entry["verificationMethod"] == university.method
    assert any(isinstance(value, str) and "Data Literacy" in value for value in entry.values())
    assert check(verify(university.issue()), "proof").facts["method"] == university.method
