"""From whom? Keys that an issuer stands by, and keys that nobody stands by."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.simulator import Institution, World
from tests.simulator.institution import key_from
from tests.unit.verification.conftest import Verify, check, codes

from testamur.errors import NotAllowed, NotFound
from testamur.fetch import FixedResolver
from testamur.proofs.did import did_document, did_key_for
from testamur.verification import Outcome, Question, Verdict
from testamur.verification.checks import signing_key
from testamur.verification.report import Check

NOWHERE = FixedResolver({})


def by_https(university: Institution, *, key_name: str | None = None) -> tuple[dict[str, Any], str]:
    """A badge whose issuer is an https profile, and the address of that profile. The key is spelled out in the fragment."""
    address = "https://university.example/issuers/1"
    badge = university.unsigned(status=False)
    badge["issuer"]["id"] = address
    fragment = key_name or university.key.public.multikey
    return university.sign(badge, verification_method=f"{address}#{fragment}"), address


def profile(address: str, university: Institution, *, fragment: str | None = None, **changes: Any) -> bytes:
    name = f"{address}#{fragment or university.key.public.multikey}"
    method = {
        "id": name,
        "type": "Multikey",
        "controller": address,
        "publicKeyMultibase": university.key.public.multikey,
    }
    document = {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": address,
        "type": "Profile",
        "verificationMethod": [method],
        "assertionMethod": [name],
        **changes,
    }
    return json.dumps(document).encode()


def test_did_web(university: Institution, verify: Verify) -> None:
    found = check(verify(university.issue()), "issuer.binding")
    assert (found.code, found.facts["bound_by"]) == ("issuer.bound", "did:web")


def test_a_did_key_is_its_own_issuer_and_nobody_else_stands_behind_the_name(
    university: Institution, verify: Verify
) -> None:
    did, method = did_key_for(university.key.public)
    badge = university.unsigned(status=False)
    badge["issuer"]["id"] = did
    report = verify(university.sign(badge, verification_method=method), resolver=NOWHERE)
    assert check(report, "issuer.binding").code == "issuer.bound_to_key"
    assert report.verdict is Verdict.VALID
    assert report.outcome(Question.FROM_WHOM) is Outcome.UNKNOWN
    assert report.outcome(Question.ENTITLED) is Outcome.UNKNOWN


def test_the_key_of_a_stranger(university: Institution, verify: Verify) -> None:
    """The stranger signs with a key of their own, correctly, under the name of the university."""
    stranger = Institution("stranger.example")
    forged = stranger.sign(university.unsigned())
    report = verify(forged, resolver=World(university, stranger))
    assert check(report, "proof").code == "proof.signature_true"
    assert check(report, "issuer.binding").code == "issuer.other_controller"
    assert report.verdict is Verdict.INVALID
    assert "trust.issuer_not_proven" in codes(report)


def test_a_did_key_of_a_stranger(university: Institution, verify: Verify) -> None:
    key = key_from("stranger")
    forged = university.sign(university.unsigned(), signer=key, verification_method=did_key_for(key.public)[1])
    assert check(verify(forged), "issuer.binding").code == "issuer.other_controller"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (None, "issuer.not_asked"),
        (b"<html>", "issuer.not_asked"),
        (NotAllowed("private"), "issuer.not_asked"),
        (NotFound("no such page"), "issuer.unbound_fragment"),
        (b'{"id": "https://stranger.example/"}', "issuer.unbound_fragment"),
    ],
)
def test_a_key_in_the_fragment_is_unbound_when_nobody_vouches(
    university: Institution, verify: Verify, answer: Any, code: str
) -> None:
    badge, address = by_https(university)
    report = verify(badge, resolver=FixedResolver({} if answer is None else {address: answer}))
    assert check(report, "proof").code == "proof.signature_true"
    assert check(report, "issuer.binding").code == code
    assert report.verdict is Verdict.UNDETERMINED
    assert report.outcome(Question.FROM_WHOM) is Outcome.UNKNOWN


def test_a_did_web_that_spells_its_key_out_is_told_apart_from_one_that_was_asked(
    university: Institution, verify: Verify
) -> None:
    university.fragment = university.key.public.multikey
    university.methods = [(university.fragment, university.key.public)]
    badge = university.issue(status=False)
    assert check(verify(badge), "issuer.binding").code == "issuer.bound"
    university.unreachable.add(university.did_url)
    assert check(verify(badge), "issuer.binding").code == "issuer.not_asked"
    university.unreachable.clear()
    university.methods = [("other", key_from("other").public)]
    assert check(verify(badge), "issuer.binding").code == "issuer.key_not_listed"


def test_a_key_in_the_fragment_is_bound_when_the_issuer_lists_it(university: Institution, verify: Verify) -> None:
    badge, address = by_https(university)
    report = verify(badge, resolver=FixedResolver({address: profile(address, university)}))
    assert check(report, "issuer.binding").facts["bound_by"] == "https"
    assert report.verdict is Verdict.VALID


def test_a_key_in_the_fragment_fails_when_the_issuer_does_not_list_it(university: Institution, verify: Verify) -> None:
    badge, address = by_https(university)
    answer = profile(address, university, verificationMethod=[], assertionMethod=[])
    report = verify(badge, resolver=FixedResolver({address: answer}))
    assert check(report, "issuer.binding").code == "issuer.key_not_listed"
    assert report.verdict is Verdict.INVALID


def test_a_key_that_is_listed_for_another_purpose(university: Institution, verify: Verify) -> None:
    def only_authentication(document: dict[str, Any]) -> None:
        document["authentication"] = document.pop("assertionMethod")

    badge = university.issue()
    university.edit_did_document = only_authentication
    report = verify(badge)
    assert check(report, "issuer.binding").code == "issuer.purpose_missing"
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("moment", "code"), [("2026-11-20T00:00:00Z", "issuer.bound"), ("2026-11-10T00:00:00Z", "issuer.key_out_of_use")]
)
@pytest.mark.parametrize("member", ["expires", "revoked"])
def test_a_key_out_of_use_keeps_what_it_signed_before(
    university: Institution, verify: Verify, member: str, moment: str, code: str
) -> None:
    """The badge was signed on 15 November."""

    def retire(document: dict[str, Any]) -> None:
        document["verificationMethod"][0][member] = moment

    badge = university.issue(status=False)
    university.edit_did_document = retire
    assert check(verify(badge), "issuer.binding").code == code


def test_rotation_keeps_old_badges_valid(university: Institution, verify: Verify) -> None:
    badge = university.issue(status=False)
    university.methods.append(("key-2", key_from("second").public))
    assert verify(badge).verdict is Verdict.VALID
    university.methods.pop(0)
    assert check(verify(badge), "proof").code == "proof.key_not_found"


@pytest.mark.parametrize(
    ("disturb", "code", "verdict"),
    [
        (lambda u: u.unreachable.add(u.did_url), "proof.key_unreachable", Verdict.UNDETERMINED),
        (lambda u: u.forbidden.add(u.did_url), "proof.key_not_allowed", Verdict.UNDETERMINED),
        (lambda u: u.missing.add(u.did_url), "proof.key_not_found", Verdict.INVALID),
        (lambda u: u.pages.update({u.did_url: b"<html>"}), "proof.key_unreachable", Verdict.UNDETERMINED),
        (
            lambda u: u.pages.update({u.did_url: b'{"id": "did:web:other"}'}),
            "proof.key_unreachable",
            Verdict.UNDETERMINED,
        ),
    ],
)
def test_when_the_key_cannot_be_obtained(
    university: Institution, verify: Verify, disturb: Any, code: str, verdict: Verdict
) -> None:
    badge = university.issue()
    disturb(university)
    report = verify(badge)
    assert check(report, "proof").code == code
    assert check(report, "issuer.binding").code == "issuer.not_decided"
    assert report.verdict is verdict


def test_a_second_signer_beside_the_issuer_does_not_harm(university: Institution, verify: Verify) -> None:
    cosigner = Institution("accreditation.example")
    badge = cosigner.sign(university.issue())
    world = World(university, cosigner)
    assert len(badge["proof"]) == 2
    report = verify(badge, resolver=world)
    assert report.verdict is Verdict.VALID
    assert check(report, "issuer.binding").code == "issuer.bound"


def test_the_only_true_proof_is_the_cosigner_s(university: Institution, verify: Verify) -> None:
    cosigner = Institution("accreditation.example")
    badge = cosigner.sign(university.unsigned())
    assert (
        check(verify(badge, resolver=World(university, cosigner)), "issuer.binding").code == "issuer.other_controller"
    )


def test_the_document_of_a_did_must_bear_that_did(university: Institution, verify: Verify) -> None:
    badge = university.issue()
    other = did_document("did:web:stranger.example", university.methods)
    university.pages[university.did_url] = json.dumps(other).encode()
    assert verify(badge).verdict is Verdict.UNDETERMINED


def test_an_rsa_key_cannot_have_made_a_data_integrity_proof(university: Institution, verify: Verify) -> None:
    numbers = rsa.generate_private_key(public_exponent=65_537, key_size=2048).public_key().public_numbers()
    modulus = base64.urlsafe_b64encode(numbers.n.to_bytes(256, "big")).rstrip(b"=").decode()
    jwk = json.dumps({"kty": "RSA", "n": modulus, "e": "AQAB"}).encode()
    did = "did:jwk:" + base64.urlsafe_b64encode(jwk).rstrip(b"=").decode()
    badge = university.issue()
    badge["proof"]["verificationMethod"] = f"{did}#0"
    report = verify(badge)
    assert check(report, "proof").facts == {"reason": "proof.key_algorithm_mismatch"}
    assert report.verdict is Verdict.INVALID


def test_a_name_that_is_itself_a_key_is_remembered_but_not_one_as_long_as_a_document(university: Institution) -> None:
    did, _ = did_key_for(university.key.public)
    signing_key._spelled_out.cache_clear()
    assert signing_key.signing_key(did, NOWHERE) is signing_key.signing_key(did, NOWHERE)
    for number in range(3):
        unusable = signing_key.signing_key(f"did:key:z{number}{'A' * 200_000}", NOWHERE)
        assert isinstance(unusable, Check)
        assert unusable.code == "proof.method_unusable"
    assert signing_key._spelled_out.cache_info().currsize == 1
