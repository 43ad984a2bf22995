"""A log in a folder, and what a witness remembers in a file: both survive the loss of power at any instant.

A file is written beside its place, brought to the disk, and moved there; the folder that names it is brought to the
disk too, and before it the folder that names a new folder. The head moves under a lock of the operating system, so that
of two processes one is refused.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from testamur.durable import sync_folder
from testamur.errors import NotAllowed
from testamur.log.tiles import Tile

_HEAD = "head"
_PUBLIC = frozenset({"checkpoint", "vkey"})


class FolderStore:
    """Implements `log.LogStore`. What stands under the log's prefix may be served as it is, except `head` and
    `staging/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        """Raises NotAllowed for a path that is no part of a log."""
        try:
            return self._place(path).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes) -> None:
        place = self._place(path)
        _write_durably(place, content)

    def remove(self, path: str) -> None:
        self._place(path).unlink(missing_ok=True)

    def head(self) -> bytes | None:
        return self.read(_HEAD)

    def swap_head(self, old: bytes | None, new: bytes) -> bool:
        with self._locked():
            if self.head() != old:
                return False
            self.write(_HEAD, new)
            return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        _make_folder(self._folder)
        with (self._folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _place(self, path: str) -> Path:
        name, _, rest = path.partition("/")
        known = path in _PUBLIC or path == _HEAD or Tile.from_path(path) is not None
        staged = name == "staging" and rest.replace("-", "").isalnum() and rest.isascii()
        if not (known or staged):
            raise NotAllowed("That is no part of a log.", facts={"path": path[:200]})
        return self._folder / path


def _write_durably(place: Path, content: bytes) -> None:
    _make_folder(place.parent)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(place.parent)


def _make_folder(folder: Path) -> None:
    """Make a folder that is still there after a power cut. One that is empty may be somebody's who was killed before that was sure."""
    with suppress(FileNotFoundError), os.scandir(folder) as there:
        if next(there, None) is not None:
            return
    if folder.parent != folder:
        _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    with suppress(PermissionError):  # a folder that was mounted or made for us, in one that we may not read
        sync_folder(folder.parent)


class WitnessFile:
    """Implements `log.WitnessStore` in a file of SQLite. `synchronous=FULL`: what was answered is on the disk."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with closing(self._open()) as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS latest (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL)"
            )

    def latest(self, origin: str) -> tuple[int, bytes] | None:
        with closing(self._open()) as database:
            return _latest(database, origin)

    def advance(self, origin: str, known: tuple[int, bytes] | None, new: tuple[int, bytes]) -> bool:
        with closing(self._open()) as database:
            database.execute("BEGIN IMMEDIATE")
            if _latest(database, origin) != known:
                database.execute("ROLLBACK")
                return False
            database.execute("INSERT OR REPLACE INTO latest (origin, size, root) VALUES (?, ?, ?)", (origin, *new))
            database.execute("COMMIT")
            return True

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=20, isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        return database


def _latest(database: sqlite3.Connection, origin: str) -> tuple[int, bytes] | None:
    row = database.execute("SELECT size, root FROM latest WHERE origin = ?", (origin,)).fetchone()
    return (int(row[0]), bytes(row[1])) if row else None
