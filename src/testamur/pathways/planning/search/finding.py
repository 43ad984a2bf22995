"""Finding the way: bounds first, then the set, then the days.

1. Leave out what cannot be reached or does not serve (`reach`).
2. The linear relaxation bounds the answer from below, a greedy set from above; what is too dear by its reduced cost for an answer between
   the two is left out (`relaxation`).
3. The best *set* among what is left, proven (`model`, untimed). If what was left out could matter, it is let in again.
4. A *timetable* of that set. Where it has one, the set is the answer; where it has none, the best set that has one is searched
   (`timetable`).
5. The further quantities, each held at what was reached before.

The earliest end is found by bisection over the days on which something ends: with a given last day, step 1 leaves little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from testamur.pathways.planning.search import relaxation
from testamur.pathways.planning.search.model import Answer, PlanModel
from testamur.pathways.planning.search.patience import Patience
from testamur.pathways.planning.search.problem import Found, Impossible, Quantity, Way, quantity, sizes
from testamur.pathways.planning.search.reach import greedy, reachable, undominated, useful
from testamur.pathways.planning.search.timetable import LIMIT, with_days

PATIENCE = 16.0  # deterministic seconds for one search for a way
_FEW = 40  # options of a programme below which a relaxation is not worth its time
_MOST_WINDOWS = 2_000


def find(way: Way, patience: Patience | None = None) -> Found:
    """The best way. Raises Impossible, with whether that is proven, and ExtraMissing."""
    left = patience if patience is not None else Patience(PATIENCE)
    left.look_up()
    way = reachable(way, among=useful(way))
    if any(not any(way.options[index].windows for index in group) for group in way.needs):
        raise Impossible(proven=True)
    return _earliest(way, left) if way.order[0] == "end" else _further(_settled(way, left), left)


@dataclass(frozen=True, slots=True)
class _Settled:
    """The first quantity is settled: by `answer` (its `bound` is what is proven), among `kept`, whose relaxation is `bound`."""

    way: Way
    kept: frozenset[int]
    bound: relaxation.Bound
    answer: Answer


def _settled(way: Way, patience: Patience, *, any_will_do: bool = False) -> _Settled:
    """Steps 2 to 4. With `any_will_do` any answer with a timetable. Raises Impossible."""
    kept = undominated(way, useful(way))
    size = sizes(way, way.order[0])
    bound = _bound(way, kept)
    if bound is None:
        raise Impossible(proven=True)
    of_set = _in_the_support(way, kept, bound, patience) or _best_set(way, kept, bound, size, patience)
    lower = max(bound.whole, of_set.bound)
    answer = _scheduled(way, frozenset(of_set.chosen), patience, lower)
    if answer is None:
        answer = with_days(way, kept, bound, of_set.value, lower, patience, any_will_do=any_will_do)
    return _Settled(way, kept, bound, answer)


def _best_of(known: _Settled, patience: Patience) -> _Settled:
    """The best, where any answer is known."""
    way, answer = known.way, known.answer
    if answer.value <= answer.bound:
        return known
    best = with_days(way, known.kept, known.bound, answer.bound, answer.bound, patience, best=answer)
    return replace(known, answer=best)


def _best_set(
    way: Way, kept: frozenset[int], bound: relaxation.Bound, size: Sequence[int], patience: Patience
) -> Answer:
    """Step 3: first what is at most a little above the bound, then more. A greedy set says how much is enough."""
    start = greedy(way, kept, size) if way.target is None else None
    enough = None if start is None else sum(size[index] for index in start)
    most, lower = _room(bound), bound.whole
    found: Answer | None = None
    while True:
        most = most if enough is None else min(most, enough)
        columns, certain = _columns(kept, bound, most)
        model = PlanModel(way, columns, patience, timed=False)
        if start is not None and start <= columns:
            model.hint(dict.fromkeys(start, 0))
        answer = model.least(model.expression(way.order[0]), LIMIT, lower)
        if isinstance(answer, Answer):
            found = answer if found is None or answer.value < found.value else found
        elif answer:
            lower = max(lower, most + 1)
            enough = None if enough is not None and enough <= most else enough
        if certain or answer is False or (found is not None and found.value <= most):
            break
        if found is not None:
            enough = found.value if enough is None else min(enough, found.value)
        most = found.value if found is not None else _wider(bound, most)
    if found is None:
        raise Impossible(proven=answer is True)
    return found


def _in_the_support(way: Way, kept: frozenset[int], bound: relaxation.Bound, patience: Patience) -> Answer | None:
    """An answer of only what the relaxation takes parts of: few options, and often the best there is."""
    columns = kept & bound.support
    if not columns or len(columns) == len(kept):
        return None
    model = PlanModel(way, columns, patience, timed=False)
    answer = model.least(model.expression(way.order[0]), LIMIT / 8, bound.whole)
    return answer if isinstance(answer, Answer) and answer.value <= bound.whole else None


def _further(settled: _Settled, patience: Patience) -> Found:
    """Step 5."""
    way, kept, bound, answer = settled.way, settled.kept, settled.bound, settled.answer
    first = way.order[0]
    values, bounds = [answer.value], [min(answer.bound, answer.value)]
    columns = kept & bound.within(answer.value) | frozenset(answer.chosen)
    narrowed = sum(len(way.options[index].windows) for index in columns) > _MOST_WINDOWS
    if narrowed:  # the first quantity is settled; the further ones are then looked for among the most likely
        ranked = sorted(columns, key=lambda index: (bound.reduced.get(index, 0.0), index))
        columns = frozenset(ranked[: 2 * _FEW]) | frozenset(answer.chosen)
    model = PlanModel(way, columns, patience, timed=True)
    model.hold(model.expression(first), answer.value)
    for name in way.order[1:]:
        model.hint(answer.chosen)
        better = model.least(model.expression(name), LIMIT / 4)
        answer = better if isinstance(better, Answer) else answer
        value = quantity(way, _windows(way, answer), name)
        values.append(value)
        bounds.append(0 if narrowed or not isinstance(better, Answer) else min(better.bound, value))
        model.hold(model.expression(name), value)
    model.hint(answer.chosen)
    tidied = model.least(model.tidy(), LIMIT / 4)
    answer = tidied if isinstance(tidied, Answer) else answer
    return Found(_windows(way, answer), tuple(values), tuple(bounds), answer.uses, len(columns))


def _scheduled(way: Way, chosen: frozenset[int], patience: Patience, lower: int) -> Answer | None:
    model = PlanModel(way, chosen, patience, timed=True)
    found = model.least(model.expression(way.order[0]), LIMIT / 16, lower)
    return replace(found, bound=lower) if isinstance(found, Answer) else None


def _windows(way: Way, answer: Answer) -> dict[int, tuple[int, int]]:
    return {index: way.options[index].windows[number] for index, number in answer.chosen.items()}


def _bound(way: Way, kept: frozenset[int]) -> relaxation.Bound | None:
    first = sizes(way, way.order[0])
    if way.target is None:
        return relaxation.bound(way, sorted(kept), first)
    if len(kept) <= _FEW:
        return relaxation.Bound(0.0, dict.fromkeys(kept, 0.0))
    model = PlanModel(way, kept, Patience(0.0), timed=False)
    variables, _ = model.variables()
    rows = relaxation.Rows()
    relaxation.limits(way, sorted(variables), variables, rows)
    return relaxation.from_model(model.model, variables, first, rows)


def _columns(kept: frozenset[int], bound: relaxation.Bound, most: int) -> tuple[frozenset[int], bool]:
    """The options that may be in an answer of at most `most`, and whether these are all there are. Whoever finds an answer of at most
    so much among them has the best of all."""
    columns = kept & bound.within(most)
    return columns, columns == kept


def _room(bound: relaxation.Bound) -> int:
    """How much an answer may be at first."""
    return bound.whole + max(1, bound.whole // 50)


def _wider(bound: relaxation.Bound, most: int) -> int:
    return most + max(1, most - bound.whole, most // 4)


def _earliest(way: Way, patience: Patience) -> Found:
    """The earliest end, and among the ways that end then the best in what comes after.

    That nothing ends by some day is a reason that nothing ends by an earlier one: so gallop from the earliest day that is thinkable, which
    is often the answer, and then bisect.
    """
    rest: tuple[Quantity, ...] = way.order[1:] or ("cost",)
    least = max(
        (min(way.options[index].windows[0][1] for index in group if way.options[index].windows) for group in way.needs),
        default=0,
    )
    days = sorted({end for index in useful(way) for _, end in way.options[index].windows if end >= least})
    if not way.needs:
        days.insert(0, 0)  # what is held may do
    looking = patience.part(patience.left / 2)  # the other half is for what comes after
    refuted, refused, reached = -1, -1, len(days)  # proven that not, found that not, found that
    place, step = 0, 1
    known: _Settled | None = None
    while refused + 1 < reached:
        tried = _ends_by(way, days[place], rest, looking)
        if isinstance(tried, _Settled):
            reached, known = place, tried
        else:
            refused = place
            refuted = place if tried.proven else refuted
        if reached < len(days):
            place = (refused + reached) // 2
        else:
            place, step = min(place + step, len(days) - 1), step * 2
    if known is None:
        raise Impossible(proven=refuted == len(days) - 1)
    found = _further(_best_of(known, patience), patience)
    end = quantity(way, found.chosen, "end")
    bound = min(end, days[refuted + 1])
    return replace(found, values=(end, *found.values), bounds=(bound, *found.bounds))


def _ends_by(way: Way, last: int, order: tuple[Quantity, ...], patience: Patience) -> _Settled | Impossible:
    """A way that ends by `last`, or why there is none."""
    limited = replace(reachable(way, last=last), order=order)
    if any(not any(limited.options[index].windows for index in group) for group in limited.needs):
        return Impossible(proven=True)
    try:
        return _settled(limited, patience, any_will_do=True)
    except Impossible as none:
        return none
