"""The cycle as a programme, and its phases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from testamur_site.renewal.rules import (
    OTHER,
    Category,
    Done,
    Phase,
    Terms,
    drawn,
    last_day,
    phase_of,
    programme_of,
    progress,
    reminder_for,
)

TERMS = Terms(
    total=Decimal(30),
    unit="hours",
    categories=(Category("ethics", "Ethics", Decimal(10)), Category("practice", "Practice", Decimal("2.5"))),
    window_days=100,
    grace_days=30,
    reinstatement_days=60,
    extra=Decimal(5),
)
BEGINS, ENDS = date(2024, 1, 1), date(2026, 12, 31)


def decided(*done: Done, reinstatement: bool = False) -> list[Decimal]:
    found = progress(TERMS, done, begins=BEGINS, ends=ENDS, today=date(2026, 11, 1), reinstatement=reinstatement)
    assert found.holds is all(line.missing == 0 for line in found.lines)
    return [line.missing for line in found.lines]


def done(name: str, category: str, amount: str, on: date = date(2025, 5, 5), *, valid: bool = True) -> Done:
    return Done(name, category, Decimal(amount), on, valid)


GOOD = (done("a", "ethics", "10"), done("b", "practice", "2.5"), done("c", OTHER, "17.5"))


def test_nothing_done() -> None:
    assert decided() == [Decimal(30), Decimal(10), Decimal("2.5")]


def test_everything_done() -> None:
    assert decided(*GOOD) == [0, 0, 0]


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        (GOOD[0], [Decimal(10), Decimal(10), 0]),
        (GOOD[1], [Decimal("2.5"), 0, Decimal("2.5")]),
        (GOOD[2], [Decimal("17.5"), 0, 0]),
    ],
)
def test_one_thing_left_out(without: Done, missing: list[Decimal]) -> None:
    assert decided(*(one for one in GOOD if one is not without)) == missing


def test_enough_in_total_is_not_enough_of_each() -> None:
    assert decided(done("x", OTHER, "40")) == [0, Decimal(10), Decimal("2.5")]


@pytest.mark.parametrize(
    "changed",
    [
        done("a", "ethics", "10", BEGINS - timedelta(days=1)),
        done("a", "ethics", "10", last_day(TERMS, ENDS) + timedelta(days=1)),
        done("a", "ethics", "10", valid=False),
    ],
)
def test_what_is_outside_or_does_not_stand_does_not_count(changed: Done) -> None:
    assert decided(changed, *GOOD[1:]) == [Decimal(10), Decimal(10), 0]


@pytest.mark.parametrize("on", [BEGINS, ENDS, last_day(TERMS, ENDS)])
def test_the_first_and_the_last_day_count(on: date) -> None:
    assert decided(done("a", "ethics", "10", on), *GOOD[1:]) == [0, 0, 0]


def test_a_reinstatement_asks_for_more() -> None:
    assert decided(*GOOD, reinstatement=True)[0] == 5
    assert decided(*GOOD, done("d", OTHER, "5"), reinstatement=True) == [0, 0, 0]


def test_a_cycle_without_categories() -> None:
    terms = Terms(total=Decimal(1), unit="hours")
    assert not progress(terms, (), begins=BEGINS, ends=ENDS, today=ENDS).holds
    assert programme_of(terms).id == "renewal"


def test_phases() -> None:
    days = {
        ENDS - timedelta(days=101): Phase.EARLY,
        ENDS - timedelta(days=100): Phase.OPEN,
        ENDS: Phase.OPEN,
        ENDS + timedelta(days=1): Phase.GRACE,
        ENDS + timedelta(days=30): Phase.GRACE,
        ENDS + timedelta(days=31): Phase.REINSTATEMENT,
        ENDS + timedelta(days=90): Phase.REINSTATEMENT,
        ENDS + timedelta(days=91): Phase.OVER,
    }
    assert {day: phase_of(TERMS, ENDS, day) for day in days} == days


def test_reminders() -> None:
    left = {91: None, 90: 90, 31: 90, 30: 30, 8: 30, 7: 7, 0: 7, -1: None}
    assert {days: reminder_for(ENDS, ENDS - timedelta(days=days)) for days in left} == left


def test_lots() -> None:
    assert sum(drawn(lot, 10) for lot in range(100)) == 10
    assert not drawn(0, 0)
    assert all(drawn(lot, 100) for lot in range(100))
