"""The question of the way as a CP-SAT model: which options, in which windows.

*Untimed*, only the set is asked for, and an order must exist: sets that wait for each other in a ring are cut off when one turns up.
*Timed*, each option has one of its windows. What must have ended before a day is a sum over windows, or, where that would be long, a chain
of "had by this day" variables; the hours of a week are a sum over the windows that cover it. All of it is linear, so that the
solver's relaxation is tight.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from testamur.pathways.engine import problem as engine
from testamur.pathways.engine.solver import AssignmentModel
from testamur.pathways.extra import ExtraMissing
from testamur.pathways.planning.search.patience import Patience
from testamur.pathways.planning.search.problem import NO_LIMIT, Quantity, Target, Way
from testamur.pathways.planning.search.reach import days_in_question, stuck

SEED = 20260301
_LONG = 400  # literals times days from which on a chain is shorter than sums
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """`chosen` with windows (0 in an untimed model); `value` of the objective and the `bound` that was proven for it."""

    chosen: Mapping[int, int]
    uses: Mapping[tuple[int, int], int]
    value: int
    bound: int


class PlanModel:
    """The model of `way` over the options `kept`."""

    def __init__(self, way: Way, kept: Collection[int], patience: Patience, *, timed: bool) -> None:
        try:
            from ortools.sat.python import cp_model
        except ImportError:
            raise ExtraMissing("OR-Tools") from None
        self._cp = cp_model
        self._way = way
        self._kept = sorted(index for index in kept if way.options[index].windows)
        self._timed = timed
        self._patience = patience
        self.goal: AssignmentModel | None = None
        self._items: tuple[int, ...] = ()
        if way.target is None:
            self.model: Any = cp_model.CpModel()
        else:
            problem, self._items = restricted(way.target, frozenset(self._kept))
            self.goal = AssignmentModel(problem, cp_model)
            self.model = self.goal.model
        self.take = {index: self.model.new_bool_var("") for index in self._kept}
        self._window: dict[tuple[int, int], Any] = {}
        self._end: Any = None
        if timed:
            self._windows()
        self._needs()
        self._prerequisites()
        self._limits()

    # --- constraints ------------------------------------------------------------------------------------------------------------------

    def _windows(self) -> None:
        way, model = self._way, self.model
        latest = max((way.options[index].windows[-1][1] for index in self._kept), default=0)
        self._end = model.new_int_var(0, latest, "")
        for index in self._kept:
            windows = way.options[index].windows
            if len(windows) == 1:
                self._window[index, 0] = self.take[index]
            else:
                for number in range(len(windows)):
                    self._window[index, number] = model.new_bool_var("")
                model.add(sum(self._window[index, n] for n in range(len(windows))) == self.take[index])
            model.add(self._end >= sum(end * self._window[index, n] for n, (_, end) in enumerate(windows)))

    def _needs(self) -> None:
        for group in self._way.needs:
            self.model.add_bool_or([self.take[index] for index in sorted(group) if index in self.take])
        if self.goal is None or self._way.target is None:
            return
        self.model.add(sum(self.goal.open.values()) == 0)
        options = self._way.target.items
        nodes = self.goal.problem.nodes
        alone: dict[int, list[Any]] = {}
        for (leaf, item), use in self.goal.use.items():
            option = options[self._items[item]]
            if option is None:
                continue
            if nodes[leaf].pool:
                self.model.add_implication(use, self.take[option])
            else:
                alone.setdefault(option, []).append(use)
        for (
            option,
            uses,
        ) in alone.items():  # a sum, because it counts once: its relaxation is far tighter than that of each apart
            self.model.add(sum(uses) <= self.take[option])
        if self._timed:
            self._after()

    def _after(self) -> None:
        """Where a requirement comes after others, what counts in it begins after what counts in them has ended."""
        if self.goal is None or self._way.target is None:
            return
        problem = self.goal.problem
        options = self._way.target.items
        pairs: set[tuple[tuple[int, int], tuple[int, int]]] = set()
        for leaf, node in enumerate(problem.nodes):
            for earlier in node.after:
                before = [key for key in self.goal.use if key[0] in problem.leaves_below(earlier)]
                pairs |= {(one, (leaf, item)) for one in before for item in node.eligible if item != one[1]}
        if len(pairs) > 5_000:
            return  # the engine does not ask for it either; it is a courtesy to whoever follows the plan
        for one, other in sorted(pairs):
            first, second = options[self._items[one[1]]], options[self._items[other[1]]]
            if first is None or second is None or first == second or other not in self.goal.use:
                continue
            ends = sum(end * self._window[first, n] for n, (_, end) in enumerate(self._way.options[first].windows))
            begins = sum(b * self._window[second, n] for n, (b, _) in enumerate(self._way.options[second].windows))
            self.model.add(ends <= begins).only_enforce_if([self.goal.use[one], self.goal.use[other]])

    def _prerequisites(self) -> None:
        if not self._timed:
            for index in self._kept:
                for group in self._way.options[index].prerequisites:
                    had = [self.take[member] for member in sorted(group) if member in self.take and member != index]
                    self.model.add_bool_or([*had, ~self.take[index]])
            return
        asked: dict[frozenset[int], list[int]] = {}
        for index in self._kept:
            for group in self._way.options[index].prerequisites:
                asked.setdefault(group, []).append(index)
        for group, indices in sorted(asked.items(), key=lambda entry: entry[1]):
            self._had_before(group, indices)

    def _had_before(self, group: frozenset[int], indices: list[int]) -> None:
        ends = sorted(
            (end, member, number)
            for member in group
            if member in self.take
            for number, (_, end) in enumerate(self._way.options[member].windows)
        )
        days = sorted({begin for index in indices for begin, _ in self._way.options[index].windows})
        chained = len(ends) * len(days) > _LONG
        had: dict[int, Any] = {}
        before: Any = 0
        place = 0
        for day in days:
            new = []
            while place < len(ends) and ends[place][0] <= day:
                new.append(self._window[ends[place][1:]])
                place += 1
            if chained and (new or not had):
                by_now = self.model.new_bool_var("")
                self.model.add(by_now <= before + sum(new))
                before = by_now
            elif not chained:
                before = before + sum(new)
            had[day] = before
        for index in indices:
            for number, (begin, _) in enumerate(self._way.options[index].windows):
                self.model.add(self._window[index, number] <= had[begin])

    def _limits(self) -> None:
        way, model = self._way, self.model
        if way.budget < NO_LIMIT:
            model.add(sum(way.options[index].cost * take for index, take in self.take.items()) <= way.budget)
        for group, most in way.differs:
            model.add(sum(self.take[index] for index in sorted(group) if index in self.take) <= most)
        if way.weekly < NO_LIMIT and self._timed:
            self._hours()
        elif way.weekly < NO_LIMIT:  # without days it is known only that all the work has to fit into all the weeks
            work = [way.options[index].work * take for index, take in self.take.items()]
            model.add(sum(work) <= way.weekly * days_in_question(way, self._kept))

    def _hours(self) -> None:
        """The load of a week changes upwards only where something begins."""
        windows = [(*self._way.options[index].windows[number], index, number) for index, number in self._window]
        for day in sorted({begin for begin, _, _, _ in windows}):
            running = [entry for entry in windows if entry[0] <= day < entry[1]]
            loads = [(self._way.options[index].load, self._window[index, n]) for _, _, index, n in running]
            if sum(load for load, _ in loads) > self._way.weekly:
                self.model.add(sum(load * variable for load, variable in loads) <= self._way.weekly)

    def variables(self) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
        """The numbers of the variables in the model: of each option, and of each of its windows."""
        taken = {index: take.index for index, take in self.take.items()}
        return taken, {key: window.index for key, window in self._window.items()}

    # --- solving ----------------------------------------------------------------------------------------------------------------------

    def expression(self, quantity: Quantity) -> Any:
        """A quantity as a sum of variables."""
        options = self._way.options
        if quantity == "end":
            return self._end
        if quantity == "cost":
            return sum(options[index].cost * take for index, take in self.take.items())
        return sum(options[index].minutes * take for index, take in self.take.items())

    def tidy(self) -> Any:
        """What is made small at last: how many options there are, and then how late they begin."""
        begins = [
            self._way.options[index].windows[number][0] * window for (index, number), window in self._window.items()
        ]
        return sum(1_000_000 * take for take in self.take.values()) + sum(begins)

    def hold(self, expression: Any, most: int) -> None:
        if not isinstance(expression, int):
            self.model.add(expression <= most)

    def hint(self, chosen: Mapping[int, int]) -> None:
        self.model.clear_hints()
        for index, take in self.take.items():
            self.model.add_hint(take, index in chosen)
        if self._timed:
            for (index, number), window in self._window.items():
                if len(self._way.options[index].windows) > 1:
                    self.model.add_hint(window, chosen.get(index) == number)

    def least(self, expression: Any, limit: float, lower: int = 0, *, any_will_do: bool = False) -> Answer | bool:
        """The answer with the smallest `expression`; True where it is proven that there is none, False where none was found within
        `limit` (deterministic seconds). With `any_will_do` the first answer that is found. An untimed answer can be put into an order."""
        if not isinstance(expression, int):
            self.model.add(expression >= lower)
            self.model.minimize(expression)
        for _ in range(_ROUNDS):
            found = self._solved(expression, limit, any_will_do)
            if self._timed or not isinstance(found, Answer) or not self._cut_off(found.chosen):
                return found
        return False

    def _solved(self, expression: Any, limit: float, any_will_do: bool) -> Answer | bool:
        limit = self._patience.of(limit)
        if not limit:
            return False
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = limit
        solver.parameters.max_memory_in_mb = 2_000
        solver.parameters.stop_after_first_solution = any_will_do
        status = solver.solve(self.model)
        self._patience.spend(max(solver.response_proto.deterministic_time, 0.001))
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            return bool(status == self._cp.INFEASIBLE)
        chosen = {}
        for index, take in self.take.items():
            if solver.value(take):
                numbers = range(len(self._way.options[index].windows)) if self._timed else (0,)
                chosen[index] = next(n for n in numbers if not self._timed or solver.value(self._window[index, n]))
        value = int(solver.value(expression)) if not isinstance(expression, int) else expression
        bound = value if status == self._cp.OPTIMAL else min(value, int(-(-solver.best_objective_bound // 1)))
        uses = {}
        if self.goal is not None:
            amounts = self.goal.amount
            uses = {
                (leaf, self._items[item]): int(solver.value(amounts[leaf, item]))
                for (leaf, item), use in self.goal.use.items()
                if solver.value(use)
            }
        return Answer(chosen, uses, value, bound)

    def _cut_off(self, chosen: Collection[int]) -> bool:
        """Cuts off that options wait for each other: of those that are stuck none can be taken, unless something else is taken that gives
        one of them what it waits for."""
        ring = stuck(self._way.options, chosen)
        if not ring:
            return False
        done = set(chosen) - ring
        helpers: set[int] = set()
        for index in ring:
            for group in self._way.options[index].prerequisites:
                if not group & done:
                    helpers |= group - ring
        help_ = [self.take[index] for index in sorted(helpers) if index in self.take]
        for index in sorted(ring):
            self.model.add_bool_or([*help_, ~self.take[index]])
        return True


def restricted(target: Target, kept: frozenset[int]) -> tuple[engine.Problem, tuple[int, ...]]:
    """The goal's problem with only the items that are held or that an option in `kept` brings, and which of the items each of its is."""
    items = tuple(n for n, option in enumerate(target.items) if option is None or option in kept)
    if len(items) == len(target.items):
        return target.problem, items
    place = {item: number for number, item in enumerate(items)}

    def of(members: Iterable[int]) -> frozenset[int]:
        return frozenset(place[item] for item in members if item in place)

    def groups(given: Iterable[frozenset[int]]) -> tuple[frozenset[int], ...]:
        return tuple(filter(None, map(of, given)))

    problem = target.problem
    smaller = engine.Problem(
        items=tuple(problem.items[item] for item in items),
        nodes=tuple(replace(node, eligible=of(node.eligible)) for node in problem.nodes),
        amounts={unit: tuple(amounts[item] for item in items) for unit, amounts in problem.amounts.items()},
        bounds=tuple(
            replace(
                bound, members=of(bound.members), groups=groups(bound.groups),
                weights={place[item]: weight for item, weight in bound.weights.items() if item in place},
            )
            for bound in problem.bounds
        ),
        caps=tuple(replace(cap, members=of(cap.members), groups=groups(cap.groups)) for cap in problem.caps),
        conflicts=tuple(
            (node, place[one], place[other]) for node, one, other in problem.conflicts if one in place and other in place
        ),
        same=tuple((node, groups(given)) for node, given in problem.same),
        classes=groups(problem.classes),
        pools=problem.pools,
        flexible=of(problem.flexible),
        manual=frozenset((leaf, place[item]) for leaf, item in problem.manual if item in place),
    )  # fmt: skip
    return smaller, items
