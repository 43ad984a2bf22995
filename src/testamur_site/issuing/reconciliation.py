"""What issuing says to the monitor of the log (`log.monitor`, TESTAMUR_LOG_SOURCES): which credentials are ours?

An entry is ours when three things agree that are written in three places: the award with its signed bytes, to which the
entry commits; the audit trail, which tells that it was signed; and in the trail also what led to it, a decision or
correction about this award, or the start of its batch. Whoever forges one of them has still to forge the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from testamur.errors import TestamurError
from testamur.log import commitment_of
from testamur.log.secured import secured
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.log.api import Claim, Doubt, Expected, Kind

from .blockcerts import rules
from .blockcerts.queries import doubts as edition_doubts
from .models import Award, PreparedCredential
from .rules import PUBLISHED

_ISSUED, _SUPERSEDED, _DECIDED, _STARTED = "award.issued", "award.superseded", "award.decided", "batch.started"
_AT_MOST_UNSIGNED = timedelta(days=7)
"""From the decision to the signature; only to look at few rows."""


def doubts(claims: Sequence[Claim]) -> list[Doubt]:
    """The claims about credentials that we do not stand by: `monitor.no_award`, `monitor.other_credential`,
    `monitor.untraced`."""
    found: list[Doubt] = []
    by_institution: dict[int | None, list[Claim]] = {}
    for claim in claims:
        if claim.kind in (Kind.ISSUE, Kind.SUPERSEDE):
            by_institution.setdefault(claim.institution, []).append(claim)
    known = Institution.objects.in_bulk([pk for pk in by_institution if pk is not None])
    for pk, some in by_institution.items():
        institution = known.get(pk) if pk is not None else None
        if institution is None:
            found += [Doubt(claim, "monitor.no_award") for claim in some]
            continue
        with tenant(institution):
            found += _doubts(institution, some)
    return found


def issued(since: datetime, until: datetime) -> Iterator[Expected]:
    """What was signed in that time: each of these must be in the log."""
    for institution in Institution.objects.all():
        with tenant(institution):
            rows = Award.objects.filter(
                created_at__gte=since - _AT_MOST_UNSIGNED,
                issued_at__gte=since,
                issued_at__lt=until,
                state__in=PUBLISHED,
            )
            found = list(rows.values_list("public_id", flat=True))
        for public_id in found:
            yield Expected(institution.pk, f"award:{public_id}")


def _doubts(institution: Institution, claims: Sequence[Claim]) -> Iterator[Doubt]:
    """Of one institution, which is active."""
    editions = [claim for claim in claims if claim.subject.startswith(rules.SUBJECT)]
    if editions:
        yield from edition_doubts(editions)
    claims = [claim for claim in claims if claim not in editions]
    ids = {claim: claim.subject.removeprefix("award:").removesuffix(":superseded") for claim in claims}
    rows = Award.objects.select_related("batch", "superseded_by").filter(public_id__in=set(ids.values()))
    awards = {award.public_id: award for award in rows}
    successors = [award.successor for award in awards.values() if award.successor is not None]
    signed = _signed({award.pk for award in [*awards.values(), *successors]})
    trail = _trail(institution, set(ids.values()), awards.values())
    for claim, public_id in ids.items():
        award = awards.get(public_id)
        of = award.successor if award is not None and claim.kind is Kind.SUPERSEDE else award
        if claim.salt is None and (_ISSUED, f"award:{public_id}") in trail:
            continue  # the person was forgotten, and with them what could be compared; that it was ours is still on record
        if award is None or of is None or of.state not in PUBLISHED or of.pk not in signed:
            yield Doubt(claim, "monitor.no_award")
        elif claim.salt is not None and not _commits(claim, claim.salt, signed[of.pk]):
            yield Doubt(claim, "monitor.other_credential")
        elif not _led_to(award, claim.kind, trail):
            yield Doubt(claim, "monitor.untraced")


def _signed(awards: Collection[int]) -> dict[int, bytes]:
    rows = PreparedCredential.objects.filter(award__in=awards, signed__isnull=False)
    return {award: bytes(content) for award, content in rows.values_list("award", "signed")}


def _commits(claim: Claim, salt: bytes, content: bytes) -> bool:
    try:
        return commitment_of(secured(content), salt) == claim.commitment
    except (TestamurError, ValueError):  # the bytes in the database are no credential any more
        return False


def _trail(institution: Institution, ids: Collection[str], awards: Collection[Award]) -> set[tuple[str, str]]:
    """What the audit trail tells of awards with these public ids, and of their batches: (action, target)."""
    targets = {f"award:{public_id}" for public_id in ids}
    targets |= {f"batch:{award.batch.public_id}" for award in awards if award.batch is not None}
    rows = audit.entries(institution).filter(target__in=targets, action__in=(_ISSUED, _SUPERSEDED, _DECIDED, _STARTED))
    return set(rows.values_list("action", "target"))


def _led_to(award: Award, kind: Kind, trail: set[tuple[str, str]]) -> bool:
    target = f"award:{award.public_id}"
    if kind is Kind.SUPERSEDE:
        return (_SUPERSEDED, target) in trail
    started = award.batch is not None and (_STARTED, f"batch:{award.batch.public_id}") in trail
    return (_ISSUED, target) in trail and (started or (_DECIDED, target) in trail)
