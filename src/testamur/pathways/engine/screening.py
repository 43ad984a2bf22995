"""Whether a problem can be satisfied at all, where that can be seen without a solver.

For problems in which everything is needed and no credential may be shared or split (most programmes, most learners). *No*: some
bound asks for more than can count there, or the requirements together ask for more than a flow from credentials to them can carry;
a flow may split what an assignment may not, so what no flow can carry no assignment can. *Yes*: the flow is an assignment, and it
keeps every cap, class, window and bound; each is checked. In between, nobody knows yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from testamur.pathways.engine.problem import Bound, Cap, Problem
from testamur.pathways.truth import Truth


def satisfiable(problem: Problem) -> Truth:
    """True or False where it can be seen; None where a solver has to say."""
    if any(bound.kind == "fact" and not bound.met and not bound.label and bound.node == 0 for bound in problem.bounds):
        return False
    if not _plain(problem):
        return None
    below = _below(problem)
    for bound in problem.bounds:
        if not bound.label and _too_little(problem, bound, below[bound.node]):
            return False
    leaves, wanted = _demands(problem)
    placed = _flow(problem, leaves, wanted)
    if placed is None:
        return False
    return True if _keeps_all(problem, placed, below) else None


def _plain(problem: Problem) -> bool:
    """Everything is needed, once and whole."""
    return (
        not problem.flexible
        and not problem.manual
        and all(
            not node.pool and not node.divisible
            if node.kind == "take"
            else node.choose == len(node.children)
            and (node.choose_at_most is None or node.choose_at_most >= node.choose)
            for node in problem.nodes
        )
    )


def _below(problem: Problem) -> list[tuple[int, ...]]:
    return [problem.leaves_below(node) for node in range(len(problem.nodes))]


def _too_little(problem: Problem, bound: Bound, leaves: Sequence[int]) -> bool:
    """Whether even everything that may count there is not enough."""
    if bound.kind == "fact":
        return not bound.met
    if bound.kind not in ("count", "credits"):
        return False
    could = frozenset[int]().union(*(problem.nodes[leaf].eligible for leaf in leaves)) & bound.members
    if bound.kind == "count":
        return len(could) < bound.least
    amounts = problem.amounts[bound.unit]
    return sum([amounts[item] for item in could]) < bound.least


def _size(problem: Problem, bound: Bound | Cap, item: int) -> int:
    return 1 if bound.kind in ("count", "distinct") else problem.amounts[bound.unit][item]


def _demands(problem: Problem) -> tuple[list[int], dict[int, list[Bound]]]:
    """The leaves, and what is asked at each of them of everything that counts there."""
    leaves = [number for number, node in enumerate(problem.nodes) if node.kind == "take"]
    wanted: dict[int, list[Bound]] = {}
    for bound in problem.bounds:
        if bound.kind in ("count", "credits") and not bound.label and problem.nodes[bound.node].kind == "take":
            wanted.setdefault(bound.node, []).append(bound)
    return leaves, wanted


def _flow(problem: Problem, leaves: Sequence[int], wanted: Mapping[int, list[Bound]]) -> dict[int, int] | None:
    """Items placed in leaves (item → leaf) so that each leaf has what it asks; None where no such placement can exist.

    Each leaf asks for a number of whole items that it has at the least: its count, or its credits divided by the largest of its
    items. That many different items every assignment has to put there, so where the items cannot be matched so, there is no
    assignment. What falls under a cap is used last, members of one class as one.
    """
    members = {leaf: problem.nodes[leaf].eligible for leaf in leaves}
    capped: dict[int, int] = {}
    for cap in problem.caps:
        for item in cap.members:
            capped[item] = capped.get(item, 0) + 1
    one_of = _classes(problem)
    by_use = sorted(
        frozenset[int]().union(*members.values()),
        key=lambda item: (capped.get(item, 0), -_largest(problem, item), item),
    )
    rank = {item: place for place, item in enumerate(by_use)}
    order = {leaf: sorted(members[leaf], key=rank.__getitem__) for leaf in leaves}
    slots: list[int] = []
    for leaf in sorted(leaves, key=lambda leaf: (len(members[leaf]), leaf)):
        slots += [leaf] * _least_number(problem, members[leaf], wanted.get(leaf, ()))
    taken: dict[int, int] = {}  # class (or item) → slot
    item_of: dict[int, int] = {}  # slot → item

    def augment(slot: int, seen: set[int]) -> bool:
        for item in order[slots[slot]]:
            key = one_of.get(item, item)
            if key in seen:
                continue
            seen.add(key)
            if key not in taken or augment(taken[key], seen):
                taken[key] = slot
                item_of[slot] = item
                return True
        return False

    for slot in range(len(slots)):
        if not augment(slot, set()):
            return None
    placed = {item: slots[slot] for slot, item in item_of.items()}
    used = {one_of.get(item, item) for item in placed}
    for leaf in leaves:  # fill up where whole items did not add up to the credits that are asked
        for bound in wanted.get(leaf, ()):
            amount = sum(
                _size(problem, bound, item) for item, where in placed.items() if where == leaf and item in bound.members
            )
            for item in order[leaf]:
                if amount >= bound.least:
                    break
                if item in bound.members and one_of.get(item, item) not in used:
                    placed[item] = leaf
                    used.add(one_of.get(item, item))
                    amount += _size(problem, bound, item)
    _fill(problem, placed, used, one_of)
    return placed


def _fill(problem: Problem, placed: dict[int, int], used: set[int], one_of: Mapping[int, int]) -> None:
    """Further items for what is asked of groups beyond what is asked below them."""
    for bound in problem.bounds:
        if bound.label or bound.kind not in ("count", "credits") or problem.nodes[bound.node].kind == "take":
            continue
        leaves = problem.leaves_below(bound.node)
        amount = sum(_size(problem, bound, i) for i, leaf in placed.items() if leaf in leaves and i in bound.members)
        for leaf in leaves:
            for item in sorted(problem.nodes[leaf].eligible & bound.members):
                if amount >= bound.least:
                    break
                if one_of.get(item, item) not in used:
                    placed[item] = leaf
                    used.add(one_of.get(item, item))
                    amount += _size(problem, bound, item)


def _classes(problem: Problem) -> dict[int, int]:
    """For each item the number that stands for its class, so that of a class one is placed; overlapping classes are left to the check."""
    found: dict[int, int] = {}
    for members in problem.classes:
        if members and not members & found.keys():
            found |= dict.fromkeys(members, -1 - min(members))
    return found


def _largest(problem: Problem, item: int) -> int:
    return max((amounts[item] for amounts in problem.amounts.values()), default=0)


def _least_number(problem: Problem, eligible: frozenset[int], bounds: Sequence[Bound]) -> int:
    """How many items the bounds of a leaf need at the least."""
    number = 0
    for bound in bounds:
        sizes = [_size(problem, bound, item) for item in eligible & bound.members]
        largest = max(sizes, default=0)
        if bound.least:
            number = max(number, -(-bound.least // largest) if largest else len(eligible) + 1)
    return number


# --- the check ----------------------------------------------------------------------------------------------------------------------------


def _keeps_all(problem: Problem, placed: Mapping[int, int], below: Sequence[tuple[int, ...]]) -> bool:
    """Whether the placement satisfies every bound (but labels) and keeps every cap, class, conflict and sameness."""
    counted = [frozenset(item for item, leaf in placed.items() if leaf in leaves) for leaves in below]
    used = frozenset(placed)
    return (
        all(bound.label or _met(problem, bound, counted[bound.node]) for bound in problem.bounds)
        and all(_kept(problem, cap, counted[cap.node]) for cap in problem.caps)
        and all(len(members & used) <= 1 for members in problem.classes)
        and not any(one in counted[node] and other in counted[node] for node, one, other in problem.conflicts)
        and all(_alike(groups, counted[node]) for node, groups in problem.same)
    )


def _met(problem: Problem, bound: Bound, counted: frozenset[int]) -> bool:
    here = counted & bound.members
    match bound.kind:
        case "fact":
            return bound.met
        case "count":
            return len(here) >= bound.least
        case "credits":
            return _total(problem, bound.unit, here) >= bound.least
        case "distinct":
            return sum(bool(group & counted) for group in bound.groups) >= bound.least
        case "share":
            part, whole = _total(problem, bound.unit, here), _total(problem, bound.unit, counted)
            return bound.share.denominator * part >= bound.share.numerator * whole
        case "mean":
            return sum(weight for item, weight in bound.weights.items() if item in counted) >= 0


def _kept(problem: Problem, cap: Cap, counted: frozenset[int]) -> bool:
    here = counted & cap.members
    match cap.kind:
        case "count":
            return len(here) <= cap.most
        case "credits":
            return _total(problem, cap.unit, here) <= cap.most
        case "distinct":
            return sum(bool(group & counted) for group in cap.groups) <= cap.most
        case "share":
            part, whole = _total(problem, cap.unit, here), _total(problem, cap.unit, counted)
            return cap.share.denominator * part <= cap.share.numerator * whole


def _total(problem: Problem, unit: str, items: frozenset[int]) -> int:
    amounts = problem.amounts.get(unit)
    return sum(amounts[item] for item in items) if amounts else 0


def _alike(groups: Sequence[frozenset[int]], counted: frozenset[int]) -> bool:
    """All that is counted and stands in a group stands in one."""
    return sum(bool(group & counted) for group in groups) <= 1
