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


def checks(case: Case, *, partial: bool) -> Iterator[Check]:
    """The findings about the dates of `case`, whose bytes were confirmed; `partial` says that they may be a selection."""
    begin, unreadable = _stated(case.document, _BEGIN)
    since = max(begin, default=None)  # what is stated twice is signed twice, so the narrower one counts
    if unreadable:
        yield found("dates.begin_malformed", term=unreadable)
    elif since is None:
        yield found("dates.begin_absent")
    elif since > case.now:
        yield found("dates.not_yet_valid", since=iso(since), now=iso(case.now))
    else:
        yield found("dates.begun", since=iso(since))

    end, unreadable = _stated(case.document, _END)
    until = min(end, default=None)
    if unreadable:
        yield found("dates.end_malformed", term=unreadable)
    elif until is None:
        yield found("dates.end_not_shown" if partial else "dates.no_end")
    elif since is not None and until < since:
        yield found("dates.order", since=iso(since), until=iso(until))
    elif until < case.now:
        yield found("dates.expired", until=iso(until), now=iso(case.now))
    else:
        yield found("dates.not_expired", until=iso(until))


def not_decided() -> Iterator[Check]:
    """What is said instead where no signature could be confirmed."""
    yield found("dates.begin_not_decided")
    yield found("dates.end_not_decided")


def _stated(document: Mapping[str, Any], names: tuple[str, ...]) -> tuple[list[datetime], str | None]:
    """The moments that stand under `names`, and the first name whose value is no moment."""
    stated = [(name, moment(document[name])) for name in names if document.get(name) is not None]
    unreadable = next((name for name, value in stated if value is None), None)
    return [value for _, value in stated if value is not None], unreadable
