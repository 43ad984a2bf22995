"""Looking into an envelope: it shows what it says, and claims nothing."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest

from testamur.errors import InputError
from testamur.linked_data import CREDENTIALS_V2
from testamur.proofs.cose import sign_cose
from testamur.proofs.jose import sign_compact
from testamur.proofs.keys import PrivateKey
from testamur.proofs.sd_jwt import issue_sd_jwt_vc, present_sd_jwt
from testamur.proofs.vc_jose_cose import Form, peek, secure

KEY = PrivateKey("Ed25519", bytes(range(32)))
CREDENTIAL: dict[str, Any] = {
    "@context": [CREDENTIALS_V2],
    "type": ["VerifiableCredential"],
    "issuer": "https://university.example",
    "credentialSubject": {"id": "did:example:1", "name": "Jane"},
}
KID = "https://university.example#key-1"


@pytest.mark.parametrize(
    ("media_type", "form"), [("vc+jwt", Form.JWT), ("vc+sd-jwt", Form.SD_JWT), ("vc+cose", Form.COSE)]
)
def test_each_form(media_type: str, form: Form) -> None:
    secured = secure(CREDENTIAL, media_type, KEY, kid=KID)
    seen = peek(secured)
    assert (seen.form, seen.media_type, seen.key_name, seen.claims) == (form, media_type, KID, CREDENTIAL)
    assert seen.header.get("kid") == (None if form is Form.COSE else KID)
    if form is not Form.COSE:
        assert peek(secured.decode()) == seen


def test_what_is_disclosed_is_put_in_and_what_is_hidden_is_not() -> None:
    token = issue_sd_jwt_vc(
        {"iss": "https://u.example", "vct": "x", "name": "Jane", "age": 42}, KEY, [("name",), ("age",)]
    )
    shown = present_sd_jwt(token, [("age",)])
    seen = peek(shown.compact)
    assert (seen.media_type, seen.key_name) == ("dc+sd-jwt", None)
    assert seen.claims == {"iss": "https://u.example", "vct": "x", "age": 42}


def test_nothing_is_verified() -> None:
    head, body, signature = sign_compact({"kid": 5}, b'{"a":1}', KEY).split(".")
    seen = peek(f"{head}.{body}.{signature[::-1][:40]}")
    assert (seen.media_type, seen.key_name, seen.claims) == (None, None, {"a": 1})
    protected, _, payload, other = cbor2.loads(sign_cose(b"{}", KEY, content_type="x", typ="y")).value
    assert peek(cbor2.dumps([protected, {4: b"key"}, payload, other])).key_name == "key"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "jose.syntax"),
        ("a.b.c", "jose.syntax"),
        ("a~b", "sd_jwt.syntax"),
        (b"\xd2", "cose.syntax"),
        (sign_cose(b"[]", KEY, content_type="x", typ="y"), "cose.payload_invalid"),
        (sign_cose(b"{", KEY, content_type="x", typ="y"), "input.json_syntax"),
        (sign_compact({}, b"{}", KEY) + "~WyJzIiwibiIsMV0~", "sd_jwt.disclosure_unreferenced"),
    ],
)
def test_what_is_no_envelope(data: str | bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        peek(data)
    assert caught.value.code == code
