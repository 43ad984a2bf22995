"""The linear relaxation: how small the answer can at most be, and which options can be in no answer that is as good as a known one.

Every whole-numbered answer is a solution of the relaxation, so its optimum is a bound from below. An option's *reduced cost* says by how
much the optimum rises at least when the option is taken: where that is more than the distance to a known answer, no better answer takes it.
SciPy's HiGHS solves it; `highspy` itself cannot stand beside OR-Tools in one process (decision 0021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from testamur.pathways.extra import ExtraMissing
from testamur.pathways.planning.search.problem import NO_LIMIT, Way
from testamur.pathways.planning.search.reach import days_in_question

_TINY = 1e-6
_INFINITE = 1 << 62
Solved = tuple[float, list[float], list[float]]


@dataclass(slots=True)
class Rows:
    """Rows `low ≤ coefficients · variables`, collected for a sparse matrix."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)

    def add(self, columns: Sequence[int], values: Sequence[float], low: float) -> None:
        number = len(self.low)
        self.row += [number] * len(columns)
        self.column += columns
        self.value += values
        self.low.append(low)


@dataclass(frozen=True, slots=True)
class Bound:
    """`value` is the least possible; `reduced` gives each option's reduced cost; `support` are the options that the relaxation takes a part
    of: where they hold an answer of that value, it is the best."""

    value: float
    reduced: dict[int, float]
    support: frozenset[int] = frozenset()

    @property
    def whole(self) -> int:
        """The least possible in whole numbers."""
        return _up(self.value)

    def within(self, best: int) -> frozenset[int]:
        """The options that may be in an answer of at most `best`."""
        room = best - self.value + _TINY * max(1.0, abs(best))
        return frozenset(index for index, cost in self.reduced.items() if cost <= room)


def bound(way: Way, kept: Sequence[int], sizes: Sequence[int]) -> Bound | None:
    """The relaxation of `way` over the options `kept`, for a goal of skills. None: not even the relaxation has a solution."""
    place = {index: number for number, index in enumerate(kept)}
    rows = Rows()
    for group in way.needs:
        columns = [place[index] for index in sorted(group) if index in place]
        rows.add(columns, [1.0] * len(columns), 1.0)
    further = prerequisites(way, kept, place, rows, len(kept))
    limits(way, kept, place, rows)
    objective = [float(sizes[index]) for index in kept] + [0.0] * further
    solved = solve(objective, rows, len(objective))
    if solved is None:
        return None
    return _of_options(solved, place)


def prerequisites(way: Way, kept: Sequence[int], place: dict[int, int], rows: Rows, count: int) -> int:
    """That who is taken has one of each set of its prerequisites taken; how many variables were added after the `count` there are.

    A set that several ask for has a variable of its own, "one of these is taken": the members then stand in one row and not in one for each
    who asks, which is the difference between a million numbers and thirty thousand. It says the same.
    """
    asking: dict[frozenset[int], list[int]] = {}
    for index in kept:
        for group in way.options[index].prerequisites:
            asking.setdefault(group, []).append(index)
    further = 0
    for group, indices in asking.items():
        members = [place[member] for member in sorted(group) if member in place]
        others = [index for index in indices if index not in group]
        for index in indices:
            if index in group or len(others) < 2:
                columns = [member for member in members if member != place[index]]
                rows.add([*columns, place[index]], [*([1.0] * len(columns)), -1.0], 0.0)
        if len(others) > 1:
            had = count + further
            further += 1
            rows.add([*members, had], [*([1.0] * len(members)), -1.0], 0.0)
            for index in others:
                rows.add([had, place[index]], [1.0, -1.0], 0.0)
    return further


def _of_options(solved: Solved, place: dict[int, int]) -> Bound:
    value, marginals, parts = solved
    reduced = {index: marginals[number] for index, number in place.items()}
    return Bound(value, reduced, frozenset(index for index, number in place.items() if parts[number] > _TINY))


def limits(way: Way, kept: Sequence[int], place: dict[int, int], rows: Rows) -> None:
    """What budget, hours and the asked difference say of the sums."""
    columns = [place[index] for index in kept]
    if way.budget < NO_LIMIT:
        rows.add(columns, [-float(way.options[index].cost) for index in kept], -float(way.budget))
    if way.weekly < NO_LIMIT:  # all the work has to fit into all the weeks
        rows.add(
            columns,
            [-way.options[index].work / 7 for index in kept],
            -way.weekly * days_in_question(way, kept) / 7,
        )
    for group, most in way.differs:
        members = [place[index] for index in sorted(group) if index in place]
        rows.add(members, [-1.0] * len(members), -float(most))


def solve(
    objective: Sequence[float], rows: Rows, count: int, upper: Sequence[float | None] | None = None
) -> Solved | None:
    """The optimum, the reduced costs at the lower bounds, and how much of each is taken; None where there is no solution.

    Raises ExtraMissing."""
    try:
        from scipy.optimize import linprog
        from scipy.sparse import csr_array
    except ImportError:
        raise ExtraMissing("SciPy") from None
    if not count:
        return None if any(low > 0 for low in rows.low) else (0.0, [], [])
    shape = (len(rows.low), count)
    matrix: Any = csr_array((rows.value, (rows.row, rows.column)), shape=shape)
    bounds = [(0.0, top) for top in upper] if upper is not None else [(0.0, 1.0)] * count
    answer = linprog(
        objective,
        A_ub=-matrix,
        b_ub=[-low for low in rows.low],
        bounds=bounds,
        method="highs",
        options={"time_limit": 20.0},
    )
    if answer.status == 2:
        return None
    if answer.status != 0:  # out of time, or numbers that HiGHS cannot hold: a bound that says nothing
        return 0.0, [0.0] * count, [0.0] * count
    return float(answer.fun), [float(cost) for cost in answer.lower.marginals], [float(part) for part in answer.x]


def from_model(model: Any, options: dict[int, int], sizes: Sequence[int], further: Rows | None = None) -> Bound | None:
    """The relaxation of a CP-SAT model: what its constraints say in linear terms. `options` gives the variable of each option.

    Constraints that hold only under a condition are left out, which makes the bound weaker and never wrong.
    """
    solved = _of_model(model, options, sizes, further or Rows(), 0)
    return None if solved is None else _of_options(solved, options)


def _of_model(model: Any, options: dict[int, int], sizes: Sequence[int], rows: Rows, further: int) -> Solved | None:
    proto = model.proto
    upper: list[float | None] = []
    for number, variable in enumerate(proto.variables):
        domain = list(variable.domain)
        upper.append(float(domain[-1]))
        if domain[0] > 0:
            rows.add([number], [1.0], float(domain[0]))
    for constraint in proto.constraints:
        _relaxed(constraint, rows)
    objective = [0.0] * (len(upper) + further)
    for index, number in options.items():
        objective[number] = float(sizes[index])
    return solve(objective, rows, len(objective), [*upper, *([1.0] * further)])


@dataclass(frozen=True, slots=True)
class TimedBound:
    """As `Bound`, of a timetable: `reduced` gives the reduced cost of each window (option, number)."""

    value: float
    reduced: dict[tuple[int, int], float]

    @property
    def whole(self) -> int:
        return _up(self.value)

    def within(self, best: int) -> dict[int, list[int]]:
        """The windows that may be in an answer of at most `best`, by option."""
        room = best - self.value + _TINY * max(1.0, abs(best))
        found: dict[int, list[int]] = {}
        for (index, number), cost in self.reduced.items():
            if cost <= room:
                found.setdefault(index, []).append(number)
        return found


def of_timetable(
    way: Way,
    model: Any,
    options: dict[int, int],
    windows: dict[tuple[int, int], int],
    sizes: Sequence[int],
) -> TimedBound | None:
    """The relaxation of a timed model; `options` and `windows` give the variables. None where it has no solution.

    What the model says of prerequisites by days is weak in linear terms: a tenth of a window here and there is enough for "had by then".
    Beside it stands what is said without days.
    """
    rows = Rows()
    further = prerequisites(way, sorted(options), options, rows, len(model.proto.variables))
    solved = _of_model(model, options, sizes, rows, further)
    if solved is None:
        return None
    value, marginals, _ = solved
    own = {key: marginals[number] for key, number in windows.items()}
    taken = {index: marginals[number] for index, number in options.items()}
    # What has several windows has a variable for being taken beside theirs; to take a window is to take it, so both costs come together.
    reduced = {key: cost + (taken[key[0]] if windows[key] != options[key[0]] else 0.0) for key, cost in own.items()}
    return TimedBound(value, reduced)


def _relaxed(constraint: Any, rows: Rows) -> None:
    when = list(constraint.enforcement_literal)
    if constraint.has_bool_and():
        if len(when) == 1:
            for literal in constraint.bool_and.literals:
                _sum([(literal, 1.0), (when[0], -1.0)], 0.0, rows)
    elif when:
        return
    elif constraint.has_linear():
        linear = constraint.linear
        columns, values, domain = list(linear.vars), [float(factor) for factor in linear.coeffs], list(linear.domain)
        if domain[0] > -_INFINITE:
            rows.add(columns, values, float(domain[0]))
        if domain[-1] < _INFINITE:
            rows.add(columns, [-value for value in values], -float(domain[-1]))
    elif constraint.has_bool_or():
        _sum([(literal, 1.0) for literal in constraint.bool_or.literals], 1.0, rows)
    elif constraint.has_at_most_one():
        _sum([(literal, -1.0) for literal in constraint.at_most_one.literals], -1.0, rows)
    elif constraint.has_lin_max():
        _maximum(constraint.lin_max, rows)


def _maximum(given: Any, rows: Rows) -> None:
    """target = max(terms), none below zero: target ≥ each, and target ≤ their sum."""
    target = dict(zip(given.target.vars, map(float, given.target.coeffs), strict=True))
    total = {column: -value for column, value in target.items()}
    for term in given.exprs:
        own = dict(target)
        for column, value in zip(term.vars, map(float, term.coeffs), strict=True):
            own[column] = own.get(column, 0.0) - value
            total[column] = total.get(column, 0.0) + value
        rows.add(list(own), list(own.values()), float(term.offset - given.target.offset))
    offset = given.target.offset - sum(term.offset for term in given.exprs)
    rows.add(list(total), list(total.values()), float(offset))


def _sum(literals: Sequence[tuple[int, float]], low: float, rows: Rows) -> None:
    """Σ factor · literal ≥ low, where a negative literal -v-1 is 1 - v."""
    columns, values = [], []
    for literal, factor in literals:
        if literal < 0:
            columns.append(-literal - 1)
            values.append(-factor)
            low -= factor
        else:
            columns.append(literal)
            values.append(factor)
    rows.add(columns, values, low)


def _up(value: float) -> int:
    """The least whole number that is not below `value`, which a floating-point solver found."""
    nearest = round(value)
    return nearest if abs(value - nearest) <= _TINY * max(1.0, abs(value)) else int(-(-value // 1))
