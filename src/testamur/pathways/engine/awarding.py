"""The decision on one award: asked pessimistically, optimistically, and with what people decided by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from testamur.pathways.conditions import World
from testamur.pathways.engine.building import Building, Built
from testamur.pathways.engine.decision import AwardDecision, Change, Outcome, Used
from testamur.pathways.engine.eligibility import Candidate
from testamur.pathways.engine.problem import Solution
from testamur.pathways.engine.reasons import Reasons
from testamur.pathways.engine.solver import solve
from testamur.pathways.holdings import Override
from testamur.pathways.programme import HUNDREDTHS, Award, Programme, Rules


class Awarding:
    """Decides the awards of one programme for one person."""

    def __init__(
        self,
        programme: Programme,
        rules: Rules,
        world: World,
        candidates: tuple[Candidate, ...],
        overrides: tuple[Override, ...],
        *,
        explain: bool = True,
    ) -> None:
        self._programme = programme
        self._rules = rules
        self._world = world
        self._candidates = candidates
        self._overrides = overrides
        self._explain = explain

    def decide(self, award: Award) -> AwardDecision:
        """1. Ask the pessimist: if it holds for them, it holds. 2. If not, ask again with the decisions by hand. 3. If not, ask
        the optimist: if it does not hold even for them, it does not hold; otherwise it cannot be decided, and what they had to
        believe is what is not known."""
        built, solution = self._ask(award, optimist=False)
        by_hand: tuple[Override, ...] = ()
        if not solution.satisfied and self._positive:
            built, solution = self._ask(award, optimist=False, overrides=self._positive)
            by_hand = self._positive
        outcome, hoped = Outcome.HOLDS, None
        if not solution.satisfied:
            known = (built, solution)
            hoped = known if built.certain else self._ask(award, optimist=True, overrides=by_hand, known=known)
            outcome = Outcome.UNDECIDED if hoped[1].satisfied or not hoped[1].proven else Outcome.DOES_NOT_HOLD
        reasons = Reasons(self._programme, self._rules, self._world, self._candidates, built, solution)
        root_unit = built.problem.nodes[0].unit
        return AwardDecision(
            award=award.name,
            title=award.title,
            outcome=outcome,
            statuses=tuple(reasons.statuses(hoped)),
            used=tuple(self._used(built, solution)),
            refused=tuple(reasons.refusals()),
            counted=_decimal(reasons.counted(0)),
            unit=root_unit,
            labels=tuple(label.name for label, met in reasons.labels(award) if met),
            unknown=tuple(reasons.unknown(hoped)) if outcome is Outcome.UNDECIDED and hoped else (),
            change=self._change(award, built, reasons) if not solution.satisfied and self._explain else None,
            by_hand=tuple(override for override in by_hand if _matters(override, built, solution)),
            vector=solution.vector,
            proven=solution.best,
        )

    @property
    def _positive(self) -> tuple[Override, ...]:
        return tuple(override for override in self._overrides if override.does != "refuse")

    def _ask(
        self,
        award: Award,
        *,
        optimist: bool,
        overrides: tuple[Override, ...] = (),
        relaxed: bool = False,
        known: tuple[Built, Solution] | None = None,
    ) -> tuple[Built, Solution]:
        """The problem and its solution; that of `known` where it is the same problem, as it is when everything is known."""
        building = Building(
            self._programme,
            self._rules,
            self._world,
            self._candidates,
            optimist=optimist,
            overrides=overrides,
            relaxed=relaxed,
        )
        built = building.build(award)
        if known is not None and known[0].problem == built.problem:
            return known
        return built, solve(built.problem, only_outcome=not self._explain)

    def _used(self, built: Built, solution: Solution) -> Iterator[Used]:
        problem = built.problem
        for (leaf, item), amount in sorted(solution.uses.items()):
            node = problem.nodes[leaf]
            yield Used(
                credential=problem.items[item],
                requirement=node.name,
                amount=_decimal(amount),
                unit=node.unit,
                of=_decimal(problem.amounts[node.unit][item]),
                by_hand="accept" if (leaf, item) in problem.manual else "",
            )

    def _change(self, award: Award, built: Built, reasons: Reasons) -> Change:
        """What is missing after the best assignment is the least that has to be added; beside it, the fewest clauses whose
        waiver would do."""
        add = tuple((built.requirements[bound.node].name, missing) for bound, missing in reasons.missing())
        waive: tuple[tuple[str, str], ...] = ()
        if any(len(candidate.refused_by) == 1 for candidate in self._candidates):
            relaxed, found = self._ask(award, optimist=False, overrides=self._positive, relaxed=True)
            if found.satisfied:
                accepted = {
                    relaxed.problem.items[item] for leaf, item in found.uses if (leaf, item) in relaxed.problem.manual
                }
                waive = tuple(
                    (candidate.holding.id, candidate.refused_by[0].clause)
                    for candidate in self._candidates
                    if candidate.holding.id in accepted and candidate.refused_by
                )
        return Change(add, waive)


def merged(decisions: list[AwardDecision], *, all_tried: bool) -> AwardDecision:
    """One decision out of those for every possible value of the programme's tables: what all agree on, else undecided."""
    first = decisions[0]
    if all_tried and all(decision.outcome is first.outcome for decision in decisions):
        return first
    return replace(first, outcome=Outcome.UNDECIDED)


def _matters(override: Override, built: Built, solution: Solution) -> bool:
    """An acceptance that was used, a waiver of something that was needed."""
    if override.does == "waive":
        return any(built.requirements[node].name == override.requirement for node in solution.needed)
    return any(
        built.problem.items[item] == override.credential and built.problem.nodes[leaf].name == override.requirement
        for leaf, item in solution.uses
    )


def _decimal(hundredths: int) -> Decimal:
    amount = Decimal(hundredths) / HUNDREDTHS
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()
