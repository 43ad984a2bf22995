"""Is there a newer copy? The refresh service of 1EdTech (`1EdTechCredentialRefresh`, OB 3.0 §9.1 step 4), asked once.

1. Only a document whose signature was confirmed and bound to its issuer may make us ask.
2. The answer is a document of its own and is verified whole; it is not refreshed again.
3. It takes the place of the first only if it is signed by the same issuer and is not older, and is either
   - a copy: it has the same id (OB 3.0 §10 compares credentials by issuer and id), or
   - a successor: another id, and the same refresh service. Neither VC 2.0 (§4.13) nor OB 3.0 asks a refreshed credential to keep its
     id, and a renewal that is a credential of its own has one of its own. That both name one service is the issuer's signed word, on
     both sides, that they are one line: without it, whoever answers at the address could hand out another person's credential.
   Otherwise the first stands, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from testamur.errors import InputError, ResolutionError
from testamur.verification import opening
from testamur.verification.case import Case, identifier_of, many
from testamur.verification.checks.examined import is_bound
from testamur.verification.codes import found
from testamur.verification.moments import iso, moment
from testamur.verification.presenters.quick import reading
from testamur.verification.report import Check, Outcome, Question, Report

TYPE = "1EdTechCredentialRefresh"
_ACCEPT = ("application/vc", "application/vc+ld+json", "application/json", "application/vc+jwt", "text/plain")

Judge = Callable[[bytes], Report]


def refreshed(case: Case, judge: Judge) -> tuple[Report | None, Check | None]:
    """The report about the newer copy of the document of `case`, or None, and what is to be said about the refreshing, or None.

    `judge` verifies the bytes of a document without refreshing it again.
    """
    address = next(
        (identifier_of(entry) for entry in many(case.document.get("refreshService")) if _is_ours(entry)), None
    )
    if address is None:
        return None, None
    try:
        resource = case.resolver.fetch(address, accept=_ACCEPT)
    except ResolutionError as error:
        return None, found("refresh.not_obtained", address=address, reason=error.code)
    report = judge(resource.content)
    if not _confirmed(report) or not _of_one_issuer_and_not_older(case, report):
        return None, found("refresh.other", address=address)
    asked_at = iso(resource.fetched_at)
    before, after = identifier_of(case.document), report.subject.get("id")
    if before is None or not isinstance(after, str):
        return None, found("refresh.other", address=address)
    if unquote(after.strip()) == unquote(before.strip()):
        return report, found("refresh.used", address=address, asked_at=asked_at)
    if address not in _services(resource.content):
        return None, found("refresh.other", address=address)
    return report, found("refresh.successor", address=address, asked_at=asked_at, before=before, after=after)


def _services(content: bytes) -> list[str | None]:
    """The refresh services that a document names whose signature was confirmed."""
    try:
        document = opening.credential(opening.read(content))
    except InputError:
        return []
    named = many(document.get("refreshService")) if document is not None else []
    return [identifier_of(entry) for entry in named if _is_ours(entry)]


def _is_ours(entry: Any) -> bool:
    return isinstance(entry, dict) and TYPE in many(entry.get("type"))


def _confirmed(report: Report) -> bool:
    """Its signature is true, and the issuer's."""
    bound = [is_bound(check) for check in report.checks if check.name == "issuer.binding"]
    return report.outcome(Question.GENUINE) is Outcome.PASSED and bound == [True]


def _of_one_issuer_and_not_older(case: Case, report: Report) -> bool:
    """Whether the report is about a document of the same issuer that is not older."""
    since, earlier = (moment(said.get("validFrom")) for said in (report.subject, reading(case.document)))
    if earlier is not None and (since is None or since < earlier):
        return False
    issuer: Any = report.subject.get("issuer", {}).get("id")
    return bool(issuer == case.issuer)
