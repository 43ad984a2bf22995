"""The question of the best assignment, in whole numbers and sets: what a solver, or a brute force, has to answer.

Items are credentials by index, nodes requirements by index (0 is the root). An assignment says which item counts in which leaf
and with what amount.

*Rules.* An item counts in one leaf, or in several leaves of one sharing pool; of an equivalence class one item counts. A leaf
takes only what is eligible in it, and only if it is needed. What is counted in a group is what is counted in the leaves below
it, each item once. Caps, conflicts and `same` always hold. A bound (a least amount) is *open* where its node is needed and it
is not met.

*Best*, in this order: fewest open bounds; least missing; fewest decisions by hand; most labels; least credit used; fewest
credentials used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

PARTS = 1_000  # what is missing of a bound is compared in thousandths of the bound

BoundKind = Literal["count", "credits", "share", "distinct", "mean", "fact"]


@dataclass(frozen=True, slots=True)
class Node:
    """One requirement. Leaves (`take`) have `eligible` items; groups have `children` of which `choose` are needed."""

    name: str
    kind: Literal["take", "group"]
    children: tuple[int, ...] = ()
    choose: int = 0
    choose_at_most: int | None = None
    eligible: frozenset[int] = frozenset()
    unit: str = ""
    pool: str = ""
    divisible: bool = False
    after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """A least amount at a node.

    `count`/`credits`: of `members` at least `least`. `share`: of the node's amount in `unit` at least `share` is of `members`.
    `distinct`: at least `least` of `groups` have a counted item. `mean`: the sum of `weights` over counted members is not
    negative. `fact`: `met` says it. A `label` is optional.
    """

    node: int
    name: str
    kind: BoundKind
    members: frozenset[int] = frozenset()
    least: int = 0
    share: Fraction = Fraction(0)
    groups: tuple[frozenset[int], ...] = ()
    weights: Mapping[int, int] = field(default_factory=dict, hash=False)
    met: bool = False
    unit: str = ""
    label: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """A most amount at a node: of `members` at most `most` (in number, in credits, or of `groups`), or at most `share` of the
    whole."""

    node: int
    name: str
    kind: Literal["count", "credits", "share", "distinct"]
    members: frozenset[int] = frozenset()
    most: int = 0
    share: Fraction = Fraction(0)
    groups: tuple[frozenset[int], ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """The whole question. `amounts` gives each item's size by unit, in hundredths; a `flexible` item has an unknown size up to
    that amount.

    `conflicts` are (node, item, item) that cannot both count there; `same` are (node, groups of items) of which only one group
    may count there; `classes` are sets of which one item counts; `manual` are (leaf, item) that count only by a decision by
    hand.
    """

    items: tuple[str, ...]
    nodes: tuple[Node, ...]
    amounts: Mapping[str, tuple[int, ...]]
    bounds: tuple[Bound, ...] = ()
    caps: tuple[Cap, ...] = ()
    conflicts: tuple[tuple[int, int, int], ...] = ()
    same: tuple[tuple[int, tuple[frozenset[int], ...]], ...] = ()
    classes: tuple[frozenset[int], ...] = ()
    pools: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    flexible: frozenset[int] = frozenset()
    manual: frozenset[tuple[int, int]] = frozenset()

    def leaves_below(self, node: int) -> tuple[int, ...]:
        """The leaves at or below `node`, in order."""
        if self.nodes[node].kind == "take":
            return (node,)
        return tuple(leaf for child in self.nodes[node].children for leaf in self.leaves_below(child))


@dataclass(frozen=True, slots=True)
class Solution:
    """An assignment and what it reaches.

    `uses` are amounts in hundredths by (leaf, item); `needed` the nodes that are pursued; `open` the indices of bounds that are
    needed and unmet; `missing` how much of each; `labels` the indices of labels met. `vector` is the objective, most important
    first. `proven` says that fewer open bounds are impossible, which decides the outcome; `best` that nothing is better in any objective.
    """

    uses: Mapping[tuple[int, int], int]
    needed: frozenset[int]
    open: frozenset[int]
    missing: Mapping[int, int]
    labels: frozenset[int]
    vector: tuple[int, ...]
    proven: bool = True
    best: bool = True

    @property
    def satisfied(self) -> bool:
        return not self.open


def weight_of(problem: Problem, bound: Bound) -> int:
    """How many thousandths one missing part of `bound` is."""
    if bound.kind == "share":
        whole = sum(problem.amounts[bound.unit]) or 1
        return max(1, PARTS // whole)
    return max(1, PARTS // max(1, bound.least))


def signatures(problem: Problem) -> list[tuple[object, ...]]:
    """For each item all that the problem can tell it by: items of one signature can be exchanged for each other in any assignment."""
    apart = {item for _, one, other in problem.conflicts for item in (one, other)}
    groups = [
        *(node.eligible for node in problem.nodes),
        *(group for bound in problem.bounds for group in (bound.members, *bound.groups)),
        *(group for cap in problem.caps for group in (cap.members, *cap.groups)),
        *(group for _, of in problem.same for group in of),
        *problem.classes,
        problem.flexible,
    ]
    inside: list[list[int]] = [[] for _ in problem.items]
    for number, group in enumerate(groups):
        for item in group:
            inside[item].append(number)
    manual: dict[int, list[int]] = {}
    for leaf, item in sorted(problem.manual):
        manual.setdefault(item, []).append(leaf)
    amounts = [sizes for _, sizes in sorted(problem.amounts.items())]
    weights = [bound.weights for bound in problem.bounds if bound.weights]
    return [
        (
            item if item in apart else -1,
            tuple(inside[item]),
            tuple(sizes[item] for sizes in amounts),
            tuple(weight.get(item, 0) for weight in weights),
            tuple(manual.get(item, ())),
        )
        for item in range(len(problem.items))
    ]
