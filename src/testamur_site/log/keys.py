"""The keys of the log: Ed25519 for the tiles and the witnesses, ML-DSA-44 for the time after quantum computers.
Sealed, one pair a shard. They are opened here, or by the signing process where there is one."""

from __future__ import annotations

import base64

from django.db import transaction

from testamur.errors import SignerRefused
from testamur.log import Checkpoint, KeyType, VerifierKey
from testamur.log.checkpoints import CheckpointSigner, signed_message
from testamur.log.notes import Signature
from testamur_site.foundation.signing.api import (
    Place,
    Refused,
    Scope,
    StoredKey,
    key_encryption_keys,
    make_log_key,
    open_key,
    refuse_in_production,
    sealing,
    sign_by_process,
    socket_path,
)

from .models import LogKey, Shard

TYPES = {KeyType.ED25519: "Ed25519", KeyType.ML_DSA_44: "ML-DSA-44"}


def make_keys(shard: Shard) -> None:
    """The keys of a new shard, in the caller's transaction. Raises NoKeyEncryptionKey, SignerRefused, SignerUnavailable."""
    for kind, algorithm in TYPES.items():
        made = make_log_key(shard.origin, algorithm)
        LogKey.objects.create(
            shard=shard, type=kind, vkey=made.public, sealed=made.sealed, sealed_with=made.sealed_with
        )


class ShardKey:
    """A key of a shard: a `testamur.log.checkpoints.CheckpointSigner`."""

    def __init__(self, shard: Shard, row: LogKey) -> None:
        """Opens the key, unless the signing process does. Raises SealBroken, NoKeyEncryptionKey, SignerRefused."""
        algorithm = TYPES[KeyType(row.type)]
        place = Place(Scope.LOG, shard.origin, "")
        self._stored = StoredKey(place, algorithm, algorithm, row.vkey, bytes(row.sealed), row.sealed_with)
        self._opened = None
        if socket_path() is None:
            refuse_in_production()
            self._opened = open_key(self._stored)
        self.key = VerifierKey.from_text(row.vkey)

    def sign(self, checkpoint: Checkpoint, time: int) -> Signature:
        """Raises SignerRefused and SignerUnavailable where a signing process holds the key."""
        if self._opened is not None:
            value = self._opened.sign(signed_message(checkpoint, self.key, time))
        else:
            value = self._by_process(checkpoint, time)
        stamp = b"" if self.key.type is KeyType.ED25519 else time.to_bytes(8, "big")
        return Signature(self.key.name, self.key.key_id, stamp + value)

    def _by_process(self, checkpoint: Checkpoint, time: int) -> bytes:
        item = {"row": f"{checkpoint.origin} {checkpoint.size}", "checkpoint": checkpoint.text, "time": time}
        (outcome,) = sign_by_process("checkpoint", self._stored, checkpoint.origin, [item])
        if isinstance(outcome, Refused):
            raise SignerRefused(str(outcome), code=outcome.code, facts=outcome.facts)
        return base64.b64decode(outcome)


def signers(shard: Shard) -> list[CheckpointSigner]:
    """The shard's keys, opened or by the signing process. Raises SealBroken, NoKeyEncryptionKey, SignerRefused."""
    return [ShardKey(shard, key) for key in shard.keys.all()]


def verifier_keys(shard: Shard) -> list[VerifierKey]:
    return [VerifierKey.from_text(key.vkey) for key in shard.keys.all()]


def reseal() -> int:
    """Seal the log's keys with the first key-encryption key in the file; how many were changed. Can be repeated."""
    keys, changed = key_encryption_keys(), 0
    stale = LogKey.objects.exclude(sealed_with__in=("", sealing.fingerprint(keys[0])))
    for pk in list(stale.values_list("pk", flat=True)):
        with transaction.atomic():
            row = LogKey.objects.select_for_update(of=("self",)).select_related("shard").get(pk=pk)
            bound_to = Place(Scope.LOG, row.shard.origin, "").bound_to(row.vkey)
            secret = sealing.unseal(keys, sealing.Sealed(bytes(row.sealed), row.sealed_with), bound_to)
            sealed = sealing.seal(keys, secret, bound_to)
            changed += LogKey.objects.filter(pk=pk).update(sealed=sealed.content, sealed_with=sealed.sealed_with)
    return changed
