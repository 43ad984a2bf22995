"""The question of the way, in whole numbers and sets: what a solver, or a brute force, has to answer.

*Rules.* Of the options some are chosen, each with one of its windows. Every set of `needs` has a chosen member. If there is a `goal` (a
problem of the engine), its bounds are all met by an assignment that uses, of its items, only what is held or chosen. A chosen option begins
only when, of each set of its prerequisites, one member has ended. In no week more than `weekly` is worked. Cost and end stay within their
limits.

*Best*: the smallest of `order`'s quantities, one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from testamur.pathways.engine import problem as engine

Quantity = Literal["cost", "minutes", "end"]
NO_LIMIT = 1 << 40


@dataclass(frozen=True, slots=True)
class Option:
    """One offering. `windows` are (first day, day after the last) counted from the day on which the plan may begin, in order; `load` is
    minutes a week while it runs; `prerequisites` are sets of options of which one has to end before (what is held already is not among
    them)."""

    cost: int
    minutes: int
    load: int
    windows: tuple[tuple[int, int], ...]
    prerequisites: tuple[frozenset[int], ...] = ()

    @property
    def work(self) -> int:
        """What it takes of the weeks at the least, in minutes a week times days."""
        return self.load * min((end - begin for begin, end in self.windows), default=0)


@dataclass(frozen=True, slots=True)
class Target:
    """A programme as the goal. `items` gives, for each item of the engine's problem, the option that brings it, or None if it is held."""

    problem: engine.Problem
    items: tuple[int | None, ...]

    def exchangeable(self) -> list[frozenset[int]]:
        """Sets of options that bring the same to the goal, and of which only one can count in it (they are of one class)."""
        sets: dict[tuple[object, ...], set[int]] = {}
        in_a_class = frozenset[int]().union(*self.problem.classes)
        for item, signature in enumerate(engine.signatures(self.problem)):
            option = self.items[item]
            if option is not None and item in in_a_class:
                sets.setdefault(signature, set()).add(option)
        return [frozenset(options) for options in sets.values() if len(options) > 1]


@dataclass(frozen=True, slots=True)
class Way:
    """The whole question. `budget`, `weekly` (minutes) and `last` (the day after the last on which anything may run) are limits."""

    options: tuple[Option, ...]
    needs: tuple[frozenset[int], ...] = ()
    target: Target | None = None
    budget: int = NO_LIMIT
    weekly: int = NO_LIMIT
    last: int = NO_LIMIT
    order: tuple[Quantity, ...] = ("cost", "end", "minutes")
    differs: tuple[tuple[frozenset[int], int], ...] = ()  # of this set at most so many: alternatives that really differ


@dataclass(frozen=True, slots=True)
class Found:
    """An answer. `chosen` gives the window (first day, day after the last) of each option that is taken; `uses` the assignment of the
    goal's items; `values` the quantities in the order that was asked; `bounds` what was proven that each cannot be below (given those
    before it)."""

    chosen: Mapping[int, tuple[int, int]]
    values: tuple[int, ...]
    bounds: tuple[int, ...]
    uses: Mapping[tuple[int, int], int] = field(default_factory=dict)
    examined: int = 0  # options that were left after narrowing

    @property
    def proven(self) -> bool:
        return self.values == self.bounds

    @property
    def gap(self) -> float:
        """By how much the first quantity could at most be smaller, as a share of it."""
        value, bound = self.values[0], self.bounds[0]
        return 0.0 if value <= bound else (value - bound) / value


class Impossible(Exception):
    """No plan meets the limits; `proven` says whether that is proven, or only that none was found in time."""

    def __init__(self, *, proven: bool) -> None:
        super().__init__("no plan")
        self.proven = proven


def quantity(way: Way, chosen: Mapping[int, tuple[int, int]], name: Quantity) -> int:
    """What `chosen` costs, takes in minutes, or when it ends."""
    if name == "cost":
        return sum(way.options[option].cost for option in chosen)
    if name == "minutes":
        return sum(way.options[option].minutes for option in chosen)
    return max((end for _, end in chosen.values()), default=0)


def sizes(way: Way, name: Quantity) -> Sequence[int]:
    """The size of each option in a quantity that is a sum."""
    return [option.cost if name == "cost" else option.minutes for option in way.options]
