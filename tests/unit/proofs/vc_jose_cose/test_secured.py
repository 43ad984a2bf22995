"""Envelopes around credentials and presentations: each form made and opened, and each rule broken alone."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from testamur.errors import ContextUnavailable, InputError, ProofError
from testamur.linked_data import CREDENTIALS_V2, OPEN_BADGES_3
from testamur.proofs.cose import sign_cose
from testamur.proofs.jose import sign_compact
from testamur.proofs.keys import PrivateKey
from testamur.proofs.sd_jwt import KeyBinding, parse_path, present_sd_jwt
from testamur.proofs.vc_jose_cose import (
    KINDS,
    check_secured,
    credentials_in,
    declared_media_type,
    enveloped,
    open_envelope,
    secure,
)

KEY = PrivateKey("P-256", bytes(range(1, 33)))
HOLDER = PrivateKey("Ed25519", bytes(range(32)))
KID = "did:web:university.example#key-1"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CREDENTIAL: dict[str, Any] = {
    "@context": [CREDENTIALS_V2],
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential"],
    "issuer": {"id": "did:web:university.example"},
    "credentialSubject": {"id": "did:example:1"},
}
INNER = secure(CREDENTIAL, "vc+jwt", KEY, kid=KID)
PRESENTATION: dict[str, Any] = {
    "@context": [CREDENTIALS_V2],
    "type": "VerifiablePresentation",
    "holder": "did:example:1",
    "verifiableCredential": [enveloped(INNER, "vc+jwt")],
}
DOCUMENTS = {name: PRESENTATION if kind.presentation else CREDENTIAL for name, kind in KINDS.items() if name != "jwt"}
FORMS = list(DOCUMENTS)


def raw(media_type: str, document: Any, **header: Any) -> bytes:
    """A document signed without our own rules for issuers, with changes to the header (None takes a member out)."""
    kind = KINDS[media_type]
    content = kind.content_type
    if media_type.endswith("+cose"):
        payload = document if isinstance(document, bytes) else json.dumps(document).encode()
        names = {"typ": f"application/{media_type}", "content_type": f"application/{content}"}
        changes = {"content_type" if name == "cty" else name: value for name, value in header.items()}
        return sign_cose(payload, KEY, **{**names, **changes})
    members = {"kid": KID, "typ": media_type, "cty": content, **header}
    compact = sign_compact({k: v for k, v in members.items() if v is not None}, json.dumps(document).encode(), KEY)
    return (compact + ("~" if "sd-jwt" in media_type else "")).encode()


def code(data: str | bytes, media_type: str, **named: Any) -> str:
    return check_secured(data, media_type, KEY.public, **named).result.code


@pytest.mark.parametrize("media_type", FORMS)
def test_each_form_is_made_and_opened(media_type: str) -> None:
    document = DOCUMENTS[media_type]
    secured = secure(document, media_type, KEY, kid=KID)
    opened = check_secured(secured, media_type, KEY.public, now=NOW)
    assert opened.result.outcome.value == "passed"
    assert opened.document == document
    assert declared_media_type(secured) == media_type
    assert check_secured(secured, media_type, PrivateKey.generate("P-256").public).result.code.endswith(
        ".signature_false"
    )
    assert check_secured(secured, media_type, HOLDER.public).result.code.endswith(".key_algorithm_mismatch")
    assert open_envelope(enveloped(secured, media_type)).kind is KINDS[media_type]
    content = open_envelope(enveloped(secured, media_type)).content
    assert content == (secured if "cose" in media_type else secured.decode())


@pytest.mark.parametrize("media_type", FORMS)
def test_a_form_is_not_taken_for_another(media_type: str) -> None:
    """A credential must not pass for a presentation, nor one envelope for another."""
    secured = secure(DOCUMENTS[media_type], media_type, KEY, kid=KID)
    for other in FORMS:
        result = check_secured(secured, other, KEY.public).result
        assert (result.outcome.value == "passed") == (other == media_type)
        assert result.outcome.value != "unknown"


@pytest.mark.parametrize("media_type", ["vc+jwt", "vc+sd-jwt", "vc+cose"])
@pytest.mark.parametrize("member", ["typ", "cty"])
def test_the_types_of_the_header(media_type: str, member: str) -> None:
    for wrong in ("JWT", "vp+jwt", "", "vc+ld+json"):
        assert code(raw(media_type, CREDENTIAL, **{member: wrong}), media_type) == "envelope.media_type_invalid"
    long = f"application/{media_type if member == 'typ' else 'vc'}".upper()
    for right in [long] if media_type == "vc+cose" else [None, long]:
        assert code(raw(media_type, CREDENTIAL, **{member: right}), media_type).endswith(".verified")


CHANGES: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"@context": CREDENTIALS_V2}, ""),
    ({"extra": {"@value": 1}, "iat": "2010-01-01T19:23:24Z"}, ""),
    ({"vc": {}}, "envelope.claim_forbidden"),
    ({"vp": "x"}, "envelope.claim_forbidden"),
    ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "envelope.context_invalid"),
    ({"@context": [OPEN_BADGES_3, CREDENTIALS_V2]}, "envelope.context_invalid"),
    ({"@context": []}, "envelope.context_invalid"),
    ({"type": ["VerifiablePresentation"]}, "envelope.type_invalid"),
    ({"type": None}, "envelope.type_invalid"),
    ({"issuer": "university"}, "envelope.issuer_invalid"),
    ({"issuer": {}}, "envelope.issuer_invalid"),
    ({"issuer": []}, "envelope.issuer_invalid"),
    ({"credentialSubject": {}}, "envelope.subject_missing"),
    ({"credentialSubject": []}, "envelope.subject_missing"),
    ({"credentialSubject": "did:example:1"}, "envelope.subject_missing"),
]


@pytest.mark.parametrize("media_type", ["vc+jwt", "vc+sd-jwt", "vc+cose"])
@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=range(len(CHANGES)))
def test_a_credential_with_one_thing_wrong(media_type: str, change: dict[str, Any], expected: str) -> None:
    found = code(raw(media_type, {**CREDENTIAL, **change}), media_type)
    assert found == expected if expected else found.endswith(".verified")


ENVELOPE = PRESENTATION["verifiableCredential"][0]
HELD: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"verifiableCredential": ENVELOPE}, ""),
    ({"verifiableCredential": []}, ""),
    ({"holder": {"id": "did:example:1"}}, ""),
    ({"holder": "me"}, "envelope.holder_invalid"),
    ({"type": "VerifiableCredential"}, "envelope.type_invalid"),
    ({"verifiableCredential": [CREDENTIAL]}, "envelope.credential_unsecured"),
    ({"verifiableCredential": [INNER.decode()]}, "envelope.credential_unsecured"),
    ({"verifiableCredential": [{**ENVELOPE, "id": "not-a-credential"}]}, "envelope.address_invalid"),
    ({"verifiableCredential": [{**ENVELOPE, "id": "data:application/vc+jwt,"}]}, "envelope.address_invalid"),
    ({"verifiableCredential": [{**ENVELOPE, "id": "data:text/plain,a.b.c"}]}, "envelope.media_type_unknown"),
    ({"verifiableCredential": [{**ENVELOPE, "id": "data:application/vp+jwt,a.b.c"}]}, "envelope.media_type_invalid"),
    ({"verifiableCredential": [{**ENVELOPE, "id": "data:application/vc+cose,0oRY"}]}, "envelope.address_invalid"),
    ({"verifiableCredential": [ENVELOPE] * 101}, "envelope.too_many"),
]


@pytest.mark.parametrize("media_type", ["vp+jwt", "vp+sd-jwt", "vp+cose"])
@pytest.mark.parametrize(("change", "expected"), HELD, ids=range(len(HELD)))
def test_a_presentation_with_one_thing_wrong(media_type: str, change: dict[str, Any], expected: str) -> None:
    found = code(raw(media_type, {**PRESENTATION, **change}), media_type)
    assert found == expected if expected else found.endswith(".verified")


CLAIMS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {}, ""),
    ({"iss": "did:web:university.example", "jti": "urn:uuid:1", "sub": "did:example:1"}, {}, ""),
    ({"iss": "did:web:university.example"}, {"kid": "key-1"}, ""),
    ({"iss": "did:web:other.example"}, {}, "envelope.claim_mismatch"),
    ({"jti": "urn:uuid:2"}, {}, "envelope.claim_mismatch"),
    ({"sub": "did:example:2"}, {}, "envelope.claim_mismatch"),
    ({}, {"kid": "key-1"}, "envelope.key_unnamed"),
    ({}, {"kid": None}, "envelope.key_unnamed"),
    ({"exp": 1}, {}, "jose.expired"),
    ({"nbf": 4_000_000_000}, {}, "jose.not_yet_valid"),
    ({"exp": "x"}, {}, "jose.time_invalid"),
]


@pytest.mark.parametrize("media_type", ["vc+jwt", "vc+sd-jwt"])
@pytest.mark.parametrize(("claims", "header", "expected"), CLAIMS, ids=range(len(CLAIMS)))
def test_a_claim_that_says_something_else(
    media_type: str, claims: dict[str, Any], header: dict[str, Any], expected: str
) -> None:
    secured = raw(media_type, {**CREDENTIAL, **claims}, **header)
    found = code(secured, media_type, now=NOW)
    assert found == expected if expected else found.endswith(".verified")
    if expected.startswith("jose."):
        assert code(secured, media_type).endswith(".verified")  # whoever gives no time is not told about it


@pytest.mark.parametrize("payload", [b"[]", b"{", b"\xff", b'{"a":1,"a":2}'])
def test_a_cose_payload_that_is_no_document(payload: bytes) -> None:
    assert code(raw("vc+cose", payload), "vc+cose") == "cose.payload_invalid"


def test_cose_is_bytes() -> None:
    assert code("0oRY", "vc+cose") == "cose.syntax"


# --- the older form ----------------------------------------------------------------------------------------------------------

OLD = {"iss": "did:web:university.example", "jti": "urn:uuid:1", "vc": CREDENTIAL}


@pytest.mark.parametrize(
    ("claims", "header", "expected"),
    [
        (OLD, {"typ": "JWT"}, ""),
        (OLD, {"typ": None}, ""),
        ({"vp": PRESENTATION, "iss": "did:example:1"}, {"typ": "JWT"}, ""),
        (CREDENTIAL, {"typ": "vc+jwt"}, ""),
        (OLD, {"typ": "kb+jwt"}, "envelope.media_type_invalid"),
        ({**OLD, "vp": PRESENTATION}, {"typ": "JWT"}, "envelope.claim_forbidden"),
        ({**OLD, "vc": "x"}, {"typ": "JWT"}, "envelope.claim_forbidden"),
        ({**OLD, "iss": "did:web:other.example"}, {"typ": "JWT"}, "envelope.claim_mismatch"),
        ({**OLD, "jti": "urn:uuid:2"}, {"typ": "JWT"}, "envelope.claim_mismatch"),
        ({"vp": PRESENTATION, "iss": "did:example:2"}, {"typ": "JWT"}, "envelope.claim_mismatch"),
        ({**OLD, "exp": 1}, {"typ": "JWT"}, "jose.expired"),
    ],
)
def test_the_older_form(claims: dict[str, Any], header: dict[str, Any], expected: str) -> None:
    opened = check_secured(raw("jwt", claims, **header), "jwt", KEY.public, now=NOW)
    assert opened.result.code == (expected or "jose.verified")
    if not expected:
        assert opened.document == claims.get("vc", claims.get("vp", claims))


# --- making ------------------------------------------------------------------------------------------------------------------


def test_a_key_without_an_address_is_named_by_iss() -> None:
    opened = check_secured(secure(CREDENTIAL, "vc+jwt", KEY, kid="key-1"), "vc+jwt", KEY.public)
    assert opened.document == {**CREDENTIAL, "iss": "did:web:university.example"}
    held = check_secured(secure(PRESENTATION, "vp+jwt", KEY, kid="key-1"), "vp+jwt", KEY.public)
    assert held.document == {**PRESENTATION, "iss": "did:example:1"}


def test_what_the_holder_hides_and_binds() -> None:
    issued = secure(
        CREDENTIAL,
        "vc+sd-jwt",
        KEY,
        kid=KID,
        disclosable=[parse_path("credentialSubject.id"), ("id",)],
        holder_key=HOLDER.public,
        decoys=1,
    )
    shown = present_sd_jwt(
        issued, [("credentialSubject", "id")], holder=HOLDER, nonce="n", audience="https://v.example", issued_at=NOW
    )
    binding = KeyBinding("n", "https://v.example", NOW)
    opened = check_secured(shown.compact, "vc+sd-jwt", KEY.public, key_binding=binding)
    assert opened.document is not None
    assert "id" not in opened.document
    assert opened.document["credentialSubject"] == CREDENTIAL["credentialSubject"]
    assert code(issued, "vc+sd-jwt", key_binding=binding) == "sd_jwt.key_binding_missing"


@pytest.mark.parametrize(
    ("document", "media_type", "more", "expected"),
    [
        (CREDENTIAL, "jwt", {}, "envelope.kind_not_made"),
        (CREDENTIAL, "vc+xml", {}, "envelope.kind_not_made"),
        ({**CREDENTIAL, "proof": {}}, "vc+jwt", {}, "envelope.proof_inside"),
        ({**CREDENTIAL, "type": []}, "vc+jwt", {}, "envelope.type_invalid"),
        ({**CREDENTIAL, "extra": 1}, "vc+jwt", {}, "envelope.member_undefined"),
        ({**CREDENTIAL, "vc": {}}, "vc+jwt", {}, "envelope.claim_forbidden"),
        (CREDENTIAL, "vc+jwt", {"disclosable": [("id",)]}, "envelope.not_selective"),
        (CREDENTIAL, "vc+cose", {"decoys": 1}, "envelope.not_selective"),
        (CREDENTIAL, "vc+sd-jwt", {"disclosable": [("nothing",)]}, "sd_jwt.path_unknown"),
    ],
)
def test_what_is_not_made(document: Any, media_type: str, more: dict[str, Any], expected: str) -> None:
    with pytest.raises(ProofError) as caught:
        secure(document, media_type, KEY, kid=KID, **more)
    assert caught.value.code == expected


def test_a_member_is_defined_by_a_context_or_with_a_type() -> None:
    badge = {
        **CREDENTIAL,
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "awardedDate": "2026-01-01T00:00:00Z",
    }
    assert code(secure(badge, "vc+jwt", KEY, kid=KID), "vc+jwt") == "jose.verified"
    inline = {**CREDENTIAL, "@context": [CREDENTIALS_V2, {"extra": "https://x.example/extra"}], "extra": 1}
    assert code(secure(inline, "vc+jwt", KEY, kid=KID), "vc+jwt") == "jose.verified"
    scoped = {"Sort": {"@id": "https://x.example/Sort", "@context": {"extra": "https://x.example/extra"}}}
    typed = {**inline, "@context": [CREDENTIALS_V2, scoped], "type": ["VerifiableCredential", "Sort"]}
    assert code(secure(typed, "vc+jwt", KEY, kid=KID), "vc+jwt") == "jose.verified"
    with pytest.raises(ProofError) as caught:
        secure({**typed, "type": ["VerifiableCredential"]}, "vc+jwt", KEY, kid=KID)
    assert (caught.value.code, caught.value.facts) == ("envelope.member_undefined", {"members": ["extra"]})
    with pytest.raises(ContextUnavailable):
        secure({**inline, "@context": [CREDENTIALS_V2, "https://x.example/context"]}, "vc+jwt", KEY, kid=KID)


# --- envelopes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "content"),
    [
        ("data:application/vc+jwt,a.b.c", "a.b.c"),
        ("DATA:application/VC+JWT,a.b.c", "a.b.c"),
        ("data:application/vc+jwt;charset=utf-8,a.b.c", "a.b.c"),
        ("data:application/jwt,a.b.c", "a.b.c"),
        ("data:application/vc+jwt;base64,YS5iLmM=", "a.b.c"),
        ("data:application/vc+jwt;base64,YS5iLmM", "a.b.c"),
        ("data:application/vc+sd-jwt,a.b.c%7Ed~", "a.b.c~d~"),
        ("data:application/vc+cose;base64,0oQ\n=", b"\xd2\x84"),
        ("data:application/vc+cose;base64,0oQ", b"\xd2\x84"),
        ("data:application/vc+cose;base64,%30oQ%3D", b"\xd2\x84"),
    ],
)
def test_addresses_that_are_read(address: str, content: str | bytes) -> None:
    assert open_envelope({"type": ["EnvelopedVerifiableCredential"], "id": address}).content == content


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("data:application/vc+jwt,a.b.c", "envelope.type_invalid"),
        ({"id": "data:application/vc+jwt,a.b.c"}, "envelope.type_invalid"),
        ({"type": "EnvelopedVerifiableCredential"}, "envelope.address_invalid"),
        ({"type": "EnvelopedVerifiableCredential", "id": "https://x.example"}, "envelope.address_invalid"),
        ({"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt"}, "envelope.address_invalid"),
        (
            {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+cose;base64,!"},
            "envelope.address_invalid",
        ),
        (
            {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt;base64,/w"},
            "envelope.address_invalid",
        ),
        ({"type": "EnvelopedVerifiableCredential", "id": "data:,a.b.c"}, "envelope.media_type_unknown"),
        ({"type": "EnvelopedVerifiablePresentation", "id": "data:application/vc+jwt,a"}, "envelope.media_type_invalid"),
        (
            {
                "type": ["EnvelopedVerifiablePresentation", "EnvelopedVerifiableCredential"],
                "id": "data:application/jwt,a",
            },
            "envelope.type_invalid",
        ),
    ],
)
def test_what_is_no_envelope(value: Any, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        open_envelope(value)
    assert caught.value.code == expected


def test_the_credentials_of_a_presentation_are_taken_out() -> None:
    assert [item.content for item in credentials_in(PRESENTATION)] == [INNER.decode()]
    assert code(str(credentials_in(PRESENTATION)[0].content), "vc+jwt") == "jose.verified"
    assert (
        enveloped(secure(PRESENTATION, "vp+cose", KEY, kid=KID), "vp+cose")["type"] == "EnvelopedVerifiablePresentation"
    )
    assert base64.b64encode(b"x").decode().rstrip("=") in enveloped(b"x", "vc+cose")["id"]
