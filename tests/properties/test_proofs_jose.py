"""Whatever stands in a key, a header or a claim: a named answer, and never `passed` without the signature."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur import strict_json
from testamur.errors import KeyMaterialError
from testamur.proofs.encodings import base64url_encode
from testamur.proofs.jose import check_jws, ob3_jwt_claims_match
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur.proofs.result import ProofOutcome

# the same examples each time, however busy the machine is
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

KEY = PrivateKey("Ed25519", bytes(range(32)))
OTHER = PrivateKey("P-256", bytes(range(1, 33)))

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def sometimes(base: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """`base` with some members replaced, removed or added."""
    changes = st.dictionaries(
        st.sampled_from([*base, "use", "key_ops", "alg", "d", "typ", "crit", "b64", "jwk", "vc"]),
        anything | st.just(...),
        max_size=3,
    )
    return changes.map(lambda change: {name: value for name, value in {**base, **change}.items() if value is not ...})


@given(sometimes(KEY.public.jwk) | sometimes(OTHER.public.jwk) | sometimes({"kty": "RSA", "n": "AQAB", "e": "AQAB"}))
@STEADY
def test_a_jwk_is_read_or_refused_by_name(jwk: dict[str, Any]) -> None:
    try:
        key = PublicKey.from_jwk(jwk)
    except KeyMaterialError:
        return
    assert key in (KEY.public, OTHER.public)
    assert not jwk.keys() & {"d", "p", "q", "k"}


@given(sometimes({"alg": "EdDSA", "typ": "JWT"}), st.booleans())
@STEADY
def test_a_token_passes_only_with_a_signature_and_without_tricks(header: dict[str, Any], is_signed: bool) -> None:
    signing_input = f"{base64url_encode(strict_json.dumps(header))}.{base64url_encode(b'{}')}"
    signature = KEY.sign(signing_input.encode()) if is_signed else bytes(64)
    result = check_jws(f"{signing_input}.{base64url_encode(signature)}", KEY.public)
    if result.outcome is ProofOutcome.PASSED:
        assert is_signed
        assert header["alg"] in ("EdDSA", "Ed25519")
        assert "crit" not in header


CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:1",
    "issuer": {"id": "did:web:example.edu"},
    "validFrom": "2026-02-24T12:00:00Z",
    "credentialSubject": {"id": "urn:uuid:2"},
}
CLAIMS = {"iss": "did:web:example.edu", "jti": "urn:uuid:1", "sub": "urn:uuid:2", "nbf": 1771934400}


@given(sometimes({"typ": "JWT"}), sometimes({**CREDENTIAL, **CLAIMS}), sometimes(CREDENTIAL))
@STEADY
def test_claims_are_compared_whatever_they_are(
    header: dict[str, Any], payload: dict[str, Any], credential: dict[str, Any]
) -> None:
    if not ob3_jwt_claims_match(header, payload, credential):
        assert all(payload.get(name) == value for name, value in credential.items())
