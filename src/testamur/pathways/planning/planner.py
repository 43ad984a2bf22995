"""What next? From a question to a plan, its alternatives, or what would have to be different."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

from testamur.pathways.planning.building import Built, build
from testamur.pathways.planning.loosening import for_lacking, no_plan
from testamur.pathways.planning.plan import Confirmed, Difference, Plan, Planned, Serves, Step, Week
from testamur.pathways.planning.question import Constraints, ProgrammeGoal, Question
from testamur.pathways.planning.search.finding import find
from testamur.pathways.planning.search.patience import Patience, Stage, Watch
from testamur.pathways.planning.search.problem import Found, Impossible
from testamur.pathways.planning.target import ASSUMED, confirmed, earned

MOST_ALTERNATIVES = 5
PATIENCE = 40.0  # deterministic seconds for a question with everything; of them at most so much for …
_FOR_THE_BEST, _FOR_ANOTHER, _FOR_LOOSENING = 16.0, 8.0, 16.0
_ATTEMPTS = 8


def plan(
    question: Question, *, alternatives: int = 0, watch: Watch | None = None, patience: float = PATIENCE
) -> Planned:
    """The best plan for `question`, and up to `alternatives` others that differ in at least a third of their steps; or why there is none.

    The same question has the same answer. `patience` bounds the whole search, in the solver's deterministic seconds; where it ends first,
    the best that was found stands with its gap. `watch` is told of each search before it begins, and may raise to end everything. Raises
    InputError (a question that is too large) and ExtraMissing.
    """
    left = Patience(patience, watch)
    left.enter(Stage.READING)
    built = build(question)
    left.enter(Stage.SEARCHING)
    try:
        best, first = _best(question, built, left.part(_FOR_THE_BEST))
    except Impossible as none:
        left.enter(Stage.LOOSENING)
        return Planned(None, no_plan(question, built, none, left.part(_FOR_LOOSENING)))
    others: list[Plan] = []
    taken = [frozenset(first.chosen)]
    for number in range(1, min(alternatives, MOST_ALTERNATIVES) + 1):
        left.enter(Stage.ALTERNATIVES, number)
        differs = tuple((chosen, len(chosen) - -(-len(chosen) // 3)) for chosen in taken if chosen)
        if not differs:
            break
        try:
            differing = replace(built, way=replace(built.way, differs=differs))
            other, found = _best(question, differing, left.part(_FOR_ANOTHER))
        except Impossible:
            break
        others.append(other)
        taken.append(frozenset(found.chosen))
    return Planned(best, None, tuple(others))


def what_if(question: Question, constraints: Constraints, *, before: Planned | None = None) -> Difference:
    """What changes when `question` is asked under other `constraints`. `before` is the answer to `question` where it is known."""
    one = plan(question) if before is None else before
    other = plan(replace(question, constraints=constraints))
    changed = {
        each.name: (getattr(question.constraints, each.name), getattr(constraints, each.name))
        for each in fields(Constraints)
        if getattr(question.constraints, each.name) != getattr(constraints, each.name)
    }
    if one.plan is None or other.plan is None:
        return Difference(one, other, changed=changed)
    was, is_ = one.plan, other.plan
    days = (is_.ends - was.ends).days if was.ends is not None and is_.ends is not None else None
    return Difference(
        one,
        other,
        is_.cost - was.cost,
        is_.hours - was.hours,
        days,
        tuple(step.offering for step in is_.steps if step.offering.id not in was.offerings),
        tuple(step.offering for step in was.steps if step.offering.id not in is_.offerings),
        changed,
    )


def _best(question: Question, built: Built, patience: Patience) -> tuple[Plan, Found]:
    """The best plan that the engine confirms: where the days that came out break a rule that looks at days, the set is ruled out and
    the next best is looked for."""
    way = built.way
    for _ in range(_ATTEMPTS):
        found = _nothing(built) or find(way, patience)
        made = _made(question, built, found)
        if made.confirmed != "does not hold" or not found.chosen:
            return made, found
        chosen = frozenset(found.chosen)
        way = replace(way, differs=(*way.differs, (chosen, len(chosen) - 1)))
    return replace(made, proven=False), found


def _nothing(built: Built) -> Found | None:
    """That nothing is to be done: nothing is needed (any more) that could be had."""
    if built.way.needs or built.aim is not None:
        return None
    return Found({}, (0,) * len(built.way.order), (0,) * len(built.way.order))


def _made(question: Question, built: Built, found: Found) -> Plan:
    begin = question.constraints.begin
    steps = tuple(
        Step(built.offerings[index], begin + timedelta(days=first), begin + timedelta(days=end - 1), tuple(serves))
        for index, (first, end), serves in sorted(
            ((index, window, _serves(built, found, index)) for index, window in found.chosen.items()),
            key=lambda entry: (entry[1], built.offerings[entry[0]].id),
        )
    )
    ends = max((step.ends for step in steps), default=None)
    aim = built.aim
    return Plan(
        objective=question.objective,
        steps=steps,
        cost=sum(step.offering.cost for step in steps),
        currency=question.catalogue.currency,
        hours=sum((step.offering.hours for step in steps), Decimal(0)),
        ends=ends,
        weeks=tuple(_weeks(question, built, found)),
        proven=found.values[0] <= found.bounds[0],
        gap=found.gap,
        lacking=built.lacking,
        loosen=tuple(for_lacking(question, built)),
        confirmed=_confirmed(question, steps),
        besides=aim.besides if aim is not None else (),
        assumed=ASSUMED if aim is not None and steps else (),
        examined=found.examined,
    )


def _confirmed(question: Question, steps: tuple[Step, ...]) -> Confirmed:
    if not isinstance(question.goal, ProgrammeGoal):
        return "not asked"
    programme = question.goal.programme
    planned = [earned(step.offering, programme, step.begins, step.ends) for step in steps]
    on = max([question.case.on, question.constraints.begin, *(step.ends for step in steps)])
    return "holds" if confirmed(question.goal, question.case, planned, on) else "does not hold"


def _serves(built: Built, found: Found, index: int) -> Iterator[Serves]:
    for name, group in zip(built.needs, built.way.needs, strict=True):
        if index in group:
            yield Serves("skill", name)
    if built.aim is not None:
        items = built.aim.target.items
        leaves = sorted({leaf for leaf, item in found.uses if items[item] == index})
        for leaf in leaves:
            yield Serves("requirement", built.aim.requirements[leaf])
    for other, (begin, _) in sorted(found.chosen.items(), key=lambda entry: (entry[1], entry[0])):
        for group in built.way.options[other].prerequisites:
            had = [member for member in group if member in found.chosen and found.chosen[member][1] <= begin]
            if index in had and min(had, key=lambda member: (found.chosen[member][1], member)) == index:
                yield Serves("prerequisite", built.offerings[other].id)
                break


def _weeks(question: Question, built: Built, found: Found) -> Iterator[Week]:
    """The hours of each week, from the first day of the plan on. What ends within a week is counted for its days."""
    last = max((end for _, end in found.chosen.values()), default=0)
    for monday in range(0, last, 7):
        minutes = Decimal(0)
        for index, (begin, end) in found.chosen.items():
            days = max(0, min(end, monday + 7) - max(begin, monday))
            if days:
                minutes += built.offerings[index].hours * 60 * days / (end - begin)
        hours = (minutes / 60).quantize(Decimal("0.1"))
        yield Week(question.constraints.begin + timedelta(days=monday), hours)
