"""Whom would this award? The rule that is being worked on, before a case: one that is put together here, its own tests, or the people
who take part now (of whom only numbers are said)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from string import ascii_lowercase
from typing import Any

from testamur.errors import InputError
from testamur.pathways import Case, NotAProgramme, Programme, decide, read_case, read_programme, trials
from testamur.pathways.decisions.case_values import case_values
from testamur.pathways.holdings import UNSTATED
from testamur.pathways.reading import read_values
from testamur.pathways.reading.cases import case_from
from testamur.pathways.trials import DEFAULT_DAY
from testamur.pathways.words import explain, names_of
from testamur_site.catalogue.api import AchievementVersion, MicroCredential, achievement_id, published
from testamur_site.foundation.tenancy.api import Institution

from ...api import held_by, participants
from ...holdings import without
from ...public.naming import Component, component_of, named, texts_in
from ...public.offered import holding_of
from ...services.cases import case_of

MOST_TO_CHOOSE = 60
MOST_PARTICIPANTS = 40
SECONDS = 4.0
"""Participants are looked at until this time is over: their documents are verified, which takes a while."""


@dataclass(frozen=True, slots=True)
class Tried:
    """`outcome`: holds, does not hold or undecided. `parts`: sentences, by part of the decision. `case` is what was decided."""

    outcome: str
    parts: tuple[tuple[str, ...], ...]
    case: Case

    def as_test(self, name: str) -> dict[str, Any]:
        """The case with what came out, as plain values of a test of the rule. Credentials are called a, b, c where addresses are their
        only names."""
        values = case_values(self.case)
        for number, credential in enumerate(values.get("credentials", ())):
            if credential["id"] == credential.get("achievement"):
                credential["id"] = ascii_lowercase[number] if number < len(ascii_lowercase) else f"c{number}"
            if list(credential.get("credits", ())) == [UNSTATED]:
                credential["credits"] = credential["credits"][UNSTATED]
            for key, usual in (("source", "earned"), ("valid", True)):
                if credential.get(key) == usual:
                    del credential[key]
        return {"name": name, **values, "expect": {"outcome": self.outcome}}


@dataclass(frozen=True, slots=True)
class OwnTest:
    """A test of the rule: its name, and what came out otherwise, as sentences."""

    name: str
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class Participants:
    """How many of the participants the rule would hold for. `looked_at` is less than `all` where time ran out."""

    looked_at: int
    all: int
    holds: int
    open: int
    undecided: int


def to_choose(text: str, institution: Institution, language: str) -> list[Component]:
    """The micro-credentials that a case can be put together of: those that the rule names, then the institution's own."""
    values, _ = read_values(text)
    found = dict(named(texts_in(values), language))
    for version in published(institution)[:MOST_TO_CHOOSE]:
        found.setdefault(achievement_id(version), component_of(version, language))
    return list(found.values())[:MOST_TO_CHOOSE]


def with_chosen(programme: Programme, versions: Iterable[AchievementVersion], on: date, language: str) -> Tried:
    """The rule before somebody who has credentials of these versions."""
    held = [holding_of(version) for version in versions]
    names = {holding.id: version.title_in(language) for holding, version in zip(held, versions, strict=True)}
    return _tried(programme, Case(on=on, holdings=tuple(held)), language, names)


def with_case(programme: Programme, text: str, on: date, language: str) -> Tried:
    """The rule before a case that is written like a test of the language. Raises NotAProgramme with the lines of its mistakes."""
    return _tried(programme, read_case(text, unit=programme.unit, on=on), language, {})


def _tried(programme: Programme, case: Case, language: str, names: dict[str, str]) -> Tried:
    decision = decide(programme, case)
    parts = tuple(tuple(part) for part in explain(decision, language, names).values() if part)
    return Tried(decision.outcome.value, parts, case)


def own_tests(programme: Programme, language: str) -> list[OwnTest]:
    """The tests that the rule carries, run now."""
    return [OwnTest(trial.name, tuple(fault.said(language) for fault in trial.faults)) for trial in trials(programme)]


def tests_of(text: str, language: str) -> dict[int, OwnTest] | None:
    """The tests of a text by their numbers; None where the text is no programme, so that nothing can be run."""
    try:
        return dict(enumerate(own_tests(read_programme(text.encode()), language)))
    except NotAProgramme:
        return None


@dataclass(frozen=True, slots=True)
class Ran:
    """One test that was run: what came out otherwise, and the decision in sentences (None where the case cannot be read)."""

    test: OwnTest
    tried: Tried | None


def run_test(programme: Programme, number: int, language: str) -> Ran:
    """Run the test of that number, alone."""
    alone = replace(programme, tests=(programme.tests[number],))
    (test,) = own_tests(alone, language)
    values = {key: value for key, value in programme.tests[number].items() if key not in ("name", "expect")}
    try:
        case = case_from(values, unit=programme.unit, on=DEFAULT_DAY)
        return Ran(test, _tried(programme, case, language, names_of(case.holdings, language)))
    except (InputError, ValueError):
        return Ran(test, None)


def with_participants(programme: Programme, micro_credential: MicroCredential, on: date) -> Participants:
    """The rule before those who take part now. What they hold is verified anew; nothing is kept."""
    rows = participants(micro_credential.institution).filter(micro_credential=micro_credential).exclude(holder=None)
    counted: Counter[str] = Counter()
    end = time.monotonic() + SECONDS
    for participant in rows[:MOST_PARTICIPANTS]:
        if time.monotonic() > end or participant.holder is None:
            break
        held = held_by(participant.holder)
        if participant.award is not None:
            held = without(held, participant.award.url)
        counted[decide(programme, case_of(participant, held, on)).outcome.value] += 1
    return Participants(counted.total(), rows.count(), counted["holds"], counted["does not hold"], counted["undecided"])
