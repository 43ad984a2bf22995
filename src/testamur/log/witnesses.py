"""C2SP tlog-witness: somebody else who looks at every checkpoint of a log before it is believed.

A witness remembers one thing for each log: the largest tree it has cosigned. It cosigns the next one when that is
proven to be a longer form of the one it knows. So a log cannot show one history here and another there without finding
as many witnesses who forget. What a witness remembers must be kept *before* it answers, by compare and swap: otherwise
two requests at once would let a log go back.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from testamur.errors import Malformed, ProofError

from .checkpoints import Checkpoint, CheckpointSigner, SignedCheckpoint, verified_by
from .merkle import EMPTY_ROOT, HASH_BYTES, verify_consistency
from .notes import VerifierKey, decimal, decode

MAX_REQUEST_BYTES = 256 * 1024
MAX_PROOF_LINES = 63
SIZE_TYPE = "text/x.tlog.size"


class WitnessStore(Protocol):
    """What a witness remembers. Implementations: a file of SQLite (`fetch`), and memory in tests."""

    def latest(self, origin: str) -> tuple[int, bytes] | None:
        """Size and root of the largest tree cosigned for this log; None when there is none."""
        ...

    def advance(self, origin: str, known: tuple[int, bytes] | None, new: tuple[int, bytes]) -> bool:
        """Remember `new` where `known` is still what is remembered, and keep it durably before returning True.
        False when it is not."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: status, body, media type."""

    status: int
    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """The body of add-checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: SignedCheckpoint

    def to_bytes(self) -> bytes:
        lines = [f"old {self.old}", *(base64.b64encode(each).decode() for each in self.proof)]
        return ("\n".join(lines) + "\n\n").encode() + self.checkpoint.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Request:
        """Raises Malformed."""
        if len(data) > MAX_REQUEST_BYTES:
            raise Malformed("The request is too large.", code="log.request")
        head, separator, note = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise Malformed("The request cannot be read.", code="log.request") from error
        old = decimal(lines[0].removeprefix("old ")) if lines[0].startswith("old ") else None
        proof = tuple(decode(line) for line in lines[1:])
        damaged = len(proof) > MAX_PROOF_LINES or any(len(each) != HASH_BYTES for each in proof)
        if not separator or old is None or damaged:
            raise Malformed("The request is not one of add-checkpoint.", code="log.request")
        return cls(old, proof, SignedCheckpoint.from_bytes(note))


class Witness:
    """Answers add-checkpoint. `logs` says by which keys the log with that origin signs; other logs are unknown here."""

    def __init__(
        self,
        signers: Sequence[CheckpointSigner],
        logs: Mapping[str, Sequence[VerifierKey]],
        store: WitnessStore,
    ) -> None:
        self._signers = tuple(signers)
        self._logs = logs
        self._store = store

    def add_checkpoint(self, body: bytes, time: int) -> Answer:
        """The answer to a request at this time (seconds since 1970). Order and status codes: C2SP tlog-witness
        §add-checkpoint.

        1. Read the request (400). 2. Is the log known (404), and does one of its keys sign (403)? 3. Is the old size
        not larger than the new one (400), and the one that is remembered (409 with what is)? 4. Does the proof lead
        from the remembered root to the new one (422; 409 for another root at the same size)? 5. Remember, durably (409
        when somebody was quicker). 6. Only then cosign.
        """
        try:
            request = Request.from_bytes(body)
        except Malformed as error:
            return _refusal(400, str(error))
        checkpoint = request.checkpoint.checkpoint
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            return _refusal(404, "This witness does not know that log.")
        try:
            signed = verified_by(request.checkpoint, keys)
        except ProofError as error:
            return _refusal(403, str(error))
        if not signed:
            return _refusal(403, "No key of that log has signed the checkpoint.")
        if request.old > checkpoint.size:
            return _refusal(400, "The old size is larger than the checkpoint.")
        known = self._store.latest(checkpoint.origin)
        size, root = known or (0, EMPTY_ROOT)
        if request.old != size:
            return _conflict(size)
        if size == checkpoint.size and root != checkpoint.root:
            return _conflict(size)
        if not verify_consistency(size, checkpoint.size, root, checkpoint.root, request.proof):
            return _refusal(422, "The proof does not lead from the tree that this witness knows to the new one.")
        try:
            lines = "".join(each.sign(checkpoint, time).line for each in self._signers)
        except ProofError as error:
            return _refusal(422, str(error))
        if not self._store.advance(checkpoint.origin, known, (checkpoint.size, checkpoint.root)):
            return _conflict((self._store.latest(checkpoint.origin) or (0, b""))[0])
        return Answer(200, lines.encode())


def _refusal(status: int, sentence: str) -> Answer:
    return Answer(status, (sentence + "\n").encode())


def _conflict(size: int) -> Answer:
    return Answer(409, f"{size}\n".encode(), SIZE_TYPE)


class RememberedInMemory:
    """A store that forgets when the process ends: for tests."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[int, bytes]] = {}

    def latest(self, origin: str) -> tuple[int, bytes] | None:
        return self._latest.get(origin)

    def advance(self, origin: str, known: tuple[int, bytes] | None, new: tuple[int, bytes]) -> bool:
        if self._latest.get(origin) != known:
            return False
        self._latest[origin] = new
        return True


__all__ = [
    "MAX_REQUEST_BYTES",
    "Answer",
    "Checkpoint",
    "RememberedInMemory",
    "Request",
    "Witness",
    "WitnessStore",
]
