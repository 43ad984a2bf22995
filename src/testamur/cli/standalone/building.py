"""Putting the single file together.

1. The library, as far as verification goes: its source files and the data beside them (contexts, words).
2. The stand-ins for native packages, and what is run (`__main__.py`).
3. The packages in plain Python that the library uses, from the installation that builds, with their licences.

The same installation gives the same bytes: names in order, one date, one compression.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Final

FILE_NAME: Final = "testamur-verify.pyz"

_PARTS: Final = (
    "__init__.py",
    "accelerated.py",
    "durable.py",
    "errors.py",
    "ports.py",
    "strict_json",
    "model",
    "linked_data",
    "proofs",
    "formats",
    "status",
    "log",
    "verification",
    "fetch",
)
_PACKAGES: Final = ("defusedxml", "pypdf", "rfc8785")
_HERE: Final = Path(__file__).parent
_LIBRARY: Final = _HERE.parent.parent
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_HEAD: Final = b"#!/usr/bin/env python3\n"


@cache
def build() -> bytes:
    """The archive as bytes: a ZIP that Python runs. Kept, since nothing in it changes while a process runs."""
    files = dict(_files())
    files["CONTENTS.txt"] = _contents(files)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, files[name])
    return _HEAD + output.getvalue()


def _files() -> Iterator[tuple[str, bytes]]:
    for part in _PARTS:
        path = _LIBRARY / part
        for file in [path] if path.is_file() else _below(path):
            yield f"testamur/{file.relative_to(_LIBRARY).as_posix()}", file.read_bytes()
    stand_ins = _HERE / "stand_ins"
    for file in _below(stand_ins):
        yield file.relative_to(stand_ins).as_posix(), file.read_bytes()
    yield "__main__.py", (_HERE / "entry.py").read_bytes()
    for package in _PACKAGES:
        yield from _installed(package)


def _below(folder: Path) -> list[Path]:
    """The files in a folder and its folders that are not made by running them."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".") and path.suffix != ".so"
    )


def _installed(package: str) -> Iterator[tuple[str, bytes]]:
    """The modules of an installed package, and its licence."""
    distribution = metadata.distribution(package)
    for entry in distribution.files or ():
        name = PurePosixPath(entry.as_posix())
        if name.parts[0] == package and name.suffix == ".py":
            yield name.as_posix(), Path(str(distribution.locate_file(entry))).read_bytes()
        elif name.name.upper().startswith(("LICENSE", "LICENCE", "COPYING")):
            yield f"licences/{package}.txt", Path(str(distribution.locate_file(entry))).read_bytes()


def _contents(files: dict[str, bytes]) -> bytes:
    """What is in the archive: the versions, and the hash of every file."""
    versions = [f"{package} {metadata.version(package)}" for package in ("testamur", *_PACKAGES)]
    hashes = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files)]
    return "\n".join((*versions, "", *hashes, "")).encode()
