"""Putting together what a calendar answers over time: first a promise, hours later the rest of the path.

A timestamp is a row of parts from one message, every one but the last with FF before it; a part is an attestation, or a
step and the timestamp that follows it. So a path is put beside a promise by splicing bytes, without building a tree of
a stranger's making.
"""

from __future__ import annotations

from testamur.errors import Malformed

from .opentimestamps import MAGIC, MAX_BYTES, Reader, attestation, attestations, operation, timestamp_ends

_MARK = 0xFF
_ATTESTATION = 0x00


def upgraded(proof: bytes, digest: bytes, commitment: bytes, timestamp: bytes) -> bytes:
    """The proof file with `timestamp`, a calendar's answer for `commitment`, beside the promise that it keeps. A proof
    without a promise for that commitment comes back as it is.

    Raises Malformed: one of the two is damaged, or together they are too large.
    """
    attestations(proof, digest)
    timestamp_ends(timestamp, commitment)
    if len(proof) + len(timestamp) > MAX_BYTES:
        raise Malformed("The proof is too large.", code="anchor.size")
    place = _promise(proof, digest, commitment)
    if place is None:
        return proof
    begin, end, marked = place
    if marked:  # another part follows the promise, and so must one follow each of ours
        return proof[:end] + b"".join(b"\xff" + part for part in _parts(timestamp)) + proof[end:]
    return proof[:begin] + b"\xff" + proof[begin:end] + timestamp + proof[end:]


def _promise(proof: bytes, digest: bytes, commitment: bytes) -> tuple[int, int, bool] | None:
    """Where the promise for this commitment stands in a sound proof, and whether it is marked as not the last part."""
    reader = Reader(proof)
    reader.take(len(MAGIC) + 2 + len(digest))
    waiting = [digest]
    while waiting:
        message, marked = waiting.pop(), False
        while True:
            begin = reader.position
            tag = reader.take(1)[0]
            if tag == _ATTESTATION:
                found = attestation(reader, message)
                if found is not None and found.calendar and found.message == commitment:
                    return begin, reader.position, marked
                break
            marked = tag == _MARK
            if marked:
                waiting.append(message)
            else:
                message = operation(reader, tag, message)
    return None


def _parts(timestamp: bytes) -> list[bytes]:
    """The parts of a sound timestamp, without their marks."""
    reader, parts = Reader(timestamp), []
    while not reader.at_end:
        if timestamp[reader.position] == _MARK:
            reader.take(1)
        begin, open_ends = reader.position, 1
        while open_ends:
            tag = reader.take(1)[0]
            if tag == _MARK:
                open_ends += 1
            elif tag == _ATTESTATION:
                attestation(reader, b"")
                open_ends -= 1
            else:
                operation(reader, tag, b"")
        parts.append(timestamp[begin : reader.position])
    return parts
