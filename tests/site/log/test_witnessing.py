"""Cosignatures: the first one of each witness stays with the proof, the newest is published, and nobody waits for anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from testamur.fetch.post import Answer
from testamur.log import KeyType, Kind, Policy, Proof, SecretKey, SignedCheckpoint, Witness
from testamur.log.checkpoints import signature_time
from testamur.log.witnesses import RememberedInMemory
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.log import jobs, keys, services, witnesses
from testamur_site.log.api import Record, look_up, places, record, state_of
from testamur_site.log.models import Checkpoint, Shard, WitnessState

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
NAMES = ("partner", "library", "ministry")


class World:
    """Three witnesses behind one transport. `clock` is what they state; `down` are those that do not answer."""

    def __init__(self, shard: Shard) -> None:
        self.keys = {
            name: SecretKey(f"witness.{name}.example/w1", KeyType.ED25519_COSIGNATURE, name.encode().ljust(32, b"."))
            for name in NAMES
        }
        logs = {shard.origin: keys.verifier_keys(shard)}
        self.witnesses = {name: Witness([key], logs, RememberedInMemory()) for name, key in self.keys.items()}
        self.clock = int(NOW.timestamp())
        self.down: set[str] = set()
        self.asked: list[str] = []

    def post(self, url: str, body: bytes, **_options: Any) -> Answer:
        name = url.split("//")[1].split(".")[0]
        self.asked.append(name)
        if name in self.down:
            raise ConnectionError
        answer = self.witnesses[name].add_checkpoint(body, self.clock)
        return Answer(answer.status, answer.body, answer.media_type)

    @property
    def policy(self) -> str:
        lines = [f"witness {name} {key.key.text} https://{name}.example" for name, key in self.keys.items()]
        return "\n".join([*lines, f"group two 2 {' '.join(NAMES)}", "quorum two", ""])


def of(number: int) -> Record:
    return Record(Kind.ISSUE, f"urn:uuid:{number}", b"{}", f"award:{number}", f"award:{number}")


@pytest.fixture
def world(institution: Institution, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    record([of(1), of(2)], institution)
    services.sequence(NOW)
    made = World(Shard.objects.get())
    monkeypatch.setattr(
        "testamur_site.log.witnesses.HttpPoster.post", lambda _self, *given, **named: made.post(*given, **named)
    )
    settings.TESTAMUR_LOG_POLICY = tmp_path / "policy"
    settings.TESTAMUR_LOG_POLICY.write_text(made.policy)
    return made


def published() -> SignedCheckpoint:
    return SignedCheckpoint.from_bytes(services.folder_of(Shard.objects.get()).read("checkpoint") or b"")


def stated(signed: SignedCheckpoint, world: World) -> dict[str, list[int | None]]:
    """For each witness the times of its lines."""
    return {
        name: [signature_time(line, KeyType.ED25519_COSIGNATURE) for line in signed.note.by(key.key)]
        for name, key in world.keys.items()
    }


def test_a_quorum_is_noted_with_what_was_given(world: World) -> None:
    assert witnesses.ask(NOW.year) == 3
    row = Checkpoint.objects.get()
    assert row.quorum_at is not None
    assert (row.cosigned_by, row.asked, row.witnessed_at) == (3, 3, NOW)
    state = state_of("award:1")
    assert state is not None
    assert (state.witnessed_at, state.cosigned_by, state.asked) == (NOW, 3, 3)
    assert look_up("award:1").final


def test_who_is_down_delays_nobody_and_is_asked_again(world: World) -> None:
    world.down = {"partner"}
    assert witnesses.ask(NOW.year) == 2
    assert Checkpoint.objects.get().quorum_at is not None
    assert WitnessState.objects.get(name="partner").problem
    world.down, world.asked = set(), []
    assert witnesses.ask(NOW.year) == 0, "those that have cosigned are not asked, the one that failed rests"
    assert world.asked == []
    WitnessState.objects.update(asked_at=timezone.now() - witnesses.REST)
    assert witnesses.ask(NOW.year) == 1
    assert Checkpoint.objects.get().cosigned_by == 3


def test_without_a_quorum_it_is_asked_again_by_the_clock(world: World) -> None:
    world.down = {"partner", "library"}
    assert witnesses.ask(NOW.year) == 1
    assert Checkpoint.objects.get().quorum_at is None
    assert not look_up("award:1").final
    world.down = set()
    WitnessState.objects.update(asked_at=timezone.now() - witnesses.REST)
    assert jobs.ask_again(None) == 2  # type: ignore[arg-type]
    assert Checkpoint.objects.get().quorum_at is not None
    world.asked = []
    assert jobs.ask_again(None) == 0  # type: ignore[arg-type]
    assert world.asked == []


def test_a_log_that_a_wrong_clock_has_begun_does_not_take_the_place_of_this_years(
    world: World, institution: Institution
) -> None:
    record([of(3)], institution)
    services.sequence(NOW.replace(year=timezone.now().year + 1))
    assert jobs.ask_again(None) == 3  # type: ignore[arg-type]
    assert jobs.heartbeat(None) == 3  # type: ignore[arg-type]


def test_a_heartbeat_is_published_and_proofs_stay_as_they_were(world: World) -> None:
    witnesses.ask(NOW.year)
    before, proof = Checkpoint.objects.get(), look_up("award:1").content
    world.clock += 86_400
    assert jobs.heartbeat(None) == 3  # type: ignore[arg-type]
    after = Checkpoint.objects.get()
    assert (bytes(after.note), after.quorum_at) == (bytes(before.note), before.quorum_at)
    assert look_up("award:1").content == proof
    assert stated(published(), world) == {name: [world.clock] for name in NAMES}, "the newest, and no heap of old ones"
    assert proof is not None
    assert stated(Proof.from_bytes(proof).checkpoint, world) == {name: [int(NOW.timestamp())] for name in NAMES}
    mldsa = next(key for key in keys.verifier_keys(Shard.objects.get()) if key.type is KeyType.ML_DSA_44)
    (line,) = published().note.by(mldsa)
    assert (signature_time(line, KeyType.ML_DSA_44) or 0) >= int(timezone.now().timestamp()) - 60, "signed anew"
    log = "".join(f"log {key.text}\n" for key in keys.verifier_keys(Shard.objects.get()))
    judged = Policy.from_text(log + world.policy).judge(published())
    assert judged.by_log
    assert judged.quorum


def test_a_heartbeat_does_not_put_an_old_head_in_the_place_of_a_newer_one(
    world: World, institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = witnesses._ask_all

    def meanwhile(*given: Any) -> Any:
        found = whole(*given)
        record([of(3)], institution)
        services.sequence(NOW)
        return found

    monkeypatch.setattr(witnesses, "_ask_all", meanwhile)
    witnesses.ask(NOW.year)
    assert published().checkpoint.size == 3
    assert Checkpoint.objects.get(size=2).quorum_at is not None
    assert Checkpoint.objects.get(size=3).quorum_at is None


@pytest.mark.parametrize("stated_time", [0, 1, (1 << 63) - 1])
def test_a_witness_may_state_any_time(world: World, stated_time: int) -> None:
    world.clock = stated_time
    assert witnesses.ask(NOW.year) == 3
    witnessed_at = Checkpoint.objects.get().witnessed_at
    assert witnessed_at is not None
    assert witnessed_at <= timezone.now()


def test_a_proof_stands_on_the_first_checkpoint_with_a_quorum(world: World, institution: Institution) -> None:
    world.down = set(NAMES)
    witnesses.ask(NOW.year)
    for number in (3, 4):
        record([of(number)], institution)
        services.sequence(NOW + timedelta(seconds=number))
        world.down = set()
        WitnessState.objects.update(asked_at=None)
        witnesses.ask(NOW.year)
    assert [row.quorum_at is not None for row in Checkpoint.objects.order_by("size")] == [False, True, True]
    content = look_up("award:1").content
    assert content is not None
    assert Proof.from_bytes(content).checkpoint.checkpoint.size == 3


def test_an_anchored_checkpoint_is_preferred(
    world: World, institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader looks for anchors under the size of the proof's own checkpoint."""
    from testamur_site.log import proofs, queries
    from testamur_site.log.anchoring.api import Anchored

    witnesses.ask(NOW.year)
    record([of(3)], institution)
    services.sequence(NOW)
    witnesses.ask(NOW.year)
    monkeypatch.setattr(proofs, "expected", lambda: True)
    assert not look_up("award:1").final, "an anchor will come"

    def first_anchored(_shard: Shard, size: int) -> Anchored | None:
        return Anchored(3, NOW, "evm") if size <= 3 else None

    monkeypatch.setattr(proofs, "first_anchored", first_anchored)
    monkeypatch.setattr(queries, "first_anchored", first_anchored)
    found = look_up("award:1")
    assert found.final
    assert Proof.from_bytes(found.content or b"").checkpoint.checkpoint.size == 3
    state = state_of("award:1")
    assert state is not None
    assert state.anchored_at == NOW


def test_places_are_found_by_their_keys(world: World) -> None:
    found = places(["award:1", "award:2", "award:none"])
    assert {key: where.index for key, where in found.items()} == {"award:1": 0, "award:2": 1}


def test_the_proof_of_a_version_is_asked_for_by_its_bytes(institution: Institution) -> None:
    """Something public is recorded again with each version, under one subject, and without a salt."""
    for number, content in enumerate((b"one", b"two")):
        record(
            [Record(Kind.STATUS_LIST, "https://localhost/status/x", content, f"x:{number}", "status:x")], institution
        )
    services.sequence(NOW)
    record([Record(Kind.STATUS_LIST, "https://localhost/status/x", b"three", "x:2", "status:x")], institution)
    for content in (b"one", b"two"):
        proof = Proof.from_bytes(look_up("status:x", content).content or b"")
        entry = proof.entry_of(Kind.STATUS_LIST, "https://localhost/status/x", content, personal=False)
        assert entry is not None
        assert proof.includes(entry)
    assert look_up("status:x", b"three").missing == "waiting"
    assert look_up("status:x", b"four").missing == "unknown"
