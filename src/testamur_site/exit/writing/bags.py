"""BagIt (RFC 8493): a folder that says of every file in it which bytes it must have.

    bagit.txt · bag-info.txt · manifest-sha256.txt · tagmanifest-sha256.txt · data/…

The files are named in one order and nothing in the tags depends on the clock, so that the same payload gives the same bag. Reading takes
any order, and a folder as well as a ZIP archive.
"""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

PAYLOAD = "data"
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_MANIFEST, _TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(\S.*)")
_CHUNK = 1 << 20
MAX_FINDINGS = 100

Progress = Callable[[str, int], None]
"""Told what is being done, and how many of it are done."""


class NotABag(ValueError):
    """`reason` is stable: no_folder, no_declaration, no_manifest, line, escape, too_much."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(f"{reason} {place}".strip())
        self.reason, self.place = reason, place


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong. `code`: missing, changed, unlisted."""

    code: str
    path: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `fingerprint` is the SHA-256 of the tag manifest, which covers everything in the bag."""

    files: int
    bytes: int
    fingerprint: str
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


class Tree(Protocol):
    """Files by their names, wherever they lie."""

    def names(self) -> Iterator[str]: ...

    def open(self, name: str) -> BinaryIO: ...


class Folder:
    """A folder as a `Tree`. Symbolic links are not followed: a bag holds what it says."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> Iterator[str]:
        yield from (path for path, _ in walk(self._root))

    def open(self, name: str) -> BinaryIO:
        path = self._root / name
        if path.is_symlink():
            raise FileNotFoundError(name)
        return path.open("rb")


class Archive:
    """The files below `prefix` of a ZIP archive as a `Tree`."""

    def __init__(self, archive: zipfile.ZipFile, prefix: str) -> None:
        self._archive, self._prefix = archive, prefix

    def names(self) -> Iterator[str]:
        for name in self._archive.namelist():
            if name.startswith(self._prefix) and not name.endswith("/"):
                yield name.removeprefix(self._prefix)

    def open(self, name: str) -> BinaryIO:
        try:
            return self._archive.open(self._prefix + name)  # type: ignore[return-value]
        except (KeyError, RuntimeError, zipfile.BadZipFile):  # not there, or packed in a way that is not ours
            raise FileNotFoundError(name) from None


def walk(root: Path, below: str = "") -> Iterator[tuple[str, Path]]:
    """Every file below `root` with its name, folder by folder, each in the order of its names."""
    with os.scandir(root / below) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = f"{below}/{entry.name}" if below else entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from walk(root, name)
        else:
            yield name, Path(entry.path)


def seal(folder: Path, info: Mapping[str, str], progress: Progress) -> str:
    """Write the tags of the bag whose payload lies in `folder`/data; returns its fingerprint. Repeating it gives the same tags."""
    files = size = 0
    with (folder / _MANIFEST).open("wb") as manifest:
        for name, path in walk(folder, PAYLOAD):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            manifest.write(f"{digest}  {_escaped(name)}\n".encode())
            files, size = files + 1, size + path.stat().st_size
            progress("sealing", files)
        _settle(manifest)
    (folder / "bagit.txt").write_bytes(_DECLARATION)
    lines = {**info, "Payload-Oxum": f"{size}.{files}"}
    said = "".join(f"{name}: {_one_line(text)}\n" for name, text in lines.items())
    (folder / "bag-info.txt").write_bytes(said.encode())
    tags = "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("bag-info.txt", "bagit.txt")
    )
    with (folder / _MANIFEST).open("rb") as file:
        tags += f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {_MANIFEST}\n"
    with (folder / _TAGS).open("wb") as file:
        file.write(tags.encode())
        _settle(file)
    return hashlib.sha256(tags.encode()).hexdigest()


def check(tree: Tree, progress: Progress) -> Checked:
    """Every file against the manifests, and the folder against them. Raises NotABag for what is no bag of this kind."""
    if _small(tree, "bagit.txt", "no_declaration") != _DECLARATION:
        raise NotABag("no_declaration")
    tags = _small(tree, _TAGS, "no_manifest")
    listed = {**_lines(tags.splitlines()), **_manifest(tree)}
    findings: list[Finding] = []
    size = files = 0
    for name, expected in listed.items():
        try:
            with tree.open(name) as file:
                digest = hashlib.sha256()
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error):
            findings.append(Finding("missing", name))
        else:
            if digest.digest() != expected:
                findings.append(Finding("changed", name))
        files += 1
        progress("checking", files)
        if len(findings) >= MAX_FINDINGS:
            break
    else:
        for name in tree.names():
            if name not in listed and name != _TAGS and len(findings) < MAX_FINDINGS:
                findings.append(Finding("unlisted", name))
    return Checked(files, size, hashlib.sha256(tags).hexdigest(), tuple(findings))


def _manifest(tree: Tree) -> dict[str, bytes]:
    try:
        with tree.open(_MANIFEST) as file:
            return _lines(line.rstrip(b"\r\n") for line in file)
    except OSError:
        raise NotABag("no_manifest") from None


def _lines(lines: Iterator[bytes] | list[bytes]) -> dict[str, bytes]:
    found = {}
    for line in lines:
        try:
            match = _LINE.fullmatch(line.decode())
        except UnicodeDecodeError:
            match = None
        if match is None:
            raise NotABag("line")
        name = _unescaped(match[2])
        if name.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise NotABag("escape", name)
        found[name] = bytes.fromhex(match[1])
    return found


def _small(tree: Tree, name: str, reason: str) -> bytes:
    try:
        with tree.open(name) as file:
            return file.read(_CHUNK)
    except OSError:
        raise NotABag(reason) from None


def _escaped(name: str) -> str:
    """Only what would break a line is escaped (RFC 8493 §2.1.3)."""
    return name.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _unescaped(name: str) -> str:
    return re.sub("%0[dD]", "\r", re.sub("%0[aA]", "\n", name)).replace("%25", "%")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
