"""Credentials that are a compact JWS: what is signed is the token, and only the token."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.simulator import Institution
from tests.simulator.institution import key_from
from tests.unit.verification.conftest import Verify, check, codes

from testamur.fetch import FixedResolver
from testamur.formats.baked import png
from testamur.proofs.keys import PrivateKey
from testamur.verification import Outcome, Question, Verdict


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token_of(payload: dict[str, Any], key: PrivateKey, **header: Any) -> str:
    head = {"alg": "EdDSA" if key.algorithm == "Ed25519" else "ES256", "typ": "JWT", **header}
    signing_input = f"{base64url(json.dumps(head).encode())}.{base64url(json.dumps(payload).encode())}"
    return f"{signing_input}.{base64url(key.sign(signing_input.encode()))}"


def claims_of(badge: dict[str, Any]) -> dict[str, Any]:
    from datetime import datetime

    claims = {
        "iss": badge["issuer"]["id"],
        "jti": badge["id"],
        "nbf": int(datetime.fromisoformat(badge["validFrom"]).timestamp()),
        "exp": int(datetime.fromisoformat(badge["validUntil"]).timestamp()),
    }
    if "id" in badge["credentialSubject"]:
        claims["sub"] = badge["credentialSubject"]["id"]
    return claims


@pytest.fixture
def payload(university: Institution) -> dict[str, Any]:
    badge = university.unsigned(status=False)
    badge["credentialSubject"]["id"] = "did:example:mina"
    return {**badge, **claims_of(badge)}


def test_a_token_of_the_issuer_is_valid(university: Institution, verify: Verify, payload: dict[str, Any]) -> None:
    token = token_of(payload, university.key, kid=f"{university.method}-jwk")
    report = verify(token)
    assert report.verdict is Verdict.VALID
    assert check(report, "proof").facts["suite"] == "JWS EdDSA"
    assert report.subject["name"] == "Data Literacy"


def test_es256(university: Institution, verify: Verify, payload: dict[str, Any]) -> None:
    university.use("P-256", "ecdsa-rdfc-2019")
    assert verify(token_of(payload, university.key, kid=f"{university.method}-jwk")).verdict is Verdict.VALID


def test_a_token_baked_into_an_image(university: Institution, verify: Verify, payload: dict[str, Any]) -> None:
    from tests.unit.verification.test_verifier import one_pixel_png

    token = token_of(payload, university.key, kid=f"{university.method}-jwk")
    assert verify(png.bake(one_pixel_png(), token.encode())).verdict is Verdict.VALID


def test_an_enveloped_credential_is_its_token_and_not_the_object_around_it(
    university: Institution, verify: Verify, payload: dict[str, Any]
) -> None:
    """The object around the token is signed by nobody: altering it must change nothing in the report."""
    token = token_of(payload, university.key, kid=f"{university.method}-jwk")
    envelope = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{token}",
    }
    assert verify(envelope).verdict is Verdict.VALID
    altered = {**envelope, "name": "Doctor of Medicine", "credentialSubject": {"id": "did:example:charlie"}}
    report = verify(altered)
    assert report.subject["name"] == "Data Literacy"
    assert report.subject["holder"]["id"] == "did:example:mina"


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "did:web:stranger.example"),
        ("jti", "https://university.example/c/other"),
        ("sub", "did:example:charlie"),
        ("nbf", 1),
        ("exp", 4_102_444_800),
        ("nbf", "yesterday"),
        ("nbf", True),
    ],
)
def test_claims_that_contradict_the_credential(
    university: Institution, verify: Verify, payload: dict[str, Any], claim: str, value: Any
) -> None:
    payload[claim] = value
    report = verify(token_of(payload, university.key, kid=f"{university.method}-jwk"))
    assert check(report, "proof").facts == {"claim": claim}
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize("claim", ["iss", "jti", "sub", "nbf", "exp"])
def test_a_claim_that_is_missing_contradicts_nothing(
    university: Institution, verify: Verify, payload: dict[str, Any], claim: str
) -> None:
    del payload[claim]
    assert verify(token_of(payload, university.key, kid=f"{university.method}-jwk")).verdict is Verdict.VALID


def test_an_end_that_only_the_envelope_knows(university: Institution, verify: Verify, payload: dict[str, Any]) -> None:
    del payload["validUntil"]
    report = verify(token_of(payload, university.key, kid=f"{university.method}-jwk"))
    assert check(report, "proof").code == "proof.claims_differ"


def test_a_changed_payload(university: Institution, verify: Verify, payload: dict[str, Any]) -> None:
    header, _, signature = token_of(payload, university.key, kid=f"{university.method}-jwk").split(".")
    payload["name"] = "Doctor of Medicine"
    forged = f"{header}.{base64url(json.dumps(payload).encode())}.{signature}"
    assert check(verify(forged), "proof").code == "proof.signature_false"


def test_a_key_in_the_header_proves_nothing_about_the_issuer(
    university: Institution, verify: Verify, payload: dict[str, Any]
) -> None:
    stranger = key_from("stranger")
    report = verify(token_of(payload, stranger, jwk=stranger.public.jwk))
    assert check(report, "proof").code == "proof.signature_true"
    assert check(report, "issuer.binding").code == "issuer.unbound_header_key"
    assert report.outcome(Question.FROM_WHOM) is Outcome.UNKNOWN
    assert report.verdict is Verdict.UNDETERMINED


def test_a_header_key_does_not_replace_the_named_one(
    university: Institution, verify: Verify, payload: dict[str, Any]
) -> None:
    stranger = key_from("stranger")
    report = verify(token_of(payload, stranger, kid=f"{university.method}-jwk", jwk=stranger.public.jwk))
    assert check(report, "proof").outcome is Outcome.FAILED


def test_a_bare_jwk_at_an_address_is_unbound(university: Institution, verify: Verify, payload: dict[str, Any]) -> None:
    address = "https://university.example/keys/1"
    resolver = FixedResolver({address: json.dumps(university.key.public.jwk).encode()})
    report = verify(token_of(payload, university.key, kid=address), resolver=resolver)
    assert check(report, "issuer.binding").code == "issuer.unbound_address"
    assert report.verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize("algorithm", ["none", "nOnE", "HS256", "ES512", "RS1"])
def test_algorithms_that_prove_nothing(
    university: Institution, verify: Verify, payload: dict[str, Any], algorithm: str
) -> None:
    report = verify(token_of(payload, university.key, kid=f"{university.method}-jwk", alg=algorithm))
    assert report.verdict is not Verdict.VALID
    assert check(report, "proof").outcome is not Outcome.PASSED


@pytest.mark.parametrize("header", [{"crit": ["b64"], "b64": False}, {"b64": False}, {"crit": []}])
def test_headers_that_change_the_rules(
    university: Institution, verify: Verify, payload: dict[str, Any], header: dict[str, Any]
) -> None:
    report = verify(token_of(payload, university.key, kid=f"{university.method}-jwk", **header))
    assert check(report, "proof").outcome is Outcome.FAILED


@pytest.mark.parametrize("algorithm", ["none", "NONE", "HS256"])
def test_that_an_algorithm_proves_nothing_is_said_before_any_key_is_asked_for(
    university: Institution, verify: Verify, payload: dict[str, Any], algorithm: str
) -> None:
    for kid in ({}, {"kid": "https://nobody.example/key"}):
        found = check(verify(token_of(payload, university.key, alg=algorithm, **kid)), "proof")
        assert (found.code, found.facts["reason"]) == ("proof.malformed", "jose.algorithm_refused")
    assert university.asked == []


@pytest.mark.parametrize("claim", ["vc", "vp"])
@pytest.mark.parametrize("typ", ["JWT", "vc+jwt"])
def test_a_claim_that_version_2_forbids_beside_the_credential(
    university: Institution, verify: Verify, payload: dict[str, Any], typ: str, claim: str
) -> None:
    """VC-JOSE-COSE 1.0 §3.1.1: one reader could take the claim for the credential, another the token."""
    header = {"kid": f"{university.method}-jwk", "typ": typ}
    assert verify(token_of(payload, university.key, **header)).verdict is Verdict.VALID
    for value in ({}, {**payload, "name": "Nuclear Physics"}, None):
        found = check(verify(token_of({**payload, claim: value}, university.key, **header)), "proof")
        assert found.outcome is Outcome.FAILED
        assert found.facts in ({"claim": claim}, {"reason": "envelope.claim_forbidden"})


def test_a_token_without_a_key(university: Institution, verify: Verify, payload: dict[str, Any]) -> None:
    assert "proof.method_absent" in codes(verify(token_of(payload, university.key)))
    assert "proof.method_unusable" in codes(verify(token_of(payload, university.key, kid="abc")))


def test_the_older_form_with_the_claim_vc(university: Institution, verify: Verify, payload: dict[str, Any]) -> None:
    badge = university.unsigned(status=False)
    claims = claims_of(badge)
    badge["@context"][0] = "https://www.w3.org/2018/credentials/v1"
    badge["issuanceDate"] = badge.pop("validFrom")
    badge["expirationDate"] = badge.pop("validUntil")
    report = verify(token_of({"vc": badge, **claims}, university.key, kid=f"{university.method}-jwk"))
    assert check(report, "proof").code == "proof.signature_true"
    assert check(report, "structure.context").code == "structure.context_older"
    assert report.verdict is Verdict.VALID


# --- version 1.1: the claims may stand for members of the credential --------------------------------------------------------------------


def older(university: Institution, *left_out: str, **claims: Any) -> str:
    """A token of VC 1.1 whose `vc` lacks some members (`subject` is the id of its subject)."""
    badge = university.unsigned(status=False)
    badge["credentialSubject"]["id"] = "did:example:mina"
    claims = {**claims_of(badge), **claims}
    badge["@context"] = ["https://www.w3.org/2018/credentials/v1", *badge["@context"][1:]]
    badge["issuanceDate"], badge["expirationDate"] = badge.pop("validFrom"), badge.pop("validUntil")
    for member in left_out:
        if member == "subject":
            del badge["credentialSubject"]["id"]
        else:
            del badge[member]
    return token_of({**claims, "vc": badge}, university.key, kid=f"{university.method}-jwk")


@pytest.mark.parametrize(
    "left_out", [(), ("id",), ("issuanceDate",), ("expirationDate",), ("subject",), ("id", "issuanceDate", "subject")]
)
def test_claims_stand_for_members_that_are_left_out(
    university: Institution, verify: Verify, left_out: tuple[str, ...]
) -> None:
    """VC Data Model 1.1 §6.3.1: a decoder sets them from the claims. What both state must still be the same."""
    report = verify(older(university, *left_out), recipient="did:example:mina")
    assert report.verdict is Verdict.VALID
    assert report.subject["validFrom"] == "2026-11-15T10:00:00Z"
    assert {"recipient.matches", "dates.not_expired"} <= codes(report)


@pytest.mark.parametrize("claim", ["iss", "jti", "sub", "nbf", "exp"])
def test_what_both_state_must_be_the_same(university: Institution, verify: Verify, claim: str) -> None:
    other = 1_800_000_001 if claim in ("nbf", "exp") else "did:example:other"
    report = verify(older(university, **{claim: other}))
    assert check(report, "proof").code == "proof.claims_differ"


def test_an_end_that_only_the_claims_state_counts(university: Institution, verify: Verify) -> None:
    report = verify(older(university, "expirationDate", exp=1_795_132_800))
    assert check(report, "dates.end").code == "dates.expired"


@pytest.mark.parametrize("value", ["1770000000", True, 1e300, None])
def test_a_date_that_is_none_stands_for_nothing(university: Institution, verify: Verify, value: Any) -> None:
    report = verify(older(university, "expirationDate", exp=value))
    assert report.verdict is not Verdict.VALID
