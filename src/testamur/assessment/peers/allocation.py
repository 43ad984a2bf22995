"""Who assesses whom.

What must hold: nobody assesses their own work, nor that of somebody with whom a conflict of interest was declared; every reviewer
is given the same number of works, as far as the conflicts leave so many. What is then best: every work is given to the same
number of reviewers, and no two people assess each other.

1. Where every author is a reviewer and nothing is fixed beforehand, people are put in a circle in random order, and everybody
   assesses those who sit a few random distances ahead. If a distance is used, its opposite is not: so no two people assess each
   other, as long as that is possible at all (each ≤ (n - 1) / 2), and beyond that as few as possible do.
2. Pairs that are forbidden are taken out, and missing reviews are added where the works have the fewest.
3. Loads are levelled along alternating paths: a work with too many reviews hands one down a chain of reviewers to a work with
   too few. When no such path is left, the loads are as level as the conflicts allow (Harvey, Ladner, Lovász and Tamir,
   “Semi-matchings for bipartite graphs and load balancing”, J. Algorithms 59, 2006, theorem 3.1).
4. People who still assess each other are parted by exchanging works between two reviewers, which changes no load.

Step 4 is a search that may miss a way out where conflicts are many; everything else is exact.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from math import inf

from testamur.errors import InputError, TooLarge

MAX_PEOPLE = 20_000
MAX_EACH = 50
_ROUNDS = 8
_EXCHANGES_TRIED = 2_000


def allocate(
    authors: Collection[str],
    *,
    each: int,
    seed: int | str,
    conflicts: Iterable[tuple[str, str]] = (),
    reviewers: Collection[str] | None = None,
    kept: Mapping[str, Collection[str]] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Give every reviewer `each` works to assess, or as many as there are without a conflict.

    `authors` are the people whose works are assessed, `reviewers` (by default the same) those who assess. A pair in `conflicts`
    may not assess each other. `kept` are allocations that were made before: they stay and count, whatever the conflicts say, and
    only what is missing is added. The same arguments give the same allocation, in whatever order they name people. The works of
    a reviewer come in random order, so that nobody's is always read first.

    Raises InputError (`assessment.peers.each` unless 1 ≤ each ≤ 50, `assessment.peers.kept`) and TooLarge (more than 20,000
    people).
    """
    if not 1 <= each <= MAX_EACH:
        raise InputError(
            f"A reviewer assesses 1 to {MAX_EACH} works.", code="assessment.peers.each", facts={"each": each}
        )
    if max(len(authors), len(reviewers or ())) > MAX_PEOPLE:
        raise TooLarge(f"At most {MAX_PEOPLE:,} people are allocated at once.", code="assessment.peers.too_many")
    chance = random.Random(f"testamur peers {seed}")  # noqa: S311 - a fair draw that can be repeated, no secret
    table = _Table(
        sorted(set(authors)), sorted(set(authors if reviewers is None else reviewers)), conflicts, kept or {}
    )
    if table.authors == table.reviewers and not kept:
        table.circle(each, chance)
    table.fill(each, chance)
    table.level()
    table.part_mutual(chance)
    return table.result(chance)


def mutual_pairs(allocation: Mapping[str, Collection[str]]) -> list[tuple[str, str]]:
    """The pairs of people who assess each other, each once, in alphabetical order."""
    return sorted(
        (reviewer, author)
        for reviewer, authors in allocation.items()
        for author in authors
        if reviewer < author and reviewer in allocation.get(author, ())
    )


class _Table:
    """An allocation in the making: `given[r]` are the works of reviewer r, `by[a]` the reviewers of work a, `fixed` what stays."""

    def __init__(
        self,
        authors: list[str],
        reviewers: list[str],
        conflicts: Iterable[tuple[str, str]],
        kept: Mapping[str, Collection[str]],
    ) -> None:
        self.authors, self.reviewers = authors, reviewers
        self.forbidden: dict[str, set[str]] = {}
        for one, other in conflicts:
            self.forbidden.setdefault(one, set()).add(other)
            self.forbidden.setdefault(other, set()).add(one)
        self.given: dict[str, set[str]] = {reviewer: set() for reviewer in reviewers}
        self.by: dict[str, set[str]] = {author: set() for author in authors}
        self.fixed: set[tuple[str, str]] = set()
        for reviewer, works in kept.items():
            for author in works:
                if reviewer not in self.given or author not in self.by:
                    raise InputError(
                        "A kept allocation names somebody who takes no part.", code="assessment.peers.kept"
                    )
                self._add(reviewer, author)
                self.fixed.add((reviewer, author))

    def allowed(self, reviewer: str, author: str) -> bool:
        """Whether the pair is possible and not yet there."""
        return (
            reviewer != author and author not in self.forbidden.get(reviewer, ()) and author not in self.given[reviewer]
        )

    def _add(self, reviewer: str, author: str) -> None:
        self.given[reviewer].add(author)
        self.by[author].add(reviewer)

    def _remove(self, reviewer: str, author: str) -> None:
        self.given[reviewer].discard(author)
        self.by[author].discard(reviewer)

    def circle(self, each: int, chance: random.Random) -> None:
        people = self.authors[:]
        chance.shuffle(people)
        count = len(people)
        # One of each pair of opposite distances first, then the distance that is its own opposite, then the other ones. Distance
        # 1 is always used: it joins everybody in one circle, without which marks of different people could not be compared.
        ahead = [distance if chance.random() < 0.5 else count - distance for distance in range(2, (count + 1) // 2)]
        chance.shuffle(ahead)
        half = [count // 2] if count % 2 == 0 and count > 2 else []
        distances = [1, *ahead, *half, *(count - distance for distance in [1, *ahead] if 2 * distance != count)]
        for distance in distances[: min(each, count - 1)]:
            for place, reviewer in enumerate(people):
                author = people[(place + distance) % count]
                if self.allowed(reviewer, author):
                    self._add(reviewer, author)

    def fill(self, each: int, chance: random.Random) -> None:
        """Add the missing reviews, a round at a time so that nobody is served last in everything."""
        for step in range(each):
            waiting = [reviewer for reviewer in self.reviewers if len(self.given[reviewer]) <= step]
            chance.shuffle(waiting)
            order = self.authors[:]
            chance.shuffle(order)
            order.sort(key=lambda author: len(self.by[author]))
            queue = deque(order)
            for reviewer in waiting:
                self._serve(reviewer, queue)

    def _serve(self, reviewer: str, queue: deque[str]) -> None:
        """Give the reviewer the first work of the queue that they may have, preferring one whose author does not assess them; it
        then goes to the end of the queue."""
        second = -1
        for place, author in enumerate(queue):
            if not self.allowed(reviewer, author):
                continue
            if reviewer not in self.given.get(author, ()):
                break
            second = place if second < 0 else second
        else:
            if second < 0:
                return
            place = second
        author = queue[place]
        del queue[place]
        self._add(reviewer, author)
        queue.append(author)

    def level(self) -> None:
        """Level the loads of the works. A chain that fails to relieve a work has reached only works with about as many reviews,
        so nothing lighter is found from there for any other work that is no heavier: such works are `closed`."""
        moved = True
        while moved:
            loads = {author: len(reviewers) for author, reviewers in self.by.items()}
            lowest = min(loads.values(), default=0)
            heavy = [author for author in sorted(self.authors, key=lambda a: -loads[a]) if loads[author] >= lowest + 2]
            closed: set[str] = set()
            moved = any(self._relieve(author, loads, closed) for author in heavy if author not in closed)

    def _relieve(self, start: str, loads: Mapping[str, int], closed: set[str]) -> bool:
        """Hand one review of `start` down the shortest chain to a work that has at least two fewer."""
        came: dict[str, tuple[str, str]] = {}
        queue = deque([start])
        unreached = set(self.authors) - closed - {start}
        tried: set[str] = set()
        while queue:
            work = queue.popleft()
            for reviewer in sorted(self.by[work] - tried):
                if (reviewer, work) in self.fixed:
                    continue
                tried.add(reviewer)
                reached = unreached - self.given[reviewer] - self.forbidden.get(reviewer, set()) - {reviewer}
                unreached -= reached
                for author in sorted(reached):
                    came[author] = (reviewer, work)
                    if loads[author] <= loads[start] - 2:
                        self._shift(author, start, came)
                        return True
                    queue.append(author)
        closed |= {start, *came}
        return False

    def _shift(self, author: str, start: str, came: Mapping[str, tuple[str, str]]) -> None:
        while author != start:
            reviewer, source = came[author]
            self._remove(reviewer, source)
            self._add(reviewer, author)
            author = source

    def _mutual(self) -> list[tuple[str, str]]:
        return [
            (reviewer, author)
            for reviewer in self.reviewers
            for author in sorted(self.given[reviewer])
            if reviewer in self.given.get(author, ())
        ]

    def part_mutual(self, chance: random.Random) -> None:
        """Exchange works between two reviewers as long as fewer people then assess each other."""
        for _ in range(_ROUNDS):
            mutual = [pair for pair in self._mutual() if pair not in self.fixed]
            if not mutual:
                return
            everything = [
                (reviewer, author)
                for reviewer in self.reviewers
                for author in sorted(self.given[reviewer])
                if (reviewer, author) not in self.fixed
            ]
            parted = [self._part(*pair, everything, chance) for pair in mutual]
            if not any(parted):
                return

    def _part(self, reviewer: str, author: str, everything: list[tuple[str, str]], chance: random.Random) -> bool:
        if author not in self.given[reviewer] or reviewer not in self.given.get(author, ()):
            return False  # an earlier exchange has parted them
        others = everything if len(everything) <= _EXCHANGES_TRIED else chance.sample(everything, _EXCHANGES_TRIED)
        best, least = None, inf
        for other, work in others:
            if work not in self.given[other] or not self.allowed(reviewer, work) or not self.allowed(other, author):
                continue
            before = 1 + (other in self.given.get(work, ()))
            after = (reviewer in self.given.get(work, ())) + (other in self.given.get(author, ()))
            if after < before and after < least:
                best, least = (other, work), after
                if after == 0:
                    break
        if best is None:
            return False
        self._remove(reviewer, author)
        self._remove(*best)
        self._add(reviewer, best[1])
        self._add(best[0], author)
        return True

    def result(self, chance: random.Random) -> dict[str, tuple[str, ...]]:
        works = {}
        for reviewer in self.reviewers:
            order = sorted(self.given[reviewer])
            chance.shuffle(order)
            works[reviewer] = tuple(order)
        return works
