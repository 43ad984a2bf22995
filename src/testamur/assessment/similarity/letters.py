"""A text as a stream of letters: what remains when case, accents, spaces and punctuation are taken away, each letter with its place.

Korean syllables are taken apart into their letters (jamo), so that a stream of either language holds about as much in so many letters,
and a changed particle changes little.
"""

from __future__ import annotations

import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Letters:
    """`stream`, and for every letter of it the place in the text of the character that it comes from. `breaks` are the places in the
    stream where something was cut out: nothing runs across one."""

    stream: str
    places: array[int]
    breaks: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the text that the letters from `start` up to `end` come from."""
        return self.places[start], self.places[end - 1] + 1

    def runs(self) -> list[tuple[int, int]]:
        """The stretches between breaks, as (start, end)."""
        edges = [0, *self.breaks, len(self.stream)]
        return [(start, end) for start, end in pairwise(edges) if end > start]

    def without(self, covered: bytearray) -> Letters:
        """What is left when the letters marked in `covered` are cut out."""
        kept = [place for place in range(len(self.stream)) if not covered[place]]
        breaks = tuple(at for at in range(1, len(kept)) if kept[at] != kept[at - 1] + 1)
        stream = "".join(self.stream[place] for place in kept)
        return Letters(stream, array("I", (self.places[place] for place in kept)), breaks)


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    folded = unicodedata.normalize("NFKD", character).casefold()
    return "".join(letter for letter in unicodedata.normalize("NFKD", folded) if letter.isalnum())


def letters(text: str) -> Letters:
    """The letters and digits of `text`."""
    stream: list[str] = []
    places = array("I")
    for place, character in enumerate(text):
        if folded := _folded(character):
            stream.append(folded)
            places.extend([place] * len(folded))
    return Letters("".join(stream), places)
