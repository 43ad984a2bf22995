"""Tokens that are recognised by their bytes: when, what is kept of them, and how much. That the answers are those of the long way is in
`tests/properties/test_proofs_forms.py`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from testamur import strict_json
from testamur.linked_data import CREDENTIALS_V2
from testamur.proofs.jose import sign_compact
from testamur.proofs.keys import PrivateKey
from testamur.proofs.result import Opened, ProofOutcome, ProofResult
from testamur.proofs.vc_jose_cose import check, check_secured, secure
from testamur.proofs.vc_jose_cose.forms import MAX_FORMS, MAX_LENGTH, Forms
from testamur.strict_json import quick

pytestmark = pytest.mark.skipif(not quick.AVAILABLE, reason="nothing is learned without orjson")

KEY = PrivateKey("Ed25519", bytes(range(32)))
KID = "did:web:university.example#key-1"


def credential(number: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2],
        "id": f"urn:uuid:{number}",
        "type": ["VerifiableCredential"],
        "issuer": {"id": "did:web:university.example", "name": f"Name {number}"},
        "credentialSubject": {"id": f"did:example:{number}", "name": f'Mina "{number}" 김'},
        **more,
    }


def token(document: dict[str, Any]) -> bytes:
    return secure(document, "vc+jwt", KEY, kid=KID)


@pytest.fixture
def forms(monkeypatch: pytest.MonkeyPatch) -> Forms:
    found = Forms()
    monkeypatch.setattr(check, "FORMS", found)
    return found


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The payloads that are read as JSON meanwhile; headers are read by themselves, and kept."""
    check_secured(token(credential()), "vc+jwt", KEY.public)
    seen: list[bytes] = []
    loads = strict_json.loads

    def watched(data: bytes, **limits: int) -> Any:
        seen.append(data)
        return loads(data, **limits)

    monkeypatch.setattr(strict_json, "loads", watched)
    return seen


def test_the_second_of_a_form_is_learned_and_later_ones_are_not_read(read: list[bytes], forms: Forms) -> None:
    for number in range(5):
        opened = check_secured(token(credential(number)), "vc+jwt", KEY.public)
        assert opened.result.code == "jose.verified"
        assert opened.document == credential(number)
        assert opened.document is opened.document
    assert len(read) == 2
    assert len(forms._forms) == 1
    forms.forget()
    check_secured(token(credential()), "vc+jwt", KEY.public)
    assert len(read) == 3


def test_a_text_counts_as_bytes_do(read: list[bytes], forms: Forms) -> None:
    for number in range(4):
        assert check_secured(token(credential(number)).decode(), "vc+jwt", KEY.public).document == credential(number)
    assert len(read) == 2


def test_a_false_signature_opens_nothing(forms: Forms) -> None:
    good = [token(credential(number)) for number in range(3)]
    for each in good:
        check_secured(each, "vc+jwt", KEY.public)
    opened = check_secured(good[0][:-86] + good[1][-86:], "vc+jwt", KEY.public)
    assert (opened.result.outcome, opened.result.code) == (ProofOutcome.FAILED, "jose.signature_false")
    assert opened.document is None


def test_what_has_not_passed_teaches_nothing(forms: Forms) -> None:
    for wrong in (credential(type=["Other"]), credential(iss="did:web:other.example")):
        signed = compact_token(wrong)
        for _ in range(4):
            assert check_secured(signed, "vc+jwt", KEY.public).result.outcome is ProofOutcome.FAILED
    for _ in range(4):
        check_secured(token(credential()), "vc+jwt", PrivateKey("Ed25519", bytes(32)).public)
    assert forms._forms == ()


def compact_token(document: dict[str, Any]) -> str:
    payload = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    return sign_compact({"kid": KID, "typ": "vc+jwt", "cty": "vc"}, payload, KEY)


def test_the_dates_of_each_token_count(read: list[bytes], forms: Forms) -> None:
    """They differ from token to token, and are no part of a form."""

    def code(begins: int, ends: int) -> str:
        document = credential(iss="did:web:university.example", nbf=begins, exp=ends)
        now = datetime.fromtimestamp(1_000, UTC)
        return check_secured(compact_token(document), "vc+jwt", KEY.public, now=now).result.code

    assert [code(number, 2_000 + number) for number in range(4)] == ["jose.verified"] * 4
    assert code(1_001, 2_000) == "jose.not_yet_valid"
    assert code(0, 1_000) == "jose.expired"
    assert code(0, 10**14) == "jose.time_invalid"
    assert len(read) == 2


@pytest.mark.parametrize("more", [{"nbf": "soon"}, {"exp": 1.5}, {"iat": -1}, {"name": "x" * MAX_LENGTH}])
def test_what_has_no_form_is_read_each_time(more: dict[str, Any], read: list[bytes], forms: Forms) -> None:
    for number in range(4):
        check_secured(compact_token(credential(number, **more)), "vc+jwt", KEY.public)
    assert len(read) == 4
    assert forms._forms == ()


def test_no_text_of_a_token_is_kept(forms: Forms) -> None:
    document = credential(
        name="Secret title",
        evidence=[{"id": "urn:secret:1", "type": "Evidence", "notes": ["Secret note"]}],
        nbf=1_234_567,
    )
    document["credentialSubject"]["achievement"] = {"type": ["Achievement"], "name": "Secret name", "Points": 17}
    signed = compact_token(document)
    for _ in range(3):
        check_secured(signed, "vc+jwt", KEY.public)
    (form,) = forms._forms
    kept = b"".join(form.parts)
    assert kept == form.pool
    for text in ("Secret", "secret", "urn:uuid", "did:", "Mina", "김", "university", "Name 0", "1234567"):
        assert text.encode() not in kept
    for word in ("VerifiableCredential", CREDENTIALS_V2, "Points", "17"):
        assert word.encode() in kept
    assert all(type(key) is int for pair in forms._met.items() for key in pair)


def test_what_is_kept_is_bounded(forms: Forms) -> None:
    for number in range(2 * MAX_FORMS):
        document = credential()
        document["credentialSubject"][f"member{number}"] = number
        payload = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        for _ in range(2):
            forms.learn(payload, document)
        assert 0 < len(forms._forms) <= MAX_FORMS
        assert forms.recognise(payload) is not None
    for number in range(5_000):
        forms.learn(b"{}", credential(**{f"member{number}": number}))
    assert len(forms._met) <= 4_096


def test_what_is_not_recognised_is_learned_from_ever_more_seldom(forms: Forms) -> None:
    """The name of the issuer is an address that is not ASCII: such a text is left to the long way, whatever its form."""
    document = credential(issuer="https://universität.example")
    payload = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    for _ in range(9):
        forms.learn(payload, document)
    assert forms._forms == ()
    assert [*forms._met.values()] == [9]


def test_each_who_looks_at_a_header_has_a_copy(forms: Forms) -> None:
    signed = token(credential())
    one, other = (check_secured(signed, "vc+jwt", KEY.public).result for _ in range(2))
    assert one == other
    one.technical["header"]["kid"] = "changed"
    assert one.technical["header"]["kid"] == other.technical["header"]["kid"] == KID
    assert dict(one.technical) == {"header": {"alg": "EdDSA", "kid": KID, "typ": "vc+jwt", "cty": "vc"}}
    assert repr(one.technical) == repr(dict(one.technical))
    assert len(one.technical) == 1


def test_a_document_belongs_to_what_passed() -> None:
    passed, failed = ProofResult(ProofOutcome.PASSED, "x"), ProofResult(ProofOutcome.FAILED, "x")
    with pytest.raises(ValueError, match="exactly when"):
        Opened(passed)
    with pytest.raises(ValueError, match="exactly when"):
        Opened(failed, {})
    with pytest.raises(ValueError, match="exactly when"):
        Opened(failed, None, b"{}")
    assert Opened(passed, None, b'{"a":1}').document == {"a": 1}
    assert Opened(failed).document is None
