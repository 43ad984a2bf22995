"""Who speaks for it? Endorsements inside the document, each a credential of its own with its own proof (OB 3.0 §9.1.1 step 5).

1. All endorsements anywhere in the document are found: objects under `endorsement`, compact JWS under `endorsementJwt`. Those in a
   credential inside the document belong to the report about that one.
2. Each is verified like any other credential; its report becomes a child of the document's report.
3. An endorsement that does not hold is no reason to refuse the award: it is said, and it does not count.
4. One that holds and is about something else than this credential, its issuer, its achievement or whatever it stands in was lifted
   from elsewhere: that is said, and it does not count either.
5. Only one that holds, comes from an institution on a register that the reader relies on, and is about this issuer, achievement or
   credential, answers whether the issuer may award it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from testamur.verification.case import Case, identifier_of, many
from testamur.verification.codes import found
from testamur.verification.report import Check, Outcome, Report, Verdict

MAX_ENDORSEMENTS = 8

Judge = Callable[[Mapping[str, Any] | str], Report]


def checks(case: Case, judge: Judge) -> tuple[list[Check], tuple[Report, ...]]:
    """The findings about the endorsements in `case`, whose bytes were confirmed, and their reports. `judge` verifies one of them."""
    if case.is_endorsement or case.supporting:  # who endorses an endorser is not followed
        return [], ()
    carriers = list(_carriers(case.document, top=True)) if case.may_name("endorsement", "endorsementJwt") else []
    inside = [endorsement for carrier in carriers for endorsement in _carried(carrier)]
    if not inside:
        return [], ()
    if len(inside) > MAX_ENDORSEMENTS:
        return [found("endorsements.too_many", count=len(inside), limit=MAX_ENDORSEMENTS)], ()
    reports = tuple(judge(endorsement) for endorsement in inside)
    holding = [report for report in reports if report.verdict is Verdict.VALID]
    about = set(_identifiers(case))
    known = about.union(filter(None, map(identifier_of, carriers)))
    elsewhere = sum(report.subject.get("endorsed") not in known for report in holding)
    listed = [
        check.facts["institution"]
        for report in holding
        for check in report.checks
        if check.code == "trust.listed" and check.outcome is Outcome.PASSED and report.subject.get("endorsed") in about
    ]
    findings = []
    if listed:
        findings.append(found("endorsements.by_listed", count=len(listed), institution=listed[0]))
    if len(holding) < len(reports):
        findings.append(found("endorsements.not_all_valid", count=len(reports), valid=len(holding)))
    elif not listed and not elsewhere:
        findings.append(found("endorsements.valid", count=len(holding)))
    if elsewhere:
        findings.append(found("endorsements.about_other", count=len(reports), other=elsewhere))
    return findings, reports


def _carriers(value: Any, *, top: bool = False) -> Iterator[Mapping[str, Any]]:
    """Every object that has endorsements. Credentials inside are documents of their own, with reports in which their endorsements stand."""
    if isinstance(value, list):
        for item in value:
            yield from _carriers(item)
    elif isinstance(value, Mapping):
        if "endorsement" in value or "endorsementJwt" in value:
            yield value
        for name, item in value.items():
            if (
                name not in ("endorsement", "endorsementJwt", "verifiableCredential")
                and not isinstance(item, str)
                and not (top and name in ("@context", "proof"))
            ):
                yield from _carriers(item)


def _carried(carrier: Mapping[str, Any]) -> Iterator[Mapping[str, Any] | str]:
    yield from (each for each in many(carrier.get("endorsement")) if isinstance(each, Mapping))
    yield from (each for each in many(carrier.get("endorsementJwt")) if isinstance(each, str))


def _identifiers(case: Case) -> Iterator[str]:
    """What an endorsement of this document may be about: the credential, its issuer, its achievement."""
    candidates: list[Any] = [case.document, case.document.get("issuer")]
    subjects = many(case.document.get("credentialSubject"))
    candidates += [subject.get("achievement") for subject in subjects if isinstance(subject, Mapping)]
    for candidate in candidates:
        identifier = identifier_of(candidate)
        if identifier is not None:
            yield identifier
