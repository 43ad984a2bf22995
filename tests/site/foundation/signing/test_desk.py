"""The desk refuses whatever it cannot examine, and signs nothing twice, for nobody else and beyond its rate."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from testamur.errors import SignerRefused, SignerUnavailable
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.keys import PublicKey
from testamur_site.foundation.keys.api import SigningKey, did_document, rotate, signing_key
from testamur_site.foundation.keys.services import stored_key
from testamur_site.foundation.signing import client
from testamur_site.foundation.signing import desk as desk_module
from testamur_site.foundation.signing.api import (
    Pen,
    Place,
    Refused,
    Request,
    Scope,
    StoredKey,
    open_key,
    sealing,
    sign_documents,
)
from testamur_site.foundation.signing.desk import Desk
from testamur_site.foundation.signing.record import Record
from testamur_site.foundation.tenancy.api import Institution, tenant

HERE = "tests.site.foundation.signing.test_desk"
seen: list[Request] = []


def sign_notes(request: Request, pen: Pen) -> list[bytes | Refused]:
    """A kind for these tests: a document with a `name` that is not forbidden."""
    seen.append(request)

    def examine(_item: Any, document: dict[str, Any]) -> None:
        if document.get("name") == "forbidden":
            raise Refused("note.forbidden", "Not this one.", {})

    return sign_documents(request, pen, examine)


def sign_twice(request: Request, pen: Pen) -> list[bytes | Refused]:
    pen.row = request.items[0]["row"]
    pen.sign(b"one")
    return [pen.sign(b"two")]


def sign_unasked(_request: Request, pen: Pen) -> list[bytes | Refused]:
    return [pen.sign(b"for no row")]


@pytest.fixture(autouse=True)
def _kinds(settings: Any) -> None:
    seen.clear()
    settings.TESTAMUR_SIGNING_KINDS = {
        "note": ("institution", f"{HERE}.sign_notes"),
        "twice": ("institution", f"{HERE}.sign_twice"),
        "unasked": ("institution", f"{HERE}.sign_unasked"),
        "of_log": ("log", f"{HERE}.sign_notes"),
    }


def note(institution: Institution, row: str = "note-1", **changed: Any) -> dict[str, Any]:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": institution.did,
        "credentialSubject": {"id": "urn:example:subject"},
        "name": "a note",
    }
    return {"row": row, "document": document, "created": timezone.now().isoformat(), **changed}


def key_of(institution: Institution) -> StoredKey:
    with tenant(institution):
        return stored_key(institution, SigningKey.objects.filter(retired_at=None).get())


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(desk: Desk, institution: Institution) -> Ask:
    """`ask(key=…, kind=…, did=…, items=…)`: the desk's answer; by default what is in order."""
    key = key_of(institution)

    def send(**changed: Any) -> dict[str, Any]:
        message = {
            "do": "sign",
            "kind": "note",
            "key": key.to_json(),
            "did": institution.did,
            "items": [note(institution)],
            **changed,
        }
        answer: dict[str, Any] = json.loads(desk.answer(json.dumps(message).encode()))
        return answer

    return send


def refusal(answer: dict[str, Any]) -> str:
    found = answer.get("refused") or answer["outcomes"][0]["refused"]
    assert found["sentence"]
    return str(found["code"])


def test_what_is_in_order_is_signed_and_on_record(ask: Ask, institution: Institution, tmp_path: Path) -> None:
    (outcome,) = ask()["outcomes"]
    signed = json.loads(outcome["secured"])
    (proof,) = proofs_of(signed)
    methods = {one["id"]: one for one in did_document(institution)["verificationMethod"]}
    public = PublicKey.from_multikey(methods[proof["verificationMethod"]]["publicKeyMultibase"])
    assert check_proof(signed, proof, public).outcome == "passed"
    lines = [json.loads(line) for line in (tmp_path / "signatures.jsonl").read_text().splitlines()]
    assert lines[-1]["kind"] == "note"
    assert lines[-1]["owner"] == f"institution:{institution.public_id}"
    assert [row for row, _ in lines[-1]["signatures"]] == ["note-1"]
    assert "a note" not in json.dumps(lines)


def test_one_refusal_does_not_stop_the_others(ask: Ask, institution: Institution) -> None:
    items = [note(institution, f"note-{number}") for number in range(3)]
    items[1]["document"]["name"] = "forbidden"
    outcomes = ask(items=items)["outcomes"]
    assert ["secured" in one for one in outcomes] == [True, False, True]
    assert outcomes[1]["refused"]["code"] == "note.forbidden"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda item: item["document"].update(issuer="did:web:elsewhere.example"), "signing.issuer"),
        (lambda item: item["document"].update(issuer={"id": "did:web:elsewhere.example"}), "signing.issuer"),
        (lambda item: item["document"].pop("issuer"), "signing.issuer"),
        (lambda item: item["document"].update(proof={"type": "DataIntegrityProof"}), "signing.item"),
        (lambda item: item.update(also="this"), "signing.item"),
        (lambda item: item.update(document="text"), "signing.item"),
        (lambda item: item.pop("created"), "signing.item"),
        (lambda item: item.update(created="yesterday"), "signing.date"),
        (lambda item: item.update(created=(timezone.now() - timedelta(minutes=20)).isoformat()), "signing.date"),
        (lambda item: item.update(created=(timezone.now() + timedelta(minutes=20)).isoformat()), "signing.date"),
        (lambda item: item["document"].update(undefined_term="x"), "linked_data.undefined_term"),
    ],
)
def test_an_item_that_is_not_in_order_is_refused(
    ask: Ask, institution: Institution, change: Callable[[dict[str, Any]], Any], code: str
) -> None:
    item = note(institution)
    change(item)
    assert refusal(ask(items=[item])) == code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "diploma"}, "signing.kind"),
        ({"kind": "of_log"}, "signing.kind"),
        ({"kind": ["note"]}, "signing.kind"),
        ({"did": "did:web:elsewhere.example"}, "signing.did"),
        ({"did": 7}, "signing.message"),
        ({"items": []}, "signing.message"),
        ({"items": [{"row": ""}]}, "signing.message"),
        ({"items": [{"row": "x" * 201}]}, "signing.message"),
        ({"items": [{"row": "a"}, {"row": "a"}]}, "signing.message"),
        ({"items": [{"row": str(number)} for number in range(501)]}, "signing.message"),
        ({"items": "all"}, "signing.message"),
        ({"data": "AAAA"}, "signing.message"),
        ({"key": {}}, "signing.message"),
        ({"key": None}, "signing.message"),
        ({"do": "decrypt"}, "signing.message"),
    ],
)
def test_a_message_that_is_not_in_order_is_refused(ask: Ask, changed: dict[str, Any], code: str) -> None:
    assert refusal(ask(**changed)) == code


@pytest.mark.parametrize(
    "message", [b"", b"{", b"[]", b"null", b'{"do":"sign","do":"ping"}', b"\xff", b'"' + b"x" * 99 + b'"']
)
def test_whatever_comes_there_is_an_answer(desk: Desk, message: bytes) -> None:
    assert json.loads(desk.answer(message))["refused"]["code"] == "signing.message"
    assert json.loads(desk.answer(b'{"do":"ping"}')) == {"ready": True}


def test_a_key_signs_only_for_its_own_institution(
    ask: Ask, institution: Institution, other_institution: Institution
) -> None:
    theirs = key_of(other_institution).to_json()
    assert refusal(ask(key=theirs)) == "signing.did"
    # Their sealed key under our name: the seal names its place.
    assert refusal(ask(key={**theirs, "owner": institution.public_id})) in {"signing.SealBroken", "signing.key"}
    ours = key_of(institution).to_json()
    assert refusal(ask(key={**ours, "owner": "nobody"})) == "signing.no_institution"
    assert refusal(ask(key={**ours, "purpose": "authentication"})) == "signing.SealBroken"
    assert refusal(ask(key={**ours, "sealed": ""})) == "signing.SealBroken"
    assert refusal(ask(key={**ours, "id": "key-2"})) == "signing.key"
    assert refusal(ask(key={**ours, "scope": "deployment"})) == "signing.kind"
    assert refusal(ask(key={**ours, "uri": "file:/etc/passwd"})) == "signing.key"


def test_a_retired_key_signs_no_more_though_somebody_kept_its_seal(ask: Ask, institution: Institution) -> None:
    kept = key_of(institution).to_json()
    rotate(institution, None)
    assert refusal(ask(key=kept)) == "signing.key"
    assert ask(key=key_of(institution).to_json())["outcomes"][0]["secured"]


def test_the_rate_of_an_institution_is_kept_and_survives_a_restart(
    desk: Desk, institution: Institution, settings: Any, tmp_path: Path
) -> None:
    settings.TESTAMUR_SIGNATURES_PER_HOUR = 3
    now = timezone.now().timestamp()

    def send(counter: Desk, *rows: str) -> dict[str, Any]:
        items = [note(institution, row) for row in rows]
        message = {
            "do": "sign",
            "kind": "note",
            "key": key_of(institution).to_json(),
            "did": institution.did,
            "items": items,
        }
        answer: dict[str, Any] = json.loads(counter.answer(json.dumps(message).encode()))
        return answer

    path = tmp_path / "other.jsonl"
    first = Desk(Record(path), clock=lambda: now)
    assert "outcomes" in send(first, "a", "b")
    assert refusal(send(first, "c", "d")) == "signing.rate"
    again = Desk(Record(path), clock=lambda: now + 60)
    assert "outcomes" in send(again, "c")
    assert refusal(send(again, "d")) == "signing.rate"
    later = Desk(Record(path), clock=lambda: now + 3601)
    assert "outcomes" in send(later, "d", "e")


def test_one_signature_for_each_row_and_none_for_nothing(ask: Ask) -> None:
    assert refusal(ask(kind="twice")) == "signing.once"
    assert refusal(ask(kind="unasked")) == "signing.once"


def test_a_signature_that_cannot_be_recorded_is_not_handed_out(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    before = (tmp_path / "signatures.jsonl").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("os.fdatasync", full)
        with pytest.raises(OSError, match="No space"):
            ask()
    assert "outcomes" in ask()
    record = Record(tmp_path / "signatures.jsonl")
    assert len(list(record.replay())) == len(before.splitlines()) + 1


def test_the_platform_holds_no_key_and_gets_no_bytes_signed(
    desk: Desk, institution: Institution, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "unseal", lambda *_: pytest.fail("a key was opened outside of the desk"))
    signer = signing_key(institution)
    with pytest.raises(SignerRefused) as refused:
        signer.sign(b"any bytes")
    assert refused.value.code == "signing.bytes"


def test_keys_are_made_by_the_desk(desk: Desk, institution: Institution, tmp_path: Path) -> None:
    made = rotate(institution, None)
    assert open_key(key_of(institution)).public_multikey == made.public_multikey  # type: ignore[attr-defined]
    kinds = [json.loads(line)["kind"] for line in (tmp_path / "signatures.jsonl").read_text().splitlines()]
    assert kinds[-1] == "make_key"


def test_few_keys_are_made_in_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "MAKES_PER_HOUR", 2)
    desk._makes = desk_module.HourlyRate(2)
    place = Place(Scope.INSTITUTION, "x")
    client.make_key(place, "key-1")
    client.make_key(place, "key-2")
    with pytest.raises(SignerRefused) as refused:
        client.make_key(place, "key-3")
    assert refused.value.code == "signing.rate"


def test_without_the_process_nothing_is_signed_and_it_is_said(
    institution: Institution, settings: Any, tmp_path: Path
) -> None:
    settings.TESTAMUR_SIGNING_SOCKET = tmp_path / "nobody.socket"
    with pytest.raises(SignerUnavailable) as unavailable:
        signing_key(institution).secure_rows("note", [note(institution)])
    assert unavailable.value.code == "signing.no_process"
    assert "testamur site sign" in str(unavailable.value)


def test_a_missing_key_encryption_key_is_told_as_ever(
    desk: Desk, institution: Institution, settings: Any, tmp_path: Path
) -> None:
    signer = signing_key(institution)
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "gone"
    with pytest.raises(sealing.NoKeyEncryptionKey):
        signer.secure_rows("note", [note(institution)])


def test_production_refuses_keys_in_web_processes_unless_forced(institution: Institution, settings: Any) -> None:
    settings.TESTAMUR_ENVIRONMENT = "production"
    with pytest.raises(SignerRefused) as refused:
        signing_key(institution)
    assert refused.value.code == "signing.production"
    assert "TESTAMUR_SIGNING_SOCKET" in str(refused.value)
    settings.TESTAMUR_SEALED_KEYS_IN_PRODUCTION = True
    assert signing_key(institution).key_id == "key-1"
