from __future__ import annotations

import base64
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.standing import aside

from testamur.fetch.evm_transactions import Draft
from testamur.ports import Signer
from testamur.proofs.keys import PublicKey
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.chain.accounts import account_named, sign_transaction
from testamur_site.foundation.keys import reseal, services
from testamur_site.foundation.keys.api import (
    KeyRetired,
    NoKeyEncryptionKey,
    SealBroken,
    SigningKey,
    did_document,
    profile_json,
    rotate,
    signing_key,
    withdraw,
)
from testamur_site.foundation.signing.api import sealing
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.log import keys as log_keys
from testamur_site.log import services as log


@pytest.fixture(autouse=True)
@aside
def key_file(settings: Any, tmp_path: Path) -> Path:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"
    return settings.TESTAMUR_KEY_ENCRYPTION_KEY


def _line() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() + "\n"


def test_an_institution_has_one_key_and_signs_with_it(institution: Institution) -> None:
    signer = signing_key(institution)
    assert isinstance(signer, Signer)
    assert signer.algorithm == "Ed25519"
    assert signer.verification_method == "did:web:localhost%3A8000:institutions:han-river#key-1"
    assert PublicKey.from_multikey(signer.public_multikey).verify(signer.sign(b"data"), b"data")
    assert signing_key(institution).public_multikey == signer.public_multikey


def test_two_institutions_have_two_keys(institution: Institution, other_institution: Institution) -> None:
    assert signing_key(institution).public_multikey != signing_key(other_institution).public_multikey


def test_the_private_half_is_nowhere_to_be_read(institution: Institution) -> None:
    signer = signing_key(institution)
    with tenant(institution):
        row = SigningKey.objects.get()
    secret = signer._opened.secret_multikey
    assert secret.encode() not in bytes(row.sealed)
    assert secret not in repr(signer)
    assert secret not in str(vars(row))


def test_the_key_encryption_key_is_a_file_of_its_own(institution: Institution, key_file: Path, settings: Any) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert settings.SECRET_KEY not in key_file.read_text()


def test_rotation_keeps_old_signatures_valid_and_stops_the_old_key(institution: Institution, owner: User) -> None:
    old = signing_key(institution)
    signature = old.sign(b"credential")
    rotate(institution, owner)
    new = signing_key(institution)
    assert new.key_id == "key-2"
    assert new.public_multikey != old.public_multikey

    document = did_document(institution)
    listed = {m["id"]: m.get("publicKeyMultibase") for m in document["verificationMethod"]}
    assert listed[old.verification_method] == old.public_multikey
    assert listed[new.verification_method] == new.public_multikey
    assert {old.verification_method, new.verification_method} <= set(document["assertionMethod"])
    assert PublicKey.from_multikey(listed[old.verification_method] or "").verify(signature, b"credential")

    with pytest.raises(KeyRetired):
        signing_key(institution, "key-1")
    assert signing_key(institution, "key-2").public_multikey == new.public_multikey
    with tenant(institution):
        assert bytes(SigningKey.objects.get(fragment="key-1").sealed) == b""


def test_rotation_is_written_down(institution: Institution, owner: User) -> None:
    key = rotate(institution, owner)
    entry = entries(institution)[0]
    assert (entry.action, entry.target, entry.actor) == ("key.rotated", "key-2", owner.public_id)
    assert entry.facts == {"publicKeyMultibase": key.public_multikey, "replaces": "key-1"}


@pytest.mark.parametrize("moved", ["institution", "public_multikey", "purpose"])
def test_a_sealed_key_opens_only_in_its_own_place(
    institution: Institution, other_institution: Institution, moved: str
) -> None:
    with unscoped("the test moves a sealed key as a thief of the database could"):
        mine, theirs = (
            SigningKey.objects.get(institution=institution),
            SigningKey.objects.get(institution=other_institution),
        )
        if moved == "institution":
            change = {"sealed": theirs.sealed, "public_multikey": theirs.public_multikey}
        else:
            change = {moved: theirs.public_multikey if moved == "public_multikey" else "authentication"}
        changed = SigningKey(pk=mine.pk)
        for field in ("institution", "purpose", "fragment", "public_multikey", "sealed", "sealed_with"):
            setattr(changed, field, change.get(field, getattr(mine, field)))
    with pytest.raises(SealBroken, match="another institution"):
        services._open(institution, changed)


def test_without_the_key_encryption_key_nothing_is_signed_and_no_new_one_is_made(
    institution: Institution, key_file: Path
) -> None:
    key_file.unlink()
    with pytest.raises(NoKeyEncryptionKey, match="Put the file back"):
        signing_key(institution)
    with pytest.raises(NoKeyEncryptionKey):
        rotate(institution, None)
    assert not key_file.exists()


def test_another_key_encryption_key_does_not_open(institution: Institution, key_file: Path) -> None:
    key_file.write_text(_line())
    with pytest.raises(SealBroken, match="not in the file any more"):
        signing_key(institution)


def test_the_key_encryption_key_rotates(
    institution: Institution, other_institution: Institution, key_file: Path
) -> None:
    before = signing_key(institution).public_multikey
    old = key_file.read_text()
    key_file.write_text(_line() + old)
    assert services.reseal() == 2
    assert services.reseal() == 0
    key_file.write_text(key_file.read_text().splitlines()[0] + "\n")
    assert signing_key(institution).public_multikey == before


def test_everything_that_is_sealed_follows(institution: Institution, key_file: Path) -> None:
    """The log's keys and the accounts that pay open with the new line alone, after the command was run."""
    signing_key(institution)
    address, shard = account_named("anchor").address, log.shard_of(2026)
    key_file.write_text(_line() + key_file.read_text())
    assert reseal.main() == 0
    key_file.write_text(key_file.read_text().splitlines()[0] + "\n")
    assert sign_transaction(account_named("anchor"), Draft(1, 0, None, b"", 21_000, 10**9, 10**9)).raw
    assert account_named("anchor").address == address
    assert len(log_keys.signers(shard)) == 2
    assert signing_key(institution).key_id == "key-1"


@pytest.mark.parametrize("content", ["", "short\n", "not base64 ü\n", base64.urlsafe_b64encode(b"x" * 16).decode()])
def test_an_ill_formed_key_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "file"
    path.write_text(content)
    with pytest.raises(NoKeyEncryptionKey):
        sealing.read_keys(path)


def test_the_did_document_is_public_and_cacheable(institution: Institution, client: Client) -> None:
    answer = client.get("/institutions/han-river/did.json")
    assert answer.status_code == 200
    assert answer.json() == did_document(institution)
    assert answer.json()["id"] == institution.did
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=240, s-maxage=60"
    assert "Set-Cookie" not in answer


def test_the_profile_names_the_institution(institution: Institution, client: Client) -> None:
    profile = client.get("/institutions/han-river/profile.json").json()
    assert profile == profile_json(institution)
    assert profile["id"] == institution.did
    assert profile["type"] == ["Profile"]
    assert profile["name"] == "Han River University"
    assert "image" not in profile


@pytest.mark.parametrize("name", ["did.json", "profile.json"])
def test_documents_of_nobody_are_not_there(db: None, client: Client, name: str) -> None:
    assert client.get(f"/institutions/nobody/{name}").status_code == 404


def test_an_owner_proposes_a_new_key_on_the_page(
    institution: Institution, owner: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(owner)
    assert "key-1" in browser.get("/staff/han-river/keys").content.decode()
    assert browser.get("/staff/han-river/keys/rotate").status_code == 200
    page = browser.post("/staff/han-river/keys/rotate", {"reason": "Once a year."}, follow=True).content.decode()
    assert signing_key(institution).key_id == "key-1", "nothing happens before it is carried out"
    assert "Once a year." in page


def test_a_copied_key_is_withdrawn(institution: Institution, owner: User) -> None:
    """Retiring alone would not stop the thief: a retired key stays listed, so that what it signed stays valid."""
    stolen = signing_key(institution)
    rotate(institution, owner)
    assert stolen.verification_method in did_document(institution)["assertionMethod"]
    assert withdraw(institution, "key-1", owner)
    document = did_document(institution)
    assert not any(method["id"].startswith(stolen.verification_method) for method in document["verificationMethod"])
    assert not any(method.startswith(stolen.verification_method) for method in document["assertionMethod"])
    entry = entries(institution)[0]
    assert (entry.action, entry.target, entry.actor) == ("key.withdrawn", "key-1", owner.public_id)
    assert rotate(institution, owner).fragment == "key-3", "a withdrawn name is never given again"


def test_what_cannot_be_withdrawn(institution: Institution, other_institution: Institution, owner: User) -> None:
    before = signing_key(institution)
    rotate(other_institution, None)
    assert not withdraw(institution, "key-1", owner), "it still signs"
    assert not withdraw(institution, "key-2", owner), "there is none of that name here"
    rotate(institution, owner)
    assert withdraw(institution, "key-1", owner)
    written = entries(institution).count()
    assert not withdraw(institution, "key-1", owner), "it is withdrawn already"
    assert entries(institution).count() == written
    assert before.public_multikey not in str(did_document(institution))
    assert len(did_document(other_institution)["assertionMethod"]) == 4, "another institution's key of that name stays"


def test_an_owner_proposes_a_withdrawal_on_the_page(
    institution: Institution, owner: User, client_for: Callable[[User], Client]
) -> None:
    browser, address = client_for(owner), "/staff/han-river/keys/key-1/withdraw"
    signing_key(institution)
    assert browser.get(address).status_code == 404, "the active key cannot be withdrawn"
    assert browser.post(address).status_code == 404
    rotate(institution, owner)
    assert address in browser.get("/staff/han-river/keys").content.decode()
    assert "cannot be taken back" in browser.get(address).content.decode()
    page = browser.post(address, {"reason": "A stick was lost."}, follow=True).content.decode()
    assert "A stick was lost." in page
    assert "key-1" in str(did_document(institution)), "nothing happens before it is carried out"
