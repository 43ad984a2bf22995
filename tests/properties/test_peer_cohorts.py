"""Weighing peers' marks is worth it: on simulated cohorts whose truth is known, it errs less than the plain mean and the median."""

from __future__ import annotations

import statistics

import pytest
from benchmarks.assessment.__main__ import figures
from benchmarks.assessment.cohorts import Setting, cohort


@pytest.mark.parametrize(
    ("setting", "gain"),
    [
        (Setting(learners=120, each=3), 0.90),
        (Setting(learners=120, each=5), 0.87),
        (Setting(learners=120, careless=0.3), 0.93),
        (Setting(learners=120, all=10.0, staff=5), 0.80),
        (Setting(learners=30, each=3), 0.93),
    ],
)
def test_weighed_marks_err_less_than_the_mean_and_the_median(setting: Setting, gain: float) -> None:
    rows = [figures(cohort(setting, seed)) for seed in range(500, 506)]
    mean, median, weighed, own = (
        statistics.fmean(row[name] for row in rows) for name in ("mean", "median", "weighed", "own marks")
    )
    assert weighed < gain * mean
    assert weighed < median
    assert own < mean


def test_peers_who_are_alike_and_careful_lose_nothing() -> None:
    rows = [figures(cohort(Setting(learners=120, careless=0.0, bias=4.0, noise=6.0), seed)) for seed in range(500, 506)]
    assert statistics.fmean(row["weighed"] for row in rows) < 1.03 * statistics.fmean(row["mean"] for row in rows)


def test_where_staff_need_not_look_the_marks_can_be_relied_on() -> None:
    rows = [figures(cohort(Setting(learners=120), seed)) for seed in range(500, 506)]
    rest, everybody = (statistics.fmean(row[name] for row in rows) for name in ("right of the rest", "right by mean"))
    assert rest > everybody
    assert rest > 95
