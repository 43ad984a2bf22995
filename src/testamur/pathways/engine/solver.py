"""The best assignment, by OR-Tools CP-SAT.

The objectives are lexicographic: each is solved, then held at its optimum while the next is solved; one that is zero already is
not solved. One worker, a fixed seed and limits in deterministic time: the same question has the same answer on every machine
with the same version of the solver. The strong linear relaxation (`linearization_level=2`) is what proves an optimum quickly
here: without it forty requirements took seconds where they take hundredths.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from testamur.errors import TestamurError
from testamur.pathways.engine.problem import Bound, Problem, Solution, signatures, weight_of
from testamur.pathways.extra import ExtraMissing

LIMITS = (30.0, 5.0, 3.0, 3.0, 3.0, 1.0)  # deterministic seconds for each objective; the first decides the outcome


def solve(problem: Problem, *, only_outcome: bool = False) -> Solution:
    """The best assignment of `problem`; with `only_outcome` one that is best in the first objective alone, which decides the
    outcome.

    Raises ExtraMissing where OR-Tools is not installed.
    """
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise ExtraMissing("OR-Tools") from None
    return AssignmentModel(problem, cp_model).solve(LIMITS[:1] if only_outcome else LIMITS)


class AssignmentModel:
    """The variables and constraints of a problem. `model` may be added to: planning asks the same question of what could be earned."""

    def __init__(self, problem: Problem, cp_model: Any) -> None:
        self.problem = problem
        self._cp = cp_model
        self.model = cp_model.CpModel()
        self._leaves = [index for index, node in enumerate(problem.nodes) if node.kind == "take"]
        self.use: dict[tuple[int, int], Any] = {}
        self.amount: dict[tuple[int, int], Any] = {}
        self._counted: dict[tuple[int, int], Any] = {}
        self._group_amount: dict[tuple[int, int, str], Any] = {}
        self._needed = [self._bool() for _ in problem.nodes]
        self._satisfied = [self._bool() for _ in problem.nodes]
        self._met = [self._bool() for _ in problem.bounds]
        self.open: dict[int, Any] = {}
        self._missing: dict[int, Any] = {}
        self._where: list[
            dict[int, list[int]]
        ] = []  # by node: each item that may count at or below it, with its leaves
        self._tree()
        self._uses()
        self._single_use()
        for index in range(len(problem.bounds)):
            self._bound(index)
        self._restrictions()

    def _bool(self) -> Any:
        return self.model.new_bool_var("")

    def _tree(self) -> None:
        model, nodes = self.model, self.problem.nodes
        model.add(self._needed[0] == 1)
        for index, node in enumerate(nodes):
            model.add_implication(self._satisfied[index], self._needed[index])
            if node.kind != "group":
                continue
            children = [self._needed[child] for child in node.children]
            for child in children:
                model.add_implication(child, self._needed[index])
            model.add(sum(children) >= node.choose * self._needed[index])
            if node.choose_at_most is not None:
                model.add(sum(children) <= node.choose_at_most)
            model.add(sum(self._satisfied[child] for child in node.children) >= node.choose * self._satisfied[index])

    def _uses(self) -> None:
        for leaf in self._leaves:
            node = self.problem.nodes[leaf]
            for item in sorted(node.eligible):
                use = self.use[leaf, item] = self._bool()
                self.model.add_implication(use, self._needed[leaf])
                for earlier in node.after:
                    self.model.add_implication(use, self._satisfied[earlier])
                whole = self._size(item, node.unit)
                if node.divisible or item in self.problem.flexible:
                    part = self.amount[leaf, item] = self.model.new_int_var(0, whole, "")
                    self.model.add(part <= whole * use)
                else:
                    self.amount[leaf, item] = whole * use

        for node_index in range(len(self.problem.nodes)):
            places: dict[int, list[int]] = {}
            for leaf in self.problem.leaves_below(node_index):
                for item in self.problem.nodes[leaf].eligible:
                    places.setdefault(item, []).append(leaf)
            self._where.append(places)

    def _size(self, item: int, unit: str) -> int:
        amounts = self.problem.amounts.get(unit)
        return amounts[item] if amounts else 0

    def _single_use(self) -> None:
        """One leaf for each item, or several of one pool; one item of each class; what is shared twice is capped."""
        problem, model = self.problem, self.model
        shared: dict[str, list[Any]] = {pool: [] for pool in problem.pools}
        for item in range(len(problem.items)):
            alone = [
                self.use[leaf, item]
                for leaf in self._leaves
                if (leaf, item) in self.use and not problem.nodes[leaf].pool
            ]
            for pool, (uses, _) in problem.pools.items():
                pooled = [
                    (leaf, self.use[leaf, item])
                    for leaf in self._leaves
                    if (leaf, item) in self.use and problem.nodes[leaf].pool == pool
                ]
                if not pooled:
                    continue
                once = self._bool()
                model.add_max_equality(once, [use for _, use in pooled])
                model.add(sum(use for _, use in pooled) <= uses)
                alone.append(once)
                size = max(self._size(item, problem.nodes[leaf].unit) for leaf, _ in pooled)
                shared[pool].append(size * (sum(use for _, use in pooled) - once))
            if len(alone) > 1:
                model.add_at_most_one(alone)
        for pool, (_, most) in problem.pools.items():
            if most is not None and shared[pool]:
                model.add(sum(shared[pool]) <= most)
        for members in problem.classes:
            counted = [self._count(0, item) for item in sorted(members)]
            model.add(sum(use for use in counted if use is not None) <= 1)

    def _count(self, node: int, item: int) -> Any:
        """Whether `item` counts at or below `node`, as 0 or 1; None where it cannot."""
        if (node, item) not in self._counted:
            leaves = self._where[node].get(item, [])
            uses = [self.use[leaf, item] for leaf in leaves]
            if len(uses) > 1 and any(self.problem.nodes[leaf].pool for leaf in leaves):
                counted = self._bool()
                self.model.add_max_equality(counted, uses)
                self._counted[node, item] = counted
            else:  # outside of pools an item has one place, so the sum is 0 or 1: no new variable, and a tighter relaxation
                self._counted[node, item] = sum(uses) if uses else None
        return self._counted[node, item]

    def _sized(self, node: int, item: int, unit: str) -> Any:
        """The amount with which `item` counts at `node`, in `unit`; 0 where it cannot."""
        key = (node, item, unit)
        if key not in self._group_amount:
            self._group_amount[key] = self._size_at(node, item, unit)
        return self._group_amount[key]

    def _size_at(self, node: int, item: int, unit: str) -> Any:
        counted = self._count(node, item)
        if counted is None:
            return 0
        problem = self.problem
        leaves = self._where[node][item]
        whole = self._size(item, unit)
        exact = not any(problem.nodes[leaf].divisible for leaf in leaves) and item not in problem.flexible
        if exact or any(problem.nodes[leaf].unit != unit for leaf in leaves):
            return whole * counted
        parts = [self.amount[leaf, item] for leaf in leaves]
        if not any(problem.nodes[leaf].pool for leaf in leaves):
            return sum(parts)
        size = self.model.new_int_var(0, whole, "")
        self.model.add_max_equality(size, parts)
        return size

    def _sum(self, node: int, items: Collection[int], kind: str, unit: str) -> Any:
        here = sorted(self._where[node].keys() & items)
        if kind == "count":
            return sum(self._count(node, item) for item in here)
        return sum(self._sized(node, item, unit) for item in here)

    def _everything(self, node: int) -> list[int]:
        return sorted(self._where[node])

    def _bound(self, index: int) -> None:
        bound = self.problem.bounds[index]
        model, met, needed = self.model, self._met[index], self._needed[bound.node]
        missing = None
        match bound.kind:
            case "fact":
                model.add(met == int(bound.met))
            case "count" | "credits":
                total = self._sum(bound.node, bound.members, bound.kind, bound.unit)
                model.add(total >= bound.least * met)
                missing = model.new_int_var(0, bound.least, "")
                model.add(missing >= bound.least * needed - total)
            case "distinct":
                present = sum(self._present(bound.node, group) for group in bound.groups)
                model.add(present >= bound.least * met)
                missing = model.new_int_var(0, bound.least, "")
                model.add(missing >= bound.least * needed - present)
            case "share":
                missing = self._share(bound, met)
            case "mean":
                total = sum(
                    weight * use
                    for item, weight in sorted(bound.weights.items())
                    if (use := self._count(bound.node, item)) is not None
                )
                model.add(total >= 0).only_enforce_if(met)
        if bound.label:
            return
        model.add_implication(self._satisfied[bound.node], met)
        opened = self.open[index] = self._bool()
        model.add(opened >= needed - met)
        if missing is not None:
            self._missing[index] = missing

    def _share(self, bound: Bound, met: Any) -> Any:
        """q·members ≥ p·everything for a share p/q."""
        up, down = bound.share.numerator, bound.share.denominator
        members = self._sum(bound.node, bound.members, "credits", bound.unit)
        everything = self._sum(bound.node, self._everything(bound.node), "credits", bound.unit)
        self.model.add(down * members - up * everything >= 0).only_enforce_if(met)
        missing = self.model.new_int_var(0, sum(self.problem.amounts.get(bound.unit, ())), "")
        self.model.add(down * missing >= up * everything - down * members)
        return missing

    def _present(self, node: int, group: frozenset[int]) -> Any:
        uses = [use for item in sorted(group) if (use := self._count(node, item)) is not None]
        present = self._bool()
        if uses:
            self.model.add_max_equality(present, uses)
        else:
            self.model.add(present == 0)
        return present

    def _restrictions(self) -> None:
        model = self.model
        for cap in self.problem.caps:
            if cap.kind == "distinct":
                model.add(sum(self._present(cap.node, group) for group in cap.groups) <= cap.most)
            elif cap.kind == "share":
                members = self._sum(cap.node, cap.members, "credits", cap.unit)
                everything = self._sum(cap.node, self._everything(cap.node), "credits", cap.unit)
                model.add(cap.share.denominator * members <= cap.share.numerator * everything)
            else:
                model.add(self._sum(cap.node, cap.members, cap.kind, cap.unit) <= cap.most)
        for node, one, other in self.problem.conflicts:
            first, second = self._count(node, one), self._count(node, other)
            if first is not None and second is not None:
                model.add(first == 0) if one == other else model.add(first + second <= 1)
        for node, groups in self.problem.same:
            chosen = []
            for group in groups:
                allowed = self._bool()
                chosen.append(allowed)
                for item in sorted(group):
                    if (use := self._count(node, item)) is not None:
                        model.add(use <= allowed)
            model.add_at_most_one(chosen)

    def _objectives(self) -> list[Any]:
        """Each objective to be made small, none below zero: those of `problem` in their order."""
        problem = self.problem
        bounds = problem.bounds
        labels = [index for index, bound in enumerate(bounds) if bound.label]
        return [
            sum(self.open.values()),
            sum(weight_of(problem, bounds[index]) * variable for index, variable in self._missing.items()),
            sum(self.use[key] for key in sorted(problem.manual) if key in self.use),
            len(labels) - sum(self._met[index] for index in labels),
            sum(self._sized(0, item, problem.nodes[0].unit) for item in self._everything(0)),
            sum(self.use.values()),
        ]

    def solve(self, limits: tuple[float, ...]) -> Solution:
        objectives = self._objectives()
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 20260301
        solver.parameters.linearization_level = 2
        found: Solution | None = None
        proven: list[bool] = []
        for stage, limit in enumerate(limits):
            objective = objectives[stage]
            if found is not None and (isinstance(objective, int) or found.vector[stage] == 0):
                self._hold(objective, 0)
                continue
            solver.parameters.max_deterministic_time = limit
            self.model.minimize(objective)
            status = solver.solve(self.model)
            if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
                if found is None and self.use:
                    return self._nothing()
                if found is None:
                    raise TestamurError("The search ended without any assignment.", code="pathways.no_assignment")
                return replace(found, best=False)
            proven.append(status == self._cp.OPTIMAL)
            found = self._solution(solver, objectives, proven)
            self._hold(objective, found.vector[stage])
            self._hint(solver)
        if found is None:
            raise ValueError("there is at least one stage")
        return found

    def _nothing(self) -> Solution:
        """The search ended before it found any assignment: the one that uses nothing, which proves nothing."""
        nodes = tuple(replace(node, eligible=frozenset()) for node in self.problem.nodes)
        return replace(
            AssignmentModel(replace(self.problem, nodes=nodes), self._cp).solve((60.0,)), proven=False, best=False
        )

    def _hold(self, objective: Any, value: int) -> None:
        if not isinstance(objective, int):
            self.model.add(objective <= value)

    def _hint(self, solver: Any) -> None:
        self.model.clear_hints()
        for use in self.use.values():
            self.model.add_hint(use, solver.value(use))

    def _solution(self, solver: Any, objectives: list[Any], proven: list[bool]) -> Solution:
        problem = self.problem
        uses = {key: int(solver.value(self.amount[key])) for key, use in self.use.items() if solver.value(use)}
        uses = _earliest_first(problem, uses)
        return Solution(
            uses=uses,
            needed=frozenset(index for index, needed in enumerate(self._needed) if solver.value(needed)),
            open=frozenset(index for index, opened in self.open.items() if solver.value(opened)),
            missing={
                index: int(solver.value(amount)) for index, amount in self._missing.items() if solver.value(amount)
            },
            labels=frozenset(
                index for index, bound in enumerate(problem.bounds) if bound.label and solver.value(self._met[index])
            ),
            vector=tuple(int(solver.value(expression)) for expression in objectives),
            proven=proven[0],
            best=all(proven),
        )


def _earliest_first(problem: Problem, uses: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """Of credentials between which nothing in the problem tells, the earlier ones count: an explanation must not hang on the
    solver's whim."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for item, signature in enumerate(signatures(problem)):
        alike.setdefault(signature, []).append(item)
    settled: dict[tuple[int, int], int] = {}
    for items in alike.values():
        placed = [{leaf: amount for (leaf, used), amount in uses.items() if used == item} for item in items]
        for item, places in zip(items, sorted(filter(None, placed), key=sorted), strict=False):
            settled |= {(leaf, item): amount for leaf, amount in places.items()}
    return settled
