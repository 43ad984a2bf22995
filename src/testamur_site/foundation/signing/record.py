"""The record of all signatures: a file that only grows, each line chained to the one before it by its hash.

A line holds the time, the kind, whose key and which, and for each signature the row it was made for and the SHA-256 of what was signed:
no names, no addresses, no documents. The lines of a request are on the disk before its signatures leave the process, so that there is no
signature without its line. Where the last line was torn by a power cut, its signatures were never handed out; it is cut off.

The file lies with the signing process: whoever takes over the web server or the database cannot unwrite what was signed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from testamur.durable import sync_folder

GENESIS = "0" * 64


class RecordBroken(RuntimeError):
    """A line of the record was changed or is missing. Nothing is signed before somebody has looked."""


class Record:
    """`open` reads the file to its end once; then `append`. One process, one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Raises RecordBroken and OSError."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._head = GENESIS
        self._length = 0  # of what is whole; only after `replay` anything is written
        self.remembered: dict[str, str] = {}
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        sync_folder(path.parent)  # so that the file itself is still there after a power cut

    def replay(self) -> Iterator[dict[str, Any]]:
        """Every line, checked; afterwards the record can be written. Raises RecordBroken with the number of the line."""
        self._head, self._length = GENESIS, 0
        with self._path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if not line.endswith(b"\n") or (b"\0" in line and not stream.peek(1)):
                    # Torn: not on the disk to its end, or with a hole where a sector is missing; so handed out to nobody.
                    break
                found = self._read(line, number)
                self._length += len(line)
                yield found
        os.ftruncate(self._descriptor, self._length)

    def _read(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(line)
            intact = found["previous"] == self._head
        except (ValueError, KeyError, TypeError):
            intact = False
        if not intact:
            raise RecordBroken(f"Line {number} of the record of signatures does not follow from the line before it.")
        self._head = hashlib.sha256(line).hexdigest()
        self.remembered.update(found.get("remember", {}))
        return found

    def append(
        self,
        *,
        at: str,
        kind: str,
        owner: str,
        key: str,
        signatures: Sequence[tuple[str, str]],
        remember: Mapping[str, str],
    ) -> None:
        """Write one line and wait until it is on the disk. Raises OSError: then nothing may be handed out.

        `at` is a UTC timestamp, `signatures` are (row, SHA-256 of what was signed in hexadecimal).
        """
        content: dict[str, Any] = {
            "at": at,
            "kind": kind,
            "owner": owner,
            "key": key,
            "signatures": [list(one) for one in signatures],
            "previous": self._head,
        }
        if remember:
            content["remember"] = dict(remember)
        line = json.dumps(content, separators=(",", ":"), sort_keys=True).encode() + b"\n"
        # What an earlier failure left behind is cut off first: a torn line in the middle would break the chain.
        os.ftruncate(self._descriptor, self._length)
        if os.write(self._descriptor, line) != len(line):
            raise OSError("the record of signatures could not be written wholly")
        os.fdatasync(self._descriptor)
        self._length += len(line)
        self._head = hashlib.sha256(line).hexdigest()
        self.remembered.update(remember)

    def close(self) -> None:
        os.close(self._descriptor)


def examine(path: Path) -> tuple[int, int]:
    """How many lines and signatures the record has, its chain checked. Raises RecordBroken and OSError."""
    record = Record(path)
    try:
        counted = [len(line["signatures"]) for line in record.replay()]
    finally:
        record.close()
    return len(counted), sum(counted)
