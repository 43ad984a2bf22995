"""Which texts are alike, where, and how much of them.

1. The letters of every text are taken, and what stands in the template is cut out of them.
2. Texts that share a fingerprint are candidates.
3. Each shared fingerprint of a candidate pair is looked at letter by letter and extended to both sides as far as the texts agree; so a
   coincidence of hashes is never reported.
4. The share is what of the shorter text is covered. Passages that lie close together are joined for showing.

Time grows with the length of all texts and the number of pairs that share something, which is bounded, most shared first.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from testamur.assessment.similarity.letters import Letters, letters
from testamur.assessment.similarity.winnowing import NOISE, Fingerprints, covered, every_hash, fingerprints
from testamur.errors import TooLarge

MAX_TEXTS = 5_000
MAX_CHARACTERS = 10_000_000  # of all texts together
MAX_PAIRS = 20_000
LEAST_LETTERS = 80  # in common; fewer are found in texts that have nothing to do with each other
LEAST_SHARE = 0.10
LONG = 600  # letters in common that are worth a look however long the texts are
_COMMON = 40  # a fingerprint in more texts than this pairs neighbours only, not all with all
_GAP = 40  # letters between two passages that are shown as one


class Passage(NamedTuple):
    """A stretch that two texts have in common, as places of characters: `[a_start, a_end)` in the one, `[b_start, b_end)` in the other."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """Texts `a` and `b` (a < b) have `letters` letters in common, which are `share` (0 to 1) of the shorter one, both without the
    template. `exact`: all letters are the same."""

    a: str
    b: str
    share: float
    letters: int
    exact: bool
    passages: tuple[Passage, ...]


def digest(text: str) -> str:
    """The SHA-256 (hex) of the letters of `text`: the same for texts that differ in case, spaces and punctuation only."""
    return hashlib.sha256(letters(text).stream.encode()).hexdigest()


def similar_pairs(
    texts: Mapping[str, str],
    *,
    template: str | Iterable[str] = "",
    owners: Mapping[str, str] | None = None,
    among: Collection[str] | None = None,
    least_share: float = LEAST_SHARE,
    least_letters: int = LEAST_LETTERS,
    limit: int = 1_000,
) -> list[Likeness]:
    """The pairs of `texts` that are alike, the greatest share first, at most `limit`.

    A pair is reported where at least `least_letters` letters are common and these are at least `least_share` of the shorter text, or
    where they are at least 600. What `template` (one or several texts: the task's own, a form that everybody fills in) contains is cut
    out first. Texts with the same entry in `owners` are not compared with each other. With `among`, only pairs with one of these.
    The same texts give the same answer on every machine.

    Raises TooLarge (over 5,000 texts, or 10 million characters together).
    """
    if len(texts) > MAX_TEXTS or sum(map(len, texts.values())) > MAX_CHARACTERS:
        raise TooLarge(
            f"At most {MAX_TEXTS:,} texts and {MAX_CHARACTERS:,} characters are compared.",
            code="assessment.similarity.too_large",
        )
    given = [template] if isinstance(template, str) else template
    known = {value for text in given for value in every_hash(letters(text))}
    streams = {name: _own_letters(texts[name], known) for name in sorted(texts)}
    prints = {name: fingerprints(stream) for name, stream in streams.items()}
    found = []
    for one, other in _candidates(prints, owners or {}, None if among is None else set(among)):
        likeness = _compare(one, other, streams, prints)
        enough = likeness.letters >= LONG or likeness.share >= least_share
        if likeness.letters >= least_letters and enough:
            found.append(likeness)
    found.sort(key=lambda one: (-one.share, -one.letters, one.a, one.b))
    return found[:limit]


def _own_letters(text: str, known: set[int]) -> Letters:
    stream = letters(text)
    return stream.without(covered(stream, known)) if known else stream


def _candidates(
    prints: Mapping[str, Fingerprints], owners: Mapping[str, str], among: set[str] | None
) -> list[tuple[str, str]]:
    first: dict[int, str] = {}
    shared: dict[int, list[str]] = {}
    for name, fingerprint in prints.items():
        for value in set(fingerprint.hashes):
            if value in shared:
                shared[value].append(name)
            elif value in first:
                shared[value] = [first[value], name]
            else:
                first[value] = name
    counts: Counter[tuple[str, str]] = Counter()
    for names in shared.values():
        few = len(names) <= _COMMON
        for place, one in enumerate(names):
            for other in names[place + 1 :] if few else names[place + 1 : place + 2]:
                mine = owners.get(one)
                if (mine is None or mine != owners.get(other)) and (among is None or one in among or other in among):
                    counts[one, other] += 1
    return [pair for pair, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_PAIRS]]


_Match = tuple[int, int, int]  # places in the streams of a and of b, and how many letters


def _compare(a: str, b: str, streams: Mapping[str, Letters], prints: Mapping[str, Fingerprints]) -> Likeness:
    one, other = streams[a], streams[b]
    matches = _matches(one, other, prints[a], prints[b])
    common_a = _union((start, start + length) for start, _, length in matches)
    common_b = _union((start, start + length) for _, start, length in matches)
    shorter, common = min((len(one.stream), common_a), (len(other.stream), common_b))
    passages = []
    for a_start, a_end, b_start, b_end in _joined(matches):
        passages.append(Passage(*one.span(a_start, a_end), *other.span(b_start, b_end)))
    return Likeness(
        a, b, round(common / shorter, 4) if shorter else 0.0, common, one.stream == other.stream, tuple(passages)
    )


def _matches(one: Letters, other: Letters, one_prints: Fingerprints, other_prints: Fingerprints) -> list[_Match]:
    wanted = set(one_prints.hashes) & set(other_prints.hashes)
    there: dict[int, list[int]] = {}
    for value, place in zip(other_prints.hashes, other_prints.places, strict=True):
        if value in wanted:
            there.setdefault(value, []).append(place)
    found: list[_Match] = []
    reached: dict[int, int] = {}  # diagonal (difference of the places) → how far it was looked at in `one`
    one_runs, other_runs = one.runs(), other.runs()
    for value, place in zip(one_prints.hashes, one_prints.places, strict=True):
        for beside in there.get(value, ()):
            if reached.get(place - beside, -1) > place:
                continue
            if one.stream[place : place + NOISE] != other.stream[beside : beside + NOISE]:
                continue
            start, end = _extended(one.stream, other.stream, place, beside, one_runs, other_runs)
            reached[place - beside] = end
            found.append((start, start - place + beside, end - start))
    return sorted(found)


def _extended(
    one: str, other: str, place: int, beside: int, one_runs: list[tuple[int, int]], other_runs: list[tuple[int, int]]
) -> tuple[int, int]:
    """How far the texts agree around a fingerprint, without running across a cut: (start, end) in `one`."""
    one_start, one_end = _run(one_runs, place)
    other_start, other_end = _run(other_runs, beside)
    back = _agree_backwards(one, place, other, beside, min(place - one_start, beside - other_start))
    forward = _agree(one, place + NOISE, other, beside + NOISE, min(one_end - place, other_end - beside) - NOISE)
    return place - back, place + NOISE + forward


def _agree(one: str, place: int, other: str, beside: int, most: int) -> int:
    """How many letters agree from these places on, at most `most`."""
    return _search(lambda start, end: one[place + start : place + end] == other[beside + start : beside + end], most)


def _agree_backwards(one: str, place: int, other: str, beside: int, most: int) -> int:
    """How many letters agree before these places, at most `most`."""
    return _search(lambda start, end: one[place - end : place - start] == other[beside - end : beside - start], most)


def _search(alike: Callable[[int, int], bool], most: int) -> int:
    """The greatest number up to which everything is alike: by stretches that double in length, the last one halved."""
    agreed, stretch = 0, 64
    while agreed < most:
        stretch = min(stretch, most - agreed)
        if alike(agreed, agreed + stretch):
            agreed += stretch
            stretch *= 2
        elif stretch == 1:
            break
        else:
            most = agreed + stretch
            stretch //= 2
    return agreed


def _run(runs: list[tuple[int, int]], place: int) -> tuple[int, int]:
    low, high = 0, len(runs) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if runs[middle][0] <= place else (low, middle - 1)
    return runs[low]


def _union(spans: Iterable[tuple[int, int]]) -> int:
    """How many places the spans cover together."""
    total = reached = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _joined(matches: list[_Match]) -> list[tuple[int, int, int, int]]:
    """Matches that follow each other closely in both texts, as one. Matches inside a stretch that is shown already are left out."""
    joined: list[tuple[int, int, int, int]] = []
    for start, beside, length in matches:
        if joined:
            a_start, a_end, b_start, b_end = joined[-1]
            if start + length <= a_end:
                continue
            if -NOISE <= start - a_end <= _GAP and -NOISE <= beside - b_end <= _GAP:
                joined[-1] = (a_start, start + length, b_start, max(b_end, beside + length))
                continue
        joined.append((start, start + length, beside, beside + length))
    return joined
