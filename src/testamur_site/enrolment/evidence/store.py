"""Where the bytes are kept: under random names outside the web root, or in an object store through Django's storage interface.

Coming in (`Incoming`):
  1. Chunks go to a temporary file in the store's own directory and through SHA-256, as they arrive; never the whole is in memory.
  2. Beyond the limit, or where the disk is full, the temporary file is deleted and the rest is read and dropped, so that the visitor
     gets an answer and not a broken connection.
  3. `keep` writes the file through to the disk and moves it to its random name in one step. Only then the caller writes the row.
Killed before 3: a temporary file is left. Killed after 3: a file without a row. Both are found and deleted by `sweep`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils import timezone

from testamur.durable import sync_folder

from .kinds import Kind, kind_of

ALIAS = "evidence"
"""A key of the setting STORAGES. Without it files are kept in the data directory."""
MEBIBYTE = 1024 * 1024
DEFAULT_LIMIT = 50 * MEBIBYTE
ORPHAN_AFTER = timedelta(hours=24)
_PIECE = 256 * 1024


def storage() -> Storage:
    if ALIAS in settings.STORAGES:
        return storages[ALIAS]
    return FileSystemStorage(
        location=_directory("evidence"), file_permissions_mode=0o600, directory_permissions_mode=0o700
    )


def limit() -> int:
    """The most bytes of one file: TESTAMUR_EVIDENCE_MEBIBYTES."""
    return int(getattr(settings, "TESTAMUR_EVIDENCE_MEBIBYTES", DEFAULT_LIMIT // MEBIBYTE)) * MEBIBYTE


def portfolio_limit() -> int:
    """The most bytes that one learner keeps: TESTAMUR_PORTFOLIO_MEBIBYTES."""
    return int(getattr(settings, "TESTAMUR_PORTFOLIO_MEBIBYTES", 1024)) * MEBIBYTE


def _directory(name: str) -> Path:
    path = Path(settings.TESTAMUR_DATA) / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def incoming_directory() -> Path:
    """Beside the store and on the same disk, so that moving a file there is one step."""
    return _directory("evidence-incoming")


class Incoming:
    """A file on its way in. Give it chunks, then `keep` it or `drop` it. `refusal`: '', "too_large", "no_space" or "cut_off".

    `field` is the form's field that it came by. `bounded`: no more bytes are taken than `limit()`.
    """

    def __init__(self, file_name: str = "", field: str = "", *, bounded: bool = True) -> None:
        self.file_name, self.field, self._bounded = file_name, field, bounded
        self.size = 0
        self.refusal = ""
        self._digest = hashlib.sha256()
        self._file: IO[bytes] | None = None
        try:
            self._file = tempfile.NamedTemporaryFile(dir=incoming_directory(), delete=False)  # noqa: SIM115 - closed by keep or drop
        except OSError as error:
            self._stop(error)

    def write(self, chunk: bytes) -> None:
        """Take a chunk; after a refusal chunks are dropped."""
        if self.refusal:
            return
        self.size += len(chunk)
        if self._bounded and self.size > limit():
            self.refusal = "too_large"
            self.drop()
            return
        self._digest.update(chunk)
        try:
            cast(IO[bytes], self._file).write(chunk)
        except OSError as error:
            self._stop(error)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def kind(self) -> Kind:
        """What it is, by its bytes. Only without a refusal."""
        file = cast(IO[bytes], self._file)
        file.flush()
        return kind_of(cast(BinaryIO, file), self.size)

    def keep(self) -> str:
        """Move the file to a random name, durably, and give that name; '' (and `refusal` set) where there is no space."""
        file = cast(IO[bytes], self._file)
        name = secrets.token_hex(16)
        try:
            file.flush()
            os.fsync(file.fileno())
            with _Written(file) as content:
                kept = storage().save(f"{name[:2]}/{name}", content)
            _sync_names(name[:2])
            return kept
        except OSError as error:
            self._stop(error)
            return ""
        finally:
            self.drop()

    def drop(self) -> None:
        """Delete the temporary file, if it is still there."""
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
            self._file = None

    def cut_off(self) -> None:
        """The connection ended before the file did."""
        self.drop()
        self.refusal = self.refusal or "cut_off"

    def _stop(self, error: OSError) -> None:
        self.drop()
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise error
        self.refusal = "no_space"


def _sync_names(shelf: str) -> None:
    """Bring the new name to the disk, and that of its folder: else the row would outlive its file in a power cut. An object store does so
    by itself."""
    if ALIAS in settings.STORAGES:
        return
    for folder in (_directory("evidence") / shelf, _directory("evidence"), Path(settings.TESTAMUR_DATA)):
        sync_folder(folder)


class _Written(File):  # type: ignore[type-arg]
    """The temporary file as Django's storage takes it: one on the same disk is renamed, an object store reads it in pieces."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(Path(file.name).open("rb"))  # noqa: SIM115 - File closes it
        self.path = file.name

    def temporary_file_path(self) -> str:
        return self.path


def receive(chunks: Iterable[bytes], file_name: str = "", *, bounded: bool = True) -> Incoming:
    """A file out of chunks: for tests, for imports, for what another capability makes."""
    incoming = Incoming(file_name, bounded=bounded)
    for chunk in chunks:
        incoming.write(chunk)
    return incoming


def open_stored(name: str) -> BinaryIO:
    """The bytes of a stored file, to be closed by the caller. Raises FileNotFoundError."""
    return cast(BinaryIO, storage().open(name, "rb"))


def digest_of(name: str) -> str:
    """The SHA-256 of a stored file as it is now, read in pieces. Raises FileNotFoundError."""
    digest = hashlib.sha256()
    with open_stored(name) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def delete(name: str) -> None:
    """Delete a stored file; one that is not there is deleted already."""
    if name:
        storage().delete(name)


def sweep(known: Callable[[list[str]], set[str]], *, now: datetime | None = None) -> int:
    """Delete what belongs to nobody for a day: temporary files, and stored files that `known` (given names, gives those that a row names)
    does not name. How many."""
    before = (now or timezone.now()) - ORPHAN_AFTER
    swept = 0
    for path in incoming_directory().iterdir():
        if datetime.fromtimestamp(path.stat().st_mtime, tz=before.tzinfo) < before:
            path.unlink(missing_ok=True)
            swept += 1
    kept = storage()
    for names in _by_shelf(kept):
        old = [name for name in names if kept.get_modified_time(name) < before]
        for name in set(old) - known(old):
            kept.delete(name)
            swept += 1
    return swept


def _by_shelf(kept: Storage) -> Iterator[list[str]]:
    shelves, _ = kept.listdir("")
    for shelf in shelves:
        yield [f"{shelf}/{name}" for name in kept.listdir(shelf)[1]]
