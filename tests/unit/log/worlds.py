"""Stores of a log in memory: a sound one, and one in which a chosen step goes wrong."""

from __future__ import annotations

from testamur.log import SecretKey
from testamur.log.notes import KeyType

ORIGIN = "testamur.example/log/2026"
LOG_KEY = SecretKey(ORIGIN, KeyType.ED25519, bytes(range(32)))
LOG_KEY_2 = SecretKey(ORIGIN, KeyType.ML_DSA_44, bytes(range(32)))
SIGNERS = (LOG_KEY, LOG_KEY_2)


class Stored:
    """A log in a dictionary."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.head_bytes: bytes | None = None

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def write(self, path: str, content: bytes) -> None:
        self.files[path] = content

    def remove(self, path: str) -> None:
        self.files.pop(path, None)

    def head(self) -> bytes | None:
        return self.head_bytes

    def swap_head(self, old: bytes | None, new: bytes) -> bool:
        if self.head_bytes != old:
            return False
        self.head_bytes = new
        return True


class Faulty(Stored):
    """Breaks at the change with number `at` (counted from 0); `kept` says whether that change was persisted all the
    same. `names` says of each change what it was."""

    def __init__(self, at: int | None = None, *, kept: bool = False) -> None:
        super().__init__()
        self.at, self.kept, self.changes = at, kept, 0
        self.names: list[str] = []

    def _fails(self, name: str) -> bool:
        self.changes += 1
        self.names.append(name)
        return self.changes - 1 == self.at

    def write(self, path: str, content: bytes) -> None:
        fails = self._fails("begin" if path == "staging/begun" else "stage" if path.startswith("staging/") else path)
        if not fails or self.kept:
            super().write(path, content)
        if fails:
            raise OSError("the disk is gone")

    def remove(self, path: str) -> None:
        fails = self._fails("end" if path == "staging/begun" else "unstage")
        if not fails or self.kept:
            super().remove(path)
        if fails:
            raise OSError("the disk is gone")

    def swap_head(self, old: bytes | None, new: bytes) -> bool:
        fails = self._fails("swap head")
        swapped = super().swap_head(old, new) if not fails or self.kept else False
        if fails:
            raise OSError("the disk is gone")
        return swapped


def entry(number: int) -> bytes:
    """66 bytes, different for every number."""
    return b"\x01\x01" + number.to_bytes(64, "big")
