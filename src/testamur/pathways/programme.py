"""A programme as its author wrote it: frozen, and with nothing of any person in it.

The words are those of `docs/reference/requirement-language.md`. A *requirement* is a tree. Its leaves take credentials or ask
for a fact; every node, leaf or group, may bound what is counted in it. A *clause* says which credentials count at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from testamur.pathways.conditions import Condition, UsedIn
from testamur.pathways.dates import Duration, Moment

Text = Mapping[str, str]  # language tag → text; "en" is the one that others fall back to
HUNDREDTHS = 100  # amounts are whole hundredths, so that sums are exact


@dataclass(frozen=True, slots=True)
class Range:
    """At least `low` and at most `high`, both in hundredths; None where there is no such bound."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of what is counted in a requirement: that which passes `where`, bounded in credits, in number, or as a share of
    the whole.

    `published_share` is what the publisher prints beside a number that is not its arithmetic; it is read aloud and decides
    nothing. `per` bounds each value of an attribute apart (each term, each issuer).
    """

    name: str
    where: Condition | None = None
    credits: int | None = None
    count: int | None = None
    share: Fraction | None = None
    published_share: Fraction | None = None
    per: str = ""


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the grades on a scale is at least `at_least` (in hundredths of a point).

    `over` is `counted` (what is used here) or `held` (all that pass `where`, used or not).
    """

    scale: str
    at_least: int
    weights: Literal["credits", "equal"] = "credits"
    over: Literal["counted", "held"] = "counted"
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """From the first counted item's date `start` to the last one's date `end` at most `period` passes."""

    period: Duration
    start: str = "started"
    end: str = "awarded"


@dataclass(frozen=True, slots=True)
class Distinct:
    """What is counted comes from at least, or at most, so many different values of an attribute."""

    of: str
    at_least: int | None = None
    at_most: int | None = None


Otherwise = Literal["refuse", "refer"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One node of the tree. `kind`: `take` (credentials), `all` and `choose` (of `children`), `condition` (a fact)."""

    name: str
    kind: Literal["take", "all", "choose", "condition"]
    title: Text = field(default_factory=dict)
    children: tuple[Requirement, ...] = ()
    choose: int = 0
    choose_at_most: int | None = None
    where: Condition | None = None
    condition: Condition | None = None
    otherwise: Otherwise = "refuse"
    refer_to: str = ""
    unit: str = ""
    credits: Range | None = None
    count: Range | None = None
    including: tuple[Portion, ...] = ()
    at_most: tuple[Portion, ...] = ()
    same: tuple[str, ...] = ()
    distinct: tuple[Distinct, ...] = ()
    mean: tuple[Mean, ...] = ()
    within: Within | None = None
    after: tuple[str, ...] = ()
    pool: str = ""
    divisible: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """What a credential must meet to count at all, where `applies_to` says that it concerns it. `otherwise` refuses it or
    refers it to a person."""

    name: str
    where: Condition
    applies_to: Condition | None = None
    otherwise: Otherwise = "refuse"
    title: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Substitution:
    """`accept` stands for `stands_for`. With `approval`, only once somebody approved it for this person."""

    name: str
    stands_for: str
    accept: Condition
    approval: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """Requirements that name the same pool may share a credential: in at most `uses` of them, and at most `credits` counted
    twice."""

    name: str
    uses: int = 2
    credits: int | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """What also counts in programmes that pass `where`: at most `credits` of it, `count` credentials, and each at most `times`
    times."""

    name: str
    where: UsedIn
    credits: int | None = None
    count: int | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A distinction that an award carries if its portion is met; the award holds without it."""

    name: str
    including: Portion


@dataclass(frozen=True, slots=True)
class Award:
    """One thing that can be awarded, highest first in the programme."""

    name: str
    requires: Requirement
    title: Text = field(default_factory=dict)
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A condition with a name and a text: of a claim, a consequence, a reason to cancel."""

    name: str
    when: Condition
    text: Text = field(default_factory=dict)
    otherwise: Otherwise = "refuse"
    always: bool = False  # a consequence that follows although the programme does not hold


@dataclass(frozen=True, slots=True)
class Appeal:
    """Against a decision that it does not hold: within what time, and to whom."""

    within: Duration
    to: Text


@dataclass(frozen=True, slots=True)
class Stage:
    """One gate that a person or body opens, in the order of the list; `review_every` makes it open only for that long."""

    name: str
    by: str
    review_every: Duration | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """How long an award lasts, from the day that `starts` names, with what grace, and what happens after that."""

    lasts: Duration
    starts: Moment
    grace: Duration = field(default_factory=Duration)
    lapse: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reevaluation:
    """What happens when a credential that counted stops to stand: the award is kept for the time of `grace`, so that the person
    can bring another."""

    grace: Duration
    text: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reclassify:
    """What becomes of counted credits when the person withdraws: those that pass `where` become `as_`."""

    where: Condition | None
    as_: Text


@dataclass(frozen=True, slots=True)
class Conversion:
    """One `source` is worth `factor` of `target`. Amounts are converted only where a programme says so."""

    source: str
    target: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Rules:
    """All of a programme that decides, with every `{value: …}` put in."""

    awards: tuple[Award, ...]
    clauses: tuple[Clause, ...] = ()
    conditions: tuple[Requirement, ...] = ()
    equivalent: tuple[tuple[str, frozenset[str]], ...] = ()
    repeats: bool = False
    as_named: bool = False  # only the versions that are named count, and no later ones
    substitutions: tuple[Substitution, ...] = ()
    pools: tuple[Pool, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    consume_on_use: bool = False
    override_roles: tuple[str, ...] = ()
    override_kinds: tuple[str, ...] = ()
    claim: tuple[Statement, ...] = ()
    cancelled_unless: tuple[Statement, ...] = ()
    consequences: tuple[Statement, ...] = ()
    stages: tuple[Stage, ...] = ()
    validity: Validity | None = None
    reevaluation: Reevaluation | None = None
    withdrawal: tuple[Reclassify, ...] = ()
    audit: tuple[Statement, ...] = ()
    appeal: Appeal | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """One value of a table, and the condition under which it is the one; the last has none."""

    value: Any
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme with its identity and its words.

    `default` are the rules with the first entry of every table of `values`; `reading.programmes.rules_of` gives those for
    another choice and keeps them in `built`, so that a cohort does not build them once for each learner.

    `digest` is the SHA-256 of the text it was read from, for credentials that name the rule they were awarded under.
    """

    id: str
    version: str
    title: Text
    unit: str
    digest: str
    sources: tuple[str, ...]
    awarding_body: tuple[str, ...]
    recorded_on: tuple[str, ...]
    scales: Mapping[str, tuple[str, ...]]
    points: Mapping[str, Mapping[str, int]]
    lists: Mapping[str, frozenset[str]]
    unstated_unit: str
    conversions: tuple[Conversion, ...]
    values: Mapping[str, tuple[Alternative, ...]]
    document: Mapping[str, Any]
    default: Rules
    tests: tuple[Mapping[str, Any], ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    built: dict[tuple[tuple[str, Any], ...], Rules] = field(default_factory=dict, compare=False, repr=False)
