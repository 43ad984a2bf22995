"""Why: how each requirement stands, and why each credential that does not count does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from testamur.pathways.conditions import Combined, Compare, Condition, World, holds
from testamur.pathways.engine.building import Built, classes, condition_truth, size_of
from testamur.pathways.engine.decision import Missing, Refused, State, Status
from testamur.pathways.engine.eligibility import Candidate
from testamur.pathways.engine.problem import Bound, Cap, Solution
from testamur.pathways.holdings import Holding
from testamur.pathways.programme import HUNDREDTHS, Award, Label, Programme, Rules

_CAN_PASS_LATER = ("at_least", "more_than", "from", "after", "is")


class Reasons:
    """Reads one solution. `counted` and `missing` are in hundredths, or in whole things where things are counted."""

    def __init__(
        self,
        programme: Programme,
        rules: Rules,
        world: World,
        candidates: Sequence[Candidate],
        built: Built,
        solution: Solution,
    ) -> None:
        self._programme = programme
        self._rules = rules
        self._world = world
        self._candidates = candidates
        self._built = built
        self._problem = built.problem
        self._solution = solution

    def counted(self, node: int) -> int:
        """The amount that counts at or below `node`, each credential once, in the node's unit."""
        unit = self._problem.nodes[node].unit
        amounts: dict[int, int] = {}
        for leaf in self._problem.leaves_below(node):
            for (used_in, item), amount in self._solution.uses.items():
                if used_in == leaf:
                    own = amount if self._problem.nodes[leaf].unit == unit else self._problem.amounts[unit][item]
                    amounts[item] = max(amounts.get(item, 0), own)
        return sum(amounts.values())

    def missing(self) -> Iterator[tuple[Bound, Missing]]:
        """Every bound that is needed and open, with what it lacks."""
        for index in sorted(self._solution.open):
            bound = self._problem.bounds[index]
            amount = self._solution.missing.get(index, 0)
            in_credits = bound.kind in ("credits", "share")
            yield bound, Missing(bound.kind, bound.name, _plain(amount, in_credits=in_credits), bound.unit)

    def labels(self, award: Award) -> Iterator[tuple[Label, bool]]:
        indices = [index for index, bound in enumerate(self._problem.bounds) if bound.label]
        for label, index in zip(award.labels, indices, strict=True):
            yield label, index in self._solution.labels

    # --- requirements -----------------------------------------------------------------------------------------------------------------

    def statuses(self, hoped: tuple[Built, Solution] | None) -> Iterator[Status]:
        """Every requirement in the order of the document."""
        missing: dict[int, list[Missing]] = {}
        for bound, lacking in self.missing():
            missing.setdefault(bound.node, []).append(lacking)
        hoped_open = {hoped[0].problem.bounds[index].node for index in hoped[1].open} if hoped else set()
        yield from self._below(0, 0, missing, hoped_open, hoped is not None and hoped[1].satisfied)

    def _below(
        self, node: int, depth: int, missing: dict[int, list[Missing]], hoped_open: set[int], hope: bool
    ) -> Iterator[Status]:
        state = self._state(node, missing, hoped_open, hope)
        requirement = self._built.requirements[node]
        yield Status(
            name=requirement.name,
            state=state,
            depth=depth,
            counted=_plain(self.counted(node), in_credits=True),
            unit=self._problem.nodes[node].unit,
            title=requirement.title,
            missing=tuple(missing.get(node, ())),
        )
        for child in self._problem.nodes[node].children:
            yield from self._below(child, depth + 1, missing, hoped_open, hope)

    def _state(self, node: int, missing: dict[int, list[Missing]], hoped_open: set[int], hope: bool) -> State:
        if node not in self._solution.needed:
            return State.OTHER
        own = self._own_state(node, missing, hoped_open, hope)
        below = [self._state(child, missing, hoped_open, hope) for child in self._problem.nodes[node].children]
        for state in (State.IMPOSSIBLE, State.OPEN, State.UNDECIDED):
            if state is own or state in below:
                return state
        return State.SATISFIED

    def _own_state(self, node: int, missing: dict[int, list[Missing]], hoped_open: set[int], hope: bool) -> State:
        if node not in missing:
            return State.SATISFIED
        requirement = self._built.requirements[node]
        if requirement.kind == "condition":
            if condition_truth(requirement, self._world) is None:
                return State.UNDECIDED
            return State.OPEN if _may_still_come(requirement.condition, self._world) else State.IMPOSSIBLE
        if hope and node not in hoped_open:
            return State.UNDECIDED
        asked = [requirement.where, *(clause.where for clause in self._rules.clauses if clause.applies_to is None)]
        return State.IMPOSSIBLE if any(_is_over(condition, self._world) for condition in asked) else State.OPEN

    def unknown(self, hoped: tuple[Built, Solution]) -> Iterator[tuple[str, str, str]]:
        """What the optimist had to believe: facts and clauses that are not known, of credentials that they used."""
        built, solution = hoped
        for node in sorted(solution.needed):
            requirement = built.requirements[node]
            if requirement.kind == "condition" and condition_truth(requirement, self._world) is None:
                refer = requirement.otherwise == "refer" and holds(requirement.condition, None, self._world) is False
                yield ("refer" if refer else "fact"), requirement.name, requirement.refer_to if refer else ""
        used = {item for _, item in solution.uses}
        for item in sorted(used):
            candidate = self._candidates[item]
            for answer in candidate.undecided_by:
                yield "clause", answer.clause, candidate.holding.id
            if not candidate.undecided_by and not self._surely_eligible(item, built, solution):
                yield (
                    "requirement",
                    next(built.requirements[leaf].name for leaf, i in sorted(solution.uses) if i == item),
                    candidate.holding.id,
                )

    def _surely_eligible(self, item: int, built: Built, solution: Solution) -> bool:
        leaves = [leaf for leaf, used in solution.uses if used == item]
        eligible = {node.name: node.eligible for node in self._problem.nodes}
        return all(item in eligible.get(built.requirements[leaf].name, ()) for leaf in leaves)

    # --- credentials ------------------------------------------------------------------------------------------------------------------

    def refusals(self) -> Iterator[Refused]:
        """Every credential that does not count, with every reason."""
        used = {item for _, item in self._solution.uses}
        named = classes(self._rules, self._candidates, self._world)
        for item, candidate in enumerate(self._candidates):
            if item not in used:
                yield from self._refusal(item, candidate, used, named)

    def _refusal(
        self, item: int, candidate: Candidate, used: set[int], named: list[tuple[str, frozenset[int]]]
    ) -> Iterator[Refused]:
        own = candidate.holding.id
        if candidate.refused_by:
            for answer in candidate.refused_by:
                yield Refused(own, "clause", answer.clause, answer.detail)
            return
        if candidate.undecided_by:
            for answer in candidate.undecided_by:
                yield Refused(own, "undecided", answer.clause, answer.detail)
            return
        leaves = [index for index, node in enumerate(self._problem.nodes) if item in node.eligible]
        if not leaves:
            yield self._not_taken(candidate.holding)
            return
        for name, members in named:
            if item in members and (counted := sorted(members & used)):
                kind = "repeats" if name == "repeats" else "equivalent"
                yield Refused(own, kind, name, self._problem.items[counted[0]])
                return
        for leaf in leaves:
            for earlier in self._problem.nodes[leaf].after:
                if self._is_open(earlier):
                    yield Refused(own, "locked", self._problem.nodes[leaf].name, self._problem.nodes[earlier].name)
                    return
        if self._solution.open and (cap := self._tight(item, leaves)):
            yield Refused(own, "cap", cap.name)
            return
        yield Refused(own, "surplus", self._problem.nodes[leaves[0]].name)

    def _not_taken(self, holding: Holding) -> Refused:
        undecided = ""
        for requirement in self._built.requirements:
            if requirement.kind != "take":
                continue
            wanted = holds(requirement.where, holding, self._world)
            if wanted is True and size_of(holding, requirement.unit, self._programme) is None:
                return Refused(holding.id, "no size", requirement.name, requirement.unit)
            if wanted is None:
                undecided = undecided or requirement.name
        return Refused(holding.id, "undecided" if undecided else "not asked for", undecided)

    def _is_open(self, node: int) -> bool:
        below = {node}
        for index in range(node, len(self._problem.nodes)):
            if index in below:
                below |= set(self._problem.nodes[index].children)
        return node not in self._solution.needed or any(
            self._problem.bounds[index].node in below for index in self._solution.open
        )

    def _tight(self, item: int, leaves: list[int]) -> Cap | None:
        """The cap that leaves no room for `item`, if there is one; conflicts of dates and attributes count as the requirement's
        own."""
        for cap in self._problem.caps:
            below = set(self._problem.leaves_below(cap.node))
            if cap.kind not in ("count", "credits") or item not in cap.members or not below.intersection(leaves):
                continue
            counted = {
                i: amount for (leaf, i), amount in self._solution.uses.items() if leaf in below and i in cap.members
            }
            size = 1 if cap.kind == "count" else self._problem.amounts[cap.unit][item]
            if (len(counted) if cap.kind == "count" else sum(counted.values())) + size > cap.most:
                return cap
        used = {i for _, i in self._solution.uses}
        for node, one, other in self._problem.conflicts:
            if item in (one, other) and (one == other or (({one, other} - {item}) & used)):
                return Cap(node, f"{self._problem.nodes[node].name}: within", "count")
        for node, groups in self._problem.same:
            own = next((group for group in groups if item in group), frozenset({item}))
            if any(group & used for group in groups if group != own):
                return Cap(node, f"{self._problem.nodes[node].name}: same", "count")
        return None


def _may_still_come(condition: Condition | None, world: World) -> bool:
    """Whether time or effort may yet make a false condition true: too little may become enough; too much, or too late, never."""
    match condition:
        case Combined(how="not"):
            return False
        case Combined(how="all", parts=parts):
            return all(_may_still_come(part, world) for part in parts if holds(part, None, world) is False)
        case Combined(how="any", parts=parts):
            return any(_may_still_come(part, world) for part in parts)
        case Compare(tests=tests):
            failing = [how for how, _ in tests if holds(_only(condition, how), None, world) is False]
            return all(how in _CAN_PASS_LATER for how in failing)
    return True


def _is_over(condition: Condition | None, world: World) -> bool:
    """Whether no credential that is still to be awarded can meet `condition`, because the last day to be awarded has passed."""
    match condition:
        case Combined(how="all", parts=parts):
            return any(_is_over(part, world) for part in parts)
        case Combined(how="any", parts=parts):
            return all(_is_over(part, world) for part in parts)
        case Compare(subject="awarded", tests=tests):
            ends = [
                operand.resolve(lambda name: world.day(name, None))
                for how, operand in tests
                if how in ("until", "before")
            ]
            return any(end is not None and end < world.case.on for end in ends)
    return False


def _only(condition: Compare, how: str) -> Compare:
    tests = tuple(test for test in condition.tests if test[0] == how)
    return Compare(condition.subject, condition.name, tests, condition.scale)


def _plain(amount: int, *, in_credits: bool) -> Decimal:
    value = Decimal(amount) / (HUNDREDTHS if in_credits else 1)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
