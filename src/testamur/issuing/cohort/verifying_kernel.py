"""What is done once for each credential that is verified: what its values say is found, and looked at.

One source for two forms, as `linked_data.shapes.kernel`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from testamur.linked_data.shapes.native import is_stamp
from testamur.linked_data.shapes.skeleton import Unshaped

COMPILED: bool = False  # the other form says otherwise
MAX_INDEX: int = 16
"""Digits of an index in a status list, without zeros before them."""


class Places:
    """Where in the values of an award that stands which a verifier asks about; -1 for what it has not."""

    def __init__(self, begins: int, ends: int, status_list: int, status_index: int) -> None:
        self.begins = begins
        self.ends = ends
        self.status_list = status_list if status_index >= 0 else -1
        self.status_index = status_index if status_list >= 0 else -1

    def said(self, values: list[bytes]) -> tuple[bytes, bytes | None, bytes | None, bytes | None]:
        """From when and until when, status list and index. Raises `Unshaped` for a date that `pattern.stamp` does not write."""
        begins: bytes = values[self.begins]
        ends: bytes | None = None
        if self.ends >= 0:
            ends = values[self.ends]
        if not is_stamp(begins) or (ends is not None and not is_stamp(ends)):
            raise Unshaped
        if self.status_index < 0:
            return begins, ends, None, None
        return begins, ends, values[self.status_list], values[self.status_index]


class Examiner:
    """Says of what was read what is to be said. `status_bit` and `make` are those of `verifier`."""

    def __init__(self, status_bit: Callable[[str, int], bool], make: Callable[[Any], Any]) -> None:
        self.status_bit = status_bit
        self.make = make
        self.known = (b"", "")  # the list that was asked for last, and its address; one value, for threads

    def examine(self, said: tuple[Any, ...], signed: bool, moment: bytes) -> Any:
        """`said` by `Places`; `moment` as `pattern.stamp` writes it. Raises `Unshaped` for what is no index."""
        begins: bytes = said[0]
        ends: bytes | None = said[1]
        index: bytes | None = said[3]
        in_force = begins <= moment and (ends is None or moment <= ends)
        withdrawn = None
        if signed and index is not None:
            if not index.isdigit() or len(index) > MAX_INDEX or (len(index) > 1 and index.startswith(b"0")):
                raise Unshaped
            known = self.known
            if said[2] != known[0]:
                known = (said[2], said[2].decode())
                self.known = known
            withdrawn = self.status_bit(known[1], int(index))
        return self.make((signed, in_force, withdrawn))
