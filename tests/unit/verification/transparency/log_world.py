"""A university, the log in which it records what it awards, and three witnesses of that log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulator import NOW, Institution

from testamur import strict_json
from testamur.log import Checkpoint, Entry, Kind, Proof, SecretKey, SignedCheckpoint, entry_for
from testamur.log.checkpoints import CheckpointSigner, sign
from testamur.log.merkle import Leaves, inclusion_proof, leaf_hash, tree_root
from testamur.log.notes import KeyType
from testamur.log.policies import Policy as TrustedLogs
from testamur.log.secured import secured
from testamur.verification import History, LogPolicy

ORIGIN = "university.example/log/2026"
RECORDED = NOW - timedelta(days=10)
SALT = bytes(range(32))


def key(name: str, kind: KeyType = KeyType.ED25519, seed: int = 1) -> SecretKey:
    return SecretKey(name, kind, bytes([seed]) * 32)


class Log:
    """Entries in memory. `entries` may be changed at will: then it is another history."""

    def __init__(self, origin: str = ORIGIN, *, seed: int = 1, fill: int = 5) -> None:
        self.origin = origin
        self.key = key(origin, seed=seed)
        self.second_key = key(origin, KeyType.ML_DSA_44, seed)
        self.witnesses = [key(f"witness.example/{n}", KeyType.ED25519_COSIGNATURE, 10 + n) for n in range(3)]
        self.entries: list[bytes] = [
            entry_for(Kind.ACHIEVEMENT, f"urn:example:{n}", b"x").to_bytes() for n in range(fill)
        ]

    @property
    def leaves(self) -> Leaves:
        return Leaves([leaf_hash(each) for each in self.entries])

    def append(self, entry: Entry) -> int:
        self.entries.append(entry.to_bytes())
        return len(self.entries) - 1

    def record(self, credential: bytes | Mapping[str, Any], *, kind: Kind = Kind.ISSUE, salt: bytes = SALT) -> int:
        document = credential if isinstance(credential, Mapping) else strict_json.loads(credential)
        return self.append(entry_for(kind, document["id"], secured(strict_json.dumps(document)), salt))

    def checkpoint(
        self, *, signers: Sequence[CheckpointSigner] | None = None, at: datetime = RECORDED, size: int | None = None
    ) -> SignedCheckpoint:
        """The head, signed with the log's Ed25519 key and cosigned by all witnesses unless `signers` says otherwise."""
        size = len(self.entries) if size is None else size
        head = Checkpoint(self.origin, size, tree_root(size, self.leaves))
        return sign(head, [self.key, *self.witnesses] if signers is None else signers, int(at.timestamp()))

    def proof(self, index: int, *, salt: bytes = SALT, checkpoint: SignedCheckpoint | None = None) -> bytes:
        signed = checkpoint or self.checkpoint()
        path = inclusion_proof(signed.checkpoint.size, index, self.leaves)
        return Proof(index, tuple(path), signed, salt).to_bytes()

    def record_and_prove(self, credential: bytes | Mapping[str, Any], **options: Any) -> bytes:
        return self.proof(self.record(credential), **options)

    @property
    def history(self) -> History:
        return History(self.origin, len(self.entries), self.leaves)

    def trusted(self, quorum: str | None = "two", *, log: bool = True) -> TrustedLogs:
        """A policy that names this log and its witnesses, two of whom are enough."""
        lines = [f"log {self.key.key.text}"] if log else []
        lines += [f"witness w{number} {each.key.text}" for number, each in enumerate(self.witnesses)]
        lines.append("group two 2 w0 w1 w2")
        lines.append(f"quorum {quorum or 'none'}")
        return TrustedLogs.from_text("\n".join(lines))

    def policy(self, **options: Any) -> LogPolicy:
        return LogPolicy(options.pop("logs", self.trusted()), **options)


def service(log: Log, did: str, **endpoint: Any) -> dict[str, Any]:
    """The service by which an issuer names `log`."""
    return {
        "id": f"{did}#transparency-log",
        "type": "TransparencyLog",
        "serviceEndpoint": {"origin": [log.origin], "vkey": [log.key.key.text, log.second_key.key.text], **endpoint},
    }


def serve(university: Institution, log: Log, **endpoint: Any) -> None:
    """From now on the DID document of `university` names `log`."""
    university.edit_did_document = lambda document: document.update(service=[service(log, university.did, **endpoint)])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
