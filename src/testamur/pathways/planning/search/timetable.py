"""From the best set to the best set with a timetable.

Often the best set has one. Where it has not, the search goes on with days: far more to choose from, so first the relaxation *with* days
bounds the answer from below, and every window that is too dear by its reduced cost for an answer as good as is looked for is left out.

1. Look for an answer that is at most a little dearer than the bound: few windows are left for it, and the solver is done in a moment.
2. There is one: it is the best, because what was left out is dearer. There is none: the bound rises, and more is let in.
3. An answer was found that is dearer than what was looked for: nothing dearer than that has to be let in any more. So on, a little more
   each time, until 2 says that it is the best, or that there is none, or patience ends; then the best that was found stands with its gap.
"""

from __future__ import annotations

from dataclasses import replace

from testamur.pathways.planning.search import relaxation
from testamur.pathways.planning.search.model import Answer, PlanModel
from testamur.pathways.planning.search.patience import Patience
from testamur.pathways.planning.search.problem import Impossible, Way, sizes
from testamur.pathways.planning.search.relaxation import Bound, TimedBound

LIMIT = 8.0  # deterministic seconds for one search
_FEW = 120  # windows up to which a relaxation is not worth its time
_MOST = 40_000  # windows up to which one is: beyond, it takes longer than it saves


def with_days(
    way: Way,
    kept: frozenset[int],
    bound: Bound,
    best_set: int,
    lower: int,
    patience: Patience,
    *,
    any_will_do: bool = False,
    best: Answer | None = None,
) -> Answer:
    """The best answer with days, where `best_set` is what the best set takes and nothing is below `lower`. Its `bound` is what is proven
    for all. `any_will_do`: it is only asked whether there is one. `best` is one that is known. Raises Impossible."""
    most, proven = best_set + max(1, best_set // 20), True
    if best is not None:
        most = min(most, best.value)
    while True:
        patience.look_up()
        columns = kept & bound.within(most)
        certain = columns == kept
        round_ = _Round(way, columns, most, lower, patience, best)
        round_.search(any_will_do=any_will_do)
        best, lower, proven = round_.best, round_.lower, proven and round_.proven
        if best is not None and (any_will_do or best.value <= most or certain):
            return replace(best, bound=min(best.value, lower))
        if certain or not patience.left:
            break
        most = best.value if best is not None else most + max(1, most - bound.whole, most // 4)
    if best is None:
        raise Impossible(proven=certain and proven)
    return replace(best, bound=min(best.value, lower))


class _Round:
    """The search for an answer of at most `most` among `columns`. Afterwards `best` is the best that is known, nothing at all is below
    `lower`, and `proven` says that of what is at most `most` everything is known."""

    def __init__(
        self, way: Way, columns: frozenset[int], most: int, lower: int, patience: Patience, best: Answer | None
    ) -> None:
        self._way, self._columns, self._most, self._patience = way, columns, most, patience
        self.best, self.lower, self.proven = best, lower, True

    def search(self, *, any_will_do: bool) -> None:
        bound = self._bounded()
        if bound is None:  # none of at most `most` has a timetable
            self.lower = max(self.lower, self._most + 1)
            return
        self.lower = max(self.lower, min(bound.whole, self._most + 1))
        width = max(1, self.lower // 2_000)
        top = self._most if self.best is None else min(self._most, self.best.value)
        guess = min(top, self.lower + width)
        while True:
            tried = self._tried(bound, guess, any_will_do=any_will_do)
            if isinstance(tried, Answer):
                self.lower = max(self.lower, min(tried.bound, guess + 1))
                if self.best is None or tried.value < self.best.value:
                    self.best = tried
                if any_will_do:
                    return
            elif tried:
                self.lower = max(self.lower, guess + 1)
            if self.best is not None and self.best.value <= self.lower:
                return
            known = self._most if self.best is None else min(self._most, self.best.value)
            if guess >= known or not self._patience.left:
                self.proven = guess >= known and (
                    tried is True or (isinstance(tried, Answer) and tried.bound >= tried.value)
                )
                return
            width *= 3
            guess = min(known, guess + width)

    def _bounded(self) -> TimedBound | None:
        """The bound with days; one that says nothing where it is not worth its time."""
        way = self._way
        windows = sum(len(way.options[index].windows) for index in self._columns)
        if not _FEW < windows <= _MOST:
            free = {(index, n): 0.0 for index in self._columns for n in range(len(way.options[index].windows))}
            return TimedBound(float(self.lower), free)
        model = PlanModel(way, self._columns, self._patience, timed=True)
        return relaxation.of_timetable(way, model.model, *model.variables(), sizes(way, way.order[0]))

    def _tried(self, bound: TimedBound, guess: int, *, any_will_do: bool) -> Answer | bool:
        allowed = bound.within(guess)
        narrowed = narrow(self._way, allowed)
        model = PlanModel(narrowed, allowed, self._patience, timed=True)
        if self.best is not None:
            known = {i: allowed[i].index(n) for i, n in self.best.chosen.items() if n in allowed.get(i, ())}
            model.hint(known)
        first = model.expression(self._way.order[0])
        tried = model.least(first, LIMIT, self.lower, any_will_do=any_will_do)
        if not isinstance(tried, Answer):
            return tried
        return replace(tried, chosen={index: allowed[index][number] for index, number in tried.chosen.items()})


def narrow(way: Way, allowed: dict[int, list[int]]) -> Way:
    """`way` with only the windows `allowed`."""
    options = list(way.options)
    for index, numbers in allowed.items():
        windows = options[index].windows
        if len(numbers) < len(windows):
            options[index] = replace(options[index], windows=tuple(windows[number] for number in numbers))
    return replace(way, options=tuple(options))
