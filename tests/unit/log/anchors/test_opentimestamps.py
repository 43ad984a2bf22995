"""Proofs of OpenTimestamps, written by its published library and read by ours; a block mined for the purpose."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpPrepend, OpRIPEMD160, OpSHA1, OpSHA256
from opentimestamps.core.serialize import BytesDeserializationContext, BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

from testamur.errors import Malformed
from testamur.log.anchors import AnchorOutcome
from testamur.log.anchors.opentimestamps import attestations, proof_file, timestamp_ends, verify
from testamur.log.anchors.opentimestamps_upgrade import upgraded

DIGEST = hashlib.sha256(b"the text of a checkpoint").digest()
HEIGHT, TIME = 900_000, 1_764_115_200
CALENDAR = "https://calendar.example"


def written(timestamp: Timestamp) -> bytes:
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), timestamp).serialize(context)
    return bytes(context.getbytes())


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """A proof with a pending branch and one that ends in a block, and that block's header and hash."""
    timestamp = Timestamp(DIGEST)
    nonced = timestamp.ops.add(OpAppend(b"nonce of sixteen"))
    hashed = nonced.ops.add(OpSHA256())
    hashed.attestations.add(PendingAttestation(CALENDAR))
    branch = hashed.ops.add(OpPrepend(b"left")).ops.add(OpSHA256())
    merkle = branch.ops.add(OpAppend(b"right")).ops.add(OpSHA256()).ops.add(OpSHA256())
    merkle.attestations.add(BitcoinBlockHeaderAttestation(HEIGHT))
    header = bytes(4) + bytes(32) + merkle.msg + TIME.to_bytes(4, "little") + bytes(8)
    block = hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1]
    return {"proof": written(timestamp), "header": header, "block": block, "root": merkle.msg}


def test_it_reads_what_the_library_writes(made: dict[str, Any]) -> None:
    ends = attestations(made["proof"], DIGEST)
    assert {(end.height, end.calendar) for end in ends} == {(HEIGHT, ""), (None, CALENDAR)}
    assert next(end.message for end in ends if end.height) == made["root"]


def test_since_when(made: dict[str, Any]) -> None:
    headers, known = {HEIGHT: made["header"]}, {HEIGHT: made["block"]}
    found = verify(DIGEST, made["proof"], headers, known)
    assert (found.outcome, found.time) == (AnchorOutcome.PASSED, datetime.fromtimestamp(TIME, UTC))
    assert verify(DIGEST, made["proof"], headers, {}).code == "anchor.block_unknown"
    assert verify(DIGEST, made["proof"], {}, known).code == "anchor.header_missing"
    assert verify(DIGEST, made["proof"], headers, {HEIGHT: bytes(32)}).code == "anchor.other_block"
    assert verify(hashlib.sha256(b"else").digest(), made["proof"], headers, known).code == "anchor.other_digest"
    changed = made["header"][:36] + bytes(32) + made["header"][68:]
    assert verify(DIGEST, made["proof"], {HEIGHT: changed}, known).outcome is AnchorOutcome.FAILED


def test_a_pending_proof_is_not_yet_one() -> None:
    timestamp = Timestamp(DIGEST)
    timestamp.ops.add(OpAppend(b"n")).ops.add(OpSHA256()).attestations.add(PendingAttestation(CALENDAR))
    found = verify(DIGEST, written(timestamp), {}, {})
    assert (found.outcome, found.code, found.facts) == (
        AnchorOutcome.UNKNOWN,
        "anchor.pending",
        {"calendars": [CALENDAR]},
    )


@pytest.mark.parametrize("seed", range(60))
def test_random_proofs_are_read_alike(seed: int) -> None:
    draw = random.Random(seed)
    timestamp = Timestamp(DIGEST)
    ends = set()

    def grow(at: Timestamp, depth: int) -> None:
        for _ in range(draw.choice((1, 1, 1, 2, 3)) if depth < 4 else 0):
            operation = draw.choice(
                (
                    OpSHA256(),
                    OpSHA1(),
                    OpRIPEMD160(),
                    OpAppend(draw.randbytes(draw.randrange(1, 40))),
                    OpPrepend(draw.randbytes(3)),
                )
            )
            grow(at.ops.add(operation), depth + 1)
        if not at.ops:
            height = draw.randrange(1 << 30)
            at.attestations.add(BitcoinBlockHeaderAttestation(height))
            ends.add((height, at.msg))

    grow(timestamp, 0)
    assert {(end.height, end.message) for end in attestations(written(timestamp), DIGEST)} == ends


def test_an_answer_of_a_calendar() -> None:
    timestamp = Timestamp(DIGEST)
    timestamp.ops.add(OpSHA256()).attestations.add(PendingAttestation(CALENDAR))
    context = BytesSerializationContext()
    timestamp.serialize(context)
    answer = context.getbytes()
    assert [end.calendar for end in timestamp_ends(answer, DIGEST)] == [CALENDAR]
    assert attestations(proof_file(DIGEST, answer), DIGEST) == timestamp_ends(answer, DIGEST)


@pytest.mark.parametrize("seed", range(40))
def test_a_kept_promise_stands_beside_it(seed: int) -> None:
    """Wherever the promise stands among other parts, and however many parts the calendar answers with: the library reads the same."""
    draw = random.Random(seed)
    timestamp = Timestamp(DIGEST)
    at = timestamp.ops.add(OpAppend(b"n")).ops.add(OpSHA256())
    for number in range(draw.randrange(3)):
        at.ops.add(OpAppend(bytes((number + 1,)))).attestations.add(BitcoinBlockHeaderAttestation(number))
    at.attestations.add(PendingAttestation(CALENDAR))
    if draw.random() < 0.5:
        at.attestations.add(BitcoinBlockHeaderAttestation(7))
    proof = written(timestamp)
    answer = Timestamp(at.msg)
    for number in range(1, draw.randrange(2, 4)):
        end = answer.ops.add(OpPrepend(draw.randbytes(3))).ops.add(OpSHA256())
        end.attestations.add(BitcoinBlockHeaderAttestation(900_000 + number))
    context = BytesSerializationContext()
    answer.serialize(context)
    whole = upgraded(proof, DIGEST, at.msg, context.getbytes())
    assert upgraded(proof, DIGEST, bytes(32), written_bare()) == proof
    timestamp_of = DetachedTimestampFile.deserialize(BytesDeserializationContext(whole)).timestamp
    at.merge(answer)
    assert timestamp_of == timestamp
    expected = {(each.height, each.calendar, each.message) for each in attestations(written(timestamp), DIGEST)}
    assert {(each.height, each.calendar, each.message) for each in attestations(whole, DIGEST)} == expected


def written_bare() -> bytes:
    other = Timestamp(bytes(32))
    other.attestations.add(BitcoinBlockHeaderAttestation(1))
    context = BytesSerializationContext()
    other.serialize(context)
    return bytes(context.getbytes())


def test_damage_is_said_and_nothing_runs_away(made: dict[str, Any]) -> None:
    proof, draw = made["proof"], random.Random(5)
    for _ in range(3_000):
        changed = bytearray(proof)
        for _ in range(draw.choice((1, 1, 3))):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        found = verify(DIGEST, bytes(changed), {HEIGHT: made["header"]}, {HEIGHT: made["block"]})
        if bytes(changed) != proof and found.outcome is AnchorOutcome.PASSED:
            # The branch to the block is whole: the change stands in the pending one.
            assert made["root"] in [end.message for end in attestations(bytes(changed), DIGEST)]
    for hostile in (
        proof[:-1],
        proof + b"x",
        b"",
        proof[:65] + b"\xff" * 5000,
        proof[:65] + b"\xf0\xff\xff\xff\xff\x7f",
        b"x" * 70_000,
    ):
        with pytest.raises(Malformed):
            attestations(hostile, DIGEST)
