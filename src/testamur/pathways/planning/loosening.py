"""Where no plan meets the constraints: which one to loosen, and by how much at the least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from testamur.pathways.engine.solver import solve
from testamur.pathways.planning.building import Built, build
from testamur.pathways.planning.plan import Loosening, NoPlan
from testamur.pathways.planning.question import Question
from testamur.pathways.planning.search.finding import find
from testamur.pathways.planning.search.patience import Patience
from testamur.pathways.planning.search.problem import NO_LIMIT, Found, Impossible, Way
from testamur.pathways.planning.search.reach import reachable

_FOR_ONE = 4.0  # deterministic seconds to see whether one constraint would do


def no_plan(question: Question, built: Built, none: Impossible, patience: Patience) -> NoPlan:
    """What would have to be different: each constraint alone, else the amounts together, else what the catalogue does not reach."""
    alone = tuple(_alone(question, built, patience))
    if alone:
        return NoPlan(none.proven, alone)
    free = replace(built.way, budget=NO_LIMIT, weekly=NO_LIMIT, last=NO_LIMIT, order=("cost", "end", "minutes"))
    try:
        found = _found(free, patience)
    except Impossible:
        return NoPlan(none.proven, lacking=built.lacking or _not_reached(built))
    return NoPlan(none.proven, together=tuple(_together(question, free, found)))


def for_lacking(question: Question, built: Built) -> Iterator[Loosening]:
    """Which wish (a language, a form, something ruled out) leaves out what would give skills that are lacking."""
    for name in ("languages", "modes", "without"):
        asked: frozenset[str] = getattr(question.constraints, name)
        if not built.lacking or not asked:
            continue
        nothing: dict[str, Any] = {name: frozenset()}
        other = build(replace(question, constraints=replace(question.constraints, **nothing)))
        needed = set()
        for skill in set(built.lacking) - set(other.lacking):
            for index in other.way.needs[other.needs.index(skill)]:
                gives = other.offerings[index].gives
                needed.add(gives.id if name == "without" else getattr(gives, name[:-1]))
        needed = needed & asked if name == "without" else needed - asked
        if needed:
            yield Loosening(name, tuple(sorted(asked)), tuple(sorted(needed)))


def _alone(question: Question, built: Built, patience: Patience) -> Iterator[Loosening]:
    way, constraints = built.way, question.constraints
    free = replace(way, budget=NO_LIMIT, order=("cost",))
    if constraints.budget is not None and (found := _or_none(free, patience)):
        yield Loosening("budget", constraints.budget, found.values[0])
    if constraints.by is not None:
        later = build(replace(question, constraints=replace(constraints, by=None))).way
        if found := _or_none(replace(later, order=("end", "cost")), patience):
            yield Loosening("by", constraints.by, constraints.begin + timedelta(days=found.values[0] - 1))
    if constraints.hours_per_week is not None and (needed := _hours(way, patience)):
        yield Loosening("hours_per_week", constraints.hours_per_week, needed)
    for name in ("languages", "modes"):
        asked = getattr(constraints, name)
        if not asked:
            continue
        nothing: dict[str, Any] = {name: frozenset()}
        other = build(replace(question, constraints=replace(constraints, **nothing)))
        if found := _or_none(other.way, patience):
            said = {getattr(other.offerings[index].gives, name[:-1]) for index in found.chosen}
            yield Loosening(name, tuple(sorted(asked)), tuple(sorted(filter(None, said - asked))))
    if constraints.without:
        other = build(replace(question, constraints=replace(constraints, without=frozenset())))
        if found := _or_none(other.way, patience):
            names = {other.offerings[index].id for index in found.chosen} & constraints.without
            yield Loosening("without", tuple(sorted(constraints.without)), tuple(sorted(names)))


def _hours(way: Way, patience: Patience) -> Decimal | None:
    """The fewest whole hours a week that would do, by bisection; None where no number would."""
    free = replace(way, weekly=NO_LIMIT, order=("cost",))
    if _or_none(free, patience) is None:
        return None
    low, high = way.weekly // 60, 1 + sum(option.load for option in way.options) // 60
    high = min(high, 168)
    if _or_none(replace(free, weekly=high * 60), patience) is None:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _or_none(replace(free, weekly=middle * 60), patience) is None:
            low = middle
        else:
            high = middle
    return Decimal(high)


def _together(question: Question, free: Way, found: Found) -> Iterator[Loosening]:
    """What the cheapest plan without limits would need: an upper bound on all three together."""
    constraints = question.constraints
    cost, end, _ = found.values
    if constraints.budget is not None and cost > constraints.budget:
        yield Loosening("budget", constraints.budget, cost)
    last = constraints.begin + timedelta(days=end - 1)
    if constraints.by is not None and last > constraints.by:
        yield Loosening("by", constraints.by, last)
    load = max(
        sum(free.options[index].load for index, (begin, until) in found.chosen.items() if begin <= day < until)
        for day in {begin for begin, _ in found.chosen.values()} or {0}
    )
    needed = Decimal(-(-load // 60))
    if constraints.hours_per_week is not None and needed > constraints.hours_per_week:
        yield Loosening("hours_per_week", constraints.hours_per_week, needed)


def _not_reached(built: Built) -> tuple[str, ...]:
    """The needs, or the requirements, that nothing in the catalogue meets."""
    free = reachable(replace(built.way, budget=NO_LIMIT, weekly=NO_LIMIT, last=NO_LIMIT))
    if built.aim is None:
        return tuple(
            name
            for name, group in zip(built.needs, built.way.needs, strict=True)
            if not any(free.options[index].windows for index in group)
        )
    solution = solve(built.aim.target.problem)
    problem = built.aim.target.problem
    return tuple(dict.fromkeys(problem.nodes[problem.bounds[index].node].name for index in sorted(solution.open)))


def _or_none(way: Way, patience: Patience) -> Found | None:
    try:
        return _found(way, patience.part(_FOR_ONE))
    except Impossible:
        return None


def _found(way: Way, patience: Patience) -> Found:
    if not way.needs and way.target is None:
        return Found({}, (0,) * len(way.order), (0,) * len(way.order))
    return find(way, patience)
