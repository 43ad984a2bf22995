"""Who may carry out what is proposed about the keys, and when. Pure.

1. A proposal holds 72 hours.
2. It is carried out by somebody else than its author, who had the right to the keys already when it was made: who is let in afterwards was
   perhaps let in for it.
3. Where nobody else has that right, its author carries it out alone after 24 hours, in which it stands in the audit trail; and not before
   72 hours after somebody lost the right, so that nobody first removes the others.
4. What only stops a thief from now on (`urgent`) need not wait: waiting would help the thief alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

HOLDS = timedelta(hours=72)
ALONE_AFTER = timedelta(hours=24)
AFTER_SOMEBODY_LEFT = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is decided by. `since` is when the person got the right last (None: longer ago than can be known); `others` whether somebody
    else has the right now; `somebody_left` when somebody lost it last."""

    proposed_at: datetime
    expires_at: datetime
    own: bool
    urgent: bool
    since: datetime | None
    others: bool
    somebody_left: datetime | None


def refusal(facts: Facts, now: datetime) -> str:
    """Why the person may not carry it out now; "" where they may. `expired`, `own` (another person has to), `too_new` (the right is younger
    than the proposal), `too_early` (alone, and `alone_from` is still to come)."""
    if now >= facts.expires_at:
        return "expired"
    if not facts.own:
        return "too_new" if facts.since is not None and facts.since > facts.proposed_at else ""
    if facts.others:
        return "own"
    return "too_early" if now < alone_from(facts) else ""


def alone_from(facts: Facts) -> datetime:
    """From when on the author may carry it out alone, as long as nobody else has the right."""
    if facts.urgent:
        return facts.proposed_at
    earliest = facts.proposed_at + ALONE_AFTER
    if facts.somebody_left is None:
        return earliest
    return max(earliest, facts.somebody_left + AFTER_SOMEBODY_LEFT)


def expiry(proposed_at: datetime, alone: datetime | None) -> datetime:
    """72 hours from the proposal; where its author will carry it out alone, 72 hours from when they may."""
    return max(proposed_at, alone or proposed_at) + HOLDS
