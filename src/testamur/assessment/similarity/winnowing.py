"""Fingerprints by winnowing (Schleimer, Wilkerson and Aiken, “Winnowing: Local Algorithms for Document Fingerprinting”, SIGMOD 2003).

Every run of `NOISE` letters is hashed; of every `WINDOW` neighbouring hashes the least one is kept. So two texts that share at least
`NOISE + WINDOW - 1` letters in a row share a fingerprint, whatever stands around them, and fewer than `NOISE` are never noticed.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from zlib import crc32

from testamur.assessment.similarity.letters import Letters

NOISE = 20
WINDOW = 17
REPEATED = 6  # places of one hash in one text that are kept: a text of one letter has as many as it has letters
SURELY_FOUND = NOISE + WINDOW - 1  # letters: about seven English words, about fourteen Korean syllables

_WIDTH = 4  # bytes of a letter in UTF-32


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Hashes, and the place in the stream where each run of letters begins."""

    hashes: array[int]
    places: array[int]


def _hashes(stream: str, start: int, end: int) -> list[int]:
    data = memoryview(stream[start:end].encode("utf-32-le"))
    last = end - start - NOISE
    # A product with an odd number is as distinct as the checksum, but the least ones are spread over all texts.
    return [crc32(data[at * _WIDTH : (at + NOISE) * _WIDTH]) * 0x9E3779B1 & 0xFFFFFFFF for at in range(last + 1)]


def every_hash(letters: Letters) -> set[int]:
    """The hashes of all runs of NOISE letters."""
    return {value for start, end in letters.runs() for value in _hashes(letters.stream, start, end)}


def covered(letters: Letters, known: set[int]) -> bytearray:
    """A mark for each letter that belongs to a run of NOISE letters whose hash is among `known`."""
    marks = bytearray(len(letters.stream))
    for start, end in letters.runs():
        marked = start
        for at, value in enumerate(_hashes(letters.stream, start, end), start):
            if value in known:
                first = max(at, marked)
                marks[first : at + NOISE] = b"\1" * (at + NOISE - first)
                marked = at + NOISE
    return marks


def fingerprints(letters: Letters) -> Fingerprints:
    """The fingerprints of a text. A stretch that is shorter than a window has one."""
    kept, places = array("L"), array("I")
    times: Counter[int] = Counter()
    for start, end in letters.runs():
        hashes = _hashes(letters.stream, start, end)
        least = -1
        for at in range(min(WINDOW, len(hashes)) - 1, len(hashes)) if hashes else ():
            first = max(0, at - WINDOW + 1)
            if least < first:
                changed, least = True, min(range(at, first - 1, -1), key=hashes.__getitem__)
            elif changed := hashes[at] <= hashes[least]:
                least = at
            if changed and times[hashes[least]] < REPEATED:
                times[hashes[least]] += 1
                kept.append(hashes[least])
                places.append(start + least)
    return Fingerprints(kept, places)
