"""Who dies at which moment, and what of the signatures is seen afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from .results import kind_of
from .signatures import in_workers, on_record
from .way import SIGNING, WORKER, Way


@pytest.fixture
def way(tmp_path: Path) -> Way:
    return Way(tmp_path / "moments.jsonl")


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch, way: Way) -> list[int]:
    """Whom it has killed. The worker is this process, the signing process has the number 7."""
    way.name(WORKER, os.getpid())
    way.name(SIGNING, 7)
    pids: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: pids.append(pid) if number == signal.SIGKILL else None)
    return pids


def test_by_turns_the_worker_dies_the_signing_process_and_both(way: Way, killed: list[int]) -> None:
    way.plan([(1, "worker: a"), (2, "worker: a"), (3, "worker: a")])
    for _ in range(3):
        way.arm(0)
        for _ in range(4):
            way.pass_one(WORKER, "a")
    assert killed == [os.getpid(), 7, 7, os.getpid()], "whoever kills the other one dies last"


def test_a_moment_is_one_of_that_label_from_that_number_on_and_each_point_comes_once(
    way: Way, killed: list[int]
) -> None:
    way.plan([(3, "worker: a")])
    way.pass_one(WORKER, "a")
    way.arm(1)
    for who, label in ((WORKER, "a"), (SIGNING, "a"), (WORKER, "b")):
        way.pass_one(who, label)
    assert way.disarm() == -1, "too early, of the other one, another label"
    way.arm(4)
    way.pass_one(WORKER, "a")
    assert (way.disarm(), killed) == (0, [os.getpid()])
    way.arm(4)
    way.pass_one(WORKER, "a")
    assert way.disarm() == -1


def test_a_worker_without_a_signing_process_dies_itself(way: Way, killed: list[int]) -> None:
    way.name(SIGNING, 0)
    way.plan([(1, "worker: a")] * 3)
    for _ in range(3):
        way.arm(0)
        way.pass_one(WORKER, "a")
    assert killed == [os.getpid()] * 3


def test_all_moments_are_noted_in_their_order(way: Way) -> None:
    way.note_all()
    for who, label in ((WORKER, "a"), (SIGNING, "b"), (WORKER, "c")):
        way.pass_one(who, label)
    assert way.noted() == ["worker: a", "signing process: b", "worker: c"]


def line(previous: bytes, **content: Any) -> bytes:
    head = hashlib.sha256(previous).hexdigest() if previous else "0" * 64
    members = {"kind": "award", "key": "key-1", "signatures": [], "previous": head} | content
    return json.dumps(members).encode() + b"\n"


@pytest.mark.django_db
def test_a_second_content_in_the_record_is_seen(tmp_path: Path) -> None:
    """The control."""
    first = line(b"", signatures=[["one", "aa"], ["two", "bb"]])
    again = line(first, signatures=[["one", "aa"]])
    other = line(again, signatures=[["two", "cc"]])
    record = tmp_path / "signatures.jsonl"
    record.write_bytes(first + again)
    assert list(on_record(record, set())) == []
    record.write_bytes(first + again + other)
    (fault,) = on_record(record, set())
    assert "award two was signed with a second content" in fault
    assert kind_of(fault) == "second content"
    record.write_bytes(first + other)
    assert any("does not follow" in fault for fault in on_record(record, set()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after", "faults"),
    [
        ("3 root", "3 root", 0),
        ("3 root", "4 other", 0),
        ("3 root", "3 other", 1),
        ("3 root", "2 other", 1),
    ],
)
def test_two_roots_of_a_log_are_seen(tmp_path: Path, before: str, after: str, faults: int) -> None:
    first = line(b"", kind="checkpoint", key="ML-DSA-44", remember={"log x/2026": before})
    record = tmp_path / "signatures.jsonl"
    record.write_bytes(first + line(first, kind="checkpoint", key="ML-DSA-44", remember={"log x/2026": after}))
    found = list(on_record(record, set()))
    assert len(found) == faults
    assert {kind_of(fault) for fault in found} <= {"second content"}


@pytest.mark.django_db
def test_a_second_content_that_a_worker_signs_is_seen(tmp_path: Path) -> None:
    notes = tmp_path / "prepared.txt"
    notes.write_text("https://a/1 aa\nhttps://a/2 bb\nhttps://a/1 aa\n")
    assert list(in_workers(notes)) == []
    notes.write_text("https://a/1 aa\nhttps://a/1 bb\n")
    assert len(list(in_workers(notes))) == 1
