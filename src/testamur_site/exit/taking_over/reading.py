"""The private part of an exit, read: bounded, line by line, and nothing believed before it was checked by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

from ..writing.bags import PAYLOAD, NotABag, Progress, Tree, check
from ..writing.files import pieces
from ..writing.front import FORMAT, READ
from .conflicts import Refused

MAX_DOCUMENT = 64 << 20
MAX_LINE = 32 << 20


@dataclass(frozen=True)
class Source:
    """An exit whose private part is whole. `institution` as `writing/private.py` writes it; `fingerprint` covers everything in it."""

    tree: Tree
    fingerprint: str
    institution: Mapping[str, Any]
    listed: tuple[str, ...]

    def document(self, name: str) -> Any:
        return _document(self.tree, name)

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The objects in a file of lines."""
        with self.tree.open(f"{PAYLOAD}/{name}") as file:
            while line := file.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE:
                    raise Refused([f"The file {name} holds a line that is too long to be one of ours."])
                yield _object(line, name)

    def files(self, folder: str) -> list[str]:
        """The files of lines in a folder, in their order."""
        return sorted(name for name in self.listed if name.startswith(f"{folder}/") and name.endswith(".jsonl"))

    def folder(self, folder: str) -> Iterator[dict[str, Any]]:
        """The objects in all files of a folder; none where an older exit does not have it."""
        for name in self.files(folder):
            yield from self.lines(name)

    def folders(self, above: str) -> set[str]:
        """The names of the folders in a folder."""
        prefix = f"{above}/"
        return {name.removeprefix(prefix).partition("/")[0] for name in self.listed if name.startswith(prefix)}

    def file(self, digest: str) -> BinaryIO | None:
        """The file of that digest, where the exit has it."""
        name = f"files/{digest}"
        return self.tree.open(f"{PAYLOAD}/{name}") if name in self._files else None

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(name for name in self.listed if name.startswith("files/"))

    def misnamed(self, progress: Progress) -> Iterator[str]:
        """The files whose bytes are others than their names say."""
        for number, name in enumerate(sorted(self._files), 1):
            digest = hashlib.sha256()
            with self.tree.open(f"{PAYLOAD}/{name}") as file:
                for piece in pieces(file):
                    digest.update(piece)
            if name != f"files/{digest.hexdigest()}":
                yield name
            progress("files", number)

    def awards(self) -> Iterator[dict[str, Any]]:
        return self.folder("awards")


def read(parts: Mapping[str, Tree], progress: Progress) -> Source:
    """The source of an import. Raises NotABag, and Refused for one that is damaged, in whichever part, or without awards: only the private
    part is taken over, but whoever imports may be about to rely on the public one too."""
    tree = parts.get("private")
    if tree is None:
        raise Refused(["This exit has no private part. Make one with --with-awards: only that can be imported."])
    found = {part: check(each, progress) for part, each in parts.items()}
    damaged = [f"{part}/{finding.path}" for part, checked in found.items() for finding in checked.findings]
    if damaged:
        files = ", ".join(damaged[:5])
        raise Refused([f"This exit is damaged; take another copy. Not as they were written: {files}."])
    institution = _document(tree, "institution.json")
    if not isinstance(institution, dict) or institution.get("format") not in READ:
        raise Refused([f"This exit is not of the format {FORMAT}; import it with the version that wrote it."])
    below = f"{PAYLOAD}/"
    listed = tuple(name.removeprefix(below) for name in tree.names() if name.startswith(below))
    return Source(tree, found["private"].fingerprint, institution, listed)


def _document(tree: Tree, name: str) -> Any:
    try:
        with tree.open(f"{PAYLOAD}/{name}") as file:
            content = file.read(MAX_DOCUMENT + 1)
    except OSError:
        raise NotABag("no_manifest", name) from None
    return _object(content, name)


def _object(content: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or (b"\\u0000" in content and _holds_nul(value)):
        raise Refused([f"The file {name} cannot be read; it was not written by an exit."])
    return value


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _holds_nul(value: Any) -> bool:
    """Whether a NUL stands in any text: no database of ours takes one."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(name) or _holds_nul(inner) for name, inner in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))
