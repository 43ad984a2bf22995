"""Is it valid today? `validFrom` and `validUntil` (VC Data Model 2.0 §4.9), `issuanceDate` and `expirationDate` (1.1 §4.6).

1. The beginning: absent is allowed in VC 2.0 and said; unreadable or later than now fails.
2. The end: absent means without end; unreadable or past fails. It lasts to the named second, that second included.
3. An end before the beginning fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from testamur.verification.case import Case
from testamur.verification.codes import found
from testamur.verification.moments import iso, moment
from testamur.verification.report import Check

_BEGIN = ("validFrom", "issuanceDate")
_END = ("validUntil", "expirationDate")


def checks(case: Case, *, partial: bool) -> tuple[Check, Check]:
    """The findings about the dates of `case`, whose bytes were confirmed; `partial` says that they may be a selection."""
    begin, unreadable = _stated(case.document, _BEGIN)
    since = max(begin, default=None)  # what is stated twice is signed twice, so the narrower one counts
    return _begin(case, since, unreadable), _end(case, since, partial=partial)


def _begin(case: Case, since: datetime | None, unreadable: str | None) -> Check:
    if unreadable:
        return found("dates.begin_malformed", term=unreadable)
    if since is None:
        return found("dates.begin_absent")
    if since > case.now:
        return found("dates.not_yet_valid", since=iso(since), now=iso(case.now))
    return found("dates.begun", since=iso(since))


def _end(case: Case, since: datetime | None, *, partial: bool) -> Check:
    end, unreadable = _stated(case.document, _END)
    until = min(end, default=None)
    if unreadable:
        return found("dates.end_malformed", term=unreadable)
    if until is None:
        return found("dates.end_not_shown" if partial else "dates.no_end")
    if since is not None and until < since:
        return found("dates.order", since=iso(since), until=iso(until))
    if until < case.now:
        return found("dates.expired", until=iso(until), now=iso(case.now))
    return found("dates.not_expired", until=iso(until))


def not_decided() -> Iterator[Check]:
    """What is said instead where no signature could be confirmed."""
    yield found("dates.begin_not_decided")
    yield found("dates.end_not_decided")


def _stated(document: Mapping[str, Any], names: tuple[str, ...]) -> tuple[list[datetime], str | None]:
    """The moments that stand under `names`, and the first name whose value is no moment."""
    stated: list[datetime] = []
    unreadable = None
    for name in names:
        text = document.get(name)
        if text is None:
            continue
        value = moment(text)
        if value is not None:
            stated.append(value)
        elif unreadable is None:
            unreadable = name
    return stated, unreadable
