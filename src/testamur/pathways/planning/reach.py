"""What can be reached at all, when at the earliest, and what is of use: everything else is left out before a solver sees it.

*Forward*: an option is reachable when, of each set of its prerequisites, one is. The earliest day on which it can end is found as shortest
paths are (Dijkstra on an and-or graph): options are settled in the order of their ends, so the first member of a set that is settled is its
earliest. Windows that begin before the prerequisites can be had, or end too late, are dropped. *Backward*: only what serves the goal, or
serves something that does, is kept. *Dominance*: an option that another one can always stand in for, at no more cost, work or time, is
dropped.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import replace

from testamur.pathways.planning.problem import Option, Way

Group = frozenset[int]


def reachable(way: Way, *, last: int | None = None) -> Way:
    """`way` with only the windows that can be reached within its limits, and options without windows where there is none. Indices stay."""
    last = way.last if last is None else min(last, way.last)
    members: dict[int, list[tuple[int, int]]] = {}
    ready = [0] * len(way.options)
    open_groups = [len(option.prerequisites) for option in way.options]
    have: set[tuple[int, int]] = set()
    for index, option in enumerate(way.options):
        for number, group in enumerate(option.prerequisites):
            for member in group:
                members.setdefault(member, []).append((index, number))
    queue: list[tuple[int, int]] = []

    def settle(index: int) -> None:
        option = way.options[index]
        if option.cost > way.budget or option.load > way.weekly:
            return
        for begin, end in option.windows:
            if begin >= ready[index] and end <= last:
                heapq.heappush(queue, (end, index))
                return

    for index, count in enumerate(open_groups):
        if not count:
            settle(index)
    settled: set[int] = set()
    while queue:
        end, index = heapq.heappop(queue)
        if index in settled:
            continue
        settled.add(index)
        for key in members.get(index, ()):
            if key in have:
                continue
            have.add(key)
            dependant = key[0]
            ready[dependant] = max(ready[dependant], end)
            open_groups[dependant] -= 1
            if not open_groups[dependant]:
                settle(dependant)
    options = [
        _limited(option, ready[index], last) if index in settled else replace(option, windows=())
        for index, option in enumerate(way.options)
    ]
    return replace(way, options=tuple(options), last=last)


def _limited(option: Option, first: int, last: int) -> Option:
    """`option` with only the windows from the day `first` to the day `last`. They stand in order, and all are equally long or longer."""
    windows = option.windows
    if windows[0][0] >= first and windows[-1][1] <= last:
        return option
    return replace(option, windows=tuple(window for window in windows if window[0] >= first and window[1] <= last))


def useful(way: Way) -> frozenset[int]:
    """The options that have a window and serve the goal, or serve one that does."""
    stack: list[Iterable[int]] = list(way.needs)
    if way.target is not None:
        stack.append(option for option in way.target.items if option is not None)
    found: set[int] = set()
    seen: set[Group] = set()
    while stack:
        for index in stack.pop():
            if index in found or not way.options[index].windows:
                continue
            found.add(index)
            for group in way.options[index].prerequisites:
                if group not in seen:
                    seen.add(group)
                    stack.append(group)
    return frozenset(found)


def undominated(way: Way, kept: frozenset[int]) -> frozenset[int]:
    """`kept` without the options that another one can always stand in for.

    To a programme two credentials that give the same may count side by side, so there one stands in for another only where both are of a
    class of which one counts.
    """
    if way.differs:
        return kept
    groups = {group for index in kept for group in way.options[index].prerequisites}
    rivals: dict[int, frozenset[int]] = {}
    if way.target is None:
        groups |= set(way.needs)
    else:
        rivals = {option: options for options in way.target.exchangeable() for option in options}
    serves: dict[int, set[Group]] = {index: set() for index in kept}
    for group in groups:
        for member in group & kept:
            serves[member].add(group)
    sizes = {group: len(group & kept) for group in groups}
    dropped: set[int] = set()
    for index in sorted(kept, key=lambda i: (-way.options[i].cost, -way.options[i].minutes, -i)):
        own = serves[index]
        among = rivals.get(index, frozenset())
        if way.target is None:
            among = min(
                own, key=lambda group: (sizes[group], len(group))
            )  # whoever serves as much is in the rarest of what it serves
        for other in among & kept:
            if other == index or other in dropped or not own <= serves[other]:
                continue
            if _stands_in(way.options[other], way.options[index], first=other < index):
                dropped.add(index)
                break
    return kept - dropped


def _stands_in(one: Option, other: Option, *, first: bool) -> bool:
    """Whether `one` can take the place of `other` in every plan. Of two that are alike the `first` stands in for the other."""
    if one.cost > other.cost or one.minutes > other.minutes or one.load > other.load:
        return False
    if not all(any(group >= asked for asked in other.prerequisites) for group in one.prerequisites):
        return False
    if not all(any(b >= begin and e <= end for b, e in one.windows) for begin, end in other.windows):
        return False
    alike = (one.cost, one.minutes, one.load, one.windows, one.prerequisites) == (
        other.cost, other.minutes, other.load, other.windows, other.prerequisites,
    )  # fmt: skip
    return first or not alike


def stuck(options: Sequence[Option], chosen: Iterable[int]) -> frozenset[int]:
    """Those of `chosen` that can never begin, because each waits for another: what an order without days has to forbid."""
    left = set(chosen)
    done: set[int] = set()
    while True:
        free = {index for index in left if all(group & done for group in options[index].prerequisites)}
        if not free:
            return frozenset(left)
        done |= free
        left -= free


def greedy(way: Way, kept: frozenset[int], sizes: Sequence[int]) -> frozenset[int] | None:
    """A set that serves every need, found greedily: again and again the option that serves most that is open, for what it costs with its
    cheapest prerequisites. None where it does not find one, or not within the limits. For goals of skills."""
    total = _with_prerequisites(way, kept, sizes)
    chosen: set[int] = set()
    open_needs = set(way.needs)
    while open_needs:
        best: tuple[float, int] | None = None
        for index in sorted(set().union(*open_needs) & total.keys()):
            served = sum(index in group for group in open_needs)
            key = (total[index] / served if served else float("inf"), index)
            if best is None or key < best:
                best = key
        if best is None:
            return None
        _choose(way, best[1], total, chosen)
        open_needs = {group for group in open_needs if not group & chosen}
    for index in sorted(chosen, key=lambda i: (-sizes[i], i)):
        without = chosen - {index}
        if all(group & without for group in way.needs) and not stuck(way.options, without):
            chosen = without
    fits = sum(way.options[index].cost for index in chosen) <= way.budget
    return frozenset(chosen) if fits and all(len(group & chosen) <= most for group, most in way.differs) else None


def _with_prerequisites(way: Way, kept: frozenset[int], sizes: Sequence[int]) -> dict[int, int]:
    """The size of each option with the smallest way to its prerequisites, as if nothing were shared (Knuth: Dijkstra, generalised)."""
    waiting = {index: len(way.options[index].prerequisites) for index in kept}
    members: dict[int, list[tuple[int, int]]] = {}
    for index in kept:
        for number, group in enumerate(way.options[index].prerequisites):
            for member in group & kept:
                members.setdefault(member, []).append((index, number))
    total = {index: sizes[index] for index in kept}
    queue = [(total[index], index) for index in sorted(kept) if not waiting[index]]
    heapq.heapify(queue)
    settled: dict[int, int] = {}
    have: set[tuple[int, int]] = set()
    while queue:
        size, index = heapq.heappop(queue)
        if index in settled:
            continue
        settled[index] = size
        for key in members.get(index, ()):
            if key in have:
                continue
            have.add(key)
            total[key[0]] += size
            waiting[key[0]] -= 1
            if not waiting[key[0]]:
                heapq.heappush(queue, (total[key[0]], key[0]))
    return settled


def _choose(way: Way, index: int, total: dict[int, int], chosen: set[int]) -> None:
    """`index`, and of each set of prerequisites that has none chosen the cheapest member, and so on."""
    stack = [index]
    while stack:
        one = stack.pop()
        if one in chosen:
            continue
        chosen.add(one)
        stack += [
            min(group & total.keys(), key=lambda member: (total[member], member))
            for group in way.options[one].prerequisites
            if not group & chosen
        ]
