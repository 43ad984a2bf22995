"""A disk that loses power: what was written and not synced is gone, or is there in part.

strace records every write, sync, rename and removal of a process below one folder. From the record any state can be rebuilt that the disk
may be in after the power failed at a chosen event:

* `strict`: of each file what its last fsync has brought to the disk, of each folder the names that its last fsync has. All that POSIX
  promises; a file system may do better, none may do worse.
* `torn`: in between. Of the names a beginning of what was done (file systems keep that order), of each file every unsynced sector of 512
  bytes by itself there or not, so that pages of SQLite are torn and later writes are there without earlier ones.
* `seen`: everything that was done, which is what other processes could see.

SQLite's `-shm` is not on the disk: it is memory, and made anew.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat"
SECTOR = 512
MARK = "/dev/null"

_CALL = re.compile(r"(?P<name>\w+)\((?P<rest>.*)\) += (?P<result>-?\d+)")
_TEXT = re.compile(r'[<"]((?:\\x[0-9a-f]{2})*)[>"]')
_NUMBERS = re.compile(r", (-?\d+)(?=[,)]|$)")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done. `kind`: create, write, truncate, sync, rename, link, forget, folder or mark."""

    kind: str
    path: str
    content: bytes = b""
    offset: int = 0
    other: str = ""


def read_record(record: Path, folder: Path) -> list[Event]:
    """The events below `folder`, and the marks. Raises ValueError for a line that is not understood."""
    events: list[Event] = []
    positions: dict[str, int] = {}
    for line in record.read_text("ascii").splitlines():
        found = _CALL.match(line)
        if found is None or found["result"].startswith("-"):
            if found is None and "(" in line:
                raise ValueError(f"not understood: {line[:200]}")
            continue
        events += _events(found["name"], found["rest"], positions)
    inside = str(folder)
    return [one for one in events if one.kind == "mark" or one.path.startswith(inside)]


def _events(name: str, rest: str, positions: dict[str, int]) -> list[Event]:
    texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(rest)]
    paths = [text.decode("utf-8", "replace") for text in texts]
    numbers = [int(number) for number in _NUMBERS.findall(rest)]
    if name == "openat":
        path = next(one for one in reversed(paths) if one.startswith("/"))
        if "O_TRUNC" in rest or "O_CREAT" in rest:
            positions[path] = 0
            made = [Event("create", path)]
            return [*made, Event("truncate", path)] if "O_TRUNC" in rest else made
        return []
    if name == "write":
        path, content = paths[0], texts[1] if len(texts) > 1 else b""
        if path == MARK:
            return [Event("mark", path)]
        offset = positions.get(path, 0)
        positions[path] = offset + len(content)
        return [Event("write", path, content, offset)]
    if name == "pwrite64":
        return [Event("write", paths[0], texts[1], numbers[-1])]
    if name == "ftruncate":
        return [Event("truncate", paths[0], offset=numbers[-1])]
    if name in ("fsync", "fdatasync"):
        return [Event("sync", paths[0])]
    absolute = [path for path in paths if path.startswith("/")]
    if name.startswith("rename"):
        positions[absolute[-1]] = positions.pop(absolute[-2], 0)
        return [Event("rename", absolute[-2], other=absolute[-1])]
    if name.startswith("link"):
        return [Event("link", absolute[-2], other=absolute[-1])]
    if name in ("unlink", "unlinkat", "rmdir"):
        return [Event("forget", absolute[-1])]
    return [Event("folder", absolute[-1])]


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    now: bytearray = field(default_factory=bytearray)
    unsynced: list[Event] = field(default_factory=list)

    def do(self, event: Event) -> None:
        _apply(self.now, event)
        self.unsynced.append(event)

    def sync(self) -> None:
        self.durable, self.unsynced = bytearray(self.now), []

    def torn(self, chance: random.Random) -> bytearray:
        content = bytearray(self.durable)
        for event in self.unsynced:
            if event.kind == "truncate":
                if chance.random() < 0.5:
                    _apply(content, event)
                continue
            for at, piece in _sectors(event):
                if chance.random() < 0.5:
                    _apply(content, Event("write", event.path, piece, at))
        return content


def _sectors(event: Event) -> list[tuple[int, bytes]]:
    pieces, at, end = [], event.offset, event.offset + len(event.content)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        pieces.append((at, event.content[at - event.offset : until - event.offset]))
        at = until
    return pieces


def _apply(content: bytearray, event: Event) -> None:
    if event.kind == "truncate":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
        return
    content.extend(bytes(max(0, event.offset - len(content))))
    content[event.offset : event.offset + len(event.content)] = event.content


State = dict[str, bytes | None]
"""What lies under the folder: by path the content; None for a folder."""


class Disk:
    """What is on the disk, and what is only in memory, as events are done one after the other."""

    def __init__(self, folder: Path, *names: str) -> None:
        """As it is now. With `names`, of what lies in the folder only what begins with one of them."""
        self._files: dict[str, _File] = {}
        self._folders: set[str] = {str(folder)}
        for path in _there(folder, names):
            if path.is_dir():
                self._folders.add(str(path))
            elif not path.name.endswith("-shm"):
                content = path.read_bytes()
                self._files[str(path)] = _File(bytearray(content), bytearray(content))
        self._durable: dict[str, _File | None] = {**self._files, **dict.fromkeys(self._folders)}
        self._pending: list[tuple[str, str, _File | None]] = []

    def do(self, event: Event) -> None:
        if event.kind in ("rename", "link") and event.path not in self._files:
            return  # of something else in the folder
        match event.kind:
            case "create":
                if event.path not in self._files and not event.path.endswith("-shm"):
                    self._set(event.path, _File())
            case "write" | "truncate":
                if event.path in self._files:
                    self._files[event.path].do(event)
            case "sync":
                self._sync(event.path)
            case "rename":
                self._set(event.other, self._files[event.path])
                self._forget(event.path)
            case "link":
                self._set(event.other, self._files[event.path])
            case "forget":
                self._forget(event.path)
            case "folder":
                self._folders.add(event.path)
                self._pending.append(("folder", event.path, None))

    def _set(self, path: str, file: _File) -> None:
        self._files[path] = file
        self._pending.append(("name", path, file))

    def _forget(self, path: str) -> None:
        if self._files.pop(path, None) is not None or path in self._folders:
            self._folders.discard(path)
            self._pending.append(("forget", path, None))

    def _sync(self, path: str) -> None:
        if path in self._files:
            self._files[path].sync()
        here = [one for one in self._pending if one[1].rpartition("/")[0] == path]
        self._pending = [one for one in self._pending if one not in here]
        _name(self._durable, here)

    # ---- states

    def seen(self) -> State:
        return {**dict.fromkeys(self._folders), **{path: bytes(file.now) for path, file in self._files.items()}}

    def strict(self) -> State:
        return _reachable({path: bytes(file.durable) if file else None for path, file in self._durable.items()})

    def torn(self, chance: random.Random) -> State:
        names = dict(self._durable)
        _name(names, self._pending[: chance.randint(0, len(self._pending))])
        contents = {id(file): file.torn(chance) for file in names.values() if file}
        return _reachable({path: bytes(contents[id(file)]) if file else None for path, file in names.items()})


def _name(names: dict[str, _File | None], done: Sequence[tuple[str, str, _File | None]]) -> None:
    for what, path, file in done:
        if what == "forget":
            names.pop(path, None)
        else:
            names[path] = file


def _reachable(state: State) -> State:
    """Without what lies in folders whose own name is lost."""
    root = min(state, key=len)
    found: State = {root: None}
    for path in sorted(state):
        if path.rpartition("/")[0] in found:
            found[path] = state[path]
    return found


def _there(folder: Path, names: tuple[str, ...]) -> list[Path]:
    first = [path for path in folder.iterdir() if path.name.startswith(names or "")]
    return [each for path in first for each in (path, *path.rglob("*"))]


def lay_out(state: State, folder: Path, *names: str) -> None:
    """Put a state in the place of what is in the folder (with `names`: of what begins so)."""
    for path in reversed(_there(folder, names)):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
    for name, content in sorted(state.items()):
        if content is None:
            Path(name).mkdir(parents=True, exist_ok=True)
        else:
            Path(name).write_bytes(content)
