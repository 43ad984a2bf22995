"""How long is searched, and who may look on.

The measure is the solver's deterministic seconds: what it would need on a certain machine, counted in steps and not by a clock. So every
question ends, and ends with the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """What is being done: for a bar of progress."""

    READING = "reading"  # the question is put into numbers
    SEARCHING = "searching"  # the best plan
    ALTERNATIVES = "alternatives"  # others that differ from it
    LOOSENING = "loosening"  # there is none: what would have to be otherwise


Watch = Callable[[Stage, int], None]
"""Is told the stage, and which alternative it is (from 1 on; else 0), before each search. May raise to end everything."""


class Patience:
    """How much may still be searched. What a part of it spends, the whole has spent."""

    def __init__(self, left: float, watch: Watch | None = None, *, of: Patience | None = None) -> None:
        self._left = left
        self._watch = watch
        self._whole = of
        self._stage, self._number = Stage.SEARCHING, 0

    @property
    def left(self) -> float:
        return self._left if self._whole is None else max(0.0, min(self._left, self._whole.left))

    def part(self, most: float) -> Patience:
        """At most so much of what is left, for one purpose."""
        return Patience(most, of=self)

    def enter(self, stage: Stage, number: int = 0) -> None:
        """Say what comes now."""
        self._stage, self._number = stage, number
        self.look_up()

    def look_up(self) -> None:
        """Let whoever watches see where we are. Raises what they raise."""
        if self._whole is not None:
            self._whole.look_up()
        elif self._watch is not None:
            self._watch(self._stage, self._number)

    def of(self, share: float) -> float:
        """At most so much for one search; nothing where no patience is left."""
        self.look_up()
        return max(0.0, min(share, self.left))

    def spend(self, seconds: float) -> None:
        self._left -= seconds
        if self._whole is not None:
            self._whole.spend(seconds)
