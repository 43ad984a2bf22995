"""The findings: codes and facts. Sentences are in `words`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType, ModuleType
from typing import Any

from testamur.assessment.outcomes import english, korean
from testamur.errors import TooLarge

LEVELS = ("remember", "understand", "apply", "analyse", "evaluate", "create")
MAX_OUTCOMES = 200
MAX_CHARACTERS = 2_000
LONG = 300  # characters; a sentence that one cannot keep in mind
ALIKE = 0.75  # share of common words from which two outcomes are taken to say the same
HIGH_EQF = 6  # from here on applying is the least that is expected somewhere

_LANGUAGES: Mapping[str, ModuleType] = {"en": english, "ko": korean}
# What the European Qualifications Framework asks of each level, in the words of the taxonomy: our reading, to choose examples by.
_FOR_EQF = ("remember", "understand", "apply", "apply", "analyse", "evaluate", "create", "create")
_EXAMPLES = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` says what was found; `outcome` is the place of the outcome in the list, from 0, or None where it is about all.

    - `no_verb`: no verb that names something observable. Facts: `examples`.
    - `unobservable_verb`: its verb names what nobody can see. Facts: `verb`, `examples`.
    - `vague_words`: words that leave open what is meant. Facts: `words`.
    - `several`: several verbs, so probably several outcomes. Facts: `verbs`.
    - `duplicate`: the same as an earlier one, or nearly. Facts: `other` (its place), `exact`.
    - `long`: Facts: `characters`, `at_most`.
    - `empty`: no text.
    - `below_level`: no outcome asks for more than understanding, though the level stated is high. Facts: `level`, `highest`.
    - `language`: there are no lists for this language, so verbs and vague words could not be looked at. Facts: `language`.
    """

    code: str
    outcome: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))


def lint(titles: Sequence[str], *, level: int | None = None, language: str = "en") -> list[Finding]:
    """What a reader of these learning outcomes would stumble over, in the order of the outcomes; hints about all of them come last.

    `level` is the programme's level in the European Qualifications Framework (1 to 8), None where it is unknown. `language` is the
    language of the titles; English and Korean have lists, in other languages only duplicates and length are looked at. Raises
    TooLarge (more than 200 outcomes, or one of more than 2,000 characters).
    """
    if len(titles) > MAX_OUTCOMES or any(len(title) > MAX_CHARACTERS for title in titles):
        raise TooLarge(
            f"At most {MAX_OUTCOMES} outcomes of at most {MAX_CHARACTERS:,} characters are looked at.",
            code="assessment.outcomes.too_many",
        )
    tag = _language(language)
    lists = _LANGUAGES.get(tag)
    findings: list[Finding] = []
    normal = [_normal(title) for title in titles]
    for place, title in enumerate(titles):
        if not normal[place]:
            findings.append(Finding("empty", place))
            continue
        if lists is not None:
            findings += _verbs(place, title, lists, level, tag)
            findings += _vague(place, title, lists.VAGUE_WORDS, tag)
        findings += _length(place, title)
        findings += _duplicate(place, normal)
    if lists is None and any(normal):
        findings.append(Finding("language", None, {"language": language}))
    elif lists is not None:
        findings += _below(titles, lists.observable, level)
    return findings


def main_verb(title: str, language: str = "en") -> tuple[str, str] | None:
    """(verb, level of the taxonomy) of the verb that the outcome is about; None where no list has it."""
    lists = _LANGUAGES.get(_language(language))
    return lists.observable(title[:MAX_CHARACTERS]) if lists is not None else None


def suggested_verbs(level: int | None = None, language: str = "en") -> dict[str, tuple[str, ...]]:
    """The verbs of the lists by level of the taxonomy, those first that the level of the European Qualifications Framework asks for.
    Empty where there are no lists for the language."""
    lists = _LANGUAGES.get(_language(language))
    if lists is None:
        return {}
    first = _expected(level)
    order = [first, *(name for name in LEVELS if name != first)]
    return {name: tuple(lists.VERBS[name]) for name in order}


def _language(tag: str) -> str:
    return tag.partition("-")[0].partition("_")[0].lower()


def _expected(level: int | None) -> str:
    return _FOR_EQF[min(max(level, 1), 8) - 1] if level is not None else "apply"


def _normal(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"[\w'+#]+", folded))


def _verbs(place: int, title: str, lists: ModuleType, level: int | None, tag: str) -> Iterator[Finding]:
    examples = suggested_verbs(level, tag)[_expected(level)][:_EXAMPLES]
    if unobservable := lists.unobservable(title):
        yield Finding("unobservable_verb", place, {"verb": unobservable, "examples": examples})
        return
    verb = lists.observable(title)
    if verb is None:
        yield Finding("no_verb", place, {"examples": examples})
        return
    verbs = list(dict.fromkeys([verb[0], *lists.further(title)]))
    if len(verbs) > 1:
        yield Finding("several", place, {"verbs": tuple(verbs)})


def _vague(place: int, title: str, words: Sequence[str], tag: str) -> Iterator[Finding]:
    # A Korean word may carry a particle behind it, an English one ends where it ends; neither begins inside a word.
    ending = r"\b" if tag == "en" else r"(?=[\s.,()]|을|를|이|가|의|으로|에|$)"
    found = [word for word in words if re.search(rf"(?<!\w){re.escape(word)}{ending}", title, re.IGNORECASE)]
    if found:
        yield Finding("vague_words", place, {"words": tuple(found)})


def _length(place: int, title: str) -> Iterator[Finding]:
    if len(title) > LONG:
        yield Finding("long", place, {"characters": len(title), "at_most": LONG})


def _duplicate(place: int, normal: Sequence[str]) -> Iterator[Finding]:
    here = set(normal[place].split())
    for other in range(place):
        there = set(normal[other].split())
        exact = normal[other] == normal[place]
        if exact or len(here & there) >= ALIKE * len(here | there) > 0:
            yield Finding("duplicate", place, {"other": other, "exact": exact})
            return


def _below(
    titles: Sequence[str], observable: Callable[[str], tuple[str, str] | None], level: int | None
) -> Iterator[Finding]:
    ranks = [LEVELS.index(verb[1]) for title in titles if (verb := observable(title))]
    if level is not None and level >= HIGH_EQF and ranks and max(ranks) < LEVELS.index("apply"):
        yield Finding("below_level", None, {"level": level, "highest": LEVELS[max(ranks)]})
