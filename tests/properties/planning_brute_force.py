"""The question of the way answered by trying every set in every combination of windows: slow, with nothing in common with the solver."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from tests.properties.pathways_brute_force import best as best_assignment

from testamur.pathways.planning.search.model import restricted
from testamur.pathways.planning.search.problem import Way


def ways(way: Way) -> Iterator[dict[int, tuple[int, int]]]:
    """Every choice that keeps all the rules."""
    for count in range(len(way.options) + 1):
        for chosen in itertools.combinations(range(len(way.options)), count):
            if not reaches(way, frozenset(chosen)):
                continue
            for windows in itertools.product(*(way.options[index].windows for index in chosen)):
                plan = dict(zip(chosen, windows, strict=True))
                if fits(way, plan):
                    yield plan


def reaches(way: Way, chosen: frozenset[int]) -> bool:
    if not all(group & chosen for group in way.needs):
        return False
    if any(len(group & chosen) > most for group, most in way.differs):
        return False
    if sum(way.options[index].cost for index in chosen) > way.budget:
        return False
    return way.target is None or best_assignment(restricted(way.target, chosen)[0])[0] == 0


def fits(way: Way, plan: Mapping[int, tuple[int, int]]) -> bool:
    for index, (begin, end) in plan.items():
        if end > way.last:
            return False
        for group in way.options[index].prerequisites:
            if not any(other in plan and plan[other][1] <= begin for other in group):
                return False
    return all(
        sum(way.options[index].load for index, (begin, end) in plan.items() if begin <= day < end) <= way.weekly
        for day in range(max((end for _, end in plan.values()), default=0))
    )


def values(way: Way, plan: Mapping[int, tuple[int, int]]) -> tuple[int, ...]:
    options = [way.options[index] for index in plan]
    found = {
        "cost": sum(option.cost for option in options),
        "minutes": sum(option.minutes for option in options),
        "end": max((end for _, end in plan.values()), default=0),
    }
    return tuple(found[name] for name in way.order)


def best(way: Way) -> tuple[int, ...] | None:
    """The best values, or None where no way keeps the rules."""
    return min((values(way, plan) for plan in ways(way)), default=None)
