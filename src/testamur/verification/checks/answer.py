"""For which moment does an answer speak? What a status list says, put as a finding for the moment that was asked about (decision 0028).

A list that was obtained on one day says what held on that day, and for as long as it says itself, or for a week. Asked about a later
moment it leaves open what happened since:

- *withdrawn* stays withdrawn: revocation is final;
- *suspended* may have been lifted since;
- *clear* may have been withdrawn since. The finding names the day for which it is clear; who asks about that day (`Policy.as_of`) gets it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from testamur.verification.case import Case
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.report import Check

OLDEST_ANSWER = timedelta(days=7)  # of a list that does not say itself until when it is good


def clear(
    case: Case, address: str, obtained_at: datetime, until: datetime | None = None, *, purpose: str = "revocation"
) -> Check:
    """That the list at `address` says nothing against it. `until` is how long the list is good by its own words, if it says so."""
    code = "status.clear" if speaks(case, obtained_at, until) else "status.clear_then"
    return found(code, purpose=purpose, list=address, asked_at=iso(obtained_at))


def suspended(case: Case, address: str, obtained_at: datetime, until: datetime | None = None) -> Check:
    code = "status.suspended" if speaks(case, obtained_at, until) else "status.suspended_then"
    return found(code, list=address, asked_at=iso(obtained_at))


def revoked(address: str, obtained_at: datetime) -> Check:
    return found("status.revoked", list=address, asked_at=iso(obtained_at))


def speaks(case: Case, obtained_at: datetime, until: datetime | None) -> bool:
    """Whether an answer of that age speaks for the moment that `case` is about. It speaks for everything before it was given."""
    return speaks_at(case.now, obtained_at, until)


def speaks_at(now: datetime, obtained_at: datetime, until: datetime | None) -> bool:
    """The same, for the moment that is asked about."""
    return now <= max(obtained_at, until if until is not None else obtained_at + OLDEST_ANSWER)
