"""How long a plan takes, and how much dearer a greedy one is.

    python benchmarks/pathways/plans.py --taxonomy esco.json.gz [--catalogue 1000] [--targets 25] [--isco 25 33] [--seed 1]

`--taxonomy` is a JSON file (gzip) with `skills` (each with `uri`) and `occupations` (each with `isco` and `essential`, a list of places in
`skills`), such as ESCO 1.2 in that form. The catalogue is made up: each micro-credential gives one to four skills that some
occupation asks for together, six in ten ask for one or two others before, each is offered in some of eight terms of fifteen weeks,
and a learner has twenty hours a week. Targets are occupations, three in ten of whose skills are held. Without `--taxonomy` occupations
are made up too. Times are seconds of processor time.

*Greedy* takes again and again the offering that serves most of what is open for what it costs with its cheapest prerequisites, and then
leaves out what is not needed. It knows no days: whether its set has a timetable is asked of the solver.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import random
import statistics
import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from testamur.pathways.dates import Duration
from testamur.pathways.holdings import Case, Holding
from testamur.pathways.planning import Catalogue, Constraints, Objective, Offering, Question, SkillsGoal, plan
from testamur.pathways.planning.building import build
from testamur.pathways.planning.search.finding import find
from testamur.pathways.planning.search.model import Answer, PlanModel
from testamur.pathways.planning.search.patience import Patience
from testamur.pathways.planning.search.problem import NO_LIMIT, sizes
from testamur.pathways.planning.search.reach import greedy, reachable, useful

BEGIN = date(2027, 3, 1)
TERMS = tuple(BEGIN + timedelta(weeks=26 * number) for number in range(8))


def occupations_of(path: str | None, isco: list[str], rng: random.Random) -> list[list[str]]:
    """The skills of each occupation."""
    if path is None:
        return [
            [f"urn:skill:{rng.gauss(place * 12, 25):.0f}" for _ in range(rng.randint(8, 40))] for place in range(900)
        ]
    taxonomy = json.loads(gzip.decompress(Path(path).read_bytes()))
    return [
        [taxonomy["skills"][place]["uri"] for place in occupation["essential"]]
        for occupation in taxonomy["occupations"]
        if len(occupation["essential"]) >= 8 and (not isco or str(occupation["isco"]).startswith(tuple(isco)))
    ]


def catalogue_of(occupations: list[list[str]], count: int, rng: random.Random) -> Catalogue:
    offerings = []
    for number in range(count):
        skills = rng.choice(occupations)
        gives = rng.sample(skills, min(len(skills), rng.randint(1, 4)))
        others = [skill for skill in skills if skill not in gives]
        asks = rng.sample(others, min(len(others), rng.randint(1, 2))) if rng.random() < 0.6 else []
        identifier = f"urn:micro-credential:{number:05}"
        offerings.append(
            Offering(
                Holding(identifier, identifier, skills=frozenset(gives)),
                cost=100 * rng.randint(50, 600),
                hours=Decimal(rng.randint(20, 120)),
                duration=Duration(days=15 * 7),
                starts=tuple(term for term in TERMS if rng.random() < 0.5) or TERMS[:2],
                prerequisites=tuple(frozenset({skill}) for skill in asks),
            )
        )
    return Catalogue(tuple(offerings), "EUR")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taxonomy", metavar="FILE.json.gz")
    parser.add_argument("--catalogue", type=int, default=1000)
    parser.add_argument("--targets", type=int, default=25)
    parser.add_argument("--isco", nargs="*", default=[], help="only occupations whose ISCO code begins so")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--objectives", nargs="*", default=["cheapest"], choices=[each.value for each in Objective])
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    occupations = occupations_of(arguments.taxonomy, arguments.isco, rng)
    catalogue = catalogue_of(occupations, arguments.catalogue, rng)
    rows: list[dict[str, Any]] = []
    for solver in ("scipy.optimize", "scipy.sparse", "ortools.sat.python.cp_model"):
        importlib.import_module(solver)  # a second that belongs to no question
    for skills in rng.sample(occupations, min(arguments.targets, len(occupations))):
        held = frozenset(rng.sample(skills, len(skills) * 3 // 10))
        case = Case(BEGIN, (Holding("urn:held", skills=held),))
        constraints = Constraints(BEGIN, by=TERMS[-1] + timedelta(weeks=26), hours_per_week=Decimal(20))
        rows += [
            measured(Question(SkillsGoal(frozenset(skills)), catalogue, case, constraints, Objective(name)))
            for name in arguments.objectives
        ]
        print(".", end="", flush=True)
    print()
    for name in arguments.objectives:
        told(name, [row for row in rows if row["objective"] == name])


def measured(question: Question) -> dict[str, Any]:
    clock = time.process_time
    start = clock()
    built = build(question)
    way = built.way
    made = clock() - start
    free = replace(way, weekly=NO_LIMIT, last=NO_LIMIT, order=("cost",))
    start = clock()
    found = find(replace(free, order=("cost",))) if way.needs else None
    of_set = clock() - start
    reached = reachable(free)
    first = greedy(reached, useful(reached), sizes(reached, "cost")) if way.needs else None
    spent = sum(reached.options[index].cost for index in first) if first else None
    limited = reachable(way)
    fits = bool(first) and all(limited.options[index].windows for index in first or ())
    if fits and first:
        timed = PlanModel(limited, first, Patience(4.0), timed=True)
        fits = isinstance(timed.least(timed.expression("cost"), 4.0), Answer)
    start = clock()
    planned = plan(question)
    return {
        "objective": question.objective.value,
        "build": made,
        "set": of_set,
        "set_proven": found is None or found.proven,
        "plan": clock() - start,
        "planned": planned.plan is not None,
        "proven": planned.plan is not None and planned.plan.proven,
        "refused": planned.none is not None and planned.none.proven,
        "examined": planned.plan.examined if planned.plan else 0,
        "greedy": None if not spent or found is None else spent / found.values[0] - 1,
        "greedy_fits": fits,
    }


def told(name: str, rows: list[dict[str, Any]]) -> None:
    def times(key: str) -> str:
        values = sorted(row[key] for row in rows)
        return f"{statistics.median(values):.3f} / {values[int(0.9 * (len(values) - 1))]:.3f} / {values[-1]:.3f} s"

    gaps = [row["greedy"] for row in rows if row["greedy"] is not None]
    print(f"{name}: {len(rows)} targets (median / 90 % / worst)")
    print(f"  question built            {times('build')}")
    print(f"  cheapest set, no days     {times('set')}, proven {sum(row['set_proven'] for row in rows)}")
    print(f"  whole plan with its days  {times('plan')}, proven {sum(row['proven'] for row in rows)}")
    print(
        f"  no plan, proven           {sum(row['refused'] for row in rows)} of {sum(not row['planned'] for row in rows)}"
    )
    print(f"  left after narrowing      {statistics.median(row['examined'] for row in rows):.0f}")
    if gaps:
        print(f"  greedy is dearer by       {statistics.mean(gaps):.1%} on average, {max(gaps):.1%} at most")
        print(f"  greedy is the best        in {sum(gap == 0 for gap in gaps)} of {len(gaps)}")
        print(f"  greedy has a timetable    in {sum(row['greedy_fits'] for row in rows)} of {len(gaps)}")


if __name__ == "__main__":
    main()
