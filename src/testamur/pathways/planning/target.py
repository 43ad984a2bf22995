"""A programme as a goal: what could be earned stands beside what is held, and the engine's own problem asks for the best use of both.

Of what is not known before somebody has taken part, the best is assumed and said (`ASSUMED`): the grade, the first attempt, full
attendance. A clause that wants another credential earned before becomes a prerequisite. Facts (semesters, fees, days of application)
are not a plan's to meet; those that are open are named beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from testamur.pathways.conditions import Combined, Condition, Earlier, World, holds
from testamur.pathways.engine.building import Building
from testamur.pathways.engine.deciding import choices_of, rules_for
from testamur.pathways.engine.eligibility import allowed_overrides, candidates, world_of
from testamur.pathways.engine.problem import Problem
from testamur.pathways.engine.solver import solve
from testamur.pathways.holdings import Case, Holding
from testamur.pathways.planning.catalogue import Offering
from testamur.pathways.planning.question import Constraints, ProgrammeGoal
from testamur.pathways.planning.search.model import restricted
from testamur.pathways.planning.search.problem import Target
from testamur.pathways.programme import Programme, Rules

ASSUMED = ("grade", "attempt", "attendance")


@dataclass(frozen=True, slots=True)
class Aim:
    """The target, the names of its requirements by node, further prerequisites by option, and what is open besides."""

    target: Target
    requirements: tuple[str, ...]
    prerequisites: Mapping[int, tuple[frozenset[int], ...]] = field(default_factory=dict)
    besides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    problem: Problem
    requirements: tuple[str, ...]
    besides: tuple[str, ...]
    rules: Rules
    world: World


def aim_of(
    goal: ProgrammeGoal,
    case: Case,
    offerings: Sequence[Offering],
    constraints: Constraints,
    earliest: Mapping[int, tuple[date, date]],
) -> Aim:
    """The aim of `goal` for the person of `case`, over the `offerings` that can be reached (`earliest` gives their days)."""
    held = {holding.id for holding in case.holdings}
    could = {offerings[index].id: index for index in earliest if offerings[index].id not in held}
    holdings = [earned(offerings[index], goal.programme, *earliest[index]) for index in could.values()]
    last = max((day for _, day in earliest.values()), default=constraints.begin)
    everything = replace(case, on=constraints.by or last, holdings=(*case.holdings, *holdings))
    asked = _asked(goal, everything, frozenset(could))
    options = tuple(could.get(name) for name in asked.problem.items)
    eligible = frozenset[int]().union(*(node.eligible for node in asked.problem.nodes))
    kept = frozenset(option for item, option in enumerate(options) if option is not None and item in eligible)
    problem, items = restricted(Target(asked.problem, options), kept)
    return Aim(
        Target(problem, tuple(options[item] for item in items)),
        asked.requirements,
        _from_clauses(asked.rules, asked.world, could, held),
        asked.besides,
    )


def confirmed(goal: ProgrammeGoal, case: Case, planned: Sequence[Holding], on: date) -> bool:
    """Whether the programme holds, facts aside, on the day `on` for the person with everything in the plan earned on its days."""
    held = {holding.id for holding in case.holdings}
    new = tuple(holding for holding in planned if holding.id not in held)
    everything = replace(case, on=on, holdings=(*case.holdings, *new))
    asked = _asked(goal, everything, frozenset(holding.id for holding in new))
    return solve(asked.problem, only_outcome=True).satisfied


def _asked(goal: ProgrammeGoal, case: Case, planned: frozenset[str]) -> _Asked:
    """The engine's problem for `case`, pessimistically, except that what is `planned` may meet clauses of which nobody can say yet
    whether it will, and that facts are taken as met. Both are named in `besides`."""
    programme = goal.programme
    rules = rules_for(programme, next(choices_of(programme, World(case, programme.scales))))
    overrides, _ = allowed_overrides(rules, case)
    world = world_of(programme, rules, case)
    open_clauses: dict[str, None] = {}
    found = []
    for candidate in candidates(rules, world, overrides):
        if candidate.holding.id in planned and candidate.counts is None:
            open_clauses |= dict.fromkeys(answer.clause for answer in candidate.undecided_by)
            answers = tuple(replace(answer, truth=answer.truth is not False) for answer in candidate.answers)
            found.append(replace(candidate, answers=answers))
        else:
            found.append(candidate)
    award = next((each for each in rules.awards if each.name == goal.award), rules.awards[0])
    built = Building(programme, rules, world, found, optimist=False, overrides=overrides).build(award)
    facts = [bound.name for bound in built.problem.bounds if bound.kind == "fact" and not bound.met]
    bounds = tuple(replace(bound, met=True) if bound.kind == "fact" else bound for bound in built.problem.bounds)
    return _Asked(
        replace(built.problem, bounds=bounds),
        tuple(requirement.name for requirement in built.requirements),
        tuple(dict.fromkeys([*facts, *open_clauses])),
        rules,
        world,
    )


def earned(offering: Offering, programme: Programme, begins: date, ends: date) -> Holding:
    """What the person will hold, if all goes well: taken from `begins` to `ends`, at the first attempt and with the best grade."""
    grades: dict[str, str | Decimal] = {"percent": Decimal(100)}
    for scale, words in programme.scales.items():
        if words:
            grades[scale] = words[-1]
    return replace(
        offering.gives,
        valid=True,
        grades=grades,
        dates={"started": begins, "enrolled": begins, "completed": ends, "awarded": ends},
        attempt=1,
        attendance=Decimal(1),
    )


def _from_clauses(
    rules: Rules, world: World, could: Mapping[str, int], held: set[str]
) -> dict[int, tuple[frozenset[int], ...]]:
    """What clauses that want something earned before make a prerequisite of."""
    found: dict[int, tuple[frozenset[int], ...]] = {}
    by_id = {holding.id: holding for holding in world.case.holdings}
    for clause in rules.clauses:
        for asked in _earlier_in(clause.where):
            giving = [holding for holding in world.case.holdings if holds(asked.where, holding, world) is True]
            if any(holding.id in held and holding.valid is True for holding in giving):
                continue
            group = frozenset(could[holding.id] for holding in giving if holding.id in could)
            for name, index in could.items():
                if holds(clause.applies_to, by_id[name], world) is not False:
                    found[index] = (*found.get(index, ()), group - {index})
    return found


def _earlier_in(condition: Condition) -> Iterator[Earlier]:
    match condition:
        case Earlier():
            yield condition
        case Combined(how="all", parts=parts):
            for part in parts:
                yield from _earlier_in(part)
