"""What a report on somebody's document says to the wallet: its verdict, whose it is, and what is kept of it. No Django.

Whose it is, is decided by the addresses that the holder has shown to read:
  shown      the credential names one of them (in clear or as a hash)
  not shown  it names its holder in another way (a DID, a student number), so the two cannot be compared. It is kept and marked.
  different  it names an address, and it is none of theirs. It is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from testamur.verification import Outcome, Question, Report, Verdict
from testamur.verification.report import verdict_of

MAXIMUM_BYTES: Final = 2 * 1024 * 1024
"""Of one document; the largest badge images of other platforms have about 1 MB."""
MAXIMUM_DOCUMENTS: Final = 100
MAXIMUM_TOGETHER: Final = 40 * 1024 * 1024
"""Bytes of all documents of one holder."""
MAXIMUM_ADDRESSES: Final = 5
"""So many addresses of a holder are compared at most; each takes a verification."""


class Identity(StrEnum):
    SHOWN = "shown"
    NOT_SHOWN = "not_shown"
    DIFFERENT = "different"


def verdict(report: Report) -> Verdict:
    """The verdict on the document itself, leaving aside whom we asked about."""
    return verdict_of(check for check in report.checks if check.question is not Question.ABOUT_WHOM)


def identity(reports: Iterable[Report]) -> Identity:
    """Whose the document is, from one report for each address that was asked about."""
    codes = {check.code for report in reports for check in report.checks if check.name == "recipient"}
    if "recipient.matches" in codes:
        return Identity.SHOWN
    return Identity.DIFFERENT if codes == {"recipient.different"} else Identity.NOT_SHOWN


def finding(report: Report) -> dict[str, Any]:
    """The check that the verdict rests on, `{"code", "facts"}`; empty for a valid document."""
    for wanted in (Outcome.FAILED, Outcome.UNKNOWN):
        for check in report.checks:
            decisive = wanted is Outcome.FAILED or check.required
            if check.question is not Question.ABOUT_WHOM and check.outcome is wanted and decisive:
                return {"code": check.code, "facts": storable(dict(check.facts))}
    return {}


def summary(report: Report) -> dict[str, str]:
    """What is kept of what a confirmed document says: `title`, `issuer`, `issuer_id`, `achievement`, `credential`, `awarded`, `until`.
    All of them text, '' where it says nothing. Empty where nothing could be confirmed."""
    said = report.subject
    if not said:
        return {}
    achievement, issuer = _mapping(said.get("achievement")), _mapping(said.get("issuer"))
    inside = [_mapping(child.subject.get("achievement")).get("name") for child in report.children]
    title = said.get("name") or achievement.get("name") or next((name for name in inside if name), "")
    return {
        "title": _text(title),
        "issuer": _text(issuer.get("name") or issuer.get("id")),
        "issuer_id": _text(issuer.get("id")),
        "achievement": _text(achievement.get("id") or achievement.get("humanCode")),
        "credential": _text(said.get("id")),
        "awarded": _text(said.get("awardedDate") or said.get("validFrom"))[:10],
        "until": _text(said.get("validUntil"))[:10],
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return str(storable(" ".join(value.split())))[:400] if isinstance(value, str) else ""


def storable(value: Any) -> Any:
    """JSON values of somebody else's document, as every database can keep them: without NUL, which PostgreSQL refuses in text and JSON."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, Mapping):
        return {str(storable(name)): storable(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(each) for each in value]
    return value
