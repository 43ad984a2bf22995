"""Sets and chains of proofs, and proofs of kinds that are not known here."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from tests.simulator import Institution
from tests.unit.verification.conftest import Verify, codes

from testamur.proofs.data_integrity import add_proof
from testamur.verification import Verdict

FIRST, SECOND = "urn:uuid:11111111-1111-4111-8111-111111111111", "urn:uuid:22222222-2222-4222-8222-222222222222"


def proofs(report: Any) -> list[str]:
    return [check.code for check in report.checks if check.name in ("proof", "proof.further")]


@pytest.fixture
def chained(university: Institution) -> dict[str, Any]:
    first = university.sign(university.unsigned(), proof_id=FIRST)
    return university.sign(first, proof_id=SECOND, previous_proof=FIRST)


def test_a_set_holds_when_each_of_its_proofs_is_true(university: Institution, verify: Verify) -> None:
    badge = university.sign(university.issue())
    assert proofs(verify(badge)) == ["proof.signature_true"] * 2


def test_one_false_proof_makes_the_document_false(university: Institution, verify: Verify) -> None:
    badge = university.sign(university.issue())
    badge["proof"][0]["proofValue"] = university.issue()["proof"]["proofValue"]
    report = verify(badge)
    assert proofs(report) == ["proof.signature_false", "proof.signature_true"]
    assert report.verdict is Verdict.INVALID
    assert report.subject == {}


def test_a_proof_of_an_unknown_suite_beside_the_issuer_s_is_set_aside(university: Institution, verify: Verify) -> None:
    badge = university.sign(university.issue())
    badge["proof"][1]["cryptosuite"] = "mldsa44-rdfc-2026"
    report = verify(badge)
    assert proofs(report) == ["proof.signature_true", "proof.further_unknown"]
    assert report.verdict is Verdict.VALID


def test_a_proof_of_an_unknown_suite_alone_decides_nothing(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    badge["proof"]["cryptosuite"] = "mldsa44-rdfc-2026"
    report = verify(badge)
    assert proofs(report) == ["proof.suite_unknown"]
    assert report.verdict is Verdict.UNDETERMINED


def test_a_chain_holds(chained: dict[str, Any], verify: Verify) -> None:
    assert proofs(verify(chained)) == ["proof.signature_true"] * 2
    assert verify(chained).verdict is Verdict.VALID


def test_a_chain_whose_beginning_was_cut_off(chained: dict[str, Any], verify: Verify) -> None:
    chained["proof"] = chained["proof"][1:]
    report = verify(chained)
    assert proofs(report) == ["proof.chain_broken"]
    assert report.verdict is Verdict.INVALID


def test_a_chain_with_a_false_link(chained: dict[str, Any], university: Institution, verify: Verify) -> None:
    chained["proof"][0]["proofValue"] = university.issue()["proof"]["proofValue"]
    assert set(proofs(verify(chained))) <= {"proof.signature_false", "proof.chain_broken"}


def test_a_chain_on_a_proof_of_an_unknown_suite_is_not_decided(chained: dict[str, Any], verify: Verify) -> None:
    chained["proof"][0]["cryptosuite"] = "mldsa44-rdfc-2026"
    report = verify(chained)
    assert report.verdict is not Verdict.VALID


def test_a_proof_for_another_purpose(university: Institution, verify: Verify) -> None:
    badge = university.sign(university.unsigned(), proof_purpose="authentication")
    assert "proof.purpose" in codes(verify(badge))
    both = university.sign(badge)
    assert verify(both).verdict is Verdict.VALID


def test_a_proof_that_has_expired(university: Institution, verify: Verify) -> None:
    badge = university.sign(university.unsigned(), expires=university.now + timedelta(hours=1))
    assert verify(badge).verdict is Verdict.VALID
    late = university.sign(university.unsigned(), expires=university.now - timedelta(hours=1))
    assert "proof.expired" in codes(verify(late))


@pytest.mark.parametrize("profile", ["badge", "proof"])
def test_an_end_that_is_hidden_from_readers_of_json(university: Institution, verify: Verify, profile: str) -> None:
    """`expires` written as a full address is the same statement, so the signature stays true; it must not be overlooked."""
    badge = university.sign(university.unsigned(), expires=university.now - timedelta(hours=1))
    assert "proof.expired" in codes(verify(badge, profile=profile))
    end = badge["proof"].pop("expires")
    badge["proof"]["https://w3id.org/security#expiration"] = {
        "@value": end,
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
    }
    report = verify(badge, profile=profile)
    assert "proof.signature_true" in codes(report)
    assert "structure.term_ambiguous" in codes(report)
    assert report.verdict is Verdict.INVALID


def test_very_many_proofs_are_not_examined(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    badge["proof"] = [copy.deepcopy(badge["proof"]) for _ in range(9)]
    assert proofs(verify(badge)) == ["proof.too_many"]
    badge["proof"] = badge["proof"] * 20
    assert verify(badge).verdict is not Verdict.VALID


def test_all_proofs_together_may_cause_only_so_much_work(university: Institution, verify: Verify) -> None:
    badge = university.unsigned()
    badge["credentialSubject"]["narrative"] = "x" * 500_000
    badge = university.sign(badge)
    assert verify(badge).verdict is Verdict.VALID
    badge["proof"] = [badge["proof"]] * 4
    assert proofs(verify(badge)) == ["proof.signature_true"] * 2 + ["proof.not_decided"] * 2
    assert verify(badge).verdict is Verdict.UNDETERMINED


def test_the_date_of_a_proof_is_optional(university: Institution, verify: Verify) -> None:
    undated = add_proof(university.unsigned(), university.key, verification_method=university.method, created=None)
    assert "created" not in undated["proof"]
    assert verify(undated).verdict is Verdict.VALID


def test_a_selection_stays_a_selection_when_somebody_signs_it_anew(university: Institution, verify: Verify) -> None:
    """The holder withholds what they like and adds a proof over the rest; only the issuer's proof says what may be missing."""
    from testamur.verification.checks.examined import Examined, ProofFinding
    from testamur.verification.codes import found

    def true(suite: str) -> Any:
        return found("proof.signature_true", suite=suite, method="x", created=None)

    bound = found("issuer.bound", issuer="did:web:university.example", bound_by="did:web")
    other = found("issuer.other_controller", issuer="did:web:university.example", controller="did:key:z6Mk")
    issuer, holder = ProofFinding(true("ecdsa-sd-2023"), bound), ProofFinding(true("eddsa-rdfc-2022"), other)
    assert Examined.of([issuer]).partial
    assert Examined.of([issuer, holder]).partial
    assert not Examined.of([ProofFinding(true("eddsa-rdfc-2022"), bound)]).partial
