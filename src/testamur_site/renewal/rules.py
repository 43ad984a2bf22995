"""The decisions of renewal, without a database.

A renewal (of one credential)
  open → asked → renewed
    │  ↘ audit ↗ (accepted)         4. lapsed: the days of grace, and of reinstatement, have passed.
    │     ↘ open (refused)          5. closed: the credential was withdrawn or replaced otherwise.
  1. open: activities are entered. 2. audit: drawn by lot, or reinstated; staff look at it. 3. asked: nothing is missing, the successor
  is being issued.

Its phases by the day, from its end (the last day of validity): *early* → *open* (`window_days` before) → *grace* (`grace_days` after)
→ *reinstatement* (`reinstatement_days` more, with `extra` to do) → *over*.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from testamur.pathways import Case, Holding, Outcome, Programme, decide, read_programme

UNIT = "unit"
"""What activities are measured in, to the language; people read the word of the cycle."""

MAX_ACTIVITIES = 200
MAX_CATEGORIES = 8
REMINDERS = (90, 30, 7)
"""So many days before the end the holder is reminded."""
OTHER = "other"
"""The category of what counts in total alone."""


class RenewalState(StrEnum):
    OPEN = "open"
    AUDIT = "audit"
    ASKED = "asked"
    RENEWED = "renewed"
    LAPSED = "lapsed"
    CLOSED = "closed"


class Phase(StrEnum):
    EARLY = "early"
    OPEN = "open"
    GRACE = "grace"
    REINSTATEMENT = "reinstatement"
    OVER = "over"


ASKABLE = frozenset({Phase.OPEN, Phase.GRACE, Phase.REINSTATEMENT})


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of activity of which at least `required` is asked for."""

    key: str
    name: str
    required: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """What a cycle asks for. `total` and the categories' amounts in `unit` (a word such as “hours”); `audit_share` in percent."""

    total: Decimal
    unit: str
    categories: tuple[Category, ...] = ()
    window_days: int = 180
    grace_days: int = 30
    reinstatement_days: int = 0
    extra: Decimal = Decimal(0)
    audit_share: int = 10


@dataclass(frozen=True, slots=True)
class Done:
    """One activity. `valid` is False where a credential that it stands on does not stand any more."""

    id: str
    category: str
    amount: Decimal
    on: date
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """How one part of the cycle stands. `key` is '' for the total."""

    key: str
    name: str
    done: Decimal
    required: Decimal
    missing: Decimal

    @property
    def met(self) -> bool:
        return self.missing == 0


@dataclass(frozen=True, slots=True)
class Progress:
    """The decision, line by line: the total first."""

    holds: bool
    lines: tuple[Line, ...]


def phase_of(terms: Terms, ends: date, today: date) -> Phase:
    if today < ends - timedelta(days=terms.window_days):
        return Phase.EARLY
    if today <= ends:
        return Phase.OPEN
    if today <= ends + timedelta(days=terms.grace_days):
        return Phase.GRACE
    return Phase.REINSTATEMENT if today <= last_day(terms, ends) else Phase.OVER


def last_day(terms: Terms, ends: date) -> date:
    """The last day on which the renewal can be asked for."""
    return ends + timedelta(days=terms.grace_days + terms.reinstatement_days)


def programme_of(terms: Terms, *, reinstatement: bool = False) -> Programme:
    """The cycle as a programme in the requirement language, which is also what the holder could read aloud or run."""
    total = terms.total + (terms.extra if reinstatement else 0)
    requires: dict[str, Any] = {"name": "renewal", "credits": _number(total), "divisible": True}
    portions = [
        {"name": one.key, "where": {"category": one.key}, "credits": _number(one.required)}
        for one in terms.categories
        if one.required > 0
    ]
    if portions:
        requires["including"] = portions
    document = {
        "language": "testamur-programme/1",
        "id": "renewal",
        "version": "1",
        "title": {"en": "Renewal of a credential", "ko": "자격증명 갱신"},
        "unit": UNIT,
        "repeats": "allowed",
        "counts_if": [{"name": "inside the cycle", "where": {"awarded": {"after": "eve", "until": "last_day"}}}],
        "requires": requires,
    }
    return read_programme(json.dumps(document, ensure_ascii=False).encode())


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def progress(
    terms: Terms, done: Sequence[Done], *, begins: date, ends: date, today: date, reinstatement: bool = False
) -> Progress:
    """How a cycle stands on a day. `begins` is its first day, `ends` the last day of validity."""
    holdings = tuple(
        Holding(
            id=one.id,
            valid=one.valid,
            credits={UNIT: one.amount},
            categories=frozenset({one.category}),
            dates={"awarded": one.on},
        )
        for one in done
    )
    facts = {"eve": begins - timedelta(days=1), "last_day": last_day(terms, ends)}
    decision = decide(
        programme_of(terms, reinstatement=reinstatement), Case(on=today, holdings=holdings, facts=facts), explain=False
    )
    missing: Mapping[str, Decimal] = {
        one.of: one.amount for status in decision.chosen.statuses for one in status.missing if one.kind == "credits"
    }
    counted = [one for one in done if one.valid and begins <= one.on <= facts["last_day"]]
    holds = decision.outcome is Outcome.HOLDS
    total = terms.total + (terms.extra if reinstatement else 0)
    sums = {one.key: _sum(each for each in counted if each.category == one.key) for one in terms.categories}
    lines = [Line("", "", _sum(counted), total, _missing(total, _sum(counted)))]
    lines += [
        Line(
            one.key, one.name, sums[one.key], one.required, missing.get(one.key, _missing(one.required, sums[one.key]))
        )
        for one in terms.categories
    ]
    return Progress(holds, tuple(lines))


def _sum(done: Iterable[Done]) -> Decimal:
    return sum((one.amount for one in done), Decimal(0))


def _missing(required: Decimal, done: Decimal) -> Decimal:
    return max(required - done, Decimal(0))


def reminder_for(ends: date, today: date) -> int | None:
    """Which reminder is due: the smallest number of days that the end is not farther away than; None outside."""
    left = (ends - today).days
    return min((days for days in REMINDERS if 0 <= left <= days), default=None)


def drawn(lot: int, share: int) -> bool:
    """Whether a lot from 0 to 99 is among the `share` percent that are looked at."""
    return lot < share
