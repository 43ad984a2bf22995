"""From a question to whole numbers: which offerings come into question, when they can be taken, what of the goal they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from testamur.pathways.dates import later
from testamur.pathways.engine.eligibility import STANDING, approved
from testamur.pathways.holdings import Case, Holding
from testamur.pathways.planning.catalogue import Offering
from testamur.pathways.planning.question import MOST_WEEKS, Constraints, Objective, Question, SkillsGoal
from testamur.pathways.planning.search.problem import NO_LIMIT, Option, Quantity, Way
from testamur.pathways.planning.search.reach import reachable, useful
from testamur.pathways.planning.target import Aim, aim_of

PACE = Decimal(10)  # hours a week of what is self-paced; fewer where the person has fewer
_ORDERS: Mapping[Objective, tuple[Quantity, ...]] = {
    Objective.CHEAPEST: ("cost", "end", "minutes"),
    Objective.FASTEST: ("end", "cost", "minutes"),
    Objective.LIGHTEST: ("minutes", "cost", "end"),
}
_GRID = 104  # weeks ahead in which something without fixed starts may begin, where no last day is named


@dataclass(frozen=True, slots=True)
class Built:
    """The question in numbers, and what each number stands for. `aim` is that of a programme; `lacking` the needs that nothing gives."""

    way: Way
    offerings: tuple[Offering, ...]
    needs: tuple[str, ...] = ()
    aim: Aim | None = None
    lacking: tuple[str, ...] = ()


def build(question: Question) -> Built:
    """1. Leave out what the person does not want. 2. Windows and prerequisites. 3. The goal. 4. The limits."""
    constraints, case = question.constraints, question.case
    had = tokens_held(case)
    offerings = tuple(each for each in question.catalogue.offerings if _comes_into_question(each, constraints))
    giving = _giving(offerings)
    options = _options(offerings, giving, constraints, had)
    way = Way(
        options,
        budget=NO_LIMIT if constraints.budget is None else constraints.budget,
        weekly=NO_LIMIT if constraints.hours_per_week is None else int(constraints.hours_per_week * 60),
        last=NO_LIMIT if constraints.by is None else (constraints.by - constraints.begin).days + 1,
        order=_ORDERS[question.objective],
    )
    if isinstance(question.goal, SkillsGoal):
        return _skills(question.goal, way, offerings, giving, had)
    aim = aim_of(question.goal, question.case, offerings, constraints, _earliest(way, constraints))
    options = tuple(
        replace(option, prerequisites=(*option.prerequisites, *aim.prerequisites.get(index, ())))
        for index, option in enumerate(way.options)
    )
    return Built(replace(way, options=options, target=aim.target), offerings, aim=aim)


def _skills(
    goal: SkillsGoal,
    way: Way,
    offerings: tuple[Offering, ...],
    giving: Mapping[str, frozenset[int]],
    had: frozenset[str],
) -> Built:
    asked = {skill: giving.get(skill, frozenset()) for skill in sorted(goal.skills - had)}
    free = replace(way, needs=tuple(asked.values()), budget=NO_LIMIT, weekly=NO_LIMIT, last=NO_LIMIT)
    free = reachable(free, among=useful(free))
    needs, names, lacking = [], [], []
    for skill, group in asked.items():
        if any(free.options[index].windows for index in group):
            needs.append(group)
            names.append(skill)
        else:
            lacking.append(skill)
    return Built(replace(way, needs=tuple(needs)), offerings, tuple(names), None, tuple(lacking))


def tokens_held(case: Case) -> frozenset[str]:
    """What the person has, by every name: of credentials that stand. What is not known to stand is not counted on."""
    return frozenset(token for holding in case.holdings if _stands(holding, case) for token in tokens(holding))


def _stands(holding: Holding, case: Case) -> bool:
    """That it is valid, or that somebody who is named vouched for it."""
    return holding.valid is True or (holding.valid is None and approved(case, STANDING, holding.id) is not None)


def tokens(holding: Holding) -> Iterable[str]:
    return filter(None, (holding.id, holding.achievement, *holding.codes, *holding.skills))


def _comes_into_question(offering: Offering, constraints: Constraints) -> bool:
    """What is held already may be earned again: perhaps the grade did not do, or it is too old."""
    gives = offering.gives
    if constraints.languages and gives.language and gives.language not in constraints.languages:
        return False
    if constraints.modes and gives.mode and gives.mode not in constraints.modes:
        return False
    return not constraints.without & {gives.id, gives.achievement}


def _options(
    offerings: Sequence[Offering], giving: Mapping[str, frozenset[int]], constraints: Constraints, had: frozenset[str]
) -> tuple[Option, ...]:
    groups: dict[frozenset[str], frozenset[int]] = {}
    shared: dict[tuple[object, ...], tuple[tuple[int, int], ...]] = {}

    def group(asked: frozenset[str]) -> frozenset[int]:
        if asked not in groups:
            groups[asked] = frozenset().union(*(giving.get(token, frozenset()) for token in asked))
        return groups[asked]

    def option(offering: Offering) -> Option:
        minutes = int((offering.hours * 60).to_integral_value(ROUND_CEILING))
        windows = _windows(offering, constraints, shared)
        days = min((end - begin for begin, end in windows), default=7)
        return Option(
            cost=offering.cost,
            minutes=minutes,
            load=-(-minutes * 7 // max(days, 7)),
            windows=windows,
            prerequisites=tuple(group(asked) for asked in offering.prerequisites if not asked & had),
        )

    return tuple(map(option, offerings))


def _giving(offerings: Sequence[Offering]) -> dict[str, frozenset[int]]:
    giving: dict[str, set[int]] = {}
    for index, offering in enumerate(offerings):
        for token in tokens(offering.gives):
            giving.setdefault(token, set()).add(index)
    return {token: frozenset(indices) for token, indices in giving.items()}


def _windows(
    offering: Offering, constraints: Constraints, shared: dict[tuple[object, ...], tuple[tuple[int, int], ...]]
) -> tuple[tuple[int, int], ...]:
    """Its windows, counted from the first day of the plan. Many begin on the same days and take as long, so they are shared."""
    begin = constraints.begin
    if offering.starts:
        same: tuple[object, ...] = (offering.starts, offering.duration or offering.hours)
        if same not in shared:
            shared[same] = tuple(
                ((day - begin).days, (_end(offering, day, constraints) - begin).days)
                for day in offering.starts
                if day >= begin
            )
        return shared[same]
    # Without fixed starts: on the first day, and then each week.
    first = max(0, -(-((offering.opens or begin) - begin).days // 7) * 7)
    final = _GRID * 7 if constraints.by is None else (constraints.by - begin).days
    if offering.closes is not None:
        final = min(final, (offering.closes - begin).days)
    length = (_end(offering, begin, constraints) - begin).days
    key = (first, final, length)
    if key not in shared:
        shared[key] = tuple((day, day + length) for day in range(first, final + 1, 7))
    return shared[key]


def _end(offering: Offering, begin: date, constraints: Constraints) -> date:
    """The day after the last. What has no duration takes as many weeks as its hours need."""
    if offering.duration is not None:
        return max(later(begin, offering.duration), begin + timedelta(days=1))
    pace = min(constraints.hours_per_week or PACE, PACE)
    weeks = max(1, int((offering.hours / pace).to_integral_value(ROUND_CEILING)))
    return begin + timedelta(weeks=min(weeks, MOST_WEEKS))


def _earliest(way: Way, constraints: Constraints) -> dict[int, tuple[date, date]]:
    """The first and the last day of each option at the earliest, where it can be reached at all."""
    free = reachable(replace(way, budget=NO_LIMIT, weekly=NO_LIMIT, last=NO_LIMIT))
    begin = constraints.begin
    return {
        index: (begin + timedelta(days=option.windows[0][0]), begin + timedelta(days=option.windows[0][1] - 1))
        for index, option in enumerate(free.options)
        if option.windows
    }
