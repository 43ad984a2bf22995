"""Receipts as they travel, and the policy that says whom one believes: one question for three kinds of anchor."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation
from opentimestamps.core.op import OpAppend, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

from testamur.errors import Malformed, TooLarge
from testamur.formats.blockcerts.hashes import keccak_256
from testamur.log.anchors import (
    AnchorOutcome,
    AnchorPolicy,
    EvmReceipt,
    OpenTimestampsReceipt,
    TimeStampReceipt,
    check,
    kind_of,
    read_receipts,
    write_receipts,
)
from testamur.log.anchors.ethereum_encoding import Trie, decode, encode
from testamur.log.anchors.evm import TOPIC

DIGEST = hashlib.sha256(b"the text of a checkpoint").digest()
TIME = 1_795_651_200
CONTRACT = bytes(range(20))


def evm_receipt(digest: bytes = DIGEST) -> EvmReceipt:
    """A block made for the purpose, with three transactions; the second one anchors."""
    bodies = [encode([b"\x01", b"\x52\x08", bytes(256), []]) for _ in range(3)]
    event = [CONTRACT, [TOPIC, digest], TIME.to_bytes(32, "big")]
    bodies[1] = b"\x02" + encode([b"\x01", b"\xa4\x10", bytes(256), [event]])  # type: ignore[list-item]
    trie = Trie({encode(index): body for index, body in enumerate(bodies)})
    fields = [bytes(32)] * 5 + [trie.root, bytes(256), b"", b"\x07", b"\x01", b"\x01", TIME.to_bytes(4, "big"), b""]
    return EvmReceipt(
        11, CONTRACT, bytes(32), 1, encode([*fields, bytes(32), bytes(8)]), bodies[1], tuple(trie.proof(encode(1)))
    )


def ots_receipt() -> OpenTimestampsReceipt:
    timestamp = Timestamp(DIGEST)
    end = timestamp.ops.add(OpAppend(b"nonce")).ops.add(OpSHA256())
    end.attestations.add(BitcoinBlockHeaderAttestation(900_000))
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), timestamp).serialize(context)
    header = bytes(36) + end.msg + TIME.to_bytes(4, "little") + bytes(8)
    return OpenTimestampsReceipt(bytes(context.getbytes()), {900_000: header})


def policy_text() -> str:
    header = ots_receipt().headers[900_000]
    return "\n".join(
        (
            "# whom I believe",
            f"evm 11 contract 0x{CONTRACT.hex()}",
            f"evm 11 block 7 0x{keccak_256(evm_receipt().header).hex()}",
            "evm 11 node https://node.example",
            "",
            f"bitcoin block 900000 {hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1].hex()}",
            "bitcoin explorer https://explorer.example/api",
        )
    )


def test_what_is_believed_is_passed_with_its_time() -> None:
    policy = AnchorPolicy.from_text(policy_text())
    receipts = read_receipts(write_receipts([evm_receipt(), ots_receipt(), TimeStampReceipt(b"x")]))
    assert [kind_of(each) for each in receipts] == ["evm", "opentimestamps", "rfc3161"]
    results = [check(DIGEST, each, policy) for each in receipts]
    assert [each.code for each in results] == ["anchor.evm", "anchor.bitcoin", "anchor.time_stamp"]
    assert [each.time for each in results[:2]] == [datetime.fromtimestamp(TIME, UTC)] * 2
    assert (policy.nodes, policy.explorers) == (
        {11: ("https://node.example",)}, ("https://explorer.example/api",)
    )  # fmt: skip


@pytest.mark.parametrize(("place", "value"), [(8, b"\xff" * 2000), (8, [b"\x01"]), (11, b"\xff" * 8), (11, [[]])])
def test_a_header_that_says_no_number(place: int, value: Any) -> None:
    whole = evm_receipt()
    header = decode(whole.header)
    assert isinstance(header, list)
    header[place] = value
    damaged = replace(whole, header=encode(header))
    policy = replace(AnchorPolicy.from_text(policy_text()), blocks={(11, 7): keccak_256(damaged.header)})
    assert check(DIGEST, damaged, policy).code == "anchor.damaged"


def test_nobody_who_is_believed_is_no_answer() -> None:
    for receipt in (evm_receipt(), ots_receipt()):
        assert check(DIGEST, receipt, AnchorPolicy()).outcome is AnchorOutcome.UNKNOWN
        assert check(bytes(32), receipt, AnchorPolicy.from_text(policy_text())).code == "anchor.other_digest"
        assert check(b"", receipt, AnchorPolicy()).outcome is AnchorOutcome.FAILED


def test_what_the_policy_says_stands_above_what_is_learned() -> None:
    policy = AnchorPolicy.from_text(policy_text())
    lied = policy.knowing(blocks={(11, 7): bytes(32), (11, 8): b"\x01" * 32}, bitcoin={900_000: bytes(32)})
    assert check(DIGEST, evm_receipt(), lied).outcome is AnchorOutcome.PASSED
    assert check(DIGEST, ots_receipt(), lied).outcome is AnchorOutcome.PASSED
    assert lied.blocks[11, 8] == b"\x01" * 32


@pytest.mark.parametrize(
    "line",
    [
        "evm 11 contract 0x12", "evm -1 contract 0x" + "00" * 20, "evm 011 block 1 0x" + "00" * 32, "evm 11 block 1", "evm 11",
        "evm 11 node file:///etc/passwd", "bitcoin block 1 00", "bitcoin explorer", "rfc3161 x", "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        f"bitcoin block 1 {'00' * 32}\nbitcoin block 1 {'11' * 32}",
        "evm ٣ node https://x.example", "evm 11 node https://x.example more",
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(Malformed) as refused:
        AnchorPolicy.from_text(f"# first\n{line}\n")
    assert refused.value.facts["line"] == 1 + len(line.splitlines())


def test_sizes() -> None:
    with pytest.raises(TooLarge):
        AnchorPolicy.from_text("#" * 1_000_001)
    with pytest.raises(TooLarge):
        AnchorPolicy.from_text("\n" * 20_001)
    with pytest.raises(TooLarge):
        read_receipts(write_receipts([TimeStampReceipt(b"x")] * 65))


def test_other_kinds_do_not_spoil_what_is_there() -> None:
    mixed = [{"anchor": "of tomorrow", "x": 1}, ots_receipt().to_json()]
    assert read_receipts(json.dumps(mixed).encode()) == (ots_receipt(),)
    assert read_receipts(json.dumps(evm_receipt().to_json()).encode()) == (evm_receipt(),)


@pytest.mark.parametrize(
    "value",
    [
        1, "x", None, [1], [[]], [{}], {"anchor": 1}, {"anchor": "evm"}, {"anchor": "opentimestamps"}, {"anchor": "rfc3161", "reply": 1},
        {"anchor": "rfc3161", "reply": "?"}, {"anchor": "rfc3161", "reply": "A" * 100_000},
        {"anchor": "opentimestamps", "proof": "", "headers": []}, {"anchor": "opentimestamps", "proof": "", "headers": {"1": ""}},
        {"anchor": "opentimestamps", "proof": "", "headers": {"01": base64.b64encode(bytes(80)).decode()}},
        {"anchor": "opentimestamps", "proof": "", "headers": {str(n): "" for n in range(17)}},
        evm_receipt().to_json() | {"proof": [""] * 17}, evm_receipt().to_json() | {"proof": "AAAA"},
        evm_receipt().to_json() | {"chain": 1 << 64}, evm_receipt().to_json() | {"header": "é"},
    ],
)  # fmt: skip
def test_what_is_no_receipt(value: Any) -> None:
    with pytest.raises(Malformed):
        read_receipts(json.dumps(value).encode())


def test_damage_never_passes_with_another_time_and_never_raises() -> None:
    policy, draw = AnchorPolicy.from_text(policy_text()), random.Random(7)
    for receipt in (evm_receipt(), ots_receipt()):
        expected = check(DIGEST, receipt, policy).time
        text = write_receipts([receipt])
        for _ in range(2_000):
            changed = bytearray(text)
            for _ in range(draw.choice((1, 1, 4))):
                changed[draw.randrange(len(changed))] = draw.choice(b'AQgw09+/="{}[],:x\xff')
            try:
                found = read_receipts(bytes(changed))
            except (Malformed, TooLarge):
                continue
            for each in found:
                result = check(DIGEST, each, policy)
                assert result.time in (None, expected)
