"""A log in a folder, what a witness keeps in a file, and the audit that believes nothing of either."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.unit.log.worlds import LOG_KEY, ORIGIN, SIGNERS

from testamur.errors import Malformed, NotAllowed
from testamur.fetch import log_folder
from testamur.fetch.log_folder import FolderStore, WitnessFile
from testamur.log import Kind, LogDamaged, Policy, SecretKey, Sequencer, SignedCheckpoint, entry_for
from testamur.log.audit import MAX_FINDINGS, Finding, audit
from testamur.log.notes import KeyType
from testamur.log.tiles import write_bundle

TIME = 1_764_115_200
WITNESS = SecretKey("witness.example/w1", KeyType.ED25519_COSIGNATURE, b"w" * 32)
POLICY = Policy.from_text(f"log {LOG_KEY.key.text}\nwitness W {WITNESS.key.text}\nquorum W\n")
ENTRIES = [entry_for(Kind.ISSUE, f"urn:uuid:{n}", b"{}", n.to_bytes(32, "big")).to_bytes() for n in range(66_000)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 66,000 entries, three levels high, seen by its witness."""
    folder = tmp_path_factory.mktemp("log")
    store = FolderStore(folder)
    Sequencer.open(store, ORIGIN, SIGNERS).append(ENTRIES[:65_990], TIME)
    sequencer = Sequencer.open(store, ORIGIN, SIGNERS)
    sequencer.append(ENTRIES[65_990:], TIME)
    signed = SignedCheckpoint.from_bytes((folder / "checkpoint").read_bytes())
    line = WITNESS.sign(sequencer.checkpoint, TIME + 3)
    sequencer.publish(SignedCheckpoint(signed.checkpoint, signed.note.with_signatures([line])))
    return folder


def test_a_log_in_a_folder_is_sound(folder: Path) -> None:
    done: list[tuple[int, int]] = []
    found = audit(FolderStore(folder).read, POLICY, progress=lambda at, of: done.append((at, of)))
    assert found.sound
    assert (found.size, done[-1]) == (66_000, (66_000, 66_000))
    assert found.judgement is not None
    assert found.judgement.first_witnessed == TIME + 3


def test_a_new_folder_is_named_on_the_disk_before_anything_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut takes a folder whose name was not synced, with all synced files in it: the log would be gone, or its head alone there."""
    synced: list[str] = []
    monkeypatch.setattr(
        log_folder.os, "fsync", lambda descriptor: synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
    )
    (tmp_path / "another").touch()
    folder = tmp_path / "log" / "2026"
    FolderStore(folder).write("tile/0/000", b"")
    above = [tmp_path, tmp_path / "log", folder, folder / "tile"]
    assert synced[:4] == [str(each) for each in above]
    assert synced[-1] == str(folder / "tile/0")
    synced.clear()
    FolderStore(folder).write("tile/0/001", b"")
    assert len(synced) == 2  # the file and the folder that names it: the rest is sure
    (folder / "tile" / "1").mkdir()  # by somebody who was killed before its name was on the disk
    FolderStore(folder).write("tile/1/000", b"")
    assert str(folder / "tile") in synced


def test_its_public_files_are_those_of_the_specification(folder: Path) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"checkpoint", "tile/0/257.p/208", "tile/1/001.p/1", "tile/2/000.p/1", "tile/entries/000"} <= names
    assert not [name for name in names if name.startswith("staging/") or "/." in name]


def test_every_flipped_bit_is_found(folder: Path) -> None:
    """500 random bits, in tiles, bundles and the checkpoint (the whole log is computed again for each kind of file
    at once)."""
    store, draw = FolderStore(folder), random.Random(3)
    files = [
        "checkpoint",
        "tile/0/000",
        "tile/0/257.p/208",
        "tile/1/000",
        "tile/1/001.p/1",
        "tile/2/000.p/1",
        "tile/entries/003",
    ]
    for path in files:
        content = (folder / path).read_bytes()
        for _ in range(2):
            changed = bytearray(content)
            # Of the checkpoint its text: a line of a key that the policy does not list is passed over, changed or not.
            length = content.index(b"\n\n") if path == "checkpoint" else len(content)
            bit = draw.randrange(length * 8)
            changed[bit // 8] ^= 1 << bit % 8
            given = {path: bytes(changed)}
            try:
                found = audit(lambda name, given=given: given.get(name) or store.read(name), POLICY)  # type: ignore[misc]
            except Malformed:
                continue  # a checkpoint that cannot be read any more
            assert not found.sound, (path, bit)


@pytest.mark.parametrize(
    ("path", "code"),
    [("tile/0/004", "log.missing"), ("tile/1/000", "log.missing"), ("tile/entries/000", "log.missing")],
)
def test_what_is_missing_is_named(folder: Path, path: str, code: str) -> None:
    store = FolderStore(folder)
    found = audit(lambda name: None if name == path else store.read(name), POLICY)
    assert [(finding.code, finding.place) for finding in found.findings] == [(code, path)]


def test_a_second_credential_under_one_id_shows(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    again = entry_for(Kind.ISSUE, "urn:uuid:1", b"{}", bytes(32)).to_bytes()
    corrected = entry_for(Kind.SUPERSEDE, "urn:uuid:1", b"{}", bytes(32)).to_bytes()
    Sequencer.open(store, ORIGIN, SIGNERS).append([*ENTRIES[:5], corrected], TIME)
    policy = Policy.from_text(f"log {LOG_KEY.key.text}\nquorum none\n")
    assert audit(store.read, policy).sound
    Sequencer.open(store, ORIGIN, SIGNERS).append([again, b"not an entry"], TIME)
    found = audit(store.read, policy)
    assert [(each.code, each.place) for each in found.findings] == [("log.handle_twice", "6"), ("log.entry", "7")]


@pytest.mark.parametrize(
    ("path", "code"),
    [("tile/0/004", "log.tile"), ("tile/1/001.p/1", "log.tile"), ("tile/entries/257.p/208", "log.bundle")],
)
def test_bytes_after_the_end_of_a_file_are_found(folder: Path, path: str, code: str) -> None:
    store = FolderStore(folder)
    more = write_bundle(ENTRIES[:1]) if "entries" in path else bytes(32)
    longer = (store.read(path) or b"") + more
    found = audit(lambda name: longer if name == path else store.read(name), POLICY)
    assert [(finding.code, finding.place) for finding in found.findings] == [(code, path)]


def test_partial_files_may_be_cleared_away_once_there_are_wider_ones(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    Sequencer.open(store, ORIGIN, SIGNERS).append(ENTRIES[:10], TIME)
    head = store.read("checkpoint")
    Sequencer.open(store, ORIGIN, SIGNERS).append(ENTRIES[10:256], TIME)
    policy = Policy.from_text(f"log {LOG_KEY.key.text}\nquorum none\n")
    for path in ("tile/0/000.p/10", "tile/entries/000.p/10"):
        store.remove(path)
    assert audit(lambda name: head if name == "checkpoint" else store.read(name), policy).sound


def test_an_audit_of_nothing_but_damage_ends(folder: Path) -> None:
    store = FolderStore(folder)

    def worthless(name: str) -> bytes | None:
        return write_bundle([b"x"] * 256) if name.startswith("tile/entries/") else store.read(name)

    found = audit(worthless, POLICY)
    assert len(found.findings) < MAX_FINDINGS + 2 * 256
    assert found.findings[-1] == Finding("log.and_more", "tile/entries/003")


def test_without_its_witness_the_policy_is_not_met(folder: Path) -> None:
    store = FolderStore(folder)
    content = (folder / "checkpoint").read_bytes()
    unwitnessed = b"".join(line for line in content.splitlines(keepends=True) if b"witness.example" not in line)
    found = audit(lambda name: unwitnessed if name == "checkpoint" else store.read(name), POLICY)
    assert [finding.code for finding in found.findings] == ["log.quorum"]


@pytest.mark.parametrize("path", ["../secret", "tile/0/../../x", "/etc/passwd", "head/..", "staging/../x", "other"])
def test_a_folder_gives_nothing_but_its_log(tmp_path: Path, path: str) -> None:
    with pytest.raises(NotAllowed):
        FolderStore(tmp_path).read(path)


def test_of_two_processes_one_is_refused(tmp_path: Path) -> None:
    first = Sequencer.open(FolderStore(tmp_path), ORIGIN, SIGNERS)
    second = Sequencer.open(FolderStore(tmp_path), ORIGIN, SIGNERS)
    first.append(ENTRIES[:1], TIME)
    with pytest.raises(LogDamaged):
        second.append(ENTRIES[1:2], TIME)


def test_a_witness_remembers_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "witness.db"
    store = WitnessFile(path)
    assert store.latest(ORIGIN) is None
    assert store.advance(ORIGIN, None, (5, bytes(32)))
    assert not store.advance(ORIGIN, None, (9, bytes(32)))
    assert WitnessFile(path).latest(ORIGIN) == (5, bytes(32))
    assert WitnessFile(path).advance(ORIGIN, (5, bytes(32)), (9, bytes(32)))
    assert store.latest(ORIGIN) == (9, bytes(32))
