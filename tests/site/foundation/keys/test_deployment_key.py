"""The deployment's own key: made once, sealed, rotated, published."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.standing import aside

from testamur.proofs.keys import PublicKey
from testamur_site.foundation.keys import deployment, rotate_deployment
from testamur_site.foundation.keys.api import (
    SealBroken,
    deployment_did,
    deployment_did_document,
    deployment_signer,
    rotate_deployment_key,
    signing_key,
)
from testamur_site.foundation.keys.models import DeploymentKey
from testamur_site.foundation.tenancy.api import Institution

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
@aside
def key_file(settings: Any, tmp_path: Path) -> Path:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"
    return settings.TESTAMUR_KEY_ENCRYPTION_KEY


def test_it_is_made_once_and_signs() -> None:
    signer = deployment_signer()
    assert signer.verification_method == "did:web:localhost%3A8000#key-1"
    assert PublicKey.from_multikey(signer.public_multikey).verify(signer.sign(b"data"), b"data")
    assert deployment_signer().public_multikey == signer.public_multikey
    assert DeploymentKey.objects.count() == 1


def test_its_document_stands_where_did_web_looks(client: Client) -> None:
    signer = deployment_signer()
    response = client.get("/.well-known/did.json")
    assert response["Content-Type"] == "application/did+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    document = response.json()
    assert document["id"] == deployment_did() == "did:web:localhost%3A8000"
    assert document["verificationMethod"][0]["publicKeyMultibase"] == signer.public_multikey


def test_there_is_a_document_before_there_is_a_key(client: Client) -> None:
    assert client.get("/.well-known/did.json").json()["verificationMethod"] == []


def test_an_old_key_stays_public_and_cannot_sign_any_more() -> None:
    old = deployment_signer()
    rotate_deployment_key()
    new = deployment_signer()
    assert new.verification_method.endswith("#key-2")
    published = [entry.get("publicKeyMultibase") for entry in deployment_did_document()["verificationMethod"]]
    assert {old.public_multikey, new.public_multikey} <= set(published)
    assert bytes(DeploymentKey.objects.get(fragment="key-1").sealed) == b""


def test_the_operators_command(capsys: pytest.CaptureFixture[str]) -> None:
    deployment_signer()
    assert rotate_deployment.main() == 0
    assert "did:web:localhost%3A8000#key-2 signs from now on" in capsys.readouterr().out


def test_an_institutions_sealed_key_does_not_open_in_its_place(institution: Institution) -> None:
    from testamur_site.foundation.keys.models import SigningKey
    from testamur_site.foundation.tenancy.api import tenant

    signing_key(institution)
    deployment_signer()
    with tenant(institution):
        row = SigningKey.objects.get()
    DeploymentKey.objects.update(sealed=row.sealed, sealed_with=row.sealed_with)
    with pytest.raises(SealBroken):
        deployment_signer()


def test_it_is_sealed_anew_with_a_new_key_encryption_key(key_file: Path) -> None:
    before = deployment_signer().public_multikey
    old = key_file.read_text()
    new = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() + "\n"
    key_file.write_text(new + old)
    assert deployment.reseal_deployment_key() == 1
    assert deployment.reseal_deployment_key() == 0
    key_file.write_text(new)
    assert deployment_signer().public_multikey == before


def test_a_lost_key_file_is_not_replaced_silently(key_file: Path) -> None:
    deployment_signer()
    key_file.unlink()
    with pytest.raises(deployment.sealing.NoKeyEncryptionKey):
        deployment_signer()
    assert not key_file.exists()
