"""How near two lists of learning outcomes are, in a way that can be explained: by the words they share. No Django.

For each outcome of ours the nearest of theirs is the one with the largest Dice coefficient of the two sets of words (twice the number of
shared words, by the number of words in both). Little words do not count; endings that English adds are cut off; a Korean word counts by its
first two syllables, because particles follow. The shared words are given, so that whoever decides sees why, and decides.
Source: L. R. Dice, Measures of the Amount of Ecologic Association Between Species, Ecology 26 (1945).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

NEAR: Final = 0.5
SOMEWHAT: Final = 0.25
MAXIMUM_STATEMENTS: Final = 40
MAXIMUM_LENGTH: Final = 400

_WORD = re.compile(r"[^\W\d_]+")
_HANGUL = re.compile(r"[가-힣]{2,}")
_LITTLE_WORDS = (
    "a an and are as at be by for from has have how in into is it its of on or that the their them they this to was what when which who "
    "with within will can able one own use using"
)
_LITTLE = frozenset(_LITTLE_WORDS.split())
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "e")
_LIST = re.compile(r"^\s*[-*]\s+(?P<said>.+)$")
_OUTCOMES = re.compile(r"^#+\s*(learning outcomes|학습 성과)\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Match:
    """One outcome of ours and the nearest of theirs. `nearness` is `near`, `somewhat` or `none`; then `theirs` is ''."""

    ours: str
    theirs: str = ""
    shared: tuple[str, ...] = ()
    score: float = 0.0

    @property
    def nearness(self) -> str:
        return "near" if self.score >= NEAR else "somewhat" if self.score >= SOMEWHAT else "none"


def words(text: str) -> dict[str, str]:
    """The words of a text that count, by their stems: {stem: word as written}."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text.casefold()):
        if _HANGUL.fullmatch(word):
            found.setdefault(word[:2], word)
        elif len(word) > 2 and word not in _LITTLE:
            found.setdefault(_stem(word), word)
    return found


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def compare(ours: Sequence[str], theirs: Sequence[str]) -> list[Match]:
    """For each of ours the nearest of theirs; the earlier one of two that are equally near."""
    there = [(text, words(text)) for text in theirs]
    return [_nearest(text, there) for text in ours]


def _nearest(text: str, there: Iterable[tuple[str, Mapping[str, str]]]) -> Match:
    own = words(text)
    best = Match(text)
    for other, said in there:
        shared = own.keys() & said.keys()
        score = 2 * len(shared) / (len(own) + len(said)) if shared else 0.0
        if score > best.score:
            best = Match(text, other, tuple(sorted(own[stem] for stem in shared)), score)
    return best if best.score >= SOMEWHAT else Match(text)


def statements(subject: Mapping[str, Any]) -> list[str]:
    """What a credential says was learned, from a report's `subject`: the outcomes that its criteria list, else its skills (alignments)
    and the sentences of its criteria and description. Bounded."""
    achievement = subject.get("achievement")
    if not isinstance(achievement, Mapping):
        return []
    criteria = achievement.get("criteria")
    narrative = str(criteria.get("narrative", "")) if isinstance(criteria, Mapping) else ""
    listed = _listed(narrative)
    skills = [
        str(one.get("targetName", ""))
        for one in achievement.get("alignment", ())
        if isinstance(one, Mapping) and not one.get("targetCode")
    ]
    said = listed or [*skills, *_sentences(narrative), *_sentences(str(achievement.get("description", "")))]
    bounded = (" ".join(one.split())[:MAXIMUM_LENGTH] for one in said)
    return list(dict.fromkeys(one for one in bounded if one))[:MAXIMUM_STATEMENTS]


def _listed(narrative: str) -> list[str]:
    """The items of the list below a heading "Learning outcomes", without what is nested in them."""
    heading = _OUTCOMES.search(narrative)
    if heading is None:
        return []
    found = []
    for line in narrative[heading.end() :].splitlines():
        if line.startswith("#"):
            break
        if (item := _LIST.match(line)) and not line.startswith((" ", "\t")):
            found.append(item["said"])
    return found


def _sentences(text: str) -> list[str]:
    plain = re.sub(r"[#*_>`]+", " ", text)
    return [part.strip() for part in re.split(r"(?<=[.!?;])\s+|\n+", plain) if len(part.strip()) > 8]
