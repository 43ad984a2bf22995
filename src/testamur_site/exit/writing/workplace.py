"""Where an exit grows until it is whole.

Beside the target lies `.NAME.partial`. A file gets into it in one step, so that what is there is whole; which parts are done is written
down after them. Whoever is killed is continued by the next run, if that is soon; what grew longer ago is begun anew, for people may have
changed their minds about what they show.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from testamur.durable import sync_folder

CONTINUED_FOR = 6 * 3600
"""So many seconds after its beginning an unfinished exit is continued."""

_STATE, _LOCK, _TEMPORARY = "state.json", "lock", "writing"


class BeingWritten(Exception):
    """Another process writes to the same place."""


class NotOurs(Exception):
    """At the target lies something that no exit wrote."""


class Workplace:
    """The folder in which one exit grows. `root` is what becomes the target."""

    def __init__(self, folder: Path, description: dict[str, Any]) -> None:
        self._folder = folder
        self.root = folder / "exit"
        state = self._read()
        now = time.time()
        if state.get("description") != description or not now - CONTINUED_FOR < state.get("begun", 0) <= now:
            shutil.rmtree(self.root, ignore_errors=True)
            state = {"description": description, "begun": now, "done": {}}
        self._state = state
        self.root.mkdir(exist_ok=True)
        self._save()

    def put(self, name: str, content: bytes) -> None:
        """Write a file, wholly or not at all."""
        self.put_pieces(name, (content,))

    def put_pieces(self, name: str, pieces: Iterable[bytes]) -> None:
        """The same of a file that is too large to be held."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / _TEMPORARY
        with temporary.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        temporary.replace(path)

    def has(self, name: str) -> bool:
        return (self.root / name).is_file()

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def clear(self, folder: str) -> None:
        """Delete a folder with everything in it."""
        shutil.rmtree(self.root / folder, ignore_errors=True)

    def cursor(self, part: str) -> int:
        """How far a part has come, 0 before its beginning."""
        return int(self._state["done"].get(part, 0))

    def advance(self, **cursors: int) -> None:
        """Write down how far parts have come, all of them in one step."""
        self._state["done"].update(cursors)
        self._save()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads((self._folder / _STATE).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _save(self) -> None:
        temporary = self._folder / _TEMPORARY
        temporary.write_text(json.dumps(self._state))
        temporary.replace(self._folder / _STATE)


@contextmanager
def workplace(target: Path, description: dict[str, Any]) -> Iterator[Workplace]:
    """The workplace beside `target`; at the end of the block what grew in it takes the target's place.

    Raises NotOurs before anything is written, BeingWritten, OSError. After any exception the workplace stays for the next run.
    """
    settle(target)
    if target.exists() and not is_exit(target):
        raise NotOurs(target.name)
    folder = target.with_name(f".{target.name}.partial")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BeingWritten(target.name) from None
        place = Workplace(folder, description)
        yield place
        _move(place.root, target)
        shutil.rmtree(folder, ignore_errors=True)


def is_exit(folder: Path) -> bool:
    """Whether a folder is empty or was written by us: nothing else is ever replaced."""
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / "public/bagit.txt").is_file())


def settle(target: Path) -> None:
    """Finish a change of places that was cut short."""
    old = _old(target)
    if old.exists() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _move(root: Path, target: Path) -> None:
    old = _old(target)
    if target.exists():
        target.rename(old)
    root.rename(target)
    sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")
