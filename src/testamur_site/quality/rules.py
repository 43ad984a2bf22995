"""The decisions of quality, without a database: states, gates, four eyes, conditions, and how a programme stands.

A proposal asks for the approval of one version, with one exact content (its hash):

  open ──→ returned ──→ open          (changes were asked for; proposed again with another content)
    │  └──────┴──────→ withdrawn      (by those who proposed it)
    ├──→ declined
    └──→ approved ──→ ended           (withdrawn by the institution, replaced by a renewal, or the programme retired)

  1. A voice is what one person said about one content: an internal review, or the answer of a member of the external panel. It counts only
     for the content that it was given on.
  2. A gate asks for a number of favourable voices of one kind. Which gates there are is the institution's policy at the moment of decision.
  3. Four eyes: who proposed or edited a version neither reviews nor decides on it. Who fulfilled a condition does not accept it.
  4. An approval holds for the content it was given on and until its review date; a condition may be due later than the approval.
"""

from __future__ import annotations

import hashlib
import secrets
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

PANEL_KINDS = ("peer", "industry", "quality_body")
INTERNAL = "internal"
INVITATION_VALID = timedelta(days=30)
INVITATIONS_A_DAY = 40
LONGEST_REVIEW_MONTHS = 60
MOST_CONDITIONS = 10
REMINDERS = (90, 30, 7, 0, -1)
"""So many days before a date reminders are sent: the last but one on the day itself, the last on the day after it."""


class State(StrEnum):
    OPEN = "open"
    RETURNED = "returned"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


_NEXT: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.RETURNED, State.APPROVED, State.DECLINED, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.OPEN, State.WITHDRAWN}),
    State.APPROVED: frozenset({State.ENDED}),
    State.DECLINED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.ENDED: frozenset(),
}
UNDECIDED = frozenset({State.OPEN, State.RETURNED})


def before(then: State) -> list[State]:
    """The states from which a proposal may move to `then`, for conditional updates."""
    return [state for state, following in _NEXT.items() if then in following]


class Step(StrEnum):
    """What was decided about a proposal. Each is kept with its reason, who took it, when, and on which content."""

    PROPOSED = "proposed"
    PROPOSED_AGAIN = "proposed_again"
    RETURNED = "returned"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    APPROVAL_WITHDRAWN = "approval_withdrawn"
    REPLACED = "replaced"
    RETIRED = "retired"


class Recommendation(StrEnum):
    APPROVE = "approve"
    WITH_CONDITIONS = "with_conditions"
    CHANGE = "change"
    DECLINE = "decline"


FAVOURABLE = frozenset({Recommendation.APPROVE, Recommendation.WITH_CONDITIONS})
ANSWERS = ("yes", "partly", "no", "cannot_judge")


@dataclass(frozen=True, slots=True)
class Gates:
    """What the policy asks for before an approval: internal reviews, and a favourable answer of each kind of panel member."""

    reviews: int = 1
    panel: tuple[str, ...] = ()
    decider_apart: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person said about one content. `person` tells people apart: a public identifier."""

    kind: str
    person: str
    recommendation: str
    content_hash: str
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate as it stands: `needed` favourable voices of `kind`, of which there are `found`; `against` said otherwise."""

    kind: str
    needed: int
    found: int
    against: int = 0

    @property
    def open(self) -> bool:
        return self.found < self.needed


def gates(policy: Gates, voices: Iterable[Voice], content_hash: str) -> tuple[Gate, ...]:
    """The gates of `policy`, and the kinds of voice that were heard although nobody had to. Only voices on this very content count, one
    for each person, and none of somebody with a conflict of interest."""
    heard: dict[str, dict[str, bool]] = {}
    for voice in voices:
        if voice.content_hash == content_hash and not voice.conflict:
            heard.setdefault(voice.kind, {})[voice.person] = voice.recommendation in FAVOURABLE
    needed = {INTERNAL: policy.reviews, **{kind: int(kind in policy.panel) for kind in PANEL_KINDS}}
    return tuple(
        Gate(kind, number, sum(people.values()), len(people) - sum(people.values()))
        for kind, number in needed.items()
        if number or heard.get(kind)
        for people in [heard.get(kind, {})]
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not possible now: a stable code, and facts without personal data. `sentences.py` says it."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def barred(person: str, *, proposers: Collection[str], editors: Collection[str]) -> Refusal | None:
    """Four eyes: why this person (a public identifier) may neither review nor decide. Nobody without an identifier may."""
    if not person:
        return Refusal("person.unknown")
    if person in proposers:
        return Refusal("four_eyes.proposed")
    return Refusal("four_eyes.edited") if person in editors else None


@dataclass(frozen=True, slots=True)
class Approval:
    """Everything that is asked when somebody wants to approve. Hashes are of the content: proposed, seen by the decider, and now."""

    state: str
    decider: str
    proposers: Collection[str]
    editors: Collection[str]
    policy: Gates
    voices: Sequence[Voice]
    proposed_hash: str
    seen_hash: str
    current_hash: str
    failing_rules: Sequence[str]
    deviation: str
    review_on: date
    today: date
    longest_months: int
    conditions: Sequence[tuple[str, date]] = ()


def approval_refusals(case: Approval) -> list[Refusal]:
    """All reasons why this approval cannot be given now; empty when it can. The order is that in which a person would mend them."""
    if case.state != State.OPEN:
        return [Refusal("proposal.state", {"state": str(case.state)})]
    if case.current_hash != case.proposed_hash:
        return [Refusal("content.changed")]
    if case.seen_hash != case.current_hash:
        return [Refusal("content.not_seen")]
    found = [barred(case.decider, proposers=case.proposers, editors=case.editors)]
    if case.policy.decider_apart and any(
        voice.kind == INTERNAL and voice.person == case.decider and voice.content_hash == case.current_hash
        for voice in case.voices
    ):
        found.append(Refusal("four_eyes.reviewed"))
    found += [
        Refusal("gate.open", {"kind": gate.kind, "needed": gate.needed, "found": gate.found})
        for gate in gates(case.policy, case.voices, case.current_hash)
        if gate.open
    ]
    if case.failing_rules and not case.deviation.strip():
        found.append(Refusal("rules.failing", {"rules": list(case.failing_rules)}))
    latest = months_after(case.today, case.longest_months)
    if not case.today < case.review_on <= latest:
        found.append(Refusal("review.date", {"latest": latest.isoformat()}))
    if len(case.conditions) > MOST_CONDITIONS:
        found.append(Refusal("conditions.many", {"limit": MOST_CONDITIONS}))
    if any(not case.today < due <= case.review_on for _, due in case.conditions):
        found.append(Refusal("conditions.date", {"review": case.review_on.isoformat()}))
    return [refusal for refusal in found if refusal is not None]


class ConditionState(StrEnum):
    OPEN = "open"
    FULFILLED = "fulfilled"
    ACCEPTED = "accepted"


def acceptance_refusal(
    person: str, *, fulfilled_by: str, proposers: Collection[str], editors: Collection[str]
) -> Refusal | None:
    """Why this person may not accept that a condition is fulfilled: a second pair of eyes, as for the approval itself."""
    if person and person == fulfilled_by:
        return Refusal("four_eyes.fulfilled")
    return barred(person, proposers=proposers, editors=editors)


class Standing(StrEnum):
    """How a version stands for everybody to see."""

    NOT_REQUIRED = "not_required"
    NOT_PROPOSED = "not_proposed"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    DECLINED = "declined"
    CHANGED = "changed"
    APPROVED = "approved"
    CONDITIONAL = "conditional"
    CONDITION_OVERDUE = "condition_overdue"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"
    RETIRED = "retired"


APPROVED_NOW = frozenset({Standing.APPROVED, Standing.CONDITIONAL})
LATE = frozenset({Standing.OVERDUE, Standing.CONDITION_OVERDUE})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a standing follows from. `approved_hash` is '' where the newest proposal is not approved; `conditions` are the due dates of
    those that nobody has accepted yet."""

    required: bool
    current_hash: str
    state: str = ""
    approved_hash: str = ""
    review_on: date | None = None
    conditions: Sequence[date] = ()
    retired: bool = False


def standing(facts: Facts, today: date) -> Standing:
    """How a version stands. A date is overdue when it has passed: on the day itself it is not."""
    if facts.retired:
        return Standing.RETIRED
    if facts.approved_hash:
        if facts.approved_hash != facts.current_hash:
            return Standing.CHANGED
        if facts.review_on is not None and facts.review_on < today:
            return Standing.OVERDUE
        if any(due < today for due in facts.conditions):
            return Standing.CONDITION_OVERDUE
        return Standing.CONDITIONAL if facts.conditions else Standing.APPROVED
    of_state = {
        State.OPEN: Standing.IN_REVIEW,
        State.RETURNED: Standing.RETURNED,
        State.DECLINED: Standing.DECLINED,
        State.ENDED: Standing.WITHDRAWN,
    }
    if facts.state in of_state:
        return of_state[State(facts.state)]
    return Standing.NOT_PROPOSED if facts.required else Standing.NOT_REQUIRED


def reminder(due: date, today: date, sent: int | None) -> int | None:
    """Which reminder of REMINDERS (days before `due`) is to be sent today, given the last that was sent; None for none.

    After a pause only the nearest is sent, never all that were missed.
    """
    left = (due - today).days
    reached = [days for days in REMINDERS if left <= days]
    if not reached:
        return None
    nearest = min(reached)
    return nearest if sent is None or nearest < sent else None


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to the other, rounded up: a period of 24 months and a day is 25."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months + (later > months_after(earlier, months)) if months >= 0 else 0


def changed_members(before_content: Mapping[str, Any], after_content: Mapping[str, Any]) -> list[str]:
    """The names of the members in which two contents differ, in alphabetical order."""
    names = set(before_content) | set(after_content)
    return sorted(name for name in names if before_content.get(name) != after_content.get(name))


def new_token() -> str:
    """The secret in the address that a panel member gets: 256 bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What we keep of it. A random token needs no slow hash: nobody can try 2^256 of them."""
    return hashlib.sha256(b"testamur quality panel\n" + token.encode("utf-8", "surrogatepass")).hexdigest()
