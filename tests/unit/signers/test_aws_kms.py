"""Keys in AWS KMS, against its stand-in moto in this process; what moto cannot, against botocore's own stub with true signatures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.unit.signers.accepting import accepted, signed_credential

from testamur.errors import SignerRefused, SignerUnavailable
from testamur.signers import ManagedSigner, destroy_key, new_key, open_signer
from testamur.signers.aws_kms import KmsSigner, kms_client
from testamur.signers.uris import KmsUri

boto3 = pytest.importorskip("boto3")
moto = pytest.importorskip("moto")
botocore_stub = pytest.importorskip("botocore.stub")
exceptions = pytest.importorskip("botocore.exceptions")

URI = "awskms:alias/issuer-2026?region=eu-west-1"


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with moto.mock_aws():
        yield


@pytest.fixture
def key() -> ManagedSigner:
    return new_key(URI, "P-256")


def test_a_credential_that_the_service_signed_is_accepted(key: ManagedSigner) -> None:
    signed = signed_credential(open_signer(URI), "ecdsa-rdfc-2019")
    assert accepted(signed)
    assert not accepted(signed.replace(b"Data Literacy", b"Data Mastery"))


def test_a_key_of_p_384_signs_too() -> None:
    signed = signed_credential(new_key("awskms:alias/other?region=eu-west-1", "P-384"), "ecdsa-rdfc-2019")
    assert accepted(signed)


def test_a_batch_comes_back_in_its_order(key: ManagedSigner) -> None:
    messages = [b"credential %d" % number for number in range(20)]
    signatures = key.sign_many(messages)
    assert all(key.public.verify(one, message) for one, message in zip(signatures, messages, strict=True))
    assert key.sign_many([]) == []


def test_a_key_is_never_overwritten(key: ManagedSigner) -> None:
    with pytest.raises(SignerRefused) as refused:
        new_key(URI, "P-256")
    assert refused.value.code == "signer.key_exists"
    assert open_signer(URI).public_multikey == key.public_multikey


def test_a_destroyed_key_signs_no_more(key: ManagedSigner) -> None:
    assert destroy_key(URI)
    assert not destroy_key(URI)
    with pytest.raises(SignerRefused) as refused:
        key.sign(b"x")
    assert refused.value.code == "signer.no_such_key"


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(SignerRefused) as refused:
        open_signer(URI)
    assert refused.value.code == "signer.no_such_key"
    with pytest.raises(SignerRefused) as refused:
        open_signer("awskms:alias/x")
    assert refused.value.code == "signer.no_region"
    with pytest.raises(SignerRefused) as refused:
        new_key("awskms:1234abcd-12ab-34cd-56ef-1234567890ab?region=eu-west-1", "P-256")
    assert refused.value.code == "signer.no_such_key" or refused.value.code == "signer.no_name"


def test_a_key_for_encryption_is_refused() -> None:
    client = kms_client(KmsUri("alias/x", "eu-west-1"))
    made = client.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    with pytest.raises(SignerRefused) as refused:
        open_signer(f"awskms:{made['KeyMetadata']['KeyId']}?region=eu-west-1")
    assert refused.value.code == "signer.algorithm"


def _stubbed(public: Any) -> tuple[Any, Any, KmsUri]:
    uri = KmsUri("alias/x", "eu-west-1")
    client = kms_client(uri)
    stub = botocore_stub.Stubber(client)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    stub.add_response("get_public_key", {"PublicKey": der, "KeyUsage": "SIGN_VERIFY"}, {"KeyId": "alias/x"})
    stub.activate()
    return client, stub, uri


def test_what_is_longer_than_the_service_takes_is_hashed_here() -> None:
    """moto's answer to a digest does not verify, so this one is checked against what the service documents."""
    secret = ec.generate_private_key(ec.SECP256R1())
    client, stub, uri = _stubbed(secret.public_key())
    signer = KmsSigner(uri, client=client)
    data = b"x" * 4097
    digest = hashlib.sha256(data).digest()
    answer = {"Signature": secret.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))}
    asked = {"KeyId": "alias/x", "SigningAlgorithm": "ECDSA_SHA_256", "Message": digest, "MessageType": "DIGEST"}
    stub.add_response("sign", answer, asked)
    assert signer.public.verify(signer.sign(data), data)
    stub.assert_no_pending_responses()


def test_ed25519_is_signed_as_the_message_itself() -> None:
    """moto has no Ed25519; the service takes the message RAW, with ED25519_SHA_512."""
    secret = ed25519.Ed25519PrivateKey.generate()
    client, stub, uri = _stubbed(secret.public_key())
    signer = KmsSigner(uri, client=client)
    asked = {"KeyId": "alias/x", "SigningAlgorithm": "ED25519_SHA_512", "Message": b"data", "MessageType": "RAW"}
    stub.add_response("sign", {"Signature": secret.sign(b"data")}, asked)
    assert signer.algorithm == "Ed25519"
    assert signer.public.verify(signer.sign(b"data"), b"data")
    with pytest.raises(SignerRefused) as refused:
        signer.sign(b"x" * 4097)
    assert refused.value.code == "signer.too_long"


@pytest.mark.parametrize("answer", [b"", b"no signature", b"0\x06\x02\x01\x01\x02\x01\x01"])
def test_a_false_signature_is_not_handed_out(answer: bytes) -> None:
    client, stub, uri = _stubbed(ec.generate_private_key(ec.SECP256R1()).public_key())
    signer = KmsSigner(uri, client=client)
    stub.add_response("sign", {"Signature": answer})
    with pytest.raises(SignerRefused) as refused:
        signer.sign(b"data")
    assert refused.value.code == "signer.false_signature"


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        ("AccessDeniedException", SignerRefused, "signer.not_permitted"),
        ("DisabledException", SignerRefused, "signer.disabled"),
        ("ThrottlingException", SignerUnavailable, "signer.no_answer"),
        ("KMSInternalException", SignerUnavailable, "signer.no_answer"),
    ],
)
def test_what_the_service_answers_is_told(error: str, kind: type[Exception], code: str) -> None:
    client, stub, uri = _stubbed(ec.generate_private_key(ec.SECP256R1()).public_key())
    signer = KmsSigner(uri, client=client)
    message = "User: arn:aws:iam::123456789012:user/somebody is not authorized"
    stub.add_client_error("sign", error, message)
    with pytest.raises(kind) as refused:
        signer.sign(b"data")
    assert refused.value.code == code  # type: ignore[attr-defined]
    assert "123456789012" not in f"{refused.value} {refused.value.facts}"  # type: ignore[attr-defined]


def test_no_answer_in_time_is_unavailable(key: ManagedSigner, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(**_asked: Any) -> None:
        raise exceptions.ReadTimeoutError(endpoint_url="https://kms.eu-west-1.amazonaws.com/")

    monkeypatch.setattr(key._client, "sign", late)  # type: ignore[attr-defined]
    with pytest.raises(SignerUnavailable) as unavailable:
        key.sign(b"data")
    assert "ReadTimeoutError" in str(unavailable.value)


def test_every_request_has_a_time_limit() -> None:
    config = kms_client(KmsUri("alias/x", "eu-west-1")).meta.config
    assert (config.connect_timeout, config.read_timeout) == (5, 10)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "botocore.config", None)
    with pytest.raises(SignerRefused) as refused:
        open_signer(URI)
    assert 'pip install "testamur[aws]"' in str(refused.value)
