"""What a witness does with twenty kinds of requests (C2SP tlog-witness §add-checkpoint). It cosigns one history of
a log and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.unit.log.worlds import LOG_KEY, ORIGIN, entry

from testamur.log import Checkpoint, SecretKey, SignedCheckpoint, Witness
from testamur.log.checkpoints import sign, verified_by
from testamur.log.merkle import Leaves, consistency_proof, leaf_hash, tree_root
from testamur.log.notes import KeyType, signature_lines
from testamur.log.witnesses import RememberedInMemory, Request

HONEST = Leaves([leaf_hash(entry(number)) for number in range(12)])
FORKED = Leaves([leaf_hash(entry(number if number != 2 else 99)) for number in range(12)])
KEYS = [
    SecretKey("witness.example/w1", KeyType.ED25519_COSIGNATURE, b"w" * 32),
    SecretKey("witness.example/w1", KeyType.ML_DSA_44, b"w" * 32),
]
TIME = 1_764_115_200


def head(size: int, tree: Leaves = HONEST, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, tree_root(size, tree))


def request(old: int, new: int, tree: Leaves = HONEST, key: SecretKey = LOG_KEY, origin: str = ORIGIN) -> Request:
    return Request(old, tuple(consistency_proof(old, new, tree)), sign(head(new, tree, origin), [key], TIME))


@pytest.fixture
def store() -> RememberedInMemory:
    return RememberedInMemory()


@pytest.fixture
def witness(store: RememberedInMemory) -> Witness:
    """It has cosigned the tree of 5 entries."""
    made = Witness(KEYS, {ORIGIN: [LOG_KEY.key]}, store)
    assert made.add_checkpoint(request(0, 5).to_bytes(), TIME).status == 200
    return made


def cosigners(answer_body: bytes, checkpoint: Checkpoint) -> set[KeyType]:
    signed = SignedCheckpoint(
        checkpoint, sign(checkpoint, [], TIME).note.with_signatures(signature_lines(answer_body.decode()))
    )
    return {key.type for key in verified_by(signed, [each.key for each in KEYS])}


@pytest.mark.parametrize("new", [6, 8, 12])
def test_it_cosigns_a_longer_form_of_what_it_knows(witness: Witness, store: RememberedInMemory, new: int) -> None:
    answer = witness.add_checkpoint(request(5, new).to_bytes(), TIME)
    assert answer.status == 200
    assert cosigners(answer.body, head(new)) == {KeyType.ED25519_COSIGNATURE, KeyType.ML_DSA_44}
    assert store.latest(ORIGIN) == (new, head(new).root)


def test_it_cosigns_the_same_tree_again(witness: Witness) -> None:
    assert witness.add_checkpoint(request(5, 5).to_bytes(), TIME).status == 200


_STRANGER = SecretKey(ORIGIN, KeyType.ED25519, b"s" * 32)

REFUSED: dict[str, tuple[int, Callable[[], bytes]]] = {
    "rewritten history": (422, lambda: request(5, 8, FORKED).to_bytes()),
    "rewritten history with the honest proof": (
        422,
        lambda: replace(request(5, 8, FORKED), proof=request(5, 8).proof).to_bytes(),
    ),
    "fork at the same size": (409, lambda: request(5, 5, FORKED).to_bytes()),
    "rollback": (409, lambda: request(3, 4).to_bytes()),
    "rollback that names the known size": (400, lambda: replace(request(4, 4), old=5).to_bytes()),
    "old size too small": (409, lambda: request(4, 8).to_bytes()),
    "old size too large": (409, lambda: request(6, 8).to_bytes()),
    "as if nothing were known": (409, lambda: request(0, 8).to_bytes()),
    "proof cut": (422, lambda: replace(request(5, 8), proof=request(5, 8).proof[:-1]).to_bytes()),
    "proof too long": (422, lambda: replace(request(5, 8), proof=(*request(5, 8).proof, bytes(32))).to_bytes()),
    "proof of another growth": (422, lambda: replace(request(5, 8), proof=request(5, 9).proof).to_bytes()),
    "proof where none belongs": (422, lambda: replace(request(5, 5), proof=(bytes(32),)).to_bytes()),
    "64 lines of proof": (400, lambda: replace(request(5, 8), proof=(bytes(32),) * 64).to_bytes()),
    "hash of 31 bytes": (400, lambda: replace(request(5, 8), proof=(bytes(31),)).to_bytes()),
    "unknown log": (404, lambda: request(0, 5, origin="elsewhere.example/log").to_bytes()),
    "signed by a stranger": (403, lambda: request(5, 8, key=_STRANGER).to_bytes()),
    "signature of another checkpoint": (
        403,
        lambda: Request(
            5, request(5, 8).proof, SignedCheckpoint(head(8), replace(request(5, 7).checkpoint.note, text=head(8).text))
        ).to_bytes(),
    ),
    "old size with a leading zero": (400, lambda: request(5, 8).to_bytes().replace(b"old 5", b"old 05", 1)),
    "no empty line": (400, lambda: request(5, 8).to_bytes().replace(b"\n\n", b"\n")),
    "not text": (400, lambda: b"\xff\xfe" + request(5, 8).to_bytes()),
    "nothing": (400, lambda: b""),
    "too large": (400, lambda: request(5, 8).to_bytes() + b"x" * 300_000),
}


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.replace(" ", "_"))
def test_it_refuses(witness: Witness, store: RememberedInMemory, case: str) -> None:
    status, body = REFUSED[case]
    answer = witness.add_checkpoint(body(), TIME)
    assert answer.status == status
    assert store.latest(ORIGIN) == (5, head(5).root)
    assert b"\xe2\x80\x94 witness" not in answer.body
    if status == 409:
        assert (answer.body, answer.media_type) == (b"5\n", "text/x.tlog.size")


def test_the_slower_of_two_requests_is_told_to_come_again() -> None:
    """Between the check and the write somebody else was remembered: nothing is cosigned."""
    store = RememberedInMemory()
    witness = Witness(KEYS, {ORIGIN: [LOG_KEY.key]}, store)
    assert witness.add_checkpoint(request(0, 5).to_bytes(), TIME).status == 200

    class Overtaken(RememberedInMemory):
        def latest(self, origin: str) -> tuple[int, bytes] | None:
            known = store.latest(origin)
            if known == (5, head(5).root):
                store.advance(origin, known, (9, head(9).root))
            return known

        def advance(self, origin: str, known: tuple[int, bytes] | None, new: tuple[int, bytes]) -> bool:
            return store.advance(origin, known, new)

    answer = Witness(KEYS, {ORIGIN: [LOG_KEY.key]}, Overtaken()).add_checkpoint(request(5, 8).to_bytes(), TIME)
    assert (answer.status, answer.body) == (409, b"9\n")
    assert store.latest(ORIGIN) == (9, head(9).root)


def test_a_request_goes_round() -> None:
    asked = request(5, 12)
    assert Request.from_bytes(asked.to_bytes()) == asked
