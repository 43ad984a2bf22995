"""The decisions of issuing, without a database: the states of an award and of a batch, and the verdict on every row of a class list.

An award
  queued → prepared → issued → suspended → superseded        (suspended, later reinstated: by a successor)
     │         │         ├───→ revoked
     │         │         └───→ superseded                    (corrected: by a successor)
     └─────────┴→ cancelled | refused              (undone, no longer decided so, or forbidden by the lints: nothing was published)
  1. queued: decided, nothing composed yet. 2. prepared: the exact bytes to be signed are stored and never change again.
  3. issued: the signed bytes are stored. From here on the award only moves forward; nothing about it is edited.
  4. suspended → revoked is possible; revoked and superseded are final. There is no way back to issued (docs/decisions/0005).
  5. prepared → queued happens only when the key it was prepared for was destroyed before it signed: no signature can exist.

A batch
  reading → draft → issuing → finished          (a long list is read and judged by the workers; judged anew, it is "reading" again)
     │        │        └────────┴→ undoing → undone
     ├────────┴→ discarded     (the list and its rows are deleted)
     └→ unreadable → discarded     (the file cannot be read to its end: nothing of it is kept but why)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from testamur.linked_data.iri import is_absolute
from testamur_site.foundation.tables.api import (
    CellRefused,
    Problem,
    clean_email,
    clean_name,
    evidence_groups,
    joined_name,
    parse_date,
    same_person_key,
    unprotect,
)


class AwardState(StrEnum):
    QUEUED = "queued"
    PREPARED = "prepared"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    CANCELLED = "cancelled"


_NEXT: Mapping[AwardState, frozenset[AwardState]] = {
    AwardState.QUEUED: frozenset({AwardState.PREPARED, AwardState.REFUSED, AwardState.CANCELLED}),
    AwardState.PREPARED: frozenset({AwardState.ISSUED, AwardState.CANCELLED, AwardState.QUEUED}),
    AwardState.ISSUED: frozenset({AwardState.SUSPENDED, AwardState.REVOKED, AwardState.SUPERSEDED}),
    AwardState.SUSPENDED: frozenset({AwardState.REVOKED, AwardState.SUPERSEDED}),
    AwardState.REVOKED: frozenset(),
    AwardState.SUPERSEDED: frozenset(),
    AwardState.REFUSED: frozenset(),
    AwardState.CANCELLED: frozenset(),
}

UNSIGNED = frozenset({AwardState.QUEUED, AwardState.PREPARED})
PUBLISHED = frozenset({AwardState.ISSUED, AwardState.SUSPENDED, AwardState.REVOKED, AwardState.SUPERSEDED})
"""The states in which a signed credential exists that somebody may hold."""


def may_become(now: str, then: AwardState) -> bool:
    """Whether an award in state `now` may move to `then`."""
    return then in _NEXT[AwardState(now)]


def before(then: AwardState) -> list[AwardState]:
    """The states from which an award may move to `then`, for conditional updates."""
    return [state for state, following in _NEXT.items() if then in following]


class BatchState(StrEnum):
    READING = "reading"
    UNREADABLE = "unreadable"
    DRAFT = "draft"
    ISSUING = "issuing"
    FINISHED = "finished"
    UNDOING = "undoing"
    UNDONE = "undone"


NOT_STARTED = frozenset({BatchState.READING, BatchState.UNREADABLE, BatchState.DRAFT})
"""What can be discarded, because nobody was awarded anything."""


class Stage(StrEnum):
    """What is being done with a long list. Looked through from its first row to its last, or converted where it cannot be read row by
    row; then judged, or judged again; at the end compared with itself (an address that stands in it twice)."""

    LOOKING = "looking"
    CONVERTING = "converting"
    JUDGING = "judging"
    AGAIN = "again"
    COMPARING = "comparing"


class Reason(StrEnum):
    """Why an award was revoked or suspended. Kept in the database and shown to the holder, never in the public list."""

    ISSUED_IN_ERROR = "issued_in_error"
    ACADEMIC_MISCONDUCT = "academic_misconduct"
    FRAUD_CONFIRMED = "fraud_confirmed"
    WITHDRAWN_BY_HOLDER = "withdrawn_by_holder"
    ACCREDITATION_LOST = "accreditation_lost"
    KEY_COMPROMISE = "key_compromise"
    ADMINISTRATIVE = "administrative"
    SUPERSEDED = "superseded"
    REQUIREMENTS_NOT_MET = "requirements_not_met"


CHOSEN_REASONS = tuple(reason for reason in Reason if reason not in (Reason.SUPERSEDED, Reason.REQUIREMENTS_NOT_MET))
"""The reasons a person may give; `superseded` is given by correcting, `requirements_not_met` by a microdegree that has fallen."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a credential is revoked or suspended: a reason, a note and where the evidence lies ("minute 2026/14 of the senate"), both
    for the institution's own records."""

    reason: Reason
    note: str = ""
    evidence: str = ""


class Verdict(StrEnum):
    """What will happen to a row: it will be awarded, it already was, or it must be mended first."""

    READY = "ready"
    ALREADY = "already"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Scale:
    """A result description of the achievement as far as a value can be judged by it. Numbers are decimal text."""

    id: str
    name: str
    result_type: str = "Result"
    allowed: tuple[str, ...] = ()
    required: str = ""
    minimum: str = ""
    maximum: str = ""


@dataclass(frozen=True, slots=True)
class AwardData:
    """What is decided about one award. Results are `{"description": id, "value": text}`, evidence `{"url", "name", "description"}`."""

    name: str
    email: str
    awarded_date: date
    valid_until: date | None = None
    language: str = "en"
    results: Sequence[Mapping[str, str]] = ()
    evidence: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class EarlierAward:
    """What the same person already holds of this micro-credential."""

    state: str
    awarded_date: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What all rows have in common. `today` is the day at the place on earth where it is latest (see `latest_today`)."""

    today: date
    default_date: date | None = None
    default_language: str = "en"
    scales: tuple[Scale, ...] = ()
    earlier: Mapping[str, EarlierAward] = field(default_factory=dict)
    award_again: bool = False


@dataclass(slots=True)
class Row:
    """A row read: its number, what it says, and what is wrong with it. Results are `{"description": id, "value": text}`, evidence is
    `{"url", "name", "description"}`; what is not given is empty."""

    line: int
    name: str = ""
    email: str = ""
    language: str = "en"
    awarded_date: date | None = None
    valid_until: date | None = None
    results: list[dict[str, str]] = field(default_factory=list)
    evidence: list[dict[str, str]] = field(default_factory=list)
    verdict: Verdict = Verdict.READY
    problems: list[Problem] = field(default_factory=list)


def latest_today(utc_today: date) -> date:
    """Somewhere (Kiribati, UTC+14) it may be a day later than in UTC; nobody's today is a date in the future."""
    return utc_today + timedelta(days=1)


def evaluate(rows: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str], terms: Terms) -> list[Row]:
    """The verdict on every row, all problems of a row at once.

    1. Each mapped cell is read; what cannot be understood becomes a problem of the row.
    2. The same address twice in the file: the later row is refused and names the earlier one.
    3. The same address awarded before: the row is set aside ("already"), unless awarding again was chosen.
    """
    first_row: dict[str, int] = {}
    judged = []
    groups = evidence_groups(columns)
    for line, cells in rows:
        row = _read(line, [unprotect(cell.strip()) for cell in cells], columns, groups, terms)
        if row.email:
            key = same_person_key(row.email)
            if key in first_row:
                row.problems.append(Problem("email.twice", {"row": first_row[key]}, "email"))
            first_row.setdefault(key, line)
            if not row.problems and key in terms.earlier and not terms.award_again:
                earlier = terms.earlier[key]
                code = "already.revoked" if earlier.state == AwardState.REVOKED else "already.awarded"
                row.problems.append(Problem(code, {"date": earlier.awarded_date.isoformat()}))
                row.verdict = Verdict.ALREADY
        if row.problems and row.verdict is not Verdict.ALREADY:
            row.verdict = Verdict.REFUSED
        judged.append(row)
    return judged


def missing_columns(columns: Sequence[str]) -> list[str]:
    """What no list can do without and this one has not: "name" and "email"."""
    named = "name" in columns or "first_name" in columns or "last_name" in columns
    return [field for field, there in (("name", named), ("email", "email" in columns)) if not there]


def _read(line: int, cells: list[str], columns: Sequence[str], groups: list[dict[str, int]], terms: Terms) -> Row:
    values = {
        field: cells[position] for position, field in enumerate(columns) if field and not field.startswith("evidence_")
    }
    row = Row(line, language=_language(values.get("language", ""), terms.default_language))

    def take(field_name: str, read: Any, *arguments: Any) -> Any:
        try:
            return read(*arguments)
        except CellRefused as refusal:
            row.problems.append(Problem(refusal.code, refusal.facts, field_name))
            return None

    whole = values.get("name", "") or joined_name(
        values.get("first_name", ""), values.get("middle_name", ""), values.get("last_name", "")
    )
    row.name = take("name", clean_name, whole) or ""
    row.email = take("email", clean_email, values.get("email", "")) or ""
    row.awarded_date = take("awarded_date", award_date, values.get("awarded_date", ""), terms)
    row.valid_until = take("valid_until", expiry_date, values.get("valid_until", ""), row.awarded_date, terms.today)
    for position, scale in enumerate(terms.scales):
        text = values.get(f"result:{position}", "")
        if text:
            value = take(f"result:{position}", result_value, scale, text)
            if value is not None:
                row.results.append({"description": scale.id, "value": value})
    for group in groups:
        found = {part.removeprefix("evidence_"): cells[position] for part, position in group.items()}
        evidence = take(
            "evidence", evidence_of, found.get("url", ""), found.get("name", ""), found.get("description", "")
        )
        if evidence:
            row.evidence.append(evidence)
    return row


def award_date(text: str, terms: Terms) -> date:
    """Raises `CellRefused`: `date.missing`, `date.future`, `date.too_old`, or as `parse_date`."""
    if not text.strip():
        if terms.default_date is None:
            raise CellRefused("date.missing")
        return terms.default_date
    day = parse_date(text)
    if day > terms.today:
        raise CellRefused("date.future", value=day.isoformat())
    if day.year < 1900:
        raise CellRefused("date.too_old", value=day.isoformat())
    return day


def expiry_date(text: str, awarded: date | None, today: date) -> date | None:
    """None where nothing is said. `today` as of `Terms`: the day before it is not over yet where days end (`documents.end_of`).

    Raises `CellRefused`: `expiry.before_award`, `expiry.past`, or as `parse_date`."""
    if not text.strip():
        return None
    day = parse_date(text)
    if awarded is not None and day < awarded:
        raise CellRefused("expiry.before_award", value=day.isoformat(), awarded=awarded.isoformat())
    refuse_past(day, today)
    return day


def refuse_past(day: date, today: date) -> None:
    """Raises `CellRefused` (`expiry.past`) for what would have expired before it is issued. `today` as of `Terms`."""
    if day < today - timedelta(days=1):
        raise CellRefused("expiry.past", value=day.isoformat())


def result_value(scale: Scale, text: str) -> str:
    """The value as the scale writes it.

    Raises `CellRefused`: `result.not_allowed` (facts: allowed), `result.not_a_number`, `result.out_of_range`, `result.below_required`,
    `result.ambiguous` (facts: first, second).
    """
    value = " ".join(text.split())
    facts = {"name": scale.name, "value": value[:60]}
    if scale.allowed:
        written = next((one for one in scale.allowed if one.casefold() == value.casefold()), None)
        if written is None:
            raise CellRefused("result.not_allowed", allowed=list(scale.allowed), **facts)
        # OB 3.0 orders allowedValue from low to high.
        if scale.required in scale.allowed and scale.allowed.index(written) < scale.allowed.index(scale.required):
            raise CellRefused("result.below_required", required=scale.required, **facts)
        return written
    if scale.minimum or scale.maximum:
        number = _number(value.removesuffix("%").strip() if scale.result_type == "Percent" else value)
        if number is None:
            raise CellRefused("result.not_a_number", **facts)
        low, high = _number(scale.minimum), _number(scale.maximum)
        if (low is not None and number < low) or (high is not None and number > high):
            raise CellRefused("result.out_of_range", minimum=scale.minimum, maximum=scale.maximum, **facts)
        # "1,000" is one in Paris and a thousand in London: taken only where the scale leaves one of them.
        whole = Decimal(_THOUSANDS.sub(r"\1\2", value)) if _THOUSANDS.fullmatch(value) else number
        if whole != number and high is not None and whole <= high:
            raise CellRefused("result.ambiguous", first=format(number.normalize(), "f"), second=str(whole), **facts)
        required = _number(scale.required)
        if required is not None and number < required:
            raise CellRefused("result.below_required", required=scale.required, **facts)
        return format(number, "f")
    if len(value) > 200:
        raise CellRefused("result.too_long", limit=200, **facts)
    return value


def evidence_of(url: str, name: str, description: str) -> dict[str, str] | None:
    """One piece of evidence, or None where nothing is said. Raises `CellRefused`: `evidence.address`, `evidence.too_long`."""
    url, name, description = url.strip(), " ".join(name.split()), description.strip()
    if not (url or name or description):
        return None
    if url:
        try:
            parts = urlsplit(url)
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
        except ValueError:
            fits = False
        # What is no absolute IRI could not stand in the credential; the lints would say so, but only when it is too late for the row.
        if not (fits and is_absolute(url) and url.isprintable() and len(url) <= 2000):
            raise CellRefused("evidence.address", value=url[:80])
    if len(name) > 200 or len(description) > 5000:
        raise CellRefused("evidence.too_long", limit=200 if len(name) > 200 else 5000)
    return {"url": url, "name": name, "description": description}


_THOUSANDS = re.compile(r"([1-9]\d{0,2})[.,](\d{3})", re.ASCII)


def _number(text: str) -> Decimal | None:
    if "_" in text:  # which Python reads as nothing: "8_5" is nobody's 85
        return None
    try:
        number = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except InvalidOperation:
        return None
    # adjusted() looks at the exponent without computing anything: 1e400000000 is a number, but nobody's result.
    return number if number.is_finite() and -12 <= number.adjusted() < 12 else None


def _language(text: str, default: str) -> str:
    """The language of mail and pages: Korean or English are what we speak; any other language gets English."""
    word = text.strip().casefold()
    if not word:
        return default
    return "ko" if word.startswith("ko") or word in {"한국어", "국문", "한글"} else "en"
