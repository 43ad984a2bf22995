"""A bit of any stored file of a log is flipped: the audit finds it, or the log refuses to sign on, or it is harmless.

All ten thousand of them, most of them in a log of a million entries, are in benchmarks/log."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.log.damage import SmallLog, entry, flip_small, flipped, missed, strata

from testamur.fetch.log_folder import FolderStore
from testamur.log import LogDamaged, Sequencer
from testamur.log.tiles import WIDTH


@pytest.fixture(scope="module")
def log() -> SmallLog:
    return SmallLog.grown()


def test_every_kind_of_file_is_there(log: SmallLog) -> None:
    assert set(strata(log)) == {
        "checkpoint",
        "head",
        "full bundle of entries",
        "partial bundle of entries",
        "older partial bundle of entries",
        "full tile of level 0",
        "partial tile of level 0",
        "older partial tile of level 0",
        "partial tile of level 1",
        "older partial tile of level 1",
    }


def test_no_flipped_bit_is_missed(log: SmallLog) -> None:
    outcomes = flip_small(log, 600)
    assert sum(sum(seen.values()) for seen in outcomes.values()) == 600
    assert not [kind for kind, seen in outcomes.items() if seen["MISSED"]]
    for kind in ("checkpoint", "full bundle of entries", "partial bundle of entries", "full tile of level 0"):
        assert set(outcomes[kind]) == {"found"}, kind
    assert set(outcomes["head"]) == {"stopped"}
    assert set(outcomes["older partial bundle of entries"]) == {"harmless"}, "nobody reads it any more"


def test_a_log_does_not_build_on_a_damaged_last_bundle(log: SmallLog) -> None:
    """It would copy the damage into a file that stays for ever."""
    from benchmarks.log.damage import InMemory

    newest = log.checkpoints[-1].size
    path = f"tile/entries/002.p/{newest % WIDTH}"
    store = InMemory({**log.files, path: flipped(log.files[path], 100)})
    sequencer = Sequencer.open(store, log.origin, log.signers)
    with pytest.raises(LogDamaged, match="last bundle"):
        sequencer.append([entry(newest)], 1_764_115_200)
    assert store.files["checkpoint"] == log.files["checkpoint"]


def test_a_published_checkpoint_that_was_damaged_is_published_again(log: SmallLog) -> None:
    from benchmarks.log.damage import InMemory

    store = InMemory({**log.files, "checkpoint": flipped(log.files["checkpoint"], 3)})
    Sequencer.open(store, log.origin, log.signers)
    assert store.files["checkpoint"] == log.files["head"]


@pytest.mark.parametrize("kind", ["full tile of level 0", "full bundle of entries"])
def test_many_flips_at_once_are_all_named(log: SmallLog, kind: str, tmp_path: Path) -> None:
    for path, content in log.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    store = FolderStore(tmp_path)
    paths = strata(log)[kind]
    assert missed(store, log.policy, dict.fromkeys(paths, 77)) == []
    assert missed(store, log.policy, dict.fromkeys(paths, 4)) == [], "in the length of an entry, or the first hash"
    assert missed(store, log.policy, {"tile/0/000.p/100": 1}) == ["tile/0/000.p/100"], "an audit does not read it"


def test_a_staged_file_that_was_damaged_is_not_written_out(log: SmallLog) -> None:
    from benchmarks.log.damage import InMemory

    class Dies(InMemory):
        def write(self, path: str, content: bytes) -> None:
            if path.startswith("tile/"):
                raise OSError("the disk is gone")
            super().write(path, content)

    store = Dies(log.files)
    with pytest.raises(OSError, match="disk"):
        Sequencer.open(store, log.origin, log.signers).append([entry(700)], 1_764_115_200)
    (staged,) = [path for path in store.files if path.startswith("staging/") and path != "staging/begun"]
    damaged = InMemory({**store.files, staged: flipped(store.files[staged], 2000)})
    with pytest.raises(LogDamaged, match="staged"):
        Sequencer.open(damaged, log.origin, log.signers)
    mended = InMemory(store.files)
    assert Sequencer.open(mended, log.origin, log.signers).checkpoint.size == 701
