"""The figures of docs/explanation/assessment-methods.md:  python -m benchmarks.assessment  (three to five minutes)."""

from __future__ import annotations

import math
import random
import statistics
from collections import Counter
from collections.abc import Mapping

from benchmarks.assessment.cohorts import Cohort, Setting, cohort

from testamur.assessment.adaptive import Ability, Answer, Item, Rules, estimate, select, stop
from testamur.assessment.peers import Combined, allocate, combine, mutual_pairs, needs_staff

COHORTS = 20
CUT = 50.0
SETTINGS = {
    "3 marks each": Setting(each=3),
    "4 marks each": Setting(),
    "5 marks each": Setting(each=5),
    "8 marks each": Setting(each=8),
    "4 marks, 30 % careless": Setting(careless=0.3),
    "4 marks, and 5 works marked by staff": Setting(staff=5),
    "4 marks, all 10 too generous": Setting(all=10.0),
    "4 marks, all 10 too generous, 5 works by staff": Setting(all=10.0, staff=5),
    "4 marks, peers alike and careful": Setting(careless=0.0, bias=4.0, noise=6.0),
    "cohort of 30, 3 marks each": Setting(learners=30, each=3),
    "cohort of 30, 3 marks, 3 works by staff": Setting(learners=30, each=3, staff=3),
}


def error(found: Mapping[str, float], true: Mapping[str, float]) -> float:
    """Root mean square error, in per cent points."""
    return math.sqrt(statistics.fmean((found[person] - worth) ** 2 for person, worth in true.items()))


def right(found: Mapping[str, float], true: Mapping[str, float]) -> float:
    """The share of learners who are put on the right side of the pass mark."""
    return statistics.fmean((found[person] >= CUT) == (worth >= CUT) for person, worth in true.items())


def figures(one: Cohort) -> dict[str, float]:
    seen: dict[str, list[float]] = {}
    for mark in one.marks:
        seen.setdefault(mark.subject, []).append(mark.score)
    mean = {person: statistics.fmean(seen[person]) for person in one.true}
    median = {person: statistics.median(seen[person]) for person in one.true}
    weighed: Combined = combine(one.marks, anchors=one.anchors)
    apart = combine(one.marks, anchors=one.anchors, towards_cohort=False)
    scores = {person: weighed.scores[person].mean for person in one.true}
    own = {person: apart.scores[person].mean for person in one.true}
    staff = {person for person in one.true if needs_staff(*weighed.scores[person], CUT)}
    left = {person: worth for person, worth in one.true.items() if person not in staff}
    covered = [
        abs(weighed.scores[person].mean - worth) < 1.645 * weighed.scores[person].se
        for person, worth in one.true.items()
    ]
    return {
        "median": error(median, one.true),
        "mean": error(mean, one.true),
        "weighed": error(scores, one.true),
        "own marks": error(own, one.true),
        "right by mean": 100 * right(mean, one.true),
        "right, weighed": 100 * right(scores, one.true),
        "to staff": 100 * len(staff) / len(one.true),
        "right of the rest": 100 * right(scores, left) if left else math.nan,
        "90 % covers": 100 * statistics.fmean(covered),
    }


def peers() -> None:
    print("\nPEERS: root mean square error in per cent points; shares in per cent;", COHORTS, "cohorts each\n")
    for name, setting in SETTINGS.items():
        rows = [figures(cohort(setting, seed)) for seed in range(COHORTS)]
        means = {key: statistics.fmean(row[key] for row in rows) for key in rows[0]}
        print(f"{name:50}", "  ".join(f"{key} {value:.1f}" for key, value in means.items()))


def conflicts() -> None:
    print("\nALLOCATION: 20 draws each, 3 works each\n")
    for learners, pairs in ((30, 0), (30, 15), (30, 60), (300, 300)):
        people = [f"p{number}" for number in range(learners)]
        mutual, spread = 0, Counter[int]()
        for seed in range(20):
            chance = random.Random(seed)
            forbidden = [tuple(chance.sample(people, 2)) for _ in range(pairs)]
            given = allocate(people, each=3, seed=seed, conflicts=forbidden)
            mutual += len(mutual_pairs(given))
            spread.update(Counter(work for works in given.values() for work in works).values())
        print(f"{learners} learners, {pairs} conflicts: mutual pairs {mutual}, reviews a work {dict(spread)}")


def bank(size: int) -> list[Item]:
    chance = random.Random(1)
    return [Item(f"q{n:03}", math.exp(chance.gauss(0.1, 0.3)), chance.gauss(0, 1.2)) for n in range(size)]


def sit(items: list[Item], rules: Rules, theta: float, seed: int, given: Counter[str]) -> tuple[list[str], Ability]:
    chance = random.Random(f"answers {seed}")
    said: list[Answer] = []
    asked: list[str] = []
    while True:
        ability = estimate(said)
        if stop(ability, len(said), len(items), rules):
            return asked, ability
        item = select(items, asked, ability, rules, seed=seed, given=given, tests=seed)
        assert item is not None
        asked.append(item.key)
        said.append(Answer(item, chance.random() < item.probability(theta)))


def adaptive() -> None:
    items, tests = bank(200), 1_000
    print(f"\nADAPTIVE TESTS: a bank of {len(items)} items, {tests} tests each\n")
    ways = {
        "to SE .35, exposure at most .3": Rules(minimum=5, maximum=30, se=0.35, exposure=0.3),
        "to SE .35, exposure at most .2": Rules(minimum=5, maximum=30, se=0.35, exposure=0.2),
        "to SE .30, exposure at most .3": Rules(minimum=5, maximum=40, se=0.30, exposure=0.3),
        "at most 15 items": Rules(minimum=5, maximum=15, se=0.30, exposure=0.3),
    }
    for name, rules in ways.items():
        chance, given, squares, counts = random.Random(2), Counter[str](), [], []
        for test in range(tests):
            theta = chance.gauss(0, 1)
            asked, ability = sit(items, rules, theta, test, given)
            given.update(asked)
            squares.append((ability.theta - theta) ** 2)
            counts.append(len(asked))
        print(
            f"{name:34} items {statistics.fmean(counts):.1f}  error {math.sqrt(statistics.fmean(squares)):.3f}  "
            f"most given {max(given.values()) / tests:.2f}  never given {len(items) - len(given)}"
        )
    for count in (15, 30):
        chance, squares = random.Random(2), []
        for test in range(tests):
            theta, answers = chance.gauss(0, 1), random.Random(f"answers {test}")
            drawn = random.Random(test).sample(items, count)
            said = [Answer(item, answers.random() < item.probability(theta)) for item in drawn]
            squares.append((estimate(said).theta - theta) ** 2)
        print(f"{count} items drawn at random{'':14} error {math.sqrt(statistics.fmean(squares)):.3f}")


if __name__ == "__main__":
    peers()
    conflicts()
    adaptive()
