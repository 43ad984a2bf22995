"""The disk that loses power: what its model says of a few plain cases, and that it finds what the platform would lose with less care."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .power import SECTOR, Disk, Event, State, lay_out, read_record


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    (tmp_path / "old").write_bytes(b"before")
    return Disk(tmp_path)


def names(state: State, folder: Path) -> set[str]:
    return {Path(path).relative_to(folder).as_posix() for path in state if path != str(folder)}


def test_a_write_is_sure_when_it_is_synced(disk: Disk, tmp_path: Path) -> None:
    path = str(tmp_path / "old")
    disk.do(Event("write", path, b"AFTER", 1))
    assert (disk.strict()[path], disk.seen()[path]) == (b"before", b"bAFTER")
    disk.do(Event("sync", path))
    assert disk.strict()[path] == b"bAFTER"
    disk.do(Event("truncate", path, offset=2))
    assert (disk.strict()[path], disk.seen()[path]) == (b"bAFTER", b"bA")


def test_a_new_file_is_sure_when_its_folder_is_synced_too(disk: Disk, tmp_path: Path) -> None:
    path = str(tmp_path / "new")
    for event in (Event("create", path), Event("write", path, b"x"), Event("sync", path)):
        disk.do(event)
    assert names(disk.strict(), tmp_path) == {"old"}
    disk.do(Event("sync", str(tmp_path)))
    assert disk.strict()[path] == b"x"


def test_a_folder_that_is_not_named_takes_what_is_in_it(disk: Disk, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for event in (
        Event("folder", str(folder)),
        Event("create", str(folder / "file")),
        Event("sync", str(folder / "file")),
        Event("sync", str(folder)),
    ):
        disk.do(event)
    assert names(disk.strict(), tmp_path) == {"old"}
    disk.do(Event("sync", str(tmp_path)))
    assert names(disk.strict(), tmp_path) == {"old", "folder", "folder/file"}


def test_a_rename_is_the_old_or_the_new_and_never_neither(disk: Disk, tmp_path: Path) -> None:
    beside, place = str(tmp_path / ".beside"), str(tmp_path / "old")
    for event in (Event("create", beside), Event("write", beside, b"after"), Event("sync", beside)):
        disk.do(event)
    disk.do(Event("rename", beside, other=place))
    for seed in range(20):
        torn = disk.torn(random.Random(seed))
        assert torn[place] in (b"before", b"after")
    assert disk.strict()[place] == b"before"
    disk.do(Event("sync", str(tmp_path)))
    assert disk.strict() == {str(tmp_path): None, place: b"after"}


def test_of_a_torn_write_each_sector_is_there_or_not(disk: Disk, tmp_path: Path) -> None:
    path = str(tmp_path / "old")
    disk.do(Event("write", path, b"x" * 4 * SECTOR))
    disk.do(Event("sync", path))
    disk.do(Event("write", path, b"y" * 4 * SECTOR))
    seen = set()
    for seed in range(40):
        content = disk.torn(random.Random(seed))[path] or b""
        pieces = [content[at : at + SECTOR] for at in range(0, 4 * SECTOR, SECTOR)]
        assert all(piece in (b"x" * SECTOR, b"y" * SECTOR) for piece in pieces)
        seen.add(content)
    assert len(seen) > 8


def test_shared_memory_is_not_on_the_disk(disk: Disk, tmp_path: Path) -> None:
    disk.do(Event("create", str(tmp_path / "database-shm")))
    assert names(disk.seen(), tmp_path) == {"old"}


def test_a_state_is_laid_out_in_the_place_of_what_is_there(disk: Disk, tmp_path: Path) -> None:
    state = disk.seen()
    (tmp_path / "old").write_bytes(b"something else")
    (tmp_path / "rest").touch()
    lay_out(state, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old": b"before"}


def test_a_record_of_strace_is_read(tmp_path: Path) -> None:
    def text(what: str) -> str:
        return "".join(f"\\x{byte:02x}" for byte in what.encode())

    here, there = text("/data/a"), text("/data/b")
    record = tmp_path / "record"
    record.write_text(
        f'openat(AT_FDCWD<{text("/work")}>, "{here}", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 3<{here}>\n'
        f'write(3<{here}>, "{text("ab")}", 2) = 2\n'
        f'write(3<{here}>, "{text("c")}", 1) = 1\n'
        f'pwrite64(3<{here}>, "{text("z")}", 1, 32) = 1\n'
        f'write(1<{text("/elsewhere")}>, "{text("said")}", 4) = 4\n'
        f'write(4<{text("/dev/null")}>, "{text("!")}", 1) = 1\n'
        f"fsync(3<{here}>) = 0\n"
        f'rename("{here}", "{there}") = 0\n'
        f'unlink("{text("/data/gone")}") = -1 ENOENT (No such file or directory)\n'
        "+++ exited with 0 +++\n"
    )
    assert read_record(record, Path("/data")) == [
        Event("create", "/data/a"),
        Event("truncate", "/data/a"),
        Event("write", "/data/a", b"ab"),
        Event("write", "/data/a", b"c", 2),
        Event("write", "/data/a", b"z", 32),
        Event("mark", "/dev/null"),
        Event("sync", "/data/a"),
        Event("rename", "/data/a", other="/data/b"),
    ]
