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

from testamur.pathways.planning.search.problem import NO_LIMIT, Option, Way

Group = frozenset[int]


def reachable(way: Way, *, last: int | None = None, among: frozenset[int] | None = None) -> Way:
    """`way` with only the windows that can be reached within its limits, and options without windows where there is none; of `among`, if
    given, alone. Indices stay."""
    last = way.last if last is None else min(last, way.last)
    looked_at = range(len(way.options)) if among is None else sorted(among)
    asking = _asking(way, looked_at)
    giving = _giving(asking)
    ready = dict.fromkeys(looked_at, 0)
    waiting = {index: len(set(way.options[index].prerequisites)) for index in looked_at}
    had: set[Group] = set()
    queue: list[tuple[int, int]] = []

    def settle(index: int) -> None:
        option = way.options[index]
        if option.cost > way.budget or option.load > way.weekly:
            return
        for begin, end in option.windows:
            if begin >= ready[index] and end <= last:
                heapq.heappush(queue, (end, index))
                return

    for index, count in waiting.items():
        if not count:
            settle(index)
    settled: set[int] = set()
    while queue:
        end, index = heapq.heappop(queue)
        if index in settled:
            continue
        settled.add(index)
        for group in giving.get(index, ()):
            if group in had:
                continue
            had.add(group)
            for other in asking[group]:
                ready[other] = max(ready[other], end)
                waiting[other] -= 1
                if not waiting[other]:
                    settle(other)
    options = [
        _limited(option, ready[index], last) if index in settled else _without_windows(option)
        for index, option in enumerate(way.options)
    ]
    return replace(way, options=tuple(options), last=last)


def _asking(way: Way, among: Iterable[int]) -> dict[Group, list[int]]:
    """For each set of prerequisites the options that ask for it. Sets are few, for many options ask for one of the same: to go through
    them is much less than to go through each option's members."""
    asking: dict[Group, list[int]] = {}
    for index in among:
        for group in set(way.options[index].prerequisites):
            asking.setdefault(group, []).append(index)
    return asking


def _giving(groups: Iterable[Group]) -> dict[int, list[Group]]:
    """For each option the sets that it is a member of."""
    giving: dict[int, list[Group]] = {}
    for group in groups:
        for member in group:
            giving.setdefault(member, []).append(group)
    return giving


def _without_windows(option: Option) -> Option:
    return replace(option, windows=()) if option.windows else option


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
    serves: dict[int, list[Group]] = {index: [] for index in kept}  # the members of what it serves
    for group in groups:
        members = group & kept
        for member in members:
            serves[member].append(members)
    options = way.options
    dropped: set[int] = set()
    for index in sorted(kept, key=lambda i: (-options[i].cost, -options[i].minutes, -i)):
        own, option = sorted(serves[index], key=len), options[index]
        in_question = kept if way.target is None else rivals.get(index, frozenset()) & kept
        for number in in_question.intersection(*own):  # whoever serves as much is in all of what it serves
            other = options[number]
            if (
                other.cost <= option.cost
                and other.minutes <= option.minutes
                and other.load <= option.load
                and number != index
                and number not in dropped
                and _stands_in(other, option, first=number < index)
            ):
                dropped.add(index)
                break
    return kept - dropped


def _stands_in(one: Option, other: Option, *, first: bool) -> bool:
    """Whether `one`, which is no dearer, longer or heavier, can take the place of `other` in every plan. Of two that are alike the `first`
    stands in for the other."""
    if not all(any(group >= asked for asked in other.prerequisites) for group in one.prerequisites):
        return False
    if not all(any(b >= begin and e <= end for b, e in one.windows) for begin, end in other.windows):
        return False
    alike = (one.cost, one.minutes, one.load, one.windows, one.prerequisites) == (
        other.cost, other.minutes, other.load, other.windows, other.prerequisites,
    )  # fmt: skip
    return first or not alike


def days_in_question(way: Way, kept: Iterable[int]) -> int:
    """On how many days anything of `kept` can run at all."""
    days, until = 0, 0
    for begin, end in sorted({window for index in kept for window in way.options[index].windows}):
        days += max(0, end - max(begin, until))
        until = max(until, end)
    return days


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
    fits = fits and all(len(group & chosen) <= most for group, most in way.differs)
    if fits and way.weekly < NO_LIMIT:
        fits = sum(way.options[index].work for index in chosen) <= way.weekly * days_in_question(way, kept)
    return frozenset(chosen) if fits else None


def _with_prerequisites(way: Way, kept: frozenset[int], sizes: Sequence[int]) -> dict[int, int]:
    """The size of each option with the smallest way to its prerequisites, as if nothing were shared (Knuth: Dijkstra, generalised)."""
    waiting = {index: len(set(way.options[index].prerequisites)) for index in kept}
    asking = _asking(way, sorted(kept))
    giving = _giving(asking)
    total = {index: sizes[index] for index in kept}
    queue = [(total[index], index) for index in sorted(kept) if not waiting[index]]
    heapq.heapify(queue)
    settled: dict[int, int] = {}
    had: set[Group] = set()
    while queue:
        size, index = heapq.heappop(queue)
        if index in settled:
            continue
        settled[index] = size
        for group in giving.get(index, ()):
            if group in had:
                continue
            had.add(group)
            for other in asking[group]:
                total[other] += size
                waiting[other] -= 1
                if not waiting[other]:
                    heapq.heappush(queue, (total[other], other))
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
