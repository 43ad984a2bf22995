"""SD-JWT VC: what makes a token of this kind a credential."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from testamur.errors import ProofError
from testamur.proofs.keys import PrivateKey
from testamur.proofs.sd_jwt import KeyBinding, check_sd_jwt_vc, issue_sd_jwt, issue_sd_jwt_vc, present_sd_jwt

ISSUER = PrivateKey("Ed25519", bytes(range(32)))
HOLDER = PrivateKey("P-256", bytes(range(1, 33)))
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BINDING = KeyBinding("n-0S6_WzA2Mj", "https://verifier.example", NOW)
VC: dict[str, Any] = {
    "iss": "https://university.example",
    "vct": "https://credentials.example/degree",
    "status": {"status_list": {"idx": 5, "uri": "https://university.example/statuslists/1"}},
    "given_name": "Jane",
}


def vc_code(found: Any, **named: Any) -> str:
    return check_sd_jwt_vc(found, ISSUER.public, **named).result.code


def test_a_credential_issued_presented_and_bound() -> None:
    token = issue_sd_jwt_vc(VC, ISSUER, [("given_name",)], kid="key-1", holder_key=HOLDER.public, certificates=["AA=="])
    shown = present_sd_jwt(
        token, [("given_name",)], holder=HOLDER, nonce=BINDING.nonce, audience=BINDING.audience, issued_at=NOW
    )
    opened = check_sd_jwt_vc(shown.compact, ISSUER.public, key_binding=BINDING, now=NOW)
    assert opened.result.code == "sd_jwt.verified"
    assert opened.document == {**VC, "cnf": {"jwk": HOLDER.public.jwk}}
    assert opened.result.technical["header"] == {
        "alg": "EdDSA",
        "typ": "dc+sd-jwt",
        "kid": "key-1",
        "x5c": ["AA=="],
    }
    assert vc_code(token.compact, key_binding=BINDING) == "sd_jwt.key_binding_missing"
    assert vc_code("") == "sd_jwt.syntax"


@pytest.mark.parametrize("typ", ["dc+sd-jwt", "vc+sd-jwt", "application/dc+sd-jwt", "DC+SD-JWT"])
def test_the_types_that_are_read(typ: str) -> None:
    assert vc_code(issue_sd_jwt(VC, ISSUER, [], header={"typ": typ})) == "sd_jwt.verified"


@pytest.mark.parametrize("header", [{}, {"typ": "JWT"}, {"typ": 5}])
def test_the_types_that_are_not(header: dict[str, Any]) -> None:
    assert vc_code(issue_sd_jwt(VC, ISSUER, [], header=header)) == "sd_jwt_vc.media_type"


@pytest.mark.parametrize("claim", ["iss", "vct", "status"])
def test_what_decides_is_never_hidden(claim: str) -> None:
    token = issue_sd_jwt(VC, ISSUER, [(claim,)], header={"typ": "dc+sd-jwt"})
    assert vc_code(token) == "sd_jwt_vc.claim_hidden"
    with pytest.raises(ProofError) as caught:
        issue_sd_jwt_vc(VC, ISSUER, [(claim,)])
    assert caught.value.code == "sd_jwt_vc.claim_hidden"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"vct": None}, "sd_jwt_vc.type_missing"),
        ({"vct": ""}, "sd_jwt_vc.type_missing"),
        ({"iss": "university"}, "sd_jwt_vc.issuer_invalid"),
        ({"status": []}, "sd_jwt_vc.status_invalid"),
    ],
)
def test_the_claims_of_a_credential(change: dict[str, Any], expected: str) -> None:
    token = issue_sd_jwt({**VC, **change}, ISSUER, [], header={"typ": "dc+sd-jwt"})
    assert vc_code(token) == expected
    with pytest.raises(ProofError) as caught:
        issue_sd_jwt_vc({**VC, **change}, ISSUER, [])
    assert caught.value.code == expected


def test_a_credential_without_issuer_needs_certificates() -> None:
    without = {name: value for name, value in VC.items() if name != "iss"}
    with pytest.raises(ProofError) as caught:
        issue_sd_jwt_vc(without, ISSUER, [])
    assert caught.value.code == "sd_jwt_vc.issuer_missing"
    assert vc_code(issue_sd_jwt_vc(without, ISSUER, [], certificates=["AA=="])) == "sd_jwt.verified"
