"""A whole cohort before one programme: the outcome for each, the same as `decide` gives, at a fraction of the time.

1. The programme is compiled once: which requirements take a credential is remembered by what they ask of it, so that the hundredth
   learner with the same course costs a look-up.
2. Each learner is screened (`engine.screening`): most are seen to satisfy everything, or to lack something, without a solver.
3. The rest are decided by the solver, on the first objective alone.

What depends on which of several good uses was chosen (a claim, a stage, something that cancels) or on a table's missing fact is
decided in full.
"""

from __future__ import annotations

import itertools
import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from testamur.pathways.conditions import Combined, Compare, Condition, World, holds
from testamur.pathways.engine.building import Building, Built
from testamur.pathways.engine.deciding import choices_of, decide, highest_of, rules_for, standing_of
from testamur.pathways.engine.decision import Outcome, Standing
from testamur.pathways.engine.eligibility import Candidate, allowed_overrides, candidates, world_of
from testamur.pathways.engine.screening import satisfiable
from testamur.pathways.engine.solver import solve
from testamur.pathways.holdings import Case, Holding, Override
from testamur.pathways.programme import Award, Programme, Requirement, Rules
from testamur.pathways.truth import Truth

MOST_REMEMBERED = 200_000  # answers that one compiled programme keeps
_CHUNK = 100
_STATIC = (
    "achievement",
    "version",
    "issuer",
    "category",
    "skill",
    "type",
    "language",
    "mode",
    "term",
    "source",
    "level",
    "grade",
    "credits",
)
Subjects = tuple[tuple[str, str], ...]  # what a condition looks at: (subject, name)
_By = Literal["screening", "solver", "decision"]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The outcome for one case, in the order in which the cases were given, the award, and what settled it."""

    number: int
    outcome: Outcome
    award: str
    by: _By


def evaluate(programme: Programme, cases: Iterable[Case], *, processes: int = 1) -> Iterator[Evaluated]:
    """The outcome of `programme` for each of `cases`, lazily and in their order: the same as `decide(programme, case).outcome`.

    With `processes` above one, that many processes share the work (they are started afresh, which takes a second or two). Raises
    ExtraMissing.
    """
    if processes <= 1:
        compiled = Compiled(programme)
        for number, case in enumerate(cases):
            yield compiled.evaluate(number, case)
        return
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    with multiprocessing.get_context(method).Pool(processes, _begin, (programme,)) as pool:
        yield from pool.imap(_work, enumerate(cases), chunksize=_CHUNK)


_compiled: Compiled | None = None  # of a process that was started for it


def _begin(programme: Programme) -> None:
    global _compiled
    _compiled = Compiled(programme)


def _work(numbered: tuple[int, Case]) -> Evaluated:
    if _compiled is None:
        raise RuntimeError("this process was not begun")
    return _compiled.evaluate(*numbered)


class Compiled:
    """A programme made ready for many cases. Keeps answers; one for each process or thread."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._memory: dict[Any, Truth] = {}
        self._subjects: dict[int, Subjects | None] = {}
        self._takers: dict[int, _Takers] = {}  # by rules

    def evaluate(self, number: int, case: Case) -> Evaluated:
        """The outcome for one case."""
        programme = self._programme
        choices = list(itertools.islice(choices_of(programme, World(case, programme.scales)), 2))
        rules = rules_for(programme, choices[0])
        if len(choices) > 1 or rules.claim or rules.cancelled_unless or rules.stages or rules.withdrawal:
            return self._in_full(number, case)
        overrides, _ = allowed_overrides(rules, case)
        world = world_of(programme, rules, case)
        if rules.validity is not None and standing_of(rules, world)[0] is not Standing.ACTIVE:
            return self._in_full(number, case)
        one = _One(self, rules, world, candidates(rules, world, overrides, self.holds), overrides)
        outcomes = [one.decide(award) for award in rules.awards]
        place = highest_of(outcomes)
        return Evaluated(number, outcomes[place], rules.awards[place].name, one.by)

    def _in_full(self, number: int, case: Case) -> Evaluated:
        decision = decide(self._programme, case, explain=False)
        return Evaluated(number, decision.outcome, decision.chosen.award, "decision")

    @property
    def programme(self) -> Programme:
        return self._programme

    def holds(self, condition: Condition | None, holding: Holding, world: World) -> Truth:
        """`holds`, remembered where the answer depends on nothing but what the credential says of itself."""
        if condition is None:
            return True
        subjects = self.subjects(condition)
        if subjects is None or world.stands_for.get(holding.id):
            return holds(condition, holding, world)
        key = (id(condition), said(holding, subjects))
        if key not in self._memory:
            if len(self._memory) >= MOST_REMEMBERED:
                self._memory.clear()
            self._memory[key] = holds(condition, holding, world)
        return self._memory[key]

    def subjects(self, condition: Condition) -> Subjects | None:
        if id(condition) not in self._subjects:  # conditions live as long as the programme, so an id stays that of one
            self._subjects[id(condition)] = subjects_of(condition)
        return self._subjects[id(condition)]

    def takers(self, rules: Rules) -> _Takers:
        if id(rules) not in self._takers:
            self._takers[id(rules)] = _Takers(self, rules)
        return self._takers[id(rules)]


class _One:
    """One case before the awards of the programme: `Awarding.decide` without its reasons, screened before it is solved."""

    def __init__(
        self,
        compiled: Compiled,
        rules: Rules,
        world: World,
        found: tuple[Candidate, ...],
        overrides: tuple[Override, ...],
    ) -> None:
        self._compiled = compiled
        self._rules = rules
        self._world = world
        self._found = found
        self._positive = tuple(override for override in overrides if override.does != "refuse")
        self._index = compiled.takers(rules).index(found, world) if not self._positive else None
        self.by: _By = "screening"

    def decide(self, award: Award) -> Outcome:
        """The pessimist; then with what was decided by hand; then, if anything is unknown, the optimist."""
        built = self._built(award, optimist=False)
        satisfied, proven = self._answered(built)
        by_hand: tuple[Override, ...] = ()
        if not satisfied and self._positive:
            by_hand = self._positive
            built = self._built(award, optimist=False, by_hand=by_hand)
            satisfied, proven = self._answered(built)
        if satisfied:
            return Outcome.HOLDS
        if not built.certain:
            satisfied, proven = self._answered(self._built(award, optimist=True, by_hand=by_hand))
        return Outcome.UNDECIDED if satisfied or not proven else Outcome.DOES_NOT_HOLD

    def _built(self, award: Award, *, optimist: bool, by_hand: tuple[Override, ...] = ()) -> Built:
        building = _Indexed(
            self._compiled.programme,
            self._rules,
            self._world,
            self._found,
            optimist=optimist,
            overrides=by_hand,
            ask=self._compiled.holds,
        )
        building.index = self._index
        return building.build(award)

    def _answered(self, built: Built) -> tuple[bool, bool]:
        """Whether it is satisfied, and whether that is proven."""
        seen = satisfiable(built.problem)
        if seen is not None:
            return seen, True
        self.by = "solver"
        solution = solve(built.problem, only_outcome=True)
        return solution.satisfied, solution.proven


class _Indexed(Building):
    """Knows which credentials each requirement may take, and looks at no others."""

    index: dict[int, list[int]] | None = None

    def _asked_for(self, requirement: Requirement) -> Iterable[int]:
        return super()._asked_for(requirement) if self.index is None else self.index.get(id(requirement), ())


class _Takers:
    """Which requirements may take a credential: by what they ask about it, all that ask about the same at once."""

    def __init__(self, compiled: Compiled, rules: Rules) -> None:
        self._compiled = compiled
        self._alike: dict[Subjects, list[tuple[int, Condition]]] = {}
        self._always: list[int] = []  # requirements that have to be asked each time
        self._memory: dict[tuple[Subjects, Any], tuple[int, ...]] = {}
        stack = [*rules.conditions, *(award.requires for award in rules.awards)]
        while stack:
            requirement = stack.pop()
            stack.extend(requirement.children)
            if requirement.kind != "take":
                continue
            subjects = compiled.subjects(requirement.where) if requirement.where is not None else None
            if subjects is None or requirement.where is None:
                self._always.append(id(requirement))
            else:
                self._alike.setdefault(subjects, []).append((id(requirement), requirement.where))

    def index(self, found: Sequence[Candidate], world: World) -> dict[int, list[int]]:
        """For each requirement (by its id) the credentials that it may take, by number."""
        index: dict[int, list[int]] = {requirement: list(range(len(found))) for requirement in self._always}
        for item, candidate in enumerate(found):
            holding = candidate.holding
            for subjects, asking in self._alike.items():
                for requirement in self._taking(subjects, asking, holding, world):
                    index.setdefault(requirement, []).append(item)
        return index

    def _taking(
        self, subjects: Subjects, asking: list[tuple[int, Condition]], holding: Holding, world: World
    ) -> tuple[int, ...]:
        substitute = bool(world.stands_for.get(holding.id))
        key = (subjects, said(holding, subjects))
        if not substitute and key in self._memory:
            return self._memory[key]
        taking = tuple(number for number, where in asking if holds(where, holding, world) is not False)
        if not substitute:
            if len(self._memory) >= MOST_REMEMBERED:
                self._memory.clear()
            self._memory[key] = taking
        return taking


def subjects_of(condition: Condition) -> Subjects | None:
    """What a condition looks at, where that is nothing but what the credential says of itself; None where it looks at the person,
    the day or other credentials."""
    if isinstance(condition, Compare):
        return ((condition.subject, condition.name),) if condition.subject in _STATIC else None
    if not isinstance(condition, Combined):
        return None
    found: set[tuple[str, str]] = set()
    for part in condition.parts:
        of_part = subjects_of(part)
        if of_part is None:
            return None
        found |= set(of_part)
    return tuple(sorted(found))


def said(holding: Holding, subjects: Subjects) -> tuple[Any, ...]:
    """What the credential says of these subjects."""
    return tuple(_said(holding, subject, name) for subject, name in subjects)


def _said(holding: Holding, subject: str, name: str) -> Any:
    match subject:
        case "achievement":
            return holding.achievement, holding.codes, holding.continues
        case "category":
            return holding.categories
        case "skill":
            return holding.skills
        case "level":
            return holding.levels.get(name)
        case "grade":
            return holding.grades.get(name)
        case "credits":
            return holding.credits.get(name)
    return getattr(holding, subject)
