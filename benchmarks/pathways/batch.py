"""A whole cohort before one programme: ten thousand learners, forty requirements.

    python benchmarks/pathways/batch.py [--learners 10000] [--processes 1] [--single 100]

The programme has forty requirements below one, a cap on what was transferred, two credentials that count once, and requirements
that compete for the same courses. Each learner holds 48 to 72 of 96 courses. `--single` of them are also decided one by one, to
compare; the outcomes must be the same. Times are of the wall clock and of the processor (with several processes: of the one that asks).
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from datetime import date
from decimal import Decimal

from testamur.pathways import Case, Holding, decide, read_programme
from testamur.pathways.batch import evaluate

ON = date(2026, 3, 1)
COURSES, REQUIREMENTS = 96, 40


def programme_text() -> str:
    """Forty requirements of three credits, each served by six courses in a row, so that neighbours compete."""
    leaves = "\n".join(
        f"    - {{name: requirement {number}, from: {{achievement: "
        f"[{', '.join(f'C{(number * 2 + step) % COURSES:02}' for step in range(6))}]}}, credits: 3}}"
        for number in range(REQUIREMENTS)
    )
    return f"""\
language: testamur-programme/1
id: degree
version: "1"
title: Degree
scales: {{grade: [F, D, C, B, A]}}
counts_if:
  - {{name: passed, where: {{grade: {{scale: grade, at_least: D}}}}}}
  - {{name: not older than eight years, where: {{awarded: {{from: decision - 8 years}}}}}}
equivalent: [{{name: statistics, achievements: [C10, C11]}}]
requires:
  name: degree
  credits: 120
  at_most: [{{name: transfer cap, where: {{source: transferred}}, credits: 60}}]
  all:
{leaves}
"""


def learner(number: int) -> Case:
    rng = random.Random(number)
    courses = rng.sample(range(COURSES), rng.randint(48, 72))
    return Case(
        ON,
        tuple(
            Holding(
                f"urn:{number}:{course}",
                f"C{course:02}",
                credits={"credits": Decimal(3)},
                grades={"grade": rng.choices("FDCBA", (2, 10, 30, 30, 28))[0]},
                dates={"awarded": date(rng.randint(2017, 2025), rng.randint(1, 12), 1)},
                source="transferred" if rng.random() < 0.3 else "earned",
            )
            for course in courses
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--single", type=int, default=100)
    arguments = parser.parse_args()
    programme = read_programme(programme_text())
    cases = [learner(number) for number in range(arguments.learners)]
    start, spent = time.perf_counter(), time.process_time()
    results = list(evaluate(programme, cases, processes=arguments.processes))
    took, spent = time.perf_counter() - start, time.process_time() - spent
    print(
        f"{len(cases):,} learners: {took:.1f} s, of the processor {spent:.1f} s, {spent / len(cases) * 1000:.2f} ms each"
    )
    print(
        "  " + ", ".join(f"{outcome.value}: {count}" for outcome, count in Counter(r.outcome for r in results).items())
    )
    print("  settled " + ", ".join(f"{by}: {count}" for by, count in sorted(Counter(r.by for r in results).items())))
    spent = time.process_time()
    single = [decide(programme, case, explain=False) for case in cases[: arguments.single]]
    spent = time.process_time() - spent
    if single:
        print(f"{len(single)} one by one: {spent / len(single) * 1000:.2f} ms of the processor each")
        if [decision.outcome for decision in single] != [result.outcome for result in results[: len(single)]]:
            raise SystemExit("the outcomes differ")


if __name__ == "__main__":
    main()
