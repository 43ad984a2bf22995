"""Rules about moments: XSD dateTimeStamp, to the second, in an order that makes sense."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from testamur.issuing.lints.rule import Draft, Problem, rule
from testamur.proofs.date_time import usual_stamp

# XML Schema 1.1 part 2 §3.4.28. Python's fromisoformat takes other forms and refuses some of these, so it is not asked.
_STAMP: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
)
_FRACTION: Final = re.compile(r":\d\d\.\d")
_MOMENTS: Final = ("validFrom", "validUntil", "awardedDate")
_ACTIVITY: Final = ("activityStartDate", "activityEndDate")


def moment(value: Any) -> datetime | None:
    """The aware datetime of an XSD dateTimeStamp; None when it is none. Fractions beyond microseconds are cut."""
    if type(value) is str and len(value) == 20 and (usual := usual_stamp(value)) is not None:
        return usual
    found = _STAMP.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None
    year, month, day, hour, minute, second = (int(found[index]) for index in range(1, 7))
    midnight = (hour, minute, second) == (24, 0, 0) and not (found[7] or "").strip(".0")
    try:
        at = datetime(year, month, day, 0 if midnight else hour, minute, second, tzinfo=UTC)
        at += timedelta(days=1) if midnight else timedelta()
        if found[7]:
            at += timedelta(microseconds=int(found[7][1:7].ljust(6, "0")))
        if found[8] != "Z":
            shift = timedelta(hours=int(found[8][1:3]), minutes=int(found[8][4:6]))
            at += -shift if found[8][0] == "+" else shift
    except (ValueError, OverflowError):
        return None
    return at


def _moments(draft: Draft) -> Iterator[tuple[str, str, Any]]:
    for name in _MOMENTS:
        if name in draft.document:
            yield f"/{name}", name, draft.document[name]
    for name in _ACTIVITY:
        if name in draft.subject:
            yield f"/credentialSubject/{name}", name, draft.subject[name]


@rule("dates.valid_from", "Open Badges 3.0, AchievementCredential.validFrom")
def dates_valid_from(draft: Draft) -> Iterator[Problem]:
    if not draft.document.get("validFrom"):
        yield Problem("/validFrom", "validFrom is missing: a credential says from when it is valid")


@rule("dates.zone", "VC Data Model 2.0 §4.9; XML Schema 1.1 part 2 §3.4.28 (dateTimeStamp)")
def dates_zone(draft: Draft) -> Iterator[Problem]:
    for path, name, value in _moments(draft):
        if moment(value) is None:
            yield Problem(path, f"{name} must be a moment with its time zone, like 2026-11-25T09:00:00Z")


@rule("dates.seconds", "Open Badges 3.0 §8.2 (the JWT form counts whole seconds)")
def dates_seconds(draft: Draft) -> Iterator[Problem]:
    for path, name, value in _moments(draft):
        if isinstance(value, str) and "." in value and _FRACTION.search(value):
            yield Problem(path, f"{name} has fractions of a second, which the JWT form cannot repeat; cut them")


@rule("dates.order", "VC Data Model 2.0 §4.9 (validFrom is not after validUntil)")
def dates_order(draft: Draft) -> Iterator[Problem]:
    begins, ends = moment(draft.document.get("validFrom")), moment(draft.document.get("validUntil"))
    if begins and ends and begins > ends:
        yield Problem("/validUntil", "validUntil is before validFrom: the credential would never be valid")
    begins, ends = (moment(draft.subject.get(name)) for name in _ACTIVITY)
    if begins and ends and begins > ends:
        yield Problem("/credentialSubject/activityEndDate", "activityEndDate is before activityStartDate")


@rule("dates.birth", "XML Schema 1.1 part 2 §3.3.9 (date); Open Badges 3.0, Profile.dateOfBirth")
def dates_birth(draft: Draft) -> Iterator[Problem]:
    for path, _name, value in draft.named("dateOfBirth"):
        try:
            date.fromisoformat(value if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) else "")
        except ValueError:
            yield Problem(path, "dateOfBirth must be a date like 1999-10-01")
