"""Receipts: what they say, that they say no more, and that any verifier confirms them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.simulator import NOW, FixedClock, Institution

from testamur.proofs.data_integrity import add_proof
from testamur.verification import Policy, Question, TrustRegistry, Verdict, Verifier, receipt

IDENTIFIER = "urn:uuid:7c1a9d1e-45a5-4d6e-9d0c-6a2b0d9f5e11"
NAME, EMAIL = "Mina Kim", "mina@example.edu"


@pytest.fixture
def university() -> Institution:
    return Institution()


@pytest.fixture
def verifier(university: Institution) -> Verifier:
    return Verifier(university, TrustRegistry(), FixedClock(NOW))


@pytest.fixture
def document(university: Institution) -> bytes:
    return json.dumps(university.issue(name=NAME, email=EMAIL)).encode()


def receipt_of(
    verifier: Verifier, document: bytes, policy: Policy | None = None, language: str = "en"
) -> dict[str, Any]:
    report = verifier.verify(document, policy or Policy())
    issuer = {"id": "did:web:university.example:institutions:example", "type": ["Profile"], "name": "A verifier"}
    return receipt.compose(
        report,
        receipt.digest_of(document),
        issuer=issuer,
        identifier=IDENTIFIER,
        policy=policy or Policy(),
        language=language,
    )


def signed(unsigned: dict[str, Any], university: Institution) -> bytes:
    return json.dumps(add_proof(unsigned, university.key, verification_method=university.method, created=NOW)).encode()


def test_it_says_what_the_report_says(verifier: Verifier, document: bytes) -> None:
    report = verifier.verify(document)
    said = receipt.read(receipt_of(verifier, document))
    assert said is not None
    assert said["verdict"] == report.verdict.value == "valid"
    assert said["questions"] == {question.value: report.outcome(question).value for question in Question}
    assert sorted(code for codes in said["codes"].values() for code in codes) == sorted(c.code for c in report.checks)
    assert (said["verified_at"], said["document_type"]) == ("2026-11-25T10:00:00Z", "open_badges_3")
    assert said["digest"] == receipt.digest_of(document)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_signed_it_is_a_valid_credential_and_changed_it_is_not(
    verifier: Verifier, university: Institution, document: bytes, language: str
) -> None:
    proof = signed(receipt_of(verifier, document, language=language), university)
    report = verifier.verify(proof)
    assert report.verdict is Verdict.VALID, [check.code for check in report.checks]
    changed = proof.replace(b'"description": "valid"', b'"description": "invalid"')
    assert changed != proof
    assert verifier.verify(changed).verdict is Verdict.INVALID


def test_every_statement_of_it_is_signed(verifier: Verifier, university: Institution, document: bytes) -> None:
    """Each text in it, changed alone, breaks the signature: nothing stands beside what was signed."""
    proof = json.loads(signed(receipt_of(verifier, document), university))
    for index in range(len(proof["evidence"])):
        for member in ("genre", "narrative"):
            changed = json.loads(json.dumps(proof))
            changed["evidence"][index][member] += "x"
            assert verifier.verify(changed).verdict is Verdict.INVALID, (index, member)
    changed = {**proof, "relatedResource": {**proof["relatedResource"], "digestMultibase": "uEiAA"}}
    assert verifier.verify(changed).verdict is Verdict.INVALID


def test_it_tells_nothing_of_the_person(verifier: Verifier, document: bytes) -> None:
    text = json.dumps(receipt_of(verifier, document, Policy(recipient=EMAIL)), ensure_ascii=False)
    credential = json.loads(document)
    for private in (NAME, EMAIL, credential["id"], credential["issuer"]["name"], "Data Literacy"):
        assert private not in text
    assert receipt.read(json.loads(text))["asked"] == ["recipient"]  # type: ignore[index] - that somebody was asked about


def test_a_changed_document_gets_a_receipt_too(verifier: Verifier, university: Institution, document: bytes) -> None:
    changed = document.replace(NAME.encode(), b"Mona Kim")
    said = receipt.read(receipt_of(verifier, changed))
    assert said is not None
    assert said["verdict"] == "invalid"
    assert "proof.signature_false" in said["codes"]["genuine"]
    assert said["digest"] != receipt.digest_of(document)
    assert verifier.verify(signed(receipt_of(verifier, changed), university)).verdict is Verdict.VALID


def test_a_receipt_of_nothing_readable(verifier: Verifier) -> None:
    said = receipt.read(receipt_of(verifier, b"this is no credential"))
    assert said is not None
    assert said["verdict"] == "undetermined"


def test_the_digest_is_that_of_rfc_6920() -> None:
    assert (
        receipt.digest_of(b"Hello World!") == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    )  # RFC 6920 §8.1


def test_the_digest_must_be_one(verifier: Verifier, document: bytes) -> None:
    report = verifier.verify(document)
    for wrong in ("", "urn:mina@example.edu", receipt.digest_of(document) + "x"):
        with pytest.raises(ValueError, match="digest"):
            receipt.compose(report, wrong, issuer={"id": "did:web:a.example"}, identifier=IDENTIFIER)


@pytest.mark.parametrize("member", ["credentialSubject", "evidence"])
def test_what_is_no_receipt_is_not_read_as_one(verifier: Verifier, document: bytes, member: str) -> None:
    whole = receipt_of(verifier, document)
    assert receipt.read(whole) is not None
    assert receipt.read({name: value for name, value in whole.items() if name != member}) is None
    assert receipt.read(json.loads(document)) is None


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("genre", ["genuine"]),
        ("genre", "unheard-of"),
        ("narrative", "splendid"),
        ("narrative", {}),
        ("narrative", None),
    ],
)
def test_a_receipt_with_strange_words_is_none(verifier: Verifier, document: bytes, member: str, value: Any) -> None:
    whole = receipt_of(verifier, document)
    assert receipt.read(whole) is not None
    whole["evidence"][1][member] = value
    assert receipt.read(whole) is None


def test_the_report_about_a_receipt_says_what_it_says(
    verifier: Verifier, university: Institution, document: bytes
) -> None:
    report = verifier.verify(signed(receipt_of(verifier, document), university))
    assert report.subject["receipt"]["digest"] == receipt.digest_of(document)
    assert "name" not in report.subject["holder"], "nobody holds a receipt"
    assert "endorsed" not in report.subject, "and it endorses nothing"
    assert "receipt" not in verifier.verify(document).subject
