"""Who lets the issuer award? Every claim of an accreditation, resolved to what somebody on whom the reader relies stands for.

1. *Who says it?* A signed statement (an endorsement, a verifiable accreditation) counts for its signer, an entry of a register for
   that register, anything else in the document for the issuer alone.
2. *Is that body known?* Only a body that a register which the reader relies on names as an accrediting one counts. A verifiable
   accreditation by another body counts if it leads, statement by statement, to such a one.
3. *Does the statement hold?* Signature, signer, status; its dates at the time of the award, not of today: that an accreditation ended
   later does not undo what was awarded before. A withdrawn one has no date of withdrawal, so that stays open.
4. *Does it cover this?* This issuer (or this achievement), this type and this level, as far as the statement, the register or the
   body's own remit are limited.
5. One accreditation that holds answers the question; others that do not are said beside it. Where none holds, what a body on which
   the reader relies says against it is a failure, and what nobody says is only said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from testamur import formats, strict_json
from testamur.errors import InputError, ResolutionError
from testamur.verification.accreditation import claims
from testamur.verification.accreditation.entries import Award, Scope
from testamur.verification.case import Case, identifier_of, many
from testamur.verification.checks.examined import is_bound
from testamur.verification.codes import found
from testamur.verification.moments import iso, moment
from testamur.verification.report import Check, Outcome, Report
from testamur.verification.trust import Listing

MAX_STEPS = 3  # from a verifiable accreditation to the body that a register names
MAX_STATEMENTS = 4
_ACCEPT = ("application/vc", "application/vc+jwt", "application/vc+ld+json", "application/json", "application/jwt")
_WITHDRAWN = ("status.revoked", "status.suspended", "status.revoked_or_suspended")

Judge = Callable[[bytes], Report]


class _Standing(Enum):
    """What became of the signature, the signer and the status of a statement; its dates are judged apart."""

    HOLDS = "holds"
    FALSE = "false"
    WITHDRAWN = "withdrawn"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a signed statement says: by whom, about whom, since when, until when, for what."""

    standing: _Standing
    body: str
    about: str | None
    since: datetime | None
    until: datetime | None
    scope: Scope
    source: str


def checks(case: Case, view: Mapping[str, Any], endorsers: Iterable[Report], judge: Judge) -> list[Check]:
    """The findings about the accreditation of the issuer of `case`, whose bytes were confirmed and whose issuer signed them.

    `view` is the document in the words of Open Badges 3.0, `endorsers` are the reports about the endorsements in it, `judge` verifies the
    bytes of a statement that stands at an address. Empty where nobody claims anything.
    """
    endorsers = tuple(endorsers)
    issuer = identifier_of(view.get("issuer"))
    said = claims.said(case.document, view, case.names)
    registered = any(listing.institution.accreditations for listing in case.trust.listings(issuer or ""))
    if not (said or endorsers or registered or case.may_name("termsOfUse")):
        return []
    award = claims.award_of(case.document, view, case.now)
    resolved = [
        *_registered(case, award, issuer),
        *_endorsed(case, view, award, endorsers),
        *_stated(case, award, issuer, judge),
    ]
    answered = {check.facts.get("body") for check in resolved}
    resolved += [check for claim in said if (check := _only_said(case, claim, award)).facts.get("body") not in answered]
    return _weighed(resolved)


def _weighed(resolved: list[Check]) -> list[Check]:
    if not any(check.outcome is Outcome.PASSED for check in resolved):
        return resolved
    failing = [check for check in resolved if check.outcome is Outcome.FAILED]
    kept = [check for check in resolved if check.outcome is not Outcome.FAILED]
    kept = [found(check.code, required=False, **check.facts) for check in kept]
    return [*kept, *([found("accreditation.others_fail", count=len(failing))] if failing else [])]


def _registered(case: Case, award: Award, issuer: str | None) -> Iterator[Check]:
    """What the registers say about the issuer's accreditation."""
    for listing in case.trust.listings(issuer or ""):
        for entry in listing.institution.accreditations[: claims.MAX_CLAIMS]:
            accrediting = case.trust.accrediting(entry.by, award.at)
            body = accrediting.institution.name if accrediting else entry.by
            if not listing.register.relied_on:
                yield found("accreditation.known_not_relied_on", body=body, register=listing.register.name)
                continue
            name = listing.register.name
            if entry.renewed and entry.until is not None and entry.until < award.at:
                yield found("accreditation.not_decided", body=body)
            elif entry.since is not None and award.at < entry.since:
                yield found("accreditation.not_begun", body=body, since=iso(entry.since), awarded=iso(award.at))
            else:
                yield _fits(award, body, name, "register", entry.since, entry.until, [entry.scope])


def _endorsed(case: Case, view: Mapping[str, Any], award: Award, endorsers: Iterable[Report]) -> Iterator[Check]:
    """Endorsements by accrediting bodies. One by anybody else is an endorsement like others, of which `checks.endorsements` speaks."""
    about = set(_about(view))
    for report in endorsers:
        said = report.subject or report.technical.get("unconfirmed", {})
        body = said.get("issuer", {}).get("id")
        listing = case.trust.accrediting(body, award.at) if isinstance(body, str) else None
        if listing is None or said.get("endorsed") not in about:
            continue
        statement = _Statement(
            standing=_standing(report),
            body=listing.institution.name,
            about=said.get("endorsed"),
            since=moment(said.get("validFrom")),
            until=moment(said.get("validUntil")),
            scope=Scope(),
            source="endorsement",
        )
        yield _judged(award, statement, listing)


def _about(view: Mapping[str, Any]) -> Iterator[str]:
    nodes: list[Any] = [view, view.get("issuer")]
    nodes += [
        subject.get("achievement") for subject in many(view.get("credentialSubject")) if isinstance(subject, Mapping)
    ]
    yield from (identifier for node in nodes if (identifier := identifier_of(node)) is not None)


def _stated(case: Case, award: Award, issuer: str | None, judge: Judge) -> Iterator[Check]:
    """Verifiable accreditations to which the document's terms of use point."""
    for address in claims.statements(case.document)[:MAX_STATEMENTS]:
        yield _followed(case, award, judge, address, issuer, [], MAX_STEPS)


def _followed(
    case: Case, award: Award, judge: Judge, address: str, subject: str | None, scopes: list[Scope], steps: int
) -> Check:
    """The finding about the statement at `address`, which must be about `subject`, and about those that it leans on itself."""
    try:
        content = _unwrapped(case.resolver.fetch(address, accept=_ACCEPT).content)
    except ResolutionError as error:
        return found("accreditation.not_obtained", address=address, reason=error.code)
    try:
        document = formats.read(content).credential or {}
    except InputError as error:
        return found("accreditation.not_obtained", address=address, reason=error.code)
    body = identifier_of(document.get("issuer")) or "—"
    listing = case.trust.accrediting(body, award.at)
    about = next((identifier_of(each) for each in many(document.get("credentialSubject"))), None)
    scopes = [*scopes, claims.scope_of_statement(document)]
    statement = _Statement(
        standing=_standing(judge(content)),
        body=listing.institution.name if listing else body,
        about=about,
        since=moment(document.get("validFrom", document.get("issuanceDate"))),
        until=moment(document.get("validUntil", document.get("expirationDate"))),
        scope=Scope(),
        source="statement",
    )
    if listing is not None:
        if about != subject:
            return found("accreditation.of_another", body=statement.body, subject=about or "—")
        return _judged(award, statement, listing, scopes)
    further = claims.statements(document)
    if about != subject or statement.standing is not _Standing.HOLDS or not further or steps <= 1:
        return found("accreditation.body_unknown", body=statement.body)
    if _out_of_time(award, statement.since, statement.until, statement.body) is not None:
        return found("accreditation.body_unknown", body=statement.body)
    return _followed(case, award, judge, further[0], body, scopes, steps - 1)


def _unwrapped(content: bytes) -> bytes:
    """The statement itself, where a registry answers with `{"attribute": {"body": token}}` around it (EBSI, Trusted Issuers Registry)."""
    try:
        value = strict_json.loads(content)
    except InputError:
        return content
    attribute = value.get("attribute") if isinstance(value, dict) else None
    body = attribute.get("body") if isinstance(attribute, dict) else None
    return body.encode() if isinstance(body, str) else content


def _standing(report: Report) -> _Standing:
    """Signature, signer and status, with the dates left aside. False is only what is shown not to be the signer's."""
    if any(check.outcome is Outcome.FAILED and check.name in ("proof", "issuer.binding") for check in report.checks):
        return _Standing.FALSE
    if any(check.code in _WITHDRAWN for check in report.checks):
        return _Standing.WITHDRAWN
    bound = any(check.name == "issuer.binding" and is_bound(check) for check in report.checks)
    open_or_worse = any(
        check.outcome is not Outcome.PASSED and check.required and not check.name.startswith("dates.")
        for check in report.checks
    )
    return _Standing.HOLDS if bound and not open_or_worse else _Standing.OPEN


def _judged(award: Award, statement: _Statement, listing: Listing, scopes: Iterable[Scope] = ()) -> Check:
    match statement.standing:
        case _Standing.FALSE:
            return found("accreditation.not_genuine", body=statement.body)
        case _Standing.WITHDRAWN:
            return found("accreditation.withdrawn", body=statement.body)
        case _Standing.OPEN:
            return found("accreditation.not_decided", body=statement.body)
        case _Standing.HOLDS:
            pass
    all_scopes = [*scopes, statement.scope, listing.institution.accredits or Scope()]
    register = listing.register.name
    return _fits(award, statement.body, register, statement.source, statement.since, statement.until, all_scopes)


def _fits(
    award: Award,
    body: str,
    register: str,
    source: str,
    since: datetime | None,
    until: datetime | None,
    scopes: Iterable[Scope],
) -> Check:
    """The finding about an accreditation that its body stands for: whether it was in force at the award, and covers it."""
    if (elsewhen := _out_of_time(award, since, until, body)) is not None:
        return elsewhen
    scopes = list(scopes)
    for scope in scopes:
        if (part := scope.excludes(award)) is not None:
            stated = award.types if part == "achievementType" else award.levels
            return found("accreditation.not_covered", body=body, part=part, stated=sorted(stated))
    for scope in scopes:
        if (part := scope.leaves_open(award)) is not None:
            return found("accreditation.scope_open", body=body, part=part)
    return found("accreditation.confirmed", body=body, register=register, source=source, awarded=iso(award.at))


def _out_of_time(award: Award, since: datetime | None, until: datetime | None, body: str) -> Check | None:
    if until is not None and until < award.at:
        return found("accreditation.ended", body=body, until=iso(until), awarded=iso(award.at))
    if since is not None and award.at < since:
        return found("accreditation.later", body=body, since=iso(since), awarded=iso(award.at))
    return None


def _only_said(case: Case, claim: claims.Said, award: Award) -> Check:
    """What the issuer alone says: never a reason to believe it, nor one to refuse."""
    if claim.kind == "parent":
        listed = [listing for listing in case.trust.listings(claim.body or "") if listing.register.relied_on]
        if listed:
            return found(
                "accreditation.parent_only_said", body=listed[0].institution.name, register=listed[0].register.name
            )
        return found("accreditation.parent_unknown", body=claim.name)
    listing = case.trust.accrediting(claim.body, award.at) if claim.body else None
    if listing is None:
        return found("accreditation.body_unknown", body=claim.name)
    body = listing.institution.name
    if _out_of_time(award, claim.since, claim.until, body) is not None or claim.scope.excludes(award) is not None:
        return found("accreditation.only_said_not_fitting", body=body)
    return found("accreditation.only_said", body=body, register=listing.register.name)
