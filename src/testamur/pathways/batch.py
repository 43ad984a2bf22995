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
from dataclasses import dataclass, field
from typing import Any, Literal

from testamur.pathways.conditions import Condition, World, holds
from testamur.pathways.engine.building import Building, Built
from testamur.pathways.engine.deciding import choices_of, decide, highest_of, rules_for, standing_of
from testamur.pathways.engine.decision import Outcome, Standing
from testamur.pathways.engine.eligibility import (
    Answer,
    Candidate,
    allowed_overrides,
    candidate_of,
    candidates,
    world_of,
)
from testamur.pathways.engine.screening import satisfiable
from testamur.pathways.engine.solver import solve
from testamur.pathways.holdings import Case, Holding, Override
from testamur.pathways.programme import Award, Programme, Requirement, Rules
from testamur.pathways.remembering import Reader, Subjects, reader_of, subjects_of
from testamur.pathways.truth import Truth

MOST_REMEMBERED = 200_000  # answers that one compiled programme keeps
_CHUNK = 100
_By = Literal["screening", "solver", "decision"]


@dataclass(slots=True)
class _Remembered:
    """What is remembered by what a credential says of `subjects`."""

    subjects: Subjects
    read: Reader
    memory: dict[Any, Truth] = field(default_factory=dict)


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
        self._remembered: dict[int, _Remembered | None] = {}  # by condition, which live as long as the programme
        self._takers: dict[int, _Takers] = {}  # by rules
        self._answers: dict[tuple[Any, ...], tuple[tuple[Answer, ...], Truth]] = {}

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
        found, counts = self._candidates(rules, world, overrides)
        one = _One(self, rules, world, found, counts, overrides)
        outcomes = [one.decide(award) for award in rules.awards]
        place = highest_of(outcomes)
        return Evaluated(number, outcomes[place], rules.awards[place].name, one.by)

    def _candidates(
        self, rules: Rules, world: World, overrides: tuple[Override, ...]
    ) -> tuple[tuple[Candidate, ...], list[Truth]]:
        """The credentials with what the clauses say of them, and whether each counts. Where nobody decided by hand and no use elsewhere
        matters, credentials of which all clauses say the same share their answers."""
        plain = not (overrides or world.case.approvals or rules.consume_on_use)
        if not plain or any(overlap.times is not None for overlap in rules.overlaps):
            found = candidates(rules, world, overrides, self.holds)
            return found, [candidate.counts for candidate in found]
        made, counts = [], []
        for holding in world.case.holdings:
            key: tuple[Any, ...] = (id(rules), holding.valid, holding.reason)
            for clause in rules.clauses:
                if clause.applies_to is not None:
                    key += (self.holds(clause.applies_to, holding, world),)
                key += (self.holds(clause.where, holding, world),)
            if key not in self._answers:
                if len(self._answers) >= MOST_REMEMBERED:
                    self._answers.clear()
                candidate = candidate_of(holding, rules, world, None, self.holds)
                self._answers[key] = candidate.answers, candidate.counts
            answers, counted = self._answers[key]
            made.append(Candidate(holding, answers))
            counts.append(counted)
        return tuple(made), counts

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
        remembered = self.remembered(condition)
        if remembered is None or holding.id in world.stands_for:
            return holds(condition, holding, world)
        key = remembered.read(holding, world.case.on)
        memory = remembered.memory
        if key not in memory:
            if len(memory) >= MOST_REMEMBERED:
                memory.clear()
            memory[key] = holds(condition, holding, world)
        return memory[key]

    def remembered(self, condition: Condition) -> _Remembered | None:
        """The memory of a condition; None where its answer cannot be remembered."""
        try:
            return self._remembered[id(condition)]
        except KeyError:
            subjects = subjects_of(condition)
            made = None if subjects is None else _Remembered(subjects, reader_of(subjects))
            return self._remembered.setdefault(id(condition), made)

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
        counts: list[Truth],
        overrides: tuple[Override, ...],
    ) -> None:
        self._compiled = compiled
        self._rules = rules
        self._world = world
        self._found = found
        self._counts = counts
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
            counts=self._counts,
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


_Index = dict[
    int, list[tuple[int, Truth]]
]  # by requirement (its id): the credentials that it may take, and whether it surely may


class _Indexed(Building):
    """Knows which credentials each requirement may take, and looks at no others. Only where nothing was accepted by hand."""

    index: _Index | None = None

    def _eligible_in(self, leaf: int, requirement: Requirement) -> frozenset[int]:
        if self.index is None:
            return super()._eligible_in(leaf, requirement)
        counts = self._counts
        return frozenset(
            item
            for item, wanted in self.index.get(id(requirement), ())
            if counts[item] is not False
            and self._sure(wanted if counts[item] is True else None)
            and self._has_size(item, requirement)
        )


class _Takers:
    """Which requirements may take a credential: by what they ask about it, all that ask about the same at once."""

    def __init__(self, compiled: Compiled, rules: Rules) -> None:
        self._compiled = compiled
        self._alike: dict[Subjects, tuple[Reader, list[tuple[int, Condition]], dict[Any, _Taking]]] = {}
        self._always: list[tuple[int, Condition | None]] = []  # requirements that have to be asked each time
        stack = [*rules.conditions, *(award.requires for award in rules.awards)]
        while stack:
            requirement = stack.pop()
            stack.extend(requirement.children)
            if requirement.kind != "take":
                continue
            where = requirement.where
            remembered = compiled.remembered(where) if where is not None else None
            if remembered is None or where is None:
                self._always.append((id(requirement), where))
            else:
                alike = self._alike.setdefault(remembered.subjects, (remembered.read, [], {}))
                alike[1].append((id(requirement), where))

    def index(self, found: Sequence[Candidate], world: World) -> _Index:
        """What each requirement may take."""
        index: _Index = {}
        for item, candidate in enumerate(found):
            holding = candidate.holding
            for requirement, condition in self._always:
                truth = self._compiled.holds(condition, holding, world)
                if truth is not False:
                    index.setdefault(requirement, []).append((item, truth))
            for read, asking, memory in self._alike.values():
                if holding.id in world.stands_for:
                    taking = _taking(asking, holding, world)
                else:
                    key = read(holding, world.case.on)
                    if key not in memory:
                        if len(memory) >= MOST_REMEMBERED:
                            memory.clear()
                        memory[key] = _taking(asking, holding, world)
                    taking = memory[key]
                for requirement, truth in taking:
                    index.setdefault(requirement, []).append((item, truth))
        return index


_Taking = tuple[tuple[int, Truth], ...]


def _taking(asking: list[tuple[int, Condition]], holding: Holding, world: World) -> _Taking:
    answers = ((number, holds(where, holding, world)) for number, where in asking)
    return tuple((number, truth) for number, truth in answers if truth is not False)
