"""The rules of consistency: each with a name, a severity and a source. Sentences are in `texts.py`.

Completeness asks what is there; these ask whether what is there fits together. A rule answers in three ways: nothing was found,
these things were found, or it could not be judged because what it looks at is not there.

* error: an award could not be decided on. It refuses publishing.
* warning: a reader, a reviewer or a learner would stumble. People decide.
* hint: it could be better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from testamur.assessment.outcomes import lint

from ..description.duration import duration_in_hours, parse_duration
from ..description.elements import Description, Rubric, Task
from ..description.frameworks.credits import ECTS, credit_unit, statements
from ..description.frameworks.national import eqf_of
from ..description.tasks import rubric_of_task
from ..description.vocabulary import Text
from .coverage import coverage


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    """What a rule found. Texts among the facts are language maps; numbers are decimal text."""

    rule: str
    severity: Severity
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Around:
    """What a description is held against: the languages the institution promises, and its other micro-credentials."""

    languages: tuple[str, ...] = ("en",)
    others: tuple[tuple[str, Text, str], ...] = ()  # (public id, title, words of title and outcomes)


Judge = Callable[[Description, Around], "Iterable[Mapping[str, Any]] | None"]


@dataclass(frozen=True)
class Rule:
    """`section` is where it is mended: a section of the form, or `plan`. `source` names where the rule is from."""

    key: str
    severity: Severity
    section: str
    source: str
    judge: Judge


@dataclass(frozen=True)
class RuleState:
    """`findings` is None where the rule could not be judged."""

    rule: Rule
    findings: tuple[Finding, ...] | None


def judged(description: Description, around: Around | None = None) -> tuple[RuleState, ...]:
    """Every rule, in the order in which a reader would go about it."""
    around = around or Around()
    states = []
    for rule in RULES:
        facts = rule.judge(description, around)
        found = None if facts is None else tuple(Finding(rule.key, rule.severity, fact) for fact in facts)
        states.append(RuleState(rule, found))
    return tuple(states)


# ── Workload, credits, level ───────────────────────────────────────────────────────────────────────────────────────


def _hours_per_ects(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    hours = duration_in_hours(d.workload)
    points = next((Decimal(c.points) for c in d.credits if c.points and credit_unit(c.system) is ECTS), None)
    if hours is None or not points:
        return None
    fits = points * ECTS.low <= hours <= points * ECTS.high
    return [] if fits else [{"hours": plain(hours), "points": plain(points), "each": plain(round(hours / points, 1))}]


def _credits_agree(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    known = [s for s in statements(d) if not s.unit.contact]
    if len(known) < 2:
        return None
    pairs = ((a, b) for i, a in enumerate(known) for b in known[i + 1 :])
    return [
        {"first": f"{a.points} {a.unit.short}", "second": f"{b.points} {b.unit.short}"}
        for a, b in pairs
        if a.hours[1] < b.hours[0] or b.hours[1] < a.hours[0]
    ]


def _activities_add_up(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    whole = duration_in_hours(d.workload)
    parts = [duration_in_hours(activity.workload) for activity in d.activities]
    if whole is None or not parts or any(part is None for part in parts):
        return None
    total = sum((part for part in parts if part is not None), Decimal(0))
    # Assessment may take its own hours beside the activities; more than the whole, or less than half of it, is a slip.
    return [] if whole / 2 <= total <= whole else [{"hours": plain(whole), "sum": plain(total)}]


def _cycle_of(level: int) -> str:
    return {5: "Short cycle", 6: "First cycle", 7: "Second cycle", 8: "Third cycle"}.get(level, "")


def _level_and_cycle(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    level, cycle = eqf_level(d), d.cycle
    if level is None or cycle is None:
        return None
    return [] if cycle.label.get("en", "") == _cycle_of(level) else [{"level": level, "cycle": cycle.label}]


def _national_level(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    level = eqf_level(d)
    referenced = [(national, eqf) for national in d.national_levels if (eqf := eqf_of(national)) is not None]
    if level is None or not referenced:
        return None
    return [{"name": n.level.label, "eqf": eqf, "level": level} for n, eqf in referenced if eqf != level]


# ── Outcomes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _level_inflation(d: Description, around: Around) -> list[Mapping[str, Any]] | None:
    level = eqf_level(d)
    if level is None or not d.outcomes:
        return None
    found = _linted(d, around, level)
    return [{"level": level, "highest": f.facts["highest"]} for f in found if f.code == "below_level"][:1]


def _outcomes_differ(d: Description, around: Around) -> list[Mapping[str, Any]] | None:
    if len(d.outcomes) < 2:
        return None
    places = {(f.outcome, f.facts["other"]) for f in _linted(d, around, None) if f.code == "duplicate"}
    return [{"number": here + 1, "other": other + 1} for here, other in sorted(places) if here is not None]


def _outcomes_have_skills(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    if not d.outcomes:
        return None
    return [{"outcome": o.title} for o in d.outcomes if not any(skill.concept.uri for skill in o.skills)]


def _like_another(d: Description, around: Around) -> list[Mapping[str, Any]] | None:
    if not around.others or not d.outcomes:
        return None
    mine = _trigrams(words_of(d))
    return [
        {"title": title, "share": f"{share:.0%}"}
        for _public_id, title, words in around.others
        if (share := _cosine(mine, _trigrams(words))) >= 0.95
    ]


# ── Tasks and rubrics ──────────────────────────────────────────────────────────────────────────────────────────────


def _has_tasks(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    return None if not d.assessed_award else [] if d.tasks else [{}]


def _tasks_have_rubrics(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    if not d.tasks:
        return None
    without = (t for t in d.tasks if not t.item_bank and not _criteria(d, t))
    return [{"task": task.title, "key": task.key} for task in without]


def _criteria_have_levels(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    used = _used_rubrics(d)
    if not used:
        return None
    pairs = ((r, c) for r in used for c in r.criteria if len(c.levels) < 2)
    return [{"rubric": rubric.title, "criterion": criterion.name} for rubric, criterion in pairs]


def _outcomes_are_assessed(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    if not d.tasks or not d.outcomes:
        return None
    return [{"outcome": outcome.title} for outcome in coverage(d).uncovered]


def _criteria_show_outcomes(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    if not any(_criteria(d, task) for task in d.tasks) or not d.outcomes:
        return None
    return [{"task": task.title, "criterion": criterion.name} for task, criterion in coverage(d).loose]


def _levels_are_described(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    used = _used_rubrics(d)
    if not used:
        return None
    pairs = ((r, c) for r in used for c in r.criteria if any(not level.description for level in c.levels))
    return [{"rubric": rubric.title, "criterion": criterion.name} for rubric, criterion in pairs]


def _rubrics_are_used(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    used = {task.rubric for task in d.tasks}
    return [{"rubric": r.title} for r in d.rubrics if r.key not in used] if d.rubrics else None


def _peers_do_not_certify(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    marked = [task for task in d.tasks if int(task.marking.peers)]
    heavy = (t for t in marked if Decimal(t.marking.peer_weight) > 50)
    return [{"task": t.title, "share": t.marking.peer_weight} for t in heavy] if marked else None


def _supervision_agrees(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    linked = [(t, d.assessments[int(t.assessment) - 1]) for t in d.tasks if t.assessment]
    both = [(t, a) for t, a in linked if t.supervision and a.supervision]
    if not both:
        return None
    return [
        {"task": t.title, "here": t.supervision.label, "there": a.supervision.label}
        for t, a in both
        if t.supervision and a.supervision and t.supervision != a.supervision
    ]


def _due_in_time(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    whole = _days(d.maximum_duration)
    dated = [(t, days) for t in d.tasks if (days := _days(t.due_after)) is not None]
    if whole is None or not dated:
        return None
    return [{"task": t.title, "due": t.due_after, "duration": d.maximum_duration} for t, days in dated if days > whole]


def _plan_is_translated(d: Description, around: Around) -> list[Mapping[str, Any]] | None:
    if not d.tasks and not d.rubrics:
        return None
    texts = [t for task in d.tasks for t in (task.title, task.instructions)]
    texts += [t for r in d.rubrics for t in (r.title, r.description)]
    texts += [t for r in d.rubrics for c in r.criteria for t in (c.name, c.description)]
    texts += [t for r in d.rubrics for c in r.criteria for lv in c.levels for t in (lv.name, lv.description)]
    filled = [text for text in texts if any(text.values())]
    return [{"language": tag} for tag in around.languages if any(not text.get(tag) for text in filled)]


# ── Partners ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _partners_have_a_part(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    if not d.partners:
        return None
    names = {o.key: o.name for o in d.organisations}
    return [{"organisation": names.get(p.organisation, {})} for p in d.partners if not any(p.part.values())]


def _validators_have_partners(d: Description, _around: Around) -> list[Mapping[str, Any]] | None:
    with_industry = [task for task in d.tasks if int(task.marking.industry)]
    return None if not with_industry else [] if d.partners else [{"task": with_industry[0].title}]


_EU = "2022/C 243/02"
_ESG = "ESG 2015, 1.3"
RULES: tuple[Rule, ...] = (
    Rule("hours_per_ects", Severity.WARNING, "workload", "ECTS Users' Guide 2015", _hours_per_ects),
    Rule("credits_agree", Severity.WARNING, "workload", "ECTS Users' Guide 2015", _credits_agree),
    Rule("activities_add_up", Severity.WARNING, "learning", _EU, _activities_add_up),
    Rule("level_and_cycle", Severity.WARNING, "workload", "QF-EHEA, EQF", _level_and_cycle),
    Rule("national_level", Severity.WARNING, "workload", "EQF referencing reports", _national_level),
    Rule("level_inflation", Severity.WARNING, "outcomes", "Anderson & Krathwohl 2001, EQF", _level_inflation),
    Rule("outcomes_differ", Severity.WARNING, "outcomes", "ECTS Users' Guide 2015", _outcomes_differ),
    Rule("outcomes_have_skills", Severity.HINT, "outcomes", "ELM v3, relatedSkill", _outcomes_have_skills),
    Rule("like_another", Severity.WARNING, "outcomes", "NZQA 2022: distinct from what exists", _like_another),
    Rule("has_tasks", Severity.ERROR, "plan", "", _has_tasks),
    Rule("tasks_have_rubrics", Severity.ERROR, "plan", _ESG, _tasks_have_rubrics),
    Rule("criteria_have_levels", Severity.ERROR, "plan", "", _criteria_have_levels),
    Rule("outcomes_are_assessed", Severity.WARNING, "plan", _ESG, _outcomes_are_assessed),
    Rule("criteria_show_outcomes", Severity.WARNING, "plan", _ESG, _criteria_show_outcomes),
    Rule("levels_are_described", Severity.WARNING, "plan", "", _levels_are_described),
    Rule("rubrics_are_used", Severity.HINT, "plan", "", _rubrics_are_used),
    Rule("peers_do_not_certify", Severity.WARNING, "plan", "Piech et al. 2013", _peers_do_not_certify),
    Rule("supervision_agrees", Severity.WARNING, "plan", _EU, _supervision_agrees),
    Rule("due_in_time", Severity.WARNING, "plan", "", _due_in_time),
    Rule("plan_is_translated", Severity.HINT, "plan", "", _plan_is_translated),
    Rule("partners_have_a_part", Severity.HINT, "partners", "", _partners_have_a_part),
    Rule("validators_have_partners", Severity.HINT, "partners", "", _validators_have_partners),
)


def errors(description: Description) -> tuple[Finding, ...]:
    """What refuses publishing: everything that rules of severity *error* find."""
    return tuple(
        finding
        for state in judged(description)
        if state.rule.severity is Severity.ERROR
        for finding in state.findings or ()
    )


def eqf_level(d: Description) -> int | None:
    """The EQF level as a number; None where there is none from the list."""
    number = d.eqf_level.uri.rpartition("/")[2] if d.eqf_level else ""
    return int(number) if number.isascii() and number.isdigit() and len(number) == 1 else None


def words_of(d: Description) -> str:
    """The English, else all, words of title and outcomes: what is compared to find the same thing under another name."""
    return joined([d.title, *(outcome.title for outcome in d.outcomes)])


def joined(texts: Sequence[Text]) -> str:
    """One text of several: of each its English, else all that it has."""
    return " ".join(text.get("en") or " ".join(text.values()) for text in texts)


def plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _linted(d: Description, around: Around, level: int | None) -> Iterator[Any]:
    for language in dict.fromkeys((*around.languages, "en")):
        titles = [outcome.title.get(language, "")[:2000] for outcome in d.outcomes]
        if all(titles):
            yield from lint(titles, level=level, language=language)


def _criteria(d: Description, task: Task) -> tuple[Any, ...]:
    rubric = rubric_of_task(d, task)
    return rubric.criteria if rubric else ()


def _used_rubrics(d: Description) -> list[Rubric]:
    used = {task.rubric for task in d.tasks}
    return [rubric for rubric in d.rubrics if rubric.key in used]


def _days(text: str) -> int | None:
    duration = parse_duration(text)
    if duration is None or not duration.calendar:
        return None
    return 366 * duration.years + 31 * duration.months + 7 * duration.weeks + duration.days


def _trigrams(text: str) -> dict[str, int]:
    letters = " ".join(["", *re.findall(r"\w+", text.casefold()), ""])
    found: dict[str, int] = {}
    for index in range(len(letters) - 2):
        found[letters[index : index + 3]] = found.get(letters[index : index + 3], 0) + 1
    return found


def _cosine(a: Mapping[str, int], b: Mapping[str, int]) -> float:
    product = sum(count * b.get(gram, 0) for gram, count in a.items())
    lengths = sum(c * c for c in a.values()) * sum(c * c for c in b.values())
    return float(product / lengths**0.5) if lengths else 0.0
