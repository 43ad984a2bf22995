"""A proof that comes before it was written says the same as its text, to the checks and to the ordinary verification: whole, damaged, of
another entry, below an older or a stranger's checkpoint, and where there is none after all."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from tests.properties.test_verification_forms import written
from tests.properties.test_verification_ordinary import Counted, Published, World, said, worlds
from tests.simulator import NOW, FixedClock
from tests.unit.verification.transparency.log_world import Log

from testamur import linked_data
from testamur.errors import Malformed, NotFound
from testamur.linked_data.forms import Forms
from testamur.log import Kind, Proof, SignedCheckpoint, UnwrittenProof
from testamur.log.notes import Signature
from testamur.log.proofs import MAX_BYTES
from testamur.ports import Resource
from testamur.strict_json import quick
from testamur.verification import Policy, Report, TrustRegistry, Verifier, ordinary
from testamur.verification.outside import OneVerification

orjson = pytest.importorskip("orjson")
pytestmark = pytest.mark.skipif(not quick.AVAILABLE, reason="nothing is recognised without orjson")


class Unwritten(Published):
    """Answers with the same proofs before they are written. `entries` are what the log keeps, by the address of the proof."""

    def __init__(self, pages: dict[str, bytes], entries: dict[str, bytes]) -> None:
        super().__init__(pages)
        self.entries, self.wrote = entries, 0

    def proof_at(self, url: str, *, accept: Sequence[str]) -> Resource | UnwrittenProof:
        page = self.fetch(url, accept=accept)
        beginning, empty, rest = page.content.partition(b"\n\n")
        try:
            proof = Proof.from_bytes(beginning + b"\n\n" + worlds()[0].log.checkpoint().to_bytes())
        except Malformed:
            return page

        def wrote() -> Resource:
            self.wrote += 1
            return page

        entry = self.entries.get(url, b"")
        return UnwrittenProof(entry, proof.index, proof.path, proof.extra, empty + rest, wrote)


def entries_of(world: World) -> dict[str, bytes]:
    return {url: world.log.entries[Proof.from_bytes(page).index] for url, page in world.record.items()}


def changed(page: bytes, world: World, other: bytes, draw: random.Random) -> bytes:
    """Another proof in the place of `page`, damaged or not; empty where there is none."""
    proof = Proof.from_bytes(page)
    index, path, head = proof.index, list(proof.path), proof.checkpoint
    older = world.log.checkpoint(size=draw.randrange(index + 1, len(world.log.entries) + 1))
    stranger = Log("stranger.example/log", seed=9)
    stranger.entries = world.log.entries
    place = draw.randrange(len(path))

    def other_path(hashed: bytes) -> list[bytes]:
        return [*path[:place], hashed, *path[place + 1 :]]

    makers: list[Callable[[], bytes]] = [
        lambda: page,
        lambda: world.log.proof(index, checkpoint=older),
        lambda: world.log.proof(index, checkpoint=world.log.checkpoint(signers=[world.log.key])),
        lambda: stranger.proof(index),
        lambda: world.log.proof(index, salt=bytes(32)),
        lambda: world.log.proof(index, salt=proof.extra[:-1]),
        lambda: world.log.proof(index, salt=b""),
        lambda: other,
        lambda: Proof(index ^ 1, proof.path, head, proof.extra).to_bytes(),
        lambda: Proof(index + len(world.log.entries), proof.path, head, proof.extra).to_bytes(),
        lambda: Proof(index, tuple(other_path(draw.randbytes(32))), head, proof.extra).to_bytes(),
        lambda: Proof(index, tuple(other_path(path[place][:-1])), head, proof.extra).to_bytes(),
        lambda: Proof(index, tuple(path[:-1]), head, proof.extra).to_bytes(),
        lambda: Proof(index, (*path, *[bytes(32)] * draw.choice([1, 70])), head, proof.extra).to_bytes(),
        lambda: page[:-9],
        lambda: page.replace(b"\n\n", b"\n\n\n", 1),
        lambda: page + b"\n",
        lambda: b"",
    ]
    return draw.choice(makers)()


def by(outside: Published, content: bytes, policy: Policy) -> Report:
    return Verifier(outside, TrustRegistry(), FixedClock(NOW)).verify(content, policy)


Case = tuple[World, dict[str, Any], Policy, dict[str, bytes], dict[str, bytes]]


def compared(cases: list[Case]) -> tuple[Counted, int]:
    """Of each case the checks over the text and the ordinary way before it is written say the same, and ask the same. Gives how often the
    ordinary way had an answer, and how many proofs were written for that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linked_data, "FORMS", Forms())
        patch.setattr(ordinary, "verified", lambda *_: None)
        asked = [Published(pages) for *_, pages, _ in cases]
        expected = [said(by(each, written(case[1]), case[2])) for each, case in zip(asked, cases, strict=True)]
    counted, wrote = Counted(), 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linked_data, "FORMS", Forms())
        patch.setattr(ordinary, "verified", counted)
        for world in worlds():
            for badge in world.badges * 3:
                by(Published(world.pages), written(badge), Policy(log=world.log.policy()))
        counted.made = counted.left = 0
        for number, (_, badge, policy, pages, entries) in enumerate(cases):
            outside = Unwritten(pages, entries)
            assert said(by(outside, written(badge), policy)) == expected[number], number
            assert outside.asked == asked[number].asked, number
            wrote += outside.wrote
    return counted, wrote


def test_whole_it_is_followed_and_never_written() -> None:
    cases: list[Case] = []
    for world in worlds():
        usual = [badge for number, badge in enumerate(world.badges) if number not in (1, 4)]
        cases += [(world, badge, Policy(log=world.log.policy()), world.pages, entries_of(world)) for badge in usual]
    counted, wrote = compared(cases)
    assert wrote == 0
    assert counted.left <= 2  # the first after the other world's documents stood at the same addresses


@pytest.mark.parametrize("round_", range(3))
def test_whatever_it_says_both_ways_say_the_same(round_: int) -> None:
    draw = random.Random(round_)
    cases: list[Case] = []
    for _ in range(120):
        world = draw.choice(worlds())
        badge, other = draw.sample(world.badges, 2)
        address = f"{badge['id']}.tlog-proof"
        entries = entries_of(world)
        if draw.random() < 0.2:
            entries[address] = draw.choice([b"", b"\x01\x03", entries[address][:2], draw.choice([*entries.values()])])
        page = changed(world.pages[address], world, world.pages[f"{other['id']}.tlog-proof"], draw)
        pages = {**world.pages, address: page}
        if draw.random() < 0.1:
            del pages[address]
        cases.append((world, badge, Policy(log=draw.choice(world.policies()).log), pages, entries))
    counted, wrote = compared(cases)
    assert counted.made > 5
    assert counted.left > 40
    assert wrote > 8


def test_every_byte_of_it_counts() -> None:
    world = worlds()[0]
    badge = world.badges[0]
    address = f"{badge['id']}.tlog-proof"
    entries = entries_of(world)
    proof = Proof.from_bytes(world.pages[address])
    draw = random.Random(7)
    cases: list[Case] = []
    for place in range(len(proof.path)):
        at = draw.randrange(32)
        hashed = proof.path[place]
        flipped = hashed[:at] + bytes([hashed[at] ^ 1 << draw.randrange(8)]) + hashed[at + 1 :]
        path = (*proof.path[:place], flipped, *proof.path[place + 1 :])
        page = Proof(proof.index, path, proof.checkpoint, proof.extra).to_bytes()
        cases.append((world, badge, Policy(log=world.log.policy()), {**world.pages, address: page}, entries))
    counted, _ = compared(cases)
    assert (counted.made, counted.left) == (0, len(cases))


@pytest.mark.parametrize("kind", [Kind.SUPERSEDE, Kind.STATUS_LIST, Kind.KEY_CUT_OFF])
def test_an_entry_of_another_kind(kind: Kind) -> None:
    """The log may hold the same handle and commitment under a kind that is none of a credential's."""
    world = World()
    badge = world.badges[2]
    address = f"{badge['id']}.tlog-proof"
    index = Proof.from_bytes(world.pages[address]).index
    world.log.entries[index] = bytes((1, kind)) + world.log.entries[index][2:]
    pages = {**world.pages, address: world.log.proof(index)}
    entries = {address: world.log.entries[index]}
    cases: list[Case] = [(world, badge, Policy(log=world.log.policy()), pages, entries)] * 3
    counted, _ = compared(cases)
    assert (counted.made > 0) is (kind is Kind.SUPERSEDE)


def test_a_text_that_would_be_too_long() -> None:
    """The checkpoint alone may be as long as the whole text."""
    world = worlds()[0]
    badge = world.badges[2]
    address = f"{badge['id']}.tlog-proof"
    proof = Proof.from_bytes(world.pages[address])
    room = (MAX_BYTES - len(proof.checkpoint.to_bytes()) - 100) // 4 * 3
    stranger = Signature("stranger.example", b"1234", bytes(room))
    note = proof.checkpoint.note.with_signatures([stranger])
    head = SignedCheckpoint(proof.checkpoint.checkpoint, note)
    page = Proof(proof.index, proof.path, head, proof.extra).to_bytes()
    assert len(note.to_bytes()) < MAX_BYTES < len(page)
    case: Case = (world, badge, Policy(log=world.log.policy()), {**world.pages, address: page}, entries_of(world))
    counted, wrote = compared([case] * 3)
    assert (counted.made, wrote > 0) == (0, True)


class Once(Published):
    """Has a proof before it is written, and none any more when it should be."""

    def proof_at(self, url: str, *, accept: Sequence[str]) -> Resource | UnwrittenProof:
        self.asked.append(url)

        def gone() -> Resource:
            raise NotFound("no such page", facts={"url": url})

        return UnwrittenProof(b"", 0, (), b"", b"", gone)


def test_what_is_not_there_any_more_was_not_found() -> None:
    outside = OneVerification(Once({}), NOW)
    assert isinstance(outside.proof_at("https://a.example/1", accept=()), UnwrittenProof)
    for _ in range(2):
        with pytest.raises(NotFound):
            outside.fetch("https://a.example/1")
    with pytest.raises(NotFound):
        outside.proof_at("https://a.example/1", accept=())
    assert outside.asked == ("https://a.example/1",)
