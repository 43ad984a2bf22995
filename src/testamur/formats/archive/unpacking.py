"""The files in a ZIP archive, each bounded, each by itself: one that is damaged does not spoil the others.

An archive says how large its files are, and may lie. So the directory is bounded before it is trusted, every file is unpacked against its
own limit and against what is left for the whole archive, and an archive inside an archive is not opened. Names are for showing: folders
and control characters are taken off, and nothing is stored under them.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from testamur.errors import InputError, Malformed, TooLarge
from testamur.formats import log_proofs

SIGNATURE: Final = b"PK\x03\x04"
EMPTY: Final = b"PK\x05\x06"  # how an archive without any file begins
MAX_ARCHIVE: Final = 64 * 1024 * 1024
MAX_ENTRIES: Final = 10_000
MAX_ENTRY: Final = 16 * 1024 * 1024
MAX_TOTAL: Final = 1024 * 1024 * 1024

_MAX_NAME: Final = 120
_STORED_OR_DEFLATED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SYMBOLIC_LINK: Final = 0o120000
_ARCHIVES: Final = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_PROOF: Final = "." + log_proofs.NAME
_LITTER: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read: `entries` files, `entry` bytes of one, `total` bytes of all, and from one byte no more than `ratio`, where it is
    given: JSON shrinks to a tenth, seldom to a fiftieth; a bomb to a thousandth."""

    entries: int = MAX_ENTRIES
    entry: int = MAX_ENTRY
    total: int = MAX_TOTAL
    ratio: int | None = None


LIMITS: Final = Limits()
_SMALL: Final = 1_000_000  # bytes: below, no ratio does harm


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: `position` in the archive (from 1), `name` for showing, and its bytes or the error why there are none.

    `path` is its name as the archive has it, not fit for showing nor for storing under. `log_proofs` are proofs from a transparency log
    that stand beside it under its name (`badge.json.tlog-proof`, `badge.tlog-proof`), unverified.
    """

    position: int
    name: str
    content: bytes | None = field(repr=False)
    error: InputError | None = None
    path: str = ""
    log_proofs: tuple[bytes, ...] = field(default=(), repr=False)


def entries(archive: bytes, limits: Limits = LIMITS) -> Iterator[Entry]:
    """The files in `archive` in their order, folders and the litter of operating systems left out; unpacked one at a time. Proofs from a
    log are no files of their own: each goes with the file beside which it stands.

    Raises `Malformed` (`archive.unreadable`) or `TooLarge` (`archive.too_large`, `archive.too_many`) before the first entry. What is wrong
    with one file is that entry's `error`: `archive.entry_damaged`, `.entry_encrypted`, `.entry_nested`, `.entry_link`,
    `.entry_too_large`, `.entry_inflated`, `.total_too_large`.
    """
    directory = _directory(archive, limits)
    return _unpacked(directory, limits)


def _directory(archive: bytes, limits: Limits) -> zipfile.ZipFile:
    if len(archive) > MAX_ARCHIVE:
        raise TooLarge(
            f"This archive has {len(archive)} bytes; at most {MAX_ARCHIVE} are read.",
            code="archive.too_large",
            facts={"limit": MAX_ARCHIVE},
        )
    # Every entry of the directory takes at least 46 bytes and begins with this mark: counted before a list of them is made.
    if archive.count(b"PK\x01\x02") > 2 * limits.entries:
        raise _too_many(limits)
    try:
        directory = zipfile.ZipFile(io.BytesIO(archive))
    except (
        zipfile.BadZipFile,
        ValueError,
        OverflowError,
        NotImplementedError,
        EOFError,
        KeyError,
        OSError,
        RecursionError,
    ):
        raise Malformed("This is no archive, or it is damaged.", code="archive.unreadable") from None
    if len(directory.infolist()) > limits.entries:
        raise _too_many(limits)
    return directory


def _unpacked(directory: zipfile.ZipFile, limits: Limits) -> Iterator[Entry]:
    left, position = limits.total, 0
    proofs = {each.filename: each for each in directory.infolist() if each.filename.endswith(_PROOF)}
    for information in directory.infolist():
        if (
            information.filename.endswith(("/", _PROOF))  # not `is_dir`: it trusts that there is a name
            or information.filename.startswith(_LITTER[0])
            or information.filename.endswith(_LITTER[1:])
        ):
            continue
        position += 1
        name = _shown(information.filename)
        try:
            content = _one(directory, information, left, limits)
        except InputError as error:
            yield Entry(position, name, None, error, information.filename)
            continue
        beside = _beside(directory, information.filename, proofs, limits)
        left -= len(content) + sum(map(len, beside))
        yield Entry(position, name, content, None, information.filename, beside)


def _beside(
    directory: zipfile.ZipFile, path: str, proofs: Mapping[str, zipfile.ZipInfo], limits: Limits
) -> tuple[bytes, ...]:
    """The proofs that stand beside a file under its name. One that cannot be unpacked is none, and costs the file nothing."""
    found = []
    stem, dot, extension = path.rpartition(".")
    names = [path + _PROOF, *([stem + _PROOF] if dot and "/" not in extension else [])]
    for information in (proofs[name] for name in names if name in proofs):
        with suppress(InputError):
            found.append(_one(directory, information, log_proofs.MAX_LOG_PROOF, limits))
    return tuple(found)


def _one(directory: zipfile.ZipFile, information: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    if information.flag_bits & 1:
        raise Malformed("This file is locked with a password.", code="archive.entry_encrypted")
    if information.external_attr >> 16 & 0o170000 == _SYMBOLIC_LINK:
        raise Malformed("This entry is a link and no file.", code="archive.entry_link")
    if information.compress_type not in _STORED_OR_DEFLATED:
        raise Malformed("This file is packed in a way that is not read.", code="archive.entry_damaged")
    if limits.ratio is not None and information.file_size > max(
        _SMALL, limits.ratio * max(information.compress_size, 1)
    ):
        raise TooLarge(
            "This file unpacks to far more than a credential could.",
            code="archive.entry_inflated",
            facts={"limit": limits.ratio},
        )
    limit = min(limits.entry, left)
    try:
        with directory.open(information) as packed:
            content = packed.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError):
        raise Malformed("This file in the archive is damaged.", code="archive.entry_damaged") from None
    if len(content) > limit:
        code = "archive.entry_too_large" if limit == limits.entry else "archive.total_too_large"
        raise TooLarge(f"This file unpacks to more than {limit} bytes.", code=code, facts={"limit": limit})
    if content.startswith(_ARCHIVES):
        raise Malformed("An archive inside an archive is not opened.", code="archive.entry_nested")
    return content


def _shown(name: str) -> str:
    """The last part of a name without control and direction characters: a name must not change how the line around it reads."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    clean = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    return clean[:_MAX_NAME] or "—"


def _too_many(limits: Limits) -> TooLarge:
    return TooLarge(
        f"This archive has more than {limits.entries} files.",
        code="archive.too_many",
        facts={"limit": limits.entries},
    )
