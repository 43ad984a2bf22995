"""Institutions' keys in a device or service: made there, sign there, and end there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.site.issuing.conftest import publish_one
from tests.softhsm import Token, new_token

from testamur import strict_json
from testamur.errors import SignerRefused
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.keys import PublicKey
from testamur.signers import open_signer
from testamur_site.foundation.accounts.api import create_institution
from testamur_site.foundation.keys.api import SigningKey, did_document, keys_of, rotate, signing_key
from testamur_site.foundation.keys.services import reseal
from testamur_site.foundation.signing import keyring
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.status.api import published_list
from testamur_site.status.models import StatusList

pytest.importorskip("pkcs11")
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def token() -> Token:
    return new_token("Institutions")


@pytest.fixture(params=["Ed25519", "P-256"])
def in_token(
    request: pytest.FixtureRequest, settings: Any, token: Token, monkeypatch: pytest.MonkeyPatch, db: None
) -> str:
    """New keys are made in the token."""
    settings.TESTAMUR_NEW_KEYS = f"pkcs11:token={token.label}"
    settings.TESTAMUR_NEW_KEY_ALGORITHM = request.param
    settings.TESTAMUR_AFTER_ISSUE = None
    for name, value in token.environment.items():
        monkeypatch.setenv(name, value)
    return str(request.param)


def found() -> Institution:
    return create_institution(slug="device", name="Device College", country="IE", owner=None)


def holds(institution: Institution, content: bytes) -> str:
    """The suite of the proof, which must hold."""
    signed = strict_json.loads(content)
    (proof,) = proofs_of(signed)
    methods = {one["id"]: one for one in did_document(institution)["verificationMethod"]}
    public = PublicKey.from_multikey(methods[proof["verificationMethod"]]["publicKeyMultibase"])
    assert check_proof(signed, proof, public).outcome == "passed"
    return str(proof["cryptosuite"])


def issue_one(institution: Institution) -> bytes:
    data = issuing.AwardData(name="Ada Lovelace", email="ada@example.org", awarded_date=date(2026, 3, 5))
    with tenant(institution):
        award = issuing.award_one(publish_one(institution), data)
        award.refresh_from_db()
        assert award.state == "issued"
        return bytes(award.prepared.signed)


@pytest.mark.parametrize("by_desk", [False, True])
def test_a_credential_and_its_list_are_signed_in_the_token(
    in_token: str, by_desk: bool, request: pytest.FixtureRequest
) -> None:
    if by_desk:
        request.getfixturevalue("desk")
    institution = found()
    suite = "eddsa-rdfc-2022" if in_token == "Ed25519" else "ecdsa-rdfc-2019"
    assert holds(institution, issue_one(institution)) == suite
    with tenant(institution):
        (key,) = SigningKey.objects.all()
        listed = StatusList.objects.first()
    assert (bytes(key.sealed), key.sealed_with) == (b"", "")
    assert key.uri.startswith("pkcs11:token=Institutions;object=")
    assert listed is not None
    assert holds(institution, published_list(listed.public_id) or b"") == suite


@pytest.mark.parametrize("by_desk", [False, True])
def test_a_retired_key_is_destroyed_in_the_token(
    in_token: str, by_desk: bool, request: pytest.FixtureRequest, django_capture_on_commit_callbacks: Any
) -> None:
    if by_desk:
        request.getfixturevalue("desk")
    institution = found()
    credential = issue_one(institution)
    (old,) = keys_of(institution)
    with django_capture_on_commit_callbacks(execute=True):
        rotate(institution, None)
    with pytest.raises(SignerRefused) as refused:
        open_signer(old.uri)
    assert refused.value.code == "signer.no_such_key"
    assert signing_key(institution).key_id == "key-2"
    holds(institution, credential)


def test_a_key_in_use_is_not_destroyed(in_token: str, desk: Any) -> None:
    from testamur_site.foundation.keys.services import stored_key
    from testamur_site.foundation.signing.api import destroy_key

    institution = found()
    with tenant(institution):
        stored = stored_key(institution, SigningKey.objects.get())
    with pytest.raises(SignerRefused) as refused:
        destroy_key(stored)
    assert refused.value.code == "signing.key_in_use"
    assert open_signer(stored.uri).public_multikey == stored.public


def test_resealing_leaves_keys_in_devices_alone(in_token: str) -> None:
    institution = found()
    keyring.key_encryption_keys()
    assert reseal() == 0
    assert signing_key(institution).sign(b"still")


def test_another_key_in_the_device_is_not_taken_for_ours(in_token: str) -> None:
    institution, other = found(), create_institution(slug="other", name="Other", country="IE", owner=None)
    with tenant(other):
        theirs = SigningKey.objects.get().uri
    with tenant(institution):
        SigningKey.objects.update(uri=theirs)
    with pytest.raises(SignerRefused) as refused:
        signing_key(institution)
    assert refused.value.code == "signer.other_key"


def test_keys_in_the_key_service(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    moto = pytest.importorskip("moto")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    settings.TESTAMUR_NEW_KEYS = "awskms:alias/testamur/?region=eu-west-1"
    settings.TESTAMUR_NEW_KEY_ALGORITHM = "P-256"
    settings.TESTAMUR_AFTER_ISSUE = None
    with moto.mock_aws():
        institution = found()
        assert holds(institution, issue_one(institution)) == "ecdsa-rdfc-2019"
        (key,) = keys_of(institution)
        assert key.uri.startswith(f"awskms:alias/testamur/{institution.public_id}-key-1-")
