"""Credentials inside a document: the awards in a CLR, what a presentation shows. Each is judged by its own rules.

The signature around them says that somebody put them together; it says nothing about their own signatures, nor whether one of them was
withdrawn since. So each becomes a report of its own, below the report of the whole, and the whole holds only if each of them does.

What a transcript of two hundred credentials costs is bounded by what it shares: an address is asked once however many of them name it, and
each part is canonicalised once, so that all of them together are no more work than the document is long. Both bounds grow with the
document only after its own signature was confirmed, and only up to a limit (`outside`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from testamur.verification.case import Case, identifier_of, many
from testamur.verification.codes import found
from testamur.verification.outside import OneVerification
from testamur.verification.report import Check, Report, Verdict

MAX_FILES = 16  # of an archive: more of them are examined one after the other (`Verifier.verify_each`)
MAX_PARTS = 256
MAX_ISSUERS = 12  # so many issuers of parts may have addresses of their own asked, beside what any document may ask
ADDRESSES_EACH = 4  # of an issuer: its keys, and a list or two of what it withdrew and suspended
MAX_DEPTH = 2  # a presentation that shows a CLR that holds awards

Judge = Callable[[Mapping[str, Any] | str], Report]


def inside(document: Mapping[str, Any]) -> list[Any]:
    """The credentials directly inside `document`: its own, and those of its subjects."""
    subjects = [subject for subject in many(document.get("credentialSubject")) if isinstance(subject, Mapping)]
    return [part for node in (document, *subjects) for part in many(node.get("verifiableCredential"))]


def issuers(document: Mapping[str, Any]) -> int:
    """How many different issuers the credentials directly inside `document` name, `MAX_ISSUERS` at most."""
    named = {identifier_of(part.get("issuer")) for part in inside(document) if isinstance(part, Mapping)}
    return min(len(named - {None}), MAX_ISSUERS)


def allow_whole(case: Case) -> None:
    """Let a record that was handed over be canonicalised once, which may be larger than any other document."""
    if case.depth == 0 and not case.supporting and inside(case.document):
        case.budget.allow_whole(case.size)


def _allow_parts(case: Case) -> None:
    """Let the parts of a record whose signature was confirmed ask their addresses and be canonicalised. A presentation may be nobody's."""
    if case.depth == 0 and case.format != "presentation" and isinstance(case.resolver, OneVerification):
        case.resolver.allow(ADDRESSES_EACH * issuers(case.document))
        case.budget.allow_parts(case.size)


def checks(case: Case, judge: Judge) -> tuple[list[Check], tuple[Report, ...]]:
    """The findings about the credentials inside `case`, and their reports. `judge` verifies one of them."""
    parts = inside(case.document) if case.may_name("verifiableCredential") else []
    if not parts:  # a record without what it records (CLR 2.0, ClrSubject: one credential at least)
        return ([found("parts.none")] if "ClrCredential" in case.types else []), ()
    if len(parts) > MAX_PARTS or case.depth >= MAX_DEPTH:
        limit = MAX_PARTS if case.depth < MAX_DEPTH else 0
        return [found("parts.too_many", count=len(parts), limit=limit)], ()
    _allow_parts(case)
    reports = tuple(judge(part) for part in parts if isinstance(part, (Mapping, str)))
    broken = len(parts) - len(reports)
    return list(findings(len(parts), broken, reports)), reports


def findings(count: int, broken: int, reports: Sequence[Report]) -> Iterator[Check]:
    """What `count` parts come to, of which `broken` have no report because they are none, and the others have these."""
    failing = broken + sum(report.verdict is Verdict.INVALID for report in reports)
    undecided = sum(report.verdict is Verdict.UNDETERMINED for report in reports)
    if failing:
        yield found("parts.fail", count=count, failing=failing)
    if undecided:
        yield found("parts.open", count=count, open=undecided)
    if not failing and not undecided:
        yield found("parts.hold", count=count)
