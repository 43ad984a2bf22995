"""Where issued credentials go: one file each in a folder, or one line each in one file. Both know what they hold already."""

from __future__ import annotations

import contextlib
import math
import os
import struct
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self
from xml.sax.saxutils import escape

from testamur import strict_json
from testamur.cli.common import UsageError, write_atomically
from testamur.errors import TestamurError
from testamur.formats.baked import png, svg

FORMATS = ("json", "jwt", "png", "svg")
BAKED = ("png", "svg")


class Output(Protocol):
    """A place for credentials, used as a context manager."""

    def has(self, identifier: str) -> bool:
        """Whether the award with this id is there already."""
        ...

    def write(self, identifier: str, credential: bytes) -> None:
        """Put the award there, wholly or not at all."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Folder:
    """One file each, named by the random part of the award's id: nothing personal stands in a file name."""

    def __init__(self, path: Path, form: str, image: bytes | None) -> None:
        self._path, self._form, self._image = path, form, image
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{path} cannot be made a folder: {error.strerror}") from None
        if image is not None and form in BAKED:
            self._bake(b"{}")  # an image that cannot be used is refused before the first award

    def has(self, identifier: str) -> bool:
        return self._file(identifier).exists()

    def write(self, identifier: str, credential: bytes) -> None:
        write_atomically(self._file(identifier), self._bake(credential) if self._form in BAKED else credential)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def _file(self, identifier: str) -> Path:
        return self._path / f"{identifier.rpartition(':')[2]}.{self._form}"

    def _bake(self, credential: bytes) -> bytes:
        image = self._image or b""
        try:
            return png.bake(image, credential) if self._form == "png" else svg.bake(image, credential)
        except TestamurError as error:
            raise UsageError(f"the image cannot be used: {error}") from None


class Lines:
    """One line each. A last line that was cut off by a crash is removed, so that the run can be repeated."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: set[str] = set()
        self._file: BinaryIO | None = None

    def has(self, identifier: str) -> bool:
        return identifier in self._known

    def write(self, identifier: str, credential: bytes) -> None:
        if self._file is None:
            raise RuntimeError("used outside of its context")
        self._file.write(credential + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._known.add(identifier)

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch()
            self._file = self._path.open("r+b")
        except OSError as error:
            raise UsageError(f"{self._path} cannot be written: {error.strerror}") from None
        end = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            end += len(line)
            with contextlib.suppress(TestamurError):
                value = strict_json.loads(line)
                if isinstance(value, dict) and isinstance(value.get("id"), str):
                    self._known.add(value["id"])
        self._file.truncate(end)
        self._file.seek(end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def drawn_badge(title: str, issuer: str) -> bytes:
    """A plain SVG to bake into, for those who have no picture yet: a disc with the achievement and the issuer on it."""
    text = 'fill="#f1faee" font-family="sans-serif" text-anchor="middle"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img">
  <title>{escape(title)}</title>
  <circle cx="200" cy="200" r="190" fill="#1d3557"/>
  <circle cx="200" cy="200" r="172" fill="none" stroke="#f1faee" stroke-width="4"/>
  <text x="200" y="196" font-size="30" font-weight="bold" {text}>{escape(title[:22])}</text>
  <text x="200" y="240" font-size="18" {text}>{escape(issuer[:34])}</text>
</svg>
""".encode()


def drawn_disc(size: int = 400) -> bytes:
    """A plain PNG to bake into, for those who have no picture yet: the disc of `drawn_badge` without words, `size` pixels square.

    Drawn here, byte by byte, because a library that only issues should not need an imaging library (PNG, W3C, third edition).
    """
    centre, pixels = (size - 1) / 2, bytearray()
    dark, light = (0x1D, 0x35, 0x57), (0xF1, 0xFA, 0xEE)
    rim, ring, width = 0.475 * size, 0.43 * size, 0.006 * size
    for row in range(size):
        pixels.append(0)  # each row unfiltered
        for column in range(size):
            distance = math.hypot(row - centre, column - centre)
            shade = max(0.0, min(1.0, width + 0.5 - abs(distance - ring)))  # how much of this pixel is ring
            opacity = max(0.0, min(1.0, rim + 0.5 - distance))
            pixels += bytes(round(a + (b - a) * shade) for a, b in zip(dark, light, strict=True))
            pixels.append(round(255 * opacity))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)  # eight bits, red green blue alpha
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(pixels), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
