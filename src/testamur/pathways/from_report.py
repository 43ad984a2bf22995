"""What a verified document says, as a holding.

Only a report of the verifier is read, so nothing is counted that nobody verified: a document that is valid becomes a holding
that is valid, one that is invalid a holding that counts nowhere, and one that could not be determined a holding of which it is
not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol
from urllib.parse import urlsplit

from testamur.pathways.conditions import as_day
from testamur.pathways.holdings import UNSTATED, Holding

_GRADE_SCALES = {"Percent": "percent", "LetterGrade": "letter", "GradePointAverage": "gpa"}
_ABBREVIATION = re.compile(r"\(([A-Z][A-Za-z-]{1,9})\)\s*\Z")
_VERDICTS = {"valid": True, "invalid": False}


class _Check(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def required(self) -> bool: ...


class VerifiedReport(Protocol):
    """What is read of `testamur.verification.Report`."""

    @property
    def verdict(self) -> str: ...
    @property
    def subject(self) -> Mapping[str, Any]: ...
    @property
    def checks(self) -> Sequence[_Check]: ...
    @property
    def children(self) -> Sequence[VerifiedReport]: ...


def holdings_from_report(report: VerifiedReport, document: str = "document") -> tuple[Holding, ...]:
    """Every credential that the document of `report` brings: itself, and the achievements inside it that were verified on their own
    (the parts of a transcript, the credentials of a presentation). Each stands or falls with its own verdict. Endorsements are none.
    """
    inside = tuple(
        holding
        for number, child in enumerate(report.children, 1)
        if _mapping(child.subject.get("achievement"))
        for holding in holdings_from_report(child, f"{document}#{number}")
    )
    own = holding_from_report(report, document)
    # An envelope around one credential says the same of itself; what was verified is the credential.
    is_envelope = not _mapping(report.subject.get("achievement")) or own.id in {holding.id for holding in inside}
    return inside if inside and is_envelope else (own, *inside)


def holding_from_report(report: VerifiedReport, document: str) -> Holding:
    """The holding that the document of `report` stands for. `document` names it where the document itself has no identifier.

    Sizes come from `creditsEarned`, else from `creditsAvailable`, in an unstated unit (Open Badges 3.0 has none); levels from
    alignments with a framework and a code; skills are the alignments' addresses; grades are results with a value, by scale
    (`percent`, `letter`, `gpa`, or the name of the result); categories are tags and the field of study. Earlier versions are related
    achievements that name their version (Open Badges 3.0, `related`: one that is related in language only names none) and stand at the
    same origin: no other publisher can be continued.
    """
    said = report.subject
    achievement = _mapping(said.get("achievement"))
    size = said.get("creditsEarned", achievement.get("creditsAvailable"))
    alignments = [_mapping(item) for item in achievement.get("alignment", ())]
    identifier = achievement.get("id") or achievement.get("humanCode") or ""
    return Holding(
        id=str(said.get("id") or document),
        achievement=str(identifier),
        codes=frozenset({achievement["humanCode"]} if "humanCode" in achievement else ()),
        name=str(said.get("name") or achievement.get("name") or ""),
        issuer=str(_mapping(said.get("issuer")).get("id", "")),
        valid=_VERDICTS.get(str(report.verdict)),
        reason=_reason(report),
        credits={UNSTATED: Decimal(str(size))} if isinstance(size, (int, float)) and size >= 0 else {},
        levels=dict(_levels(alignments)),
        grades=dict(_grades(said.get("result", ()))),
        dates=dict(_dates(said)),
        categories=frozenset([*achievement.get("tag", ()), *_present(achievement.get("fieldOfStudy"))]),
        skills=frozenset(item["targetUrl"] for item in alignments if "targetUrl" in item),
        type=str(achievement.get("achievementType", "")),
        language=str(achievement.get("inLanguage", "")),
        term=str(said.get("term", "")),
        version=str(achievement.get("version", "")),
        continues=frozenset(_earlier(achievement)),
    )


def supplemented(verified: Holding, stated: Holding) -> Holding:
    """`verified` with what the institution's own records add: where else it counts, how it was supervised, and whatever else
    the document does not say.

    What the document says stands; so does whether it is valid, except that a person who is named may vouch for it (`Approval`
    of "standing").
    """
    added: dict[str, Any] = {}
    for name in ("type", "language", "mode", "term", "identity", "supervision", "attendance", "attempt", "approver"):
        if getattr(verified, name) in ("", None):
            added[name] = getattr(stated, name)
    for name in ("credits", "levels", "grades", "dates", "attributes"):
        added[name] = {**getattr(stated, name), **getattr(verified, name)}
    return replace(
        verified,
        uses=stated.uses,
        categories=verified.categories | stated.categories,
        skills=verified.skills | stated.skills,
        source=stated.source,
        **added,
    )


def only_stated(holding: Holding) -> Holding:
    """A credential that was only stated, without a document: whether it stands is not known."""
    return replace(holding, valid=None if holding.valid else holding.valid, reason=holding.reason or "not verified")


def _reason(report: VerifiedReport) -> str:
    for wanted in ("failed", "unknown"):
        for check in report.checks:
            if str(check.outcome) == wanted and (wanted == "failed" or check.required):
                return check.code
    return ""


def _earlier(achievement: Mapping[str, Any]) -> Iterator[str]:
    own, related = str(achievement.get("id", "")), achievement.get("related", ())
    if not achievement.get("version") or not isinstance(related, (list, tuple)):
        return
    for item in map(_mapping, related):
        other = item.get("id")
        if isinstance(other, str) and item.get("version") and other != own and _origin(other) == _origin(own) != "":
            yield other


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""


def _levels(alignments: list[Mapping[str, Any]]) -> Iterator[tuple[str, str | Decimal]]:
    for item in alignments:
        framework, code = item.get("targetFramework"), item.get("targetCode")
        if framework and code:
            value = _measure(code)
            yield framework, value
            if short := _ABBREVIATION.search(framework):
                yield short[1], value


def _grades(results: Any) -> Iterator[tuple[str, str | Decimal]]:
    for item in map(_mapping, results):
        value = item.get("value") or item.get("levelName")
        scale = _GRADE_SCALES.get(item.get("resultType", ""), item.get("name") or item.get("resultType"))
        if value and scale:
            yield scale, _measure(str(value).rstrip("%").strip() if scale == "percent" else value)


def _dates(said: Mapping[str, Any]) -> Iterator[tuple[str, date]]:
    for name, keys in (
        ("awarded", ("awardedDate", "validFrom")),
        ("started", ("activityStartDate",)),
        ("completed", ("activityEndDate",)),
        ("valid_until", ("validUntil",)),
    ):
        day = next((day for key in keys if (day := as_day(said.get(key)))), None)
        if day is not None:
            yield name, day


def _measure(value: Any) -> str | Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return number if number.is_finite() and abs(number.adjusted()) < 12 else str(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _present(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else []
