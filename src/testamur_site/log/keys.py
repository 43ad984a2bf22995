"""The keys of the log: Ed25519 for the tiles and the witnesses, ML-DSA-44 for the time after quantum computers.
Sealed, one pair a shard."""

from __future__ import annotations

from testamur.log import KeyType, SecretKey, VerifierKey
from testamur_site.foundation.keys.api import seal_secret, unseal_secret

from .models import LogKey, Shard

TYPES = (KeyType.ED25519, KeyType.ML_DSA_44)


def make_keys(shard: Shard) -> None:
    """The keys of a new shard, in the caller's transaction."""
    for kind in TYPES:
        secret = SecretKey.generate(shard.origin, kind)
        sealed = seal_secret(secret.secret, _place(secret.key.text))
        LogKey.objects.create(
            shard=shard, type=kind, vkey=secret.key.text, sealed=sealed.content, sealed_with=sealed.sealed_with
        )


def signers(shard: Shard) -> list[SecretKey]:
    """The shard's keys, opened. Raises SealBroken and NoKeyEncryptionKey."""
    return [
        SecretKey(
            shard.origin,
            KeyType(key.type),
            unseal_secret(bytes(key.sealed), key.sealed_with, _place(key.vkey)),
        )
        for key in shard.keys.all()
    ]


def verifier_keys(shard: Shard) -> list[VerifierKey]:
    return [VerifierKey.from_text(key.vkey) for key in shard.keys.all()]


def _place(vkey: str) -> bytes:
    """The additional authenticated data: a sealed key of another purpose, put here, does not open."""
    return f"testamur log key\n{vkey}".encode()
