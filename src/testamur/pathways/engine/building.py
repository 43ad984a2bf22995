"""From rules and a case to a problem for the solver.

It is built for one of two readers of what is not known. The *pessimist* takes nothing that is not certain: what may not count
does not, what may fall under a cap does. The *optimist* takes the opposite. Where both come to the same end the unknown decides
nothing; where they do not, it cannot be decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from testamur.pathways.conditions import Condition, World, holds
from testamur.pathways.dates import later
from testamur.pathways.engine.eligibility import Ask, Candidate, approved
from testamur.pathways.engine.problem import Bound, Cap, Node, Problem
from testamur.pathways.holdings import UNSTATED, Holding, Override, Scalar
from testamur.pathways.programme import HUNDREDTHS, Award, Mean, Portion, Programme, Requirement, Rules
from testamur.pathways.truth import Truth, all_of

CONDITIONS = "conditions"


@dataclass(slots=True)
class Built:
    """A problem, and what each index in it stands for."""

    problem: Problem
    requirements: tuple[Requirement, ...]
    portions: dict[int, Portion] = field(default_factory=dict)  # bound → the portion it came from
    certain: bool = True  # nothing that was asked is unknown: pessimist and optimist ask the same question


class Building:
    """Builds the problem of one award. `with_overrides` are decisions by hand that count; `relaxed` lets in what exactly one
    clause refuses. `counts` is what comes of each candidate's answers, where somebody knows it already."""

    def __init__(
        self,
        programme: Programme,
        rules: Rules,
        world: World,
        candidates: Sequence[Candidate],
        *,
        optimist: bool,
        overrides: tuple[Override, ...] = (),
        relaxed: bool = False,
        ask: Ask = holds,
        counts: Sequence[Truth] | None = None,
    ) -> None:
        self._ask = ask
        self._certain = True
        self._programme = programme
        self._rules = rules
        self._world = world
        self._candidates = candidates
        self._holdings = [candidate.holding for candidate in candidates]
        self._everything = frozenset(range(len(candidates)))
        self._counts = [candidate.counts for candidate in candidates] if counts is None else counts
        self._optimist = optimist
        self._relaxed = relaxed
        self._waived = {override.requirement for override in overrides if override.does == "waive"}
        self._accepted = {
            (override.requirement, override.credential) for override in overrides if override.does == "accept"
        }
        self._requirements: list[Requirement] = []
        self._nodes: list[Node] = []
        self._bounds: list[Bound] = []
        self._caps: list[Cap] = []
        self._conflicts: list[tuple[int, int, int]] = []
        self._same: list[tuple[int, tuple[frozenset[int], ...]]] = []
        self._manual: set[tuple[int, int]] = set()
        self._amounts: dict[str, tuple[int, ...]] = {}
        self._sizes: dict[str, list[int | None]] = {}  # None: not stated
        self._flexible: set[int] = set()
        self._portions: dict[int, Portion] = {}
        self._later: dict[int, tuple[str, ...]] = {}  # leaf → the requirements that come before it

    def build(self, award: Award) -> Built:
        """1. The tree, conditions first. 2. What is asked of each node. 3. What holds for the whole: overlaps, classes, pools."""
        root = award.requires
        if self._rules.conditions:
            root = Requirement(
                name=CONDITIONS + " and " + root.name, kind="all", children=(*self._rules.conditions, root),
                choose=len(self._rules.conditions) + 1, unit=root.unit,
            )  # fmt: skip
        self._add(root)
        self._after()
        for label in award.labels:
            self._lower(0, root, label.including, label=True)
        for overlap in self._rules.overlaps:
            members = frozenset(
                index
                for index, item in enumerate(self._holdings)
                if any(overlap.where.matches(use) for use in item.uses)
            )
            if overlap.credits is not None:
                self._caps.append(Cap(0, overlap.name, "credits", members, overlap.credits, unit=self._unit(root.unit)))
            if overlap.count is not None:
                self._caps.append(Cap(0, overlap.name, "count", members, overlap.count))
        problem = Problem(
            items=tuple(item.id for item in self._holdings),
            nodes=tuple(self._nodes),
            amounts=self._amounts,
            bounds=tuple(self._bounds),
            caps=tuple(self._caps),
            conflicts=tuple(self._conflicts),
            same=tuple(self._same),
            classes=tuple(members for _, members in classes(self._rules, self._candidates, self._world)),
            pools={pool.name: (pool.uses, pool.credits) for pool in self._rules.pools},
            flexible=frozenset(self._flexible),
            manual=frozenset(self._manual),
        )
        return Built(problem, tuple(self._requirements), self._portions, self._certain)

    def _sure(self, truth: Truth) -> bool:
        if truth is None:
            self._certain = False
        return truth is True or (truth is None and self._optimist)

    def _add(self, requirement: Requirement, inherited: tuple[str, ...] = ()) -> int:
        index = len(self._nodes)
        inherited = (*inherited, *requirement.after)
        self._requirements.append(requirement)
        unit = self._unit(requirement.unit)
        if requirement.name in self._waived:
            self._nodes.append(Node(requirement.name, "group", unit=unit))
            return index
        if requirement.kind == "take":
            eligible = self._eligible_in(index, requirement)
            pool, divisible = requirement.pool, requirement.divisible
            self._nodes.append(Node(requirement.name, "take", (), 0, None, eligible, unit, pool, divisible))
            self._later[index] = inherited
        else:
            self._nodes.append(Node(requirement.name, "group", unit=unit))
            if requirement.kind == "condition":
                truth = condition_truth(requirement, self._world)
                self._bounds.append(Bound(index, requirement.name, "fact", met=self._sure(truth)))
            else:
                children = tuple(self._add(child, inherited) for child in requirement.children)
                most = requirement.choose_at_most
                self._nodes[index] = Node(requirement.name, "group", children, requirement.choose, most, unit=unit)
        self._asked(index, requirement)
        return index

    def _eligible_in(self, leaf: int, requirement: Requirement) -> frozenset[int]:
        return frozenset(item for item in range(len(self._candidates)) if self._eligible(leaf, item, requirement))

    def _eligible(self, leaf: int, item: int, requirement: Requirement) -> bool:
        candidate = self._candidates[item]
        if (requirement.name, candidate.holding.id) in self._accepted and candidate.holding.valid is not False:
            self._manual.add((leaf, item))
            return True
        counts = self._counts[item]
        if counts is False and not self._relaxed:
            return False
        wanted = self._ask(requirement.where, candidate.holding, self._world)
        if self._sure(all_of((counts, wanted))):
            return self._has_size(item, requirement)
        if self._relaxed and self._sure(wanted) and candidate.holding.valid is not False:
            refused = candidate.refused_by
            if len(refused) == 1 and not candidate.undecided_by:
                self._manual.add((leaf, item))
                return self._has_size(item, requirement)
        return False

    def _has_size(self, item: int, requirement: Requirement) -> bool:
        """A credential that does not say how large it is counts for the pessimist nowhere where credits are asked for."""
        if not asks_for_size(requirement) or self._sizes[requirement.unit][item] is not None:
            return True
        self._certain = False
        return self._optimist

    def _unit(self, unit: str) -> str:
        if unit not in self._amounts:
            sizes = self._sizes[unit] = [size_of(holding, unit, self._programme) for holding in self._holdings]
            self._certain = self._certain and None not in sizes
            if self._optimist:
                enough = self._largest()
                self._flexible |= {item for item, size in enumerate(sizes) if size is None}
                self._amounts[unit] = tuple(enough if size is None else size for size in sizes)
            else:
                self._amounts[unit] = tuple(size or 0 for size in sizes)
        return unit

    def _largest(self) -> int:
        """The most that any requirement asks: as much as the optimist believes of a credential that does not say its size."""

        def asked(requirement: Requirement) -> Iterator[int]:
            if requirement.credits and requirement.credits.low:
                yield requirement.credits.low
            for portion in requirement.including:
                yield portion.credits or 0
            for child in requirement.children:
                yield from asked(child)

        return max((amount for award in self._rules.awards for amount in asked(award.requires)), default=0)

    def _asked(self, node: int, requirement: Requirement) -> None:
        everything, unit, name = self._everything, requirement.unit, requirement.name
        for given, kind in ((requirement.credits, "credits"), (requirement.count, "count")):
            if given is None:
                continue
            if given.low:
                self._bounds.append(Bound(node, name, kind, everything, given.low, unit=unit))  # type: ignore[arg-type]
            if given.high is not None:
                self._caps.append(Cap(node, name, kind, everything, given.high, unit=unit))  # type: ignore[arg-type]
        for portion in requirement.including:
            self._lower(node, requirement, portion)
        for portion in requirement.at_most:
            self._upper(node, requirement, portion)
        for attribute in requirement.same:
            self._same.append((node, self._groups(attribute, alone=not self._optimist)))
        for distinct in requirement.distinct:
            if distinct.at_least:
                groups = self._groups(distinct.of, alone=self._optimist)
                self._bounds.append(Bound(node, distinct.of, "distinct", least=distinct.at_least, groups=groups))
            if distinct.at_most is not None:
                groups = self._groups(distinct.of, alone=not self._optimist)
                self._caps.append(Cap(node, distinct.of, "distinct", most=distinct.at_most, groups=groups))
        for mean in requirement.mean:
            self._bounds.append(self._mean(node, requirement, mean))
        if requirement.within is not None:
            self._conflicts += [(node, one, other) for one, other in self._too_far_apart(node, requirement)]

    def _members(self, where: Condition | None, *, wide: bool) -> frozenset[int]:
        """Whom `where` means. `wide` also those of whom it is not known."""
        answers = [self._ask(where, holding, self._world) for holding in self._holdings]
        self._certain = self._certain and None not in answers
        return frozenset(item for item, truth in enumerate(answers) if truth is True or (wide and truth is None))

    def _lower(self, node: int, requirement: Requirement, portion: Portion, *, label: bool = False) -> None:
        members = self._members(portion.where, wide=self._optimist)
        self._portions[len(self._bounds)] = portion
        unit, name = requirement.unit, portion.name
        if portion.share is not None:
            self._bounds.append(Bound(node, name, "share", members, share=portion.share, unit=unit, label=label))
        elif portion.credits is not None:
            self._bounds.append(Bound(node, name, "credits", members, portion.credits, unit=unit, label=label))
        else:
            self._bounds.append(Bound(node, name, "count", members, portion.count or 0, unit=unit, label=label))

    def _upper(self, node: int, requirement: Requirement, portion: Portion) -> None:
        members = self._members(portion.where, wide=not self._optimist)
        groups = [members]
        if portion.per:
            groups = [group & members for group in self._groups(portion.per, alone=False, spread=not self._optimist)]
        for group in groups:
            if portion.share is not None:
                self._caps.append(Cap(node, portion.name, "share", group, share=portion.share, unit=requirement.unit))
            elif portion.credits is not None:
                self._caps.append(Cap(node, portion.name, "credits", group, portion.credits, unit=requirement.unit))
            else:
                self._caps.append(Cap(node, portion.name, "count", group, portion.count or 0))

    def _groups(self, attribute: str, *, alone: bool, spread: bool = False) -> tuple[frozenset[int], ...]:
        """The items by their value of `attribute`. Of unknown value: each `alone`, in every group (`spread`), or in none."""
        groups: dict[Scalar, set[int]] = {}
        unknown = []
        for item, holding in enumerate(self._holdings):
            value = attribute_of(holding, attribute)
            if value is None:
                unknown.append(item)
            else:
                groups.setdefault(value, set()).add(item)
        self._certain = self._certain and not unknown
        ordered = [groups[value] | (set(unknown) if spread else set()) for value in sorted(groups, key=str)]
        return tuple(map(frozenset, [*ordered, *([{item} for item in unknown] if alone else [])]))

    def _mean(self, node: int, requirement: Requirement, mean: Mean) -> Bound:
        points = self._programme.points.get(mean.scale, {})
        known = [
            int(grade * HUNDREDTHS)
            for holding in self._holdings
            if isinstance(grade := holding.grades.get(mean.scale), Decimal)
        ]
        best, worst = max([*points.values(), *known, mean.at_least]), min([0, *points.values()])
        members = self._members(mean.where, wide=True)
        weights = {}
        for item in sorted(members):
            points_of = grade_points(self._holdings[item], mean.scale, points)
            if points_of is None:
                self._certain = False
                points_of = best if self._optimist else worst
            size = self._amounts[requirement.unit][item] if mean.weights == "credits" else 1
            weights[item] = size * (points_of - mean.at_least)
        if mean.over == "held":
            valid = [item for item in weights if self._holdings[item].valid is not False]
            return Bound(node, mean.scale, "fact", met=bool(valid) and sum(weights[item] for item in valid) >= 0)
        return Bound(node, mean.scale, "mean", members, weights=weights)

    def _too_far_apart(self, node: int, requirement: Requirement) -> Iterator[tuple[int, int]]:
        """Pairs that no window of the period holds both: the end of one is later than the beginning of the other and the period."""
        within = requirement.within
        assert within is not None  # noqa: S101 - the caller looked
        starts = [holding.dates.get(within.start) or holding.dates.get("awarded") for holding in self._holdings]
        ends = [holding.dates.get(within.end) or holding.dates.get("awarded") for holding in self._holdings]

        def apart(start: date | None, end: date | None) -> bool:
            if start is None or end is None:
                self._certain = False
                return not self._optimist
            return end > later(start, within.period)

        # The nodes below were added before: only what may count in one of them can conflict.
        items = sorted(frozenset().union(*(below.eligible for below in self._nodes[node:])))
        for place, one in enumerate(items):
            for other in items[place:]:
                if apart(starts[one], ends[other]) or apart(starts[other], ends[one]):
                    yield one, other

    def _after(self) -> None:
        numbers = {requirement.name: index for index, requirement in enumerate(self._requirements)}
        for leaf, names in self._later.items():
            after = tuple(numbers[name] for name in names if name in numbers and name not in self._waived)
            if after:
                self._nodes[leaf] = replace(self._nodes[leaf], after=after)


def asks_for_size(requirement: Requirement) -> bool:
    return requirement.credits is not None or any(portion.credits or portion.share for portion in requirement.including)


def condition_truth(requirement: Requirement, world: World) -> Truth:
    """What a requirement of a fact comes to: one that refers is for a person to decide, and that person may have decided."""
    truth = holds(requirement.condition, None, world)
    if truth is False and requirement.otherwise == "refer":
        truth = None
    return True if truth is None and approved(world.case, requirement.name) else truth


def size_of(holding: Holding, unit: str, programme: Programme) -> int | None:
    """The size of a credential in hundredths of `unit`, converted where the programme says how; None where it is not stated."""
    stated = dict(holding.credits)
    if UNSTATED in stated and programme.unstated_unit:
        stated.setdefault(programme.unstated_unit, stated[UNSTATED])
    if unit in stated:
        return int(stated[unit] * HUNDREDTHS)
    for conversion in programme.conversions:
        if conversion.target == unit and conversion.source in stated:
            return int(Fraction(stated[conversion.source]) * HUNDREDTHS * conversion.factor)
    return None


def grade_points(holding: Holding, scale: str, points: Mapping[str, int]) -> int | None:
    """The grade in hundredths of a point: the number itself, or what the scale gives for the word."""
    grade = holding.grades.get(scale)
    if isinstance(grade, Decimal):
        return int(grade * HUNDREDTHS)
    return None if grade is None else points.get(grade)


def attribute_of(holding: Holding, name: str) -> Scalar | None:
    """The value by which credentials are told apart: issuer, language, term, mode, type, achievement, category, year, or a
    stated attribute."""
    if name in ("issuer", "language", "term", "mode", "type", "achievement"):
        return getattr(holding, name) or None
    if name == "category":
        return min(holding.categories, default=None)
    if name == "year":
        awarded = holding.dates.get("awarded")
        return awarded.year if awarded else None
    return holding.attributes.get(name)


def classes(rules: Rules, candidates: Sequence[Candidate], world: World) -> list[tuple[str, frozenset[int]]]:
    """Sets of credentials of which one counts: the same achievement twice, also as an earlier version, and each class of equivalents."""
    found: list[tuple[str, frozenset[int]]] = []
    by_achievement: dict[str, set[int]] = {}
    for item, candidate in enumerate(candidates):
        holding = candidate.holding
        same = {holding.achievement} | world.stands_for.get(holding.id, frozenset())
        for achievement in same if rules.as_named else same | holding.continues:
            by_achievement.setdefault(achievement, set()).add(item)
    if not rules.repeats:
        found += [
            ("repeats", frozenset(items)) for name, items in sorted(by_achievement.items()) if name and len(items) > 1
        ]
    for name, achievements in rules.equivalent:
        members = frozenset(item for each in sorted(achievements) for item in by_achievement.get(each, ()))
        if len(members) > 1:
            found.append((name, members))
    return found
