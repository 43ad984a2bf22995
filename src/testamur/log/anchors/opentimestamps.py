"""An anchor in Bitcoin by way of OpenTimestamps: a path of hashes from a digest to the Merkle root of a block.

A calendar answers at once with a *pending* proof, and some hours later with the rest of the path. What is kept is the
proof file as everybody writes it (`.ots`), and the block's header of 80 bytes. That this header belongs to the chain is
somebody else's word, as in `evm.py`.

The format is described by its reference implementation (opentimestamps.org, python-opentimestamps); here it is read
with limits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from testamur.errors import Malformed

from .result import AnchorResult, failed, passed, unknown

MAGIC = bytes.fromhex("004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294")
MAX_BYTES = 64 * 1024
_MAX_MESSAGE = 4096
_MAX_STEPS = 2_000
_PENDING = bytes.fromhex("83dfe30d2ef90c8e")
_BITCOIN = bytes.fromhex("0588960d73d71901")
_HASHES = {0x02: "sha1", 0x03: "ripemd160", 0x08: "sha256"}


@dataclass(frozen=True, slots=True)
class Attestation:
    """Where a path ends: at a block of Bitcoin (`height`), or at a calendar that promises one (`calendar`).
    `message` is what arrived there."""

    message: bytes
    height: int | None = None
    calendar: str = ""


def attestations(proof: bytes, digest: bytes) -> list[Attestation]:
    """The ends of all paths of a proof file for `digest` (a SHA-256), in order; of kinds that are not known here
    nothing is said.

    Raises Malformed: not such a file, for another digest, or beyond the limits.
    """
    if len(proof) > MAX_BYTES:
        raise Malformed("The proof is too large.", code="anchor.size")
    reader = Reader(proof)
    if reader.take(len(MAGIC)) != MAGIC or reader.number() != 1 or reader.take(1) != b"\x08":
        raise Malformed("That is no OpenTimestamps proof of a SHA-256.", code="anchor.ots")
    if reader.take(32) != digest:
        raise Malformed("The proof is for something else.", code="anchor.other_digest")
    found = list(_walk(reader, digest))
    if not reader.at_end:
        raise Malformed("Something follows the proof.", code="anchor.ots")
    return found


def timestamp_ends(timestamp: bytes, message: bytes) -> list[Attestation]:
    """The ends of a bare timestamp, as a calendar answers with it. Raises Malformed."""
    if len(timestamp) > MAX_BYTES:
        raise Malformed("The proof is too large.", code="anchor.size")
    reader = Reader(timestamp)
    found = list(_walk(reader, message))
    if not reader.at_end:
        raise Malformed("Something follows the proof.", code="anchor.ots")
    return found


def proof_file(digest: bytes, timestamp: bytes) -> bytes:
    """A proof file of a bare timestamp over `digest`."""
    return MAGIC + b"\x01\x08" + digest + timestamp


class Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self.steps = 0

    @property
    def position(self) -> int:
        return self._at

    @property
    def at_end(self) -> bool:
        return self._at == len(self._data)

    def take(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) != count:
            raise Malformed("The proof is cut off.", code="anchor.ots")
        self._at += count
        return found

    def number(self) -> int:
        value, shift = 0, 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise Malformed("A number of the proof is too large.", code="anchor.ots")

    def bytes_(self, most: int = _MAX_MESSAGE) -> bytes:
        length = self.number()
        if length > most:
            raise Malformed("A part of the proof is too large.", code="anchor.ots")
        return self.take(length)


def _walk(reader: Reader, message: bytes) -> Iterator[Attestation]:
    """Every branch in turn, without recursion: a proof may be deep, and it is a stranger's."""
    waiting = [message]
    while waiting:
        message = waiting.pop()
        while True:
            reader.steps += 1
            if reader.steps > _MAX_STEPS or len(message) > _MAX_MESSAGE:
                raise Malformed("The proof has too many steps.", code="anchor.ots")
            tag = reader.take(1)[0]
            if tag == 0xFF:  # this branch, and after it another one from the same message
                waiting.append(message)
                continue
            if tag == 0x00:
                if (found := attestation(reader, message)) is not None:
                    yield found
                break
            message = operation(reader, tag, message)


def operation(reader: Reader, tag: int, message: bytes) -> bytes:
    if tag == 0xF0:
        return message + reader.bytes_()
    if tag == 0xF1:
        return reader.bytes_() + message
    if tag in _HASHES:
        try:
            return hashlib.new(_HASHES[tag], message, usedforsecurity=False).digest()
        except ValueError as error:  # RIPEMD-160 is not in every OpenSSL
            raise Malformed("This hash function is not available here.", code="anchor.ots_hash") from error
    raise Malformed("The proof has a step that is not known here.", code="anchor.ots_step")


def attestation(reader: Reader, message: bytes) -> Attestation | None:
    tag, content = reader.take(8), Reader(reader.bytes_(8192))
    if tag == _BITCOIN:
        return Attestation(message, height=content.number())
    if tag == _PENDING:
        return Attestation(message, calendar=content.bytes_(1000).decode("ascii", "replace"))
    return None


def verify(digest: bytes, proof: bytes, headers: Mapping[int, bytes], known: Mapping[int, bytes]) -> AnchorResult:
    """Whether, and since when, Bitcoin has held `digest`. `headers` are the 80 bytes kept with the proof, by height;
    `known` the hashes of blocks (as they are printed, most significant byte first) from somebody who is believed.

    Passed needs a path to the Merkle root of a header whose hash is known. A proof that is only pending, or whose block
    nobody knows, is *unknown*.
    """
    try:
        ends = attestations(proof, digest)
    except Malformed as error:
        return failed(error.code)
    results = [_at_block(end, end.height, headers, known) for end in ends if end.height is not None]
    times = [result for result in results if result.time is not None]
    if times:
        return min(times, key=lambda result: result.time or datetime.max.replace(tzinfo=UTC))
    wrong = [result for result in results if result.code in ("anchor.other_block", "anchor.not_in_block")]
    if wrong:
        return wrong[0]
    if results:
        return results[0]
    calendars = sorted({end.calendar for end in ends if end.calendar})
    return unknown("anchor.pending", calendars=calendars) if calendars else unknown("anchor.no_attestation")


def _at_block(end: Attestation, height: int, headers: Mapping[int, bytes], known: Mapping[int, bytes]) -> AnchorResult:
    header = headers.get(height)
    if header is None or len(header) != 80:
        return unknown("anchor.header_missing", block=height)
    block = hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1]
    facts = {"block": height, "hash": block.hex()}
    if header[36:68] != end.message:
        return failed("anchor.not_in_block", **facts)
    if height not in known:
        return unknown("anchor.block_unknown", **facts)
    if known[height] != block:
        return failed("anchor.other_block", **facts)
    return passed("anchor.bitcoin", datetime.fromtimestamp(int.from_bytes(header[68:72], "little"), UTC), **facts)
