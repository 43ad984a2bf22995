"""The best assignment, by OR-Tools CP-SAT.

The objectives are lexicographic. Consecutive ones are packed into one number as long as their ranges fit (exact, for all are
whole numbers); each pack is solved, then held at its optimum while the next is solved. One worker, a fixed seed and a limit in
deterministic time: the same question has the same answer on every machine with the same version of the solver.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from testamur.errors import TestamurError
from testamur.pathways.engine.problem import Bound, Problem, Solution, weight_of
from testamur.pathways.extra import ExtraMissing

DETERMINISTIC_SECONDS = 20.0
_PACK = 1 << 48  # the largest range of one packed objective


def solve(problem: Problem, *, limit: float = DETERMINISTIC_SECONDS) -> Solution:
    """The best assignment of `problem`. Raises ExtraMissing where OR-Tools is not installed."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise ExtraMissing("OR-Tools") from None
    return _Model(problem, cp_model).solve(limit)


class _Model:
    def __init__(self, problem: Problem, cp_model: Any) -> None:
        self._problem = problem
        self._cp = cp_model
        self._model = cp_model.CpModel()
        self._leaves = [index for index, node in enumerate(problem.nodes) if node.kind == "take"]
        self._use: dict[tuple[int, int], Any] = {}
        self._amount: dict[tuple[int, int], Any] = {}
        self._counted: dict[tuple[int, int], Any] = {}
        self._group_amount: dict[tuple[int, int, str], Any] = {}
        self._needed = [self._bool() for _ in problem.nodes]
        self._satisfied = [self._bool() for _ in problem.nodes]
        self._met = [self._bool() for _ in problem.bounds]
        self._open: dict[int, Any] = {}
        self._missing: dict[int, Any] = {}
        self._tree()
        self._uses()
        self._single_use()
        for index in range(len(problem.bounds)):
            self._bound(index)
        self._restrictions()

    def _bool(self) -> Any:
        return self._model.new_bool_var("")

    def _tree(self) -> None:
        model, nodes = self._model, self._problem.nodes
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
            node = self._problem.nodes[leaf]
            for item in sorted(node.eligible):
                use = self._use[leaf, item] = self._bool()
                self._model.add_implication(use, self._needed[leaf])
                for earlier in node.after:
                    self._model.add_implication(use, self._satisfied[earlier])
                whole = self._size(item, node.unit)
                if node.divisible or item in self._problem.flexible:
                    part = self._amount[leaf, item] = self._model.new_int_var(0, whole, "")
                    self._model.add(part <= whole * use)
                else:
                    self._amount[leaf, item] = whole * use

    def _size(self, item: int, unit: str) -> int:
        amounts = self._problem.amounts.get(unit)
        return amounts[item] if amounts else 0

    def _single_use(self) -> None:
        """One leaf for each item, or several of one pool; one item of each class; what is shared twice is capped."""
        problem, model = self._problem, self._model
        shared: dict[str, list[Any]] = {pool: [] for pool in problem.pools}
        for item in range(len(problem.items)):
            alone = [
                self._use[leaf, item]
                for leaf in self._leaves
                if (leaf, item) in self._use and not problem.nodes[leaf].pool
            ]
            for pool, (uses, _) in problem.pools.items():
                pooled = [
                    (leaf, self._use[leaf, item])
                    for leaf in self._leaves
                    if (leaf, item) in self._use and problem.nodes[leaf].pool == pool
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
            model.add_at_most_one(use for use in counted if use is not None)

    def _count(self, node: int, item: int) -> Any:
        """Whether `item` counts at or below `node`; None where it cannot."""
        if (node, item) not in self._counted:
            uses = [self._use[leaf, item] for leaf in self._problem.leaves_below(node) if (leaf, item) in self._use]
            if len(uses) > 1:
                counted = self._bool()
                self._model.add_max_equality(counted, uses)
                self._counted[node, item] = counted
            else:
                self._counted[node, item] = uses[0] if uses else None
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
        problem = self._problem
        leaves = [leaf for leaf in problem.leaves_below(node) if (leaf, item) in self._use]
        whole = self._size(item, unit)
        exact = not any(problem.nodes[leaf].divisible for leaf in leaves) and item not in problem.flexible
        if exact or any(problem.nodes[leaf].unit != unit for leaf in leaves):
            return whole * counted
        parts = [self._amount[leaf, item] for leaf in leaves]
        if not any(problem.nodes[leaf].pool for leaf in leaves):
            return sum(parts)
        size = self._model.new_int_var(0, whole, "")
        self._model.add_max_equality(size, parts)
        return size

    def _sum(self, node: int, items: Iterable[int], kind: str, unit: str) -> Any:
        if kind == "count":
            return sum(use for item in sorted(items) if (use := self._count(node, item)) is not None)
        return sum(self._sized(node, item, unit) for item in sorted(items))

    def _everything(self, node: int) -> list[int]:
        return [item for item in range(len(self._problem.items)) if self._count(node, item) is not None]

    def _bound(self, index: int) -> None:
        bound = self._problem.bounds[index]
        model, met, needed = self._model, self._met[index], self._needed[bound.node]
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
        opened = self._open[index] = self._bool()
        model.add(opened >= needed - met)
        if missing is not None:
            self._missing[index] = missing

    def _share(self, bound: Bound, met: Any) -> Any:
        """q·members ≥ p·everything for a share p/q."""
        up, down = bound.share.numerator, bound.share.denominator
        members = self._sum(bound.node, bound.members, "credits", bound.unit)
        everything = self._sum(bound.node, self._everything(bound.node), "credits", bound.unit)
        self._model.add(down * members - up * everything >= 0).only_enforce_if(met)
        missing = self._model.new_int_var(0, sum(self._problem.amounts.get(bound.unit, ())), "")
        self._model.add(down * missing >= up * everything - down * members)
        return missing

    def _present(self, node: int, group: frozenset[int]) -> Any:
        uses = [use for item in sorted(group) if (use := self._count(node, item)) is not None]
        present = self._bool()
        if uses:
            self._model.add_max_equality(present, uses)
        else:
            self._model.add(present == 0)
        return present

    def _restrictions(self) -> None:
        model = self._model
        for cap in self._problem.caps:
            if cap.kind == "distinct":
                model.add(sum(self._present(cap.node, group) for group in cap.groups) <= cap.most)
            elif cap.kind == "share":
                members = self._sum(cap.node, cap.members, "credits", cap.unit)
                everything = self._sum(cap.node, self._everything(cap.node), "credits", cap.unit)
                model.add(cap.share.denominator * members <= cap.share.numerator * everything)
            else:
                model.add(self._sum(cap.node, cap.members, cap.kind, cap.unit) <= cap.most)
        for node, one, other in self._problem.conflicts:
            first, second = self._count(node, one), self._count(node, other)
            if first is not None and second is not None:
                model.add(first == 0) if one == other else model.add_at_most_one((first, second))
        for node, groups in self._problem.same:
            chosen = []
            for group in groups:
                allowed = self._bool()
                chosen.append(allowed)
                for item in sorted(group):
                    if (use := self._count(node, item)) is not None:
                        model.add_implication(use, allowed)
            model.add_at_most_one(chosen)

    def _objectives(self) -> list[tuple[Any, int]]:
        """Each objective to be made small, with a bound on its value."""
        problem = self._problem
        bounds = problem.bounds
        labels = [index for index, bound in enumerate(bounds) if bound.label]
        weights = {index: weight_of(problem, bounds[index]) for index in self._missing}
        missing = sum(weights[index] * variable for index, variable in self._missing.items())
        most_missing = sum(
            weights[index] * max(bounds[index].least, sum(problem.amounts.get(bounds[index].unit, ())))
            for index in self._missing
        )
        manual = [self._use[key] for key in sorted(problem.manual) if key in self._use]
        used = [self._sized(0, item, problem.nodes[0].unit) for item in self._everything(0)]
        rank = {key: key[0] * (len(problem.items) + 1) + key[1] + 1 for key in self._use}
        return [
            (sum(self._open.values()), len(self._open)),
            (missing, most_missing),
            (sum(manual), len(manual)),
            (len(labels) - sum(self._met[index] for index in labels), len(labels)),
            (sum(used), sum(problem.amounts.get(problem.nodes[0].unit, ()))),
            (sum(self._use.values()), len(self._use)),
            (sum(rank[key] * use for key, use in self._use.items()), sum(rank.values())),
        ]

    def solve(self, limit: float) -> Solution:
        objectives = self._objectives()
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 20260301
        solver.parameters.max_deterministic_time = limit
        proven = True
        for pack in _packed(objectives):
            objective, radix = 0, 1
            for expression, most in reversed(pack):
                objective = objective + radix * expression
                radix *= most + 1
            self._model.minimize(objective)
            status = solver.solve(self._model)
            if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
                raise TestamurError("The search ended without any assignment.", code="pathways.no_assignment")
            proven = proven and status == self._cp.OPTIMAL
            if not isinstance(objective, int):
                self._model.add(objective <= int(solver.value(objective)))
            self._hint(solver)
        return self._solution(solver, objectives, proven)

    def _hint(self, solver: Any) -> None:
        self._model.clear_hints()
        for use in self._use.values():
            self._model.add_hint(use, solver.value(use))

    def _solution(self, solver: Any, objectives: list[tuple[Any, int]], proven: bool) -> Solution:
        problem = self._problem
        uses = {key: int(solver.value(self._amount[key])) for key, use in self._use.items() if solver.value(use)}
        return Solution(
            uses=uses,
            needed=frozenset(index for index, needed in enumerate(self._needed) if solver.value(needed)),
            open=frozenset(index for index, opened in self._open.items() if solver.value(opened)),
            missing={
                index: int(solver.value(amount)) for index, amount in self._missing.items() if solver.value(amount)
            },
            labels=frozenset(
                index for index, bound in enumerate(problem.bounds) if bound.label and solver.value(self._met[index])
            ),
            vector=tuple(int(solver.value(expression)) for expression, _ in objectives),
            proven=proven,
        )


def _packed(objectives: list[tuple[Any, int]]) -> list[list[tuple[Any, int]]]:
    """Consecutive objectives together, as long as the product of their ranges fits. One that is a constant decides nothing."""
    packs: list[list[tuple[Any, int]]] = []
    size = _PACK
    for objective in objectives:
        if isinstance(objective[0], int):
            continue
        if size * (objective[1] + 1) > _PACK:
            packs.append([])
            size = 1
        packs[-1].append(objective)
        size *= objective[1] + 1
    return packs or [[(0, 0)]]
