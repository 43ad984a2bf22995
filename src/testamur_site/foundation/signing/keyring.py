"""Making and opening private halves, in this process. In production only the signing process does it.

A new key of an institution is made where TESTAMUR_NEW_KEYS says: sealed under the key-encryption key, or in a device or service. The
deployment's and the log's keys are always sealed: the log signs with ML-DSA-44 too, which hardly a device can.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa
from django.conf import settings
from django.utils.module_loading import import_string

from testamur.errors import SignerRefused
from testamur.log import KeyType, SecretKey
from testamur.proofs.keys import PrivateKey
from testamur.signers import destroy_key, new_key, open_signer

from . import sealing
from .places import Place, Scope, StoredKey

MAX_OPEN = 1000
"""So many keys in devices and services are kept open at a time."""

_open: dict[str, Any] = {}
_lock = threading.Lock()


class Opened(Protocol):
    """An opened key signs bytes. It may take many at once (`sign_many`), and many while the next are prepared (`batches_of`)."""

    def sign(self, data: bytes) -> bytes: ...


def sign_many(opened: Opened, texts: Sequence[bytes]) -> list[bytes]:
    """One signature for each, in order: together, where the key takes them together. Raises as `Opened.sign`."""
    many = getattr(opened, "sign_many", None)
    return list(map(opened.sign, texts)) if many is None else list(many(texts))


def batches_of(opened: Opened) -> Callable[[Iterable[Sequence[bytes]]], Generator[list[bytes], None, None]] | None:
    """`testamur.signers.managed.KeptElsewhere.sign_batches` of a key in a device or service; None of a key in memory."""
    return getattr(opened, "sign_batches", None)


def key_encryption_keys() -> list[bytes]:
    """The key-encryption keys, the sealing one first; the file is made where nothing was ever sealed. Raises NoKeyEncryptionKey."""
    path = settings.TESTAMUR_KEY_ENCRYPTION_KEY
    if path.exists():
        return sealing.read_keys(path)
    anything_sealed = import_string(f"{settings.TESTAMUR_SIGNING_KEYS}.anything_sealed")
    return sealing.read_keys(path, create=not anything_sealed())


def make(place: Place, key_id: str) -> StoredKey:
    """A new key. Raises NoKeyEncryptionKey, and as `testamur.signers.new_key`."""
    base = settings.TESTAMUR_NEW_KEYS
    if place.scope is Scope.INSTITUTION and base != "sealed":
        # The last part is random: a key whose row was rolled back must not stand in the way of the next one.
        signer = new_key(
            _named(base, f"{place.owner}-{key_id}-{secrets.token_hex(4)}"), settings.TESTAMUR_NEW_KEY_ALGORITHM
        )
        return StoredKey(place, key_id, signer.algorithm, signer.public_multikey, uri=signer.uri)
    algorithm = settings.TESTAMUR_NEW_KEY_ALGORITHM if place.scope is Scope.INSTITUTION else "Ed25519"
    private = PrivateKey.generate(algorithm)
    stored = StoredKey(place, key_id, algorithm, private.public.multikey)
    return sealed_in(stored, private.secret_multikey.encode())


LOG_ALGORITHMS = {"Ed25519": KeyType.ED25519, "ML-DSA-44": KeyType.ML_DSA_44}


def make_for_log(place: Place, algorithm: str) -> StoredKey:
    """A new key of a log; its public half is the vkey text. Raises NoKeyEncryptionKey, SignerRefused."""
    if algorithm not in LOG_ALGORITHMS:
        raise SignerRefused("The log signs with Ed25519 and ML-DSA-44.", code="signer.algorithm")
    secret = SecretKey.generate(place.owner, LOG_ALGORITHMS[algorithm])
    return sealed_in(StoredKey(place, algorithm, algorithm, secret.key.text), secret.secret)


def sealed_in(stored: StoredKey, secret: bytes) -> StoredKey:
    """`stored` with its private half sealed into it. Raises NoKeyEncryptionKey."""
    sealed = sealing.seal(key_encryption_keys(), secret, stored.place.bound_to(stored.public))
    return replace(stored, sealed=sealed.content, sealed_with=sealed.sealed_with)


def _named(base: str, name: str) -> str:
    """The URI of a key of this name in the device or service of TESTAMUR_NEW_KEYS."""
    if base.startswith("pkcs11:"):
        path, question, query = base.partition("?")
        return f"{path};object={name}{question}{query}"
    path, question, query = base.partition("?")
    return f"{path}{name}{question}{query}"


def open_key(stored: StoredKey) -> Opened:
    """The private half. Raises SealBroken, NoKeyEncryptionKey, SignerRefused, SignerUnavailable."""
    if stored.uri:
        return _from_elsewhere(stored)
    sealed = sealing.Sealed(stored.sealed, stored.sealed_with)
    secret = sealing.unseal(key_encryption_keys(), sealed, stored.place.bound_to(stored.public))
    if stored.place.scope is not Scope.LOG:
        return PrivateKey.from_secret_multikey(secret.decode())
    if stored.algorithm == "ML-DSA-44":
        return mldsa.MLDSA44PrivateKey.from_seed_bytes(secret)
    return ed25519.Ed25519PrivateKey.from_private_bytes(secret)


def _from_elsewhere(stored: StoredKey) -> Opened:
    with _lock:
        found = _open.get(stored.uri)
        if found is None:
            if len(_open) >= MAX_OPEN:
                _open.clear()
            found = _open[stored.uri] = open_signer(stored.uri)
    if found.public_multikey != stored.public:
        raise SignerRefused(
            "The key in the device is another one than this institution's. Nothing was signed.",
            code="signer.other_key",
            facts={"uri": stored.uri},
        )
    signer: Opened = found
    return signer


def destroy(uri: str) -> bool:
    """End a key in a device or service. Raises as `testamur.signers.destroy_key`."""
    with _lock:
        _open.pop(uri, None)
    return destroy_key(uri)
