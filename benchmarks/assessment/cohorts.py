"""Simulated cohorts with a known truth: learners whose true scores are known, peers who are generous, strict or careless.

True scores are normal with mean 62 and standard deviation 20, cut to 0 … 100. A peer adds a bias of their own and noise of their own
size (.6 to 1.4 times `noise`); a careless one gives any mark. What is seen is rounded to a rubric's five levels, 0, 25 … 100.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from testamur.assessment.peers import PeerMark, allocate


@dataclass(frozen=True)
class Setting:
    """How a cohort is: `learners`, each giving `each` marks; the share of `careless` peers; the standard deviation of biases and of noise
    (in per cent points); a bias that `all` share; and how many works `staff` marked beforehand, which everybody marks too."""

    learners: int = 300
    each: int = 4
    careless: float = 0.12
    bias: float = 12.5
    noise: float = 12.5
    all: float = 0.0
    staff: int = 0


@dataclass(frozen=True)
class Cohort:
    true: dict[str, float]
    marks: list[PeerMark]
    anchors: dict[str, float]


def cohort(setting: Setting, seed: int) -> Cohort:
    """One cohort of this setting."""
    chance = random.Random(f"{setting} {seed}")
    people = [f"p{number:04}" for number in range(setting.learners)]
    true = {person: _cut(chance.gauss(62, 20)) for person in people}
    bias = {person: chance.gauss(setting.all, setting.bias) for person in people}
    noise = {person: setting.noise * chance.choice([0.6, 1.0, 1.0, 1.4]) for person in people}
    careless = {person for person in people if chance.random() < setting.careless}
    anchors = {f"sample{number}": chance.uniform(10, 95) for number in range(setting.staff)}

    def mark(marker: str, subject: str) -> PeerMark:
        worth = true[subject] if subject in true else anchors[subject]
        seen = chance.uniform(0, 100) if marker in careless else worth + bias[marker] + chance.gauss(0, noise[marker])
        return PeerMark(marker, subject, _cut(round(seen / 25) * 25))

    given = allocate(people, each=setting.each, seed=seed)
    marks = [mark(marker, subject) for marker, subjects in given.items() for subject in (*subjects, *anchors)]
    return Cohort(true, marks, anchors)


def _cut(score: float) -> float:
    return min(100.0, max(0.0, score))
