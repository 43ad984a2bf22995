"""Keys in the AWS Key Management Service. The private half never leaves it; each signature is a request.

1. `GetPublicKey` says which curve the key is of; a key that does not sign is refused.
2. `Sign` with the message itself (MessageType RAW) up to 4,096 bytes; a longer one is hashed here (DIGEST; not possible with Ed25519).
3. ECDSA comes in DER and becomes r‖s. The signature is checked with the public half before it is handed out.

Who may call is settled by AWS's own chain (environment, role of the machine, `~/.aws`); nothing of it stands in a URI. Every request has a
time limit and is tried three times at most.

AWS KMS API Reference: Sign, GetPublicKey, CreateKey, ScheduleKeyDeletion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from testamur.errors import KeyMaterialError, SignerError, SignerRefused
from testamur.proofs.keys import PublicKey
from testamur.signers.extras import wanted
from testamur.signers.managed import KeptElsewhere
from testamur.signers.uris import KmsUri
from testamur.signers.words import KMS, in_words

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 10
MAX_RAW: Final = 4096
AT_ONCE: Final = 8
"""So many requests of one batch are under way at the same time."""

DELETED_AFTER_DAYS: Final = 30
"""How long the service still gives a destroyed key back."""

# algorithm: key spec, signing algorithm, hash, bytes of a coordinate
_SPECS: Final = {
    "Ed25519": ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512", None, 32),
    "P-256": ("ECC_NIST_P256", "ECDSA_SHA_256", hashlib.sha256, 32),
    "P-384": ("ECC_NIST_P384", "ECDSA_SHA_384", hashlib.sha384, 48),
}


class KmsSigner(KeptElsewhere):
    """A key of the service. Threads may share it."""

    _uri: KmsUri

    def __init__(self, uri: KmsUri, *, client: Any = None) -> None:
        """Asks for the public half. `client` is a boto3 client of KMS, by default one of the environment.

        Raises `SignerRefused`, `SignerUnavailable`, and as `extras.wanted`.
        """
        self._uri = uri
        self._client = client or kms_client(uri)
        answer = _ask(uri, self._client.get_public_key, KeyId=uri.name)
        if answer.get("KeyUsage") != "SIGN_VERIFY":
            raise SignerRefused(
                f"This key is not for signing ({uri.text}). Make one with the usage SIGN_VERIFY.",
                code="signer.algorithm",
                facts={"uri": uri.text},
            )
        self._public = _public_key(uri, answer["PublicKey"])

    def sign(self, data: bytes) -> bytes:
        """As `ports.Signer.sign`.

        Raises `SignerRefused` (`signer.too_long` for more than 4,096 bytes with Ed25519) and `SignerUnavailable`.
        """
        _, algorithm, wants_hash, size = _SPECS[self.algorithm]
        if len(data) <= MAX_RAW:
            message = {"Message": data, "MessageType": "RAW"}
        elif wants_hash is not None:
            message = {"Message": wants_hash(data).digest(), "MessageType": "DIGEST"}
        else:
            raise SignerRefused(
                f"The service signs at most {MAX_RAW} bytes with Ed25519. Use a key of P-256.",
                code="signer.too_long",
                facts={"bytes": len(data)},
            )
        answer = _ask(self._uri, self._client.sign, KeyId=self._uri.name, SigningAlgorithm=algorithm, **message)
        signature: bytes = answer["Signature"]
        if wants_hash is not None:
            try:
                r, s = decode_dss_signature(signature)
                signature = r.to_bytes(size, "big") + s.to_bytes(size, "big")
            except (ValueError, OverflowError):
                signature = b""
        if not self._public.verify(signature, data):
            raise SignerRefused(
                f"The service's signature does not fit its public key ({self.uri}). Nothing was signed.",
                code="signer.false_signature",
                facts={"uri": self.uri},
            )
        return signature

    def _made(self, texts: Sequence[bytes]) -> list[bytes]:
        """Several requests at the same time, because each waits for the network."""
        if len(texts) < 2:
            return [self.sign(one) for one in texts]
        with ThreadPoolExecutor(min(AT_ONCE, len(texts))) as pool:
            return list(pool.map(self.sign, texts))

    def _confirmed(self, signatures: list[bytes], texts: Sequence[bytes]) -> list[bytes]:  # noqa: ARG002 - each was looked at by `sign`
        return signatures


def kms_client(uri: KmsUri) -> Any:
    """A client with time limits. Raises `SignerRefused` (`signer.no_region`, `signer.not_installed`)."""
    config = wanted("botocore", "botocore.config").Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"max_attempts": 3, "mode": "standard"},
        max_pool_connections=AT_ONCE,
    )
    parts = uri.name.split(":")
    region = uri.region or (parts[3] if len(parts) > 3 else None)
    try:
        return wanted("boto3").client("kms", region_name=region, config=config)
    except wanted("botocore", "botocore.exceptions").BotoCoreError as error:
        raise _in_words(uri, error) from None


def make_key(uri: KmsUri, algorithm: str, *, client: Any = None) -> KmsSigner:
    """A new key under an alias. Raises `SignerRefused` (`signer.key_exists`, `signer.no_name`), `SignerUnavailable`, `KeyMaterialError`."""
    if algorithm not in _SPECS:
        raise KeyMaterialError(
            f"The service makes keys of {', '.join(_SPECS)}.",
            code="key_material.unsupported",
            facts={"algorithm": algorithm},
        )
    if not uri.name.startswith("alias/"):
        raise SignerRefused("A new key needs a name: awskms:alias/…", code="signer.no_name")
    client = client or kms_client(uri)
    taken = True
    try:
        _ask(uri, client.describe_key, KeyId=uri.name)
    except SignerRefused as error:
        if error.code != "signer.no_such_key":
            raise
        taken = False
    if taken:
        raise SignerRefused(
            f"There is a key of that name already ({uri.text}); a key is never overwritten. Choose another name.",
            code="signer.key_exists",
            facts={"uri": uri.text},
        )
    made = _ask(
        uri,
        client.create_key,
        KeySpec=_SPECS[algorithm][0],
        KeyUsage="SIGN_VERIFY",
        Description="Testamur: signs credentials",
    )
    _ask(uri, client.create_alias, AliasName=uri.name, TargetKeyId=made["KeyMetadata"]["KeyId"])
    return KmsSigner(uri, client=client)


def destroy(uri: KmsUri, *, client: Any = None) -> bool:
    """End the key: its alias goes now, the key itself signs no more now and is destroyed after 30 days. False where there is none."""
    client = client or kms_client(uri)
    try:
        key = _ask(uri, client.describe_key, KeyId=uri.name)["KeyMetadata"]["KeyId"]
    except SignerRefused as error:
        if error.code == "signer.no_such_key":
            return False
        raise
    _ask(uri, client.schedule_key_deletion, KeyId=key, PendingWindowInDays=DELETED_AFTER_DAYS)
    if uri.name.startswith("alias/"):
        _ask(uri, client.delete_alias, AliasName=uri.name)
    return True


def _public_key(uri: KmsUri, der: bytes) -> PublicKey:
    try:
        key = load_der_public_key(der)
    except ValueError:
        key = None
    if isinstance(key, ed25519.Ed25519PublicKey):
        return PublicKey.from_raw("Ed25519", key.public_bytes_raw())
    names = {"secp256r1": "P-256", "secp384r1": "P-384"}
    if isinstance(key, ec.EllipticCurvePublicKey) and (name := names.get(key.curve.name)):
        return PublicKey.from_raw(name, key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
    raise SignerRefused(
        f"The key is of a kind that no verifier here knows ({uri.text}). There are {', '.join(_SPECS)}.",
        code="signer.algorithm",
        facts={"uri": uri.text},
    )


def _ask(uri: KmsUri, operation: Any, **parameters: Any) -> Mapping[str, Any]:
    exceptions = wanted("botocore", "botocore.exceptions")
    try:
        answer: Mapping[str, Any] = operation(**parameters)
    except (exceptions.BotoCoreError, exceptions.ClientError) as error:
        raise _in_words(uri, error) from None
    return answer


def _in_words(uri: KmsUri, error: Any) -> SignerError:
    # Errors of the connection have a `response` too, of another kind; only the service's own is a mapping.
    answer = getattr(error, "response", None)
    name = answer.get("Error", {}).get("Code", "") if isinstance(answer, dict) else type(error).__name__
    otherwise = f"The key management service does not answer ({name}). Nothing was signed or lost: try again."
    return in_words(KMS, name, uri.text, token="", otherwise=otherwise)
