"""The best assignment by trying every one: slow, plain, and written from the rules in `engine.problem` without looking at the solver."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from math import ceil

from testamur.pathways.engine.problem import Problem, weight_of

Uses = dict[tuple[int, int], int]


def best(problem: Problem) -> tuple[int, ...]:
    """The smallest objective vector over all choices of needed nodes, all uses and all amounts."""
    return min(
        vector(problem, needed, uses)
        for needed in choices(problem)
        for uses in assignments(problem, needed)
        if allowed(problem, needed, uses)
    )


def choices(problem: Problem) -> Iterator[frozenset[int]]:
    """Every set of nodes that may be needed: the root, and of each needed group at least as many as it asks for."""

    def below(node: int) -> Iterator[frozenset[int]]:
        entry = problem.nodes[node]
        most = len(entry.children) if entry.choose_at_most is None else entry.choose_at_most
        for size in range(entry.choose, most + 1):
            for chosen in itertools.combinations(entry.children, size):
                for parts in itertools.product(*(list(below(child)) for child in chosen)):
                    yield frozenset({node}).union(*parts)

    yield from below(0)


def assignments(problem: Problem, needed: frozenset[int]) -> Iterator[Uses]:
    """Every use of every item: nowhere, in one leaf, or in several leaves of one pool, with every amount where it may be divided."""
    each = [list(_uses_of(problem, item, needed)) for item in range(len(problem.items))]
    for combination in itertools.product(*each):
        yield {key: amount for uses in combination for key, amount in uses.items()}


def _uses_of(problem: Problem, item: int, needed: frozenset[int]) -> Iterator[Uses]:
    leaves = [leaf for leaf in sorted(needed) if item in problem.nodes[leaf].eligible]
    places = [()] + [(leaf,) for leaf in leaves]
    for pool, (most, _) in problem.pools.items():
        pooled = [leaf for leaf in leaves if problem.nodes[leaf].pool == pool]
        places += [some for size in range(2, most + 1) for some in itertools.combinations(pooled, size)]
    for place in places:
        amounts = []
        for leaf in place:
            whole = _whole(problem, item, problem.nodes[leaf].unit)
            divides = problem.nodes[leaf].divisible or item in problem.flexible
            amounts.append(range(whole + 1) if divides else [whole])
        for sizes in itertools.product(*amounts):
            yield {(leaf, item): size for leaf, size in zip(place, sizes, strict=True)}


def _whole(problem: Problem, item: int, unit: str) -> int:
    return problem.amounts[unit][item] if unit in problem.amounts else 0


def _counted(problem: Problem, node: int, uses: Uses) -> dict[int, int]:
    """The items that count at or below `node` with their amounts, each once."""
    leaves = problem.leaves_below(node)
    counted: dict[int, int] = {}
    for (leaf, item), amount in uses.items():
        if leaf in leaves:
            counted[item] = max(counted.get(item, 0), amount)
    return counted


def allowed(problem: Problem, needed: frozenset[int], uses: Uses) -> bool:
    for members in problem.classes:
        if len({item for _, item in uses if item in members}) > 1:
            return False
    for pool, (_, most) in problem.pools.items():
        if most is not None:
            shared = 0
            for item in range(len(problem.items)):
                times = sum(1 for leaf, used in uses if used == item and problem.nodes[leaf].pool == pool)
                # all leaves of one pool have the same unit here
                shared += max(0, times - 1) * _whole(problem, item, problem.nodes[0].unit)
            if shared > most:
                return False
    for cap in problem.caps:
        counted = _counted(problem, cap.node, uses)
        if cap.kind == "count" and sum(1 for item in counted if item in cap.members) > cap.most:
            return False
        members = sum(amount for item, amount in counted.items() if item in cap.members)
        if cap.kind == "credits" and members > cap.most:
            return False
        if cap.kind == "share" and members > cap.share * sum(counted.values()):
            return False
        if cap.kind == "distinct" and sum(1 for group in cap.groups if group & counted.keys()) > cap.most:
            return False
    for node, one, other in problem.conflicts:
        counted = _counted(problem, node, uses)
        if one in counted and other in counted:
            return False
    for node, groups in problem.same:
        counted = _counted(problem, node, uses)
        if sum(1 for group in groups if group & counted.keys()) > 1:
            return False
    return all(_satisfied(problem, earlier, needed, uses) for leaf, _ in uses for earlier in problem.nodes[leaf].after)


def _satisfied(problem: Problem, node: int, needed: frozenset[int], uses: Uses) -> bool:
    if node not in needed:
        return False
    own = all(
        _lacking(problem, index, uses) is None
        for index, bound in enumerate(problem.bounds)
        if bound.node == node and not bound.label
    )
    entry = problem.nodes[node]
    return own and sum(_satisfied(problem, child, needed, uses) for child in entry.children) >= entry.choose


def _lacking(problem: Problem, index: int, uses: Uses) -> int | None:
    """How much bound `index` lacks; None where it is met."""
    bound = problem.bounds[index]
    counted = _counted(problem, bound.node, uses)
    if bound.kind == "fact":
        return None if bound.met else 0
    if bound.kind == "mean":
        return None if sum(bound.weights.get(item, 0) for item in counted) >= 0 else 0
    if bound.kind == "share":
        members = sum(amount for item, amount in counted.items() if item in bound.members)
        lacking = ceil(bound.share * sum(counted.values()) - members)
    elif bound.kind == "distinct":
        lacking = bound.least - sum(1 for group in bound.groups if group & counted.keys())
    elif bound.kind == "count":
        lacking = bound.least - sum(1 for item in counted if item in bound.members)
    else:
        lacking = bound.least - sum(amount for item, amount in counted.items() if item in bound.members)
    return lacking if lacking > 0 else None


def vector(problem: Problem, needed: frozenset[int], uses: Uses) -> tuple[int, ...]:
    opened = missing = unlabelled = 0
    for index, bound in enumerate(problem.bounds):
        lacking = _lacking(problem, index, uses)
        if bound.label:
            unlabelled += lacking is not None
        elif bound.node in needed and lacking is not None:
            opened += 1
            missing += lacking * weight_of(problem, bound)
    manual = sum(1 for key in uses if key in problem.manual)
    used = sum(_counted(problem, 0, uses).values())
    return opened, missing, manual, unlabelled, used, len(uses)
