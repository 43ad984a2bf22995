"""The checks that a profile can name. Each is pure and has three outcomes; what cannot be decided says why.

A check takes the programme and its own parameters from the profile, and gives an outcome with a code and facts. Sentences are made
late, in `sentences.py`, from the codes. Nothing is weighed or added up: a list of rules with their outcomes is the result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .programme import Programme


class Outcome(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Finding:
    """What a check found. `facts` are JSON values without personal data."""

    outcome: Outcome
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[Programme, Mapping[str, Any]], Finding]


def evaluate(name: str, programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """Run the check called `name`. Raises KeyError for a name that is not in CHECKS (the profiles are examined when they are read)."""
    return CHECKS[name](programme, parameters)


def _holds(code: str, **facts: Any) -> Finding:
    return Finding(Outcome.HOLDS, code, facts)


def _fails(code: str, **facts: Any) -> Finding:
    return Finding(Outcome.FAILS, code, facts)


def _open(code: str, **facts: Any) -> Finding:
    return Finding(Outcome.UNDECIDED, code, facts)


def element(programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """An element of Annex I is described. A weak one is there: what is weak about it is said by the catalogue's own meter."""
    presence = programme.elements.get(parameters["element"])
    if presence is None:
        return _open("element.unknown", element=parameters["element"])
    return _fails("element.missing") if presence == "missing" else _holds("element.present")


def credits_between(programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """The points in one credit system lie between `least` and `most` (either may be left out)."""
    system = parameters["system"]
    points = programme.credits.get(system)
    if points is None:
        return _open("credits.none", system=system)
    return _within(points, parameters, "credits", system=system)


def hours_per_credit(programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """Hours of work for each point of the system lie between `least` and `most`."""
    return _hours_for_each(programme, programme.hours, parameters, "workload.none", "hours_per_credit")


def contact_hours_per_credit(programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """As `hours_per_credit`, of the hours that are not self-study."""
    return _hours_for_each(programme, programme.contact_hours, parameters, "contact.none", "contact_per_credit")


def _hours_for_each(
    programme: Programme, hours: Decimal | None, parameters: Mapping[str, Any], missing: str, code: str
) -> Finding:
    system = parameters["system"]
    points = programme.credits.get(system)
    if not points:
        return _open("credits.none", system=system)
    if hours is None:
        return _open(missing)
    return _within(hours / points, parameters, code, system=system)


def hours_between(programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """The whole workload in hours lies between `least` and `most`."""
    if programme.hours is None:
        return _open("workload.none")
    return _within(programme.hours, parameters, "hours")


def level_between(programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """The EQF level lies between `least` and `most`; another framework's level is for a person to compare."""
    if programme.eqf_level is None:
        return _open("level.other" if programme.other_level else "level.none")
    return _within(Decimal(programme.eqf_level), parameters, "level")


def review_between(programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """The next review comes after `least` to `most` months."""
    if programme.review_months is None:
        return _open("review.none")
    return _within(Decimal(programme.review_months), parameters, "review")


def _within(value: Decimal, parameters: Mapping[str, Any], code: str, **facts: Any) -> Finding:
    least, most = parameters.get("least"), parameters.get("most")
    facts |= {"value": plain(value), "least": str(least or ""), "most": str(most or "")}
    if least is not None and value < Decimal(str(least)):
        return _fails(f"{code}.few", **facts)
    if most is not None and value > Decimal(str(most)):
        return _fails(f"{code}.many", **facts)
    return _holds(f"{code}.fits", **facts)


def title_without_words(programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """No title holds one of `words`, as a whole word, however it is spelt: with hyphens, spaces, capitals or accents."""
    if not any(programme.titles.values()):
        return _open("title.none")
    titles = [_spelt(title) for title in programme.titles.values()]
    found = [word for word in parameters["words"] if any(_says(title, _spelt(word)) for title in titles)]
    return _fails("title.words", words=found) if found else _holds("title.free")


def title_without_names(programme: Programme, _parameters: Mapping[str, Any]) -> Finding:
    """The title names no organisation that is part of the programme. Whether it names a person or a product only a person can tell."""
    if not any(programme.titles.values()):
        return _open("title.none")
    titles = [_spelt(title) for title in programme.titles.values()]
    found = sorted(
        {name for name in programme.organisations if _spelt(name) and any(_says(t, _spelt(name)) for t in titles)}
    )
    return _fails("title.names", names=found) if found else _open("title.judge_names")


def _spelt(text: str) -> str:
    """Lower case, without accents, every run of other signs than letters and digits as one space."""
    plain_text = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", re.sub(r"[\W_]+", " ", plain_text)).strip()


def _says(text: str, words: str) -> bool:
    """Whether `words` stand in `text` between word boundaries; written together counts too ("postgraduate", "post graduate")."""
    if f" {words} " in f" {text} ":
        return True
    return " " in words and f" {words.replace(' ', '')} " in f" {text} "


def assessed(programme: Programme, _parameters: Mapping[str, Any]) -> Finding:
    """There is an assessment, and it is more than having been present."""
    if not programme.assessments and not programme.tasks:
        return _fails("assessed.none")
    if programme.attendance_only and not programme.tasks:
        return _fails("assessed.attendance")
    return _holds("assessed.yes", count=max(programme.assessments, len(programme.tasks)))


def outcomes_assessed(programme: Programme, _parameters: Mapping[str, Any]) -> Finding:
    """Each learning outcome is looked at by a criterion of a task's rubric."""
    if not programme.outcome_keys:
        return _fails("outcomes.none")
    if not any(task.has_rubric for task in programme.tasks):
        return _open("outcomes.no_rubric")
    looked_at: frozenset[str] = frozenset().union(*(task.outcomes for task in programme.tasks))
    titles = dict(zip(programme.outcome_keys, programme.outcomes, strict=False))
    left = [titles.get(key, key) for key in programme.outcome_keys if key not in looked_at]
    return _fails("outcomes.not_assessed", outcomes=left) if left else _holds("outcomes.assessed")


def outcomes_number(programme: Programme, parameters: Mapping[str, Any]) -> Finding:
    """There are `least` to `most` learning outcomes."""
    return _within(Decimal(len(programme.outcomes)), parameters, "outcomes")


def outcomes_linked(programme: Programme, _parameters: Mapping[str, Any]) -> Finding:
    """Each outcome names a skill of a published framework."""
    count, linked = len(programme.outcomes), programme.outcomes_with_skill
    if not count:
        return _open("outcomes.none")
    return _holds("outcomes.linked") if linked == count else _fails("outcomes.not_linked", missing=count - linked)


def supervision_stated(programme: Programme, _parameters: Mapping[str, Any]) -> Finding:
    """Of every assessment it is said whether it is supervised and whether the identity is checked."""
    stated = programme.assessments_with_supervision + sum(task.supervision_stated for task in programme.tasks)
    asked = programme.assessments + len(programme.tasks)
    if not asked:
        return _open("assessed.none")
    return _holds("supervision.stated") if stated == asked else _fails("supervision.missing", missing=asked - stated)


def quality_statement(programme: Programme, _parameters: Mapping[str, Any]) -> Finding:
    """Quality assurance names its body and describes how it works."""
    if not programme.quality_bodies:
        return _fails("quality.no_body")
    return _holds("quality.described") if programme.quality_descriptions else _fails("quality.not_described")


def judgement(_programme: Programme, _parameters: Mapping[str, Any]) -> Finding:
    """What no program can see: reviewers answer it in words."""
    return _open("judgement")


def plain(number: Decimal) -> str:
    """A decimal number as people write it: at most two places, no exponent, no zeros at the end."""
    rounded = number.quantize(Decimal("0.01"))
    return format(rounded.normalize() if rounded else Decimal(0), "f")


def _named(*checks: Check) -> dict[str, Check]:
    return {check.__name__: check for check in checks}  # type: ignore[attr-defined]


CHECKS: Mapping[str, Check] = _named(
    element,
    credits_between,
    hours_per_credit,
    contact_hours_per_credit,
    hours_between,
    level_between,
    review_between,
    title_without_words,
    title_without_names,
    assessed,
    outcomes_assessed,
    outcomes_number,
    outcomes_linked,
    supervision_stated,
    quality_statement,
    judgement,
)

PARAMETERS: Mapping[str, Iterable[str]] = {
    "element": ("element",),
    "credits_between": ("system", "least", "most"),
    "hours_per_credit": ("system", "least", "most"),
    "contact_hours_per_credit": ("system", "least", "most"),
    "hours_between": ("least", "most"),
    "level_between": ("least", "most"),
    "review_between": ("least", "most"),
    "title_without_words": ("words",),
    "outcomes_number": ("least", "most"),
}
"""The parameters that a check understands; one that is not listed takes none. A profile with another one is refused when it is read."""
