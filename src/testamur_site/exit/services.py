"""Writing an exit.

1. A workplace beside the target, that of a run that was cut short where there is one. 2. The public part, through the front door.
3. What explains it. 4. With `with_awards` the private part, with `with_files` the files in it. 5. Both are sealed as bags: every file is
read again for that. 6. With a lock the private part becomes one encrypted file. 7. The whole takes the target's place in one step; a ZIP
archive is made of it beside its own place and put there likewise.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from testamur.log import Policy
from testamur.log.audit import audit
from testamur_site.foundation.tenancy.api import Institution

from .writing import bags, front, locked, private
from .writing.bags import Archive, Checked, Folder, NotABag, Progress
from .writing.locked import Lock, Unlock
from .writing.public import PublicPart
from .writing.workplace import Workplace, workplace

PARTS = ("public", "private")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many files, bytes (of the target), and the fingerprint of each part."""

    files: int
    bytes: int
    fingerprints: dict[str, str]


_OPEN = Lock()
_SHUT = Unlock()
_FREE = 64 << 20
_RATIO = 200
"""An archive may unpack to 64 MiB, and beyond that to 200 times its size: pages and lines of JSON stay far below."""


def silent(_step: str, _done: int) -> None:
    """No progress is told."""


def write_exit(
    institution: Institution,
    target: Path,
    *,
    with_awards: bool = False,
    with_files: bool = False,
    lock: Lock = _OPEN,
    progress: Progress = silent,
) -> Written:
    """Write the exit of an institution to `target`: a folder, or a ZIP archive where its name ends so. `with_awards`: with the private
    part; `with_files`: in it also what learners handed in as files. `lock` says for whom the private part is encrypted.

    May be killed at any instant and run again; the target is never half written. The same state gives the same bytes, but for what is
    encrypted. Raises BeingWritten, NotOurs, OSError, TestamurError.
    """
    target = target.absolute()
    write = partial(_write_folder, institution, with_files=with_awards and with_files, progress=progress)
    if target.suffix == ".zip":
        folder = target.with_name(f".{target.name}.folder")
        written = write(folder, with_awards=with_awards, lock=lock)
        pack(folder, target, progress)
        shutil.rmtree(folder, ignore_errors=True)
        return Written(written.files, target.stat().st_size, written.fingerprints)
    return write(target, with_awards=with_awards, lock=lock)


def _write_folder(
    institution: Institution, target: Path, *, with_awards: bool, with_files: bool, lock: Lock, progress: Progress
) -> Written:
    description = {
        **front.description(institution),
        "with_awards": with_awards,
        "with_files": with_files,
        "recipients": list(lock.recipients) if with_awards else [],
    }
    with workplace(target, description) as place:
        PublicPart(institution, place, progress).write()
        for name, content in front.files(institution):
            place.put(f"public/{bags.PAYLOAD}/{name}", content)
        if with_awards:
            private.write(institution, place, progress, with_files=with_files)
        fingerprints = {
            part: bags.seal(place.root / part, _info(institution, part), progress)
            for part in PARTS
            if (place.root / part).is_dir()
        }
        if with_awards:
            (place.root / "private").chmod(0o700)
            if lock:
                _lock(place, lock, progress)
        sizes = [path.stat().st_size for _, path in bags.walk(place.root)]
        return Written(len(sizes), sum(sizes), fingerprints)


def _lock(place: Workplace, lock: Lock, progress: Progress) -> None:
    """The private part as one encrypted file in its place. Whoever is killed in between begins the private part anew."""
    plain, hidden = place.root.with_name("private.zip"), place.root.with_name(locked.ARCHIVE)
    pack(place.root / "private", plain, progress)
    with plain.open("rb") as source, hidden.open("wb") as target:
        locked.encrypt(source, target, lock)
    plain.unlink()
    place.advance(awards=0, award_files=0)
    hidden.replace(place.root / locked.ARCHIVE)
    if lock.wrapped_key:
        place.put(locked.KEY, lock.wrapped_key.encode())
    shutil.rmtree(place.root / "private")


def _info(institution: Institution, part: str) -> dict[str, str]:
    said = {
        "public": "What anybody was shown at the institution's addresses. May be copied and served by anybody.",
        "private": "PRIVATE: awards with the names and addresses of their holders. Not to be handed on.",
    }
    return {
        "Source-Organization": institution.name,
        "External-Identifier": institution.did,
        "External-Description": said[part],
        "Bag-Software-Agent": "Testamur (site exit)",
    }


def pack(folder: Path, target: Path, progress: Progress) -> None:
    """The folder as a ZIP archive, file by file. The same folder gives the same bytes."""
    beside = target.with_name(f".{target.name}.part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for number, (name, path) in enumerate(bags.walk(folder), 1):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o600 << 16 if name.startswith("private") else 0o644 << 16
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as file:
                shutil.copyfileobj(source, file, _CHUNK)
            progress("packing", number)
    beside.replace(target)


@contextmanager
def opened(source: Path, unlock: Unlock = _SHUT) -> Iterator[dict[str, bags.Tree]]:
    """The parts of an exit, a folder or a ZIP archive; the private one, where it is encrypted, only with what opens it. Raises NotABag,
    LockError."""
    with ExitStack() as stack:
        if source.is_dir():
            parts: dict[str, bags.Tree] = {part: Folder(source / part) for part in PARTS if (source / part).is_dir()}
            whole: bags.Tree = Folder(source)
            is_locked = (source / locked.ARCHIVE).is_file()
        else:
            try:
                archive = stack.enter_context(zipfile.ZipFile(source))
            except (OSError, zipfile.BadZipFile):
                raise NotABag("no_folder") from None
            _bounded(archive, source.stat().st_size)
            names = set(archive.namelist())
            parts = {part: Archive(archive, f"{part}/") for part in PARTS if f"{part}/bagit.txt" in names}
            whole, is_locked = Archive(archive, ""), locked.ARCHIVE in names
        if is_locked and unlock and "private" not in parts:
            parts["private"] = stack.enter_context(_unlocked(whole, unlock))
        if not parts and not is_locked:
            raise NotABag("no_folder")
        yield parts


@contextmanager
def _unlocked(whole: bags.Tree, unlock: Unlock) -> Iterator[bags.Tree]:
    try:
        key = _read(whole, locked.KEY)
        with whole.open(locked.ARCHIVE) as file, locked.opened(file, key, unlock) as plain:
            size = plain.seek(0, 2)
            plain.seek(0)
            with zipfile.ZipFile(plain) as archive:
                _bounded(archive, size)
                yield Archive(archive, "")
    except zipfile.BadZipFile:
        raise NotABag("no_folder") from None


def is_locked(source: Path) -> bool:
    """Whether the private part of an exit is encrypted. Raises nothing."""
    if source.is_dir():
        return (source / locked.ARCHIVE).is_file()
    try:
        with zipfile.ZipFile(source) as archive:
            return locked.ARCHIVE in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _bounded(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse what unpacks to far more than it is. What an entry says of its size is all that is ever read of it."""
    if sum(entry.file_size for entry in archive.infolist()) > max(_FREE, _RATIO * size):
        raise NotABag("too_much")


def check_exit(source: Path, *, unlock: Unlock = _SHUT, progress: Progress = silent) -> dict[str, Checked]:
    """Each part of an exit, checked against its manifests. Raises NotABag, LockError."""
    with opened(source, unlock) as parts:
        return {part: bags.check(tree, progress) for part, tree in parts.items()}


@dataclass(frozen=True, slots=True)
class LogChecked:
    """What the audit of a year of the log found: `findings` are codes with their places."""

    year: int
    size: int
    findings: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


def check_logs(source: Path) -> list[LogChecked]:
    """Every log in the public part, computed again from its entries and held against its checkpoint and the policy beside it.
    Raises NotABag."""
    with opened(source) as parts:
        tree = parts.get("public")
        if tree is None:
            return []
        policy = Policy.from_text((_read(tree, f"{bags.PAYLOAD}/log-policy.txt") or b"quorum none\n").decode())
        prefix = f"{bags.PAYLOAD}/site/log/"
        names = (name for name in tree.names() if name.startswith(prefix) and name.endswith("/checkpoint"))
        years = sorted(int(name.removeprefix(prefix).partition("/")[0]) for name in names)
        return [_audited(tree, f"{prefix}{year}/", year, policy) for year in years]


def _audited(tree: bags.Tree, prefix: str, year: int, policy: Policy) -> LogChecked:
    found = audit(lambda path: _read(tree, prefix + path), policy)
    return LogChecked(year, found.size, tuple(f"{finding.code} {finding.place}" for finding in found.findings))


def _read(tree: bags.Tree, name: str) -> bytes | None:
    try:
        with tree.open(name) as file:
            return file.read()
    except OSError:
        return None
