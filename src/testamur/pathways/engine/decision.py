"""What was decided, and all that is needed to say why: values only; the words are made late (`testamur.pathways.words`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn

from testamur.pathways.holdings import Override
from testamur.pathways.programme import Text


class Outcome(StrEnum):
    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    UNDECIDED = "undecided"


class State(StrEnum):
    """How one requirement stands. `OTHER` was not needed: enough others of a choice are met or nearer."""

    SATISFIED = "satisfied"
    OPEN = "open"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"
    OTHER = "not needed"


class Standing(StrEnum):
    """How an award stands over time."""

    ACTIVE = "active"
    GRACE = "grace"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Missing:
    """What one bound lacks. `kind`: credits, count, share, distinct, mean, fact; `of` is the portion or attribute; `amount` in
    its own unit."""

    kind: str
    of: str
    amount: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """That a credential counts in a requirement, with how much; `of` is its whole size where only a part counts."""

    credential: str
    requirement: str
    amount: Decimal
    unit: str
    of: Decimal
    by_hand: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """That a credential does not count, and why.

    `kind`: `clause` (a clause of the programme, `standing` included), `undecided` (a clause that asks for what is not stated),
    `not asked for`, `repeats` or `equivalent` (another of its class counts), `cap`, `locked` (an earlier requirement is open),
    `no size`, `surplus` (what is required is met without it). `name` is the clause, class, cap or requirement.
    """

    credential: str
    kind: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """How one requirement stands, and what it lacks."""

    name: str
    state: State
    depth: int
    counted: Decimal
    unit: str
    title: Text = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change that would satisfy an award: what to add (`missing` by requirement), or which clauses would have to
    be waived."""

    add: tuple[tuple[str, Missing], ...] = ()
    waive: tuple[tuple[str, str], ...] = ()  # (credential, clause)


@dataclass(frozen=True, slots=True)
class AwardDecision:
    """The decision on one award of a programme.

    `unknown` names what would have to be known or decided by a person: (kind, name, credential). `vector` is the objective that
    the assignment reached.
    """

    award: str
    title: Text
    outcome: Outcome
    statuses: tuple[Status, ...]
    used: tuple[Used, ...]
    refused: tuple[Refused, ...]
    counted: Decimal
    unit: str
    labels: tuple[str, ...] = ()
    unknown: tuple[tuple[str, str, str], ...] = ()
    change: Change | None = None
    by_hand: tuple[Override, ...] = ()
    debits: tuple[str, ...] = ()
    audit: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    vector: tuple[int, ...] = ()
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on a programme: that on its highest award that holds, else on the first that is undecided, else on the
    nearest (the last).

    It refuses to be a truth value: "cannot be decided" is neither yes nor no.
    """

    programme: str
    version: str
    digest: str
    on: date
    outcome: Outcome
    chosen: AwardDecision
    awards: tuple[AwardDecision, ...]
    values: Mapping[str, str]
    consequences: tuple[tuple[str, Text], ...] = ()
    standing: Standing | None = None
    until: date | None = None
    lapse: Text = field(default_factory=dict)
    reclassified: tuple[tuple[Text, Decimal], ...] = ()
    appeal_until: date | None = None
    appeal_to: Text = field(default_factory=dict)
    rejected_overrides: tuple[Override, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a decision has three outcomes; compare decision.outcome")
