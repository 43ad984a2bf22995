"""What is read about revocations. Inside a tenant, but where a function takes an institution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Max, QuerySet

from testamur_site.catalogue.api import MicroCredential
from testamur_site.foundation.jobs.api import Job, Status
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.log import api as log
from testamur_site.status import api as status

from ..models import Award, Batch, Revocation, StatusChange
from ..rules import UNSIGNED, AwardState, BatchState, Reason, Why, before
from ..sentences import REASONS
from ..services.changes import rules_of
from .rules import Change, Objection, RevocationState, Scope


def covered(scope: Scope) -> QuerySet[Award]:
    """The awards in a scope that can be revoked now: issued or suspended, and not being corrected."""
    rows = Award.objects.filter(state__in=before(AwardState.REVOKED), superseded_by=None)
    if scope.award is not None:
        rows = rows.filter(pk=scope.award)
    if scope.batch is not None:
        rows = rows.filter(batch=scope.batch)
    if scope.key_id:
        rows = rows.filter(key_id=scope.key_id)
    if scope.micro_credential is not None:
        rows = rows.filter(micro_credential=scope.micro_credential)
    if scope.issued_from is not None:
        rows = rows.filter(issued_at__gte=scope.issued_from)
    if scope.issued_until is not None:
        rows = rows.filter(issued_at__lt=scope.issued_until)
    return rows


def concerned(scope: Scope) -> int:
    """How many credentials somebody who revokes this decides about; of a batch also those that are not signed, or not decided, yet."""
    return covered(scope).count() + (_to_come(scope.batch) if scope.batch is not None else 0)


def _to_come(batch: int) -> int:
    """What undoing a batch cancels."""
    undecided = Batch.objects.filter(pk=batch, state=BatchState.ISSUING).values_list("undecided", flat=True).first()
    return Award.objects.filter(batch=batch, state__in=UNSIGNED).count() + (undecided or 0)


def scope_of(revocation: Revocation) -> Scope:
    return Scope(
        award=revocation.award_id,
        batch=revocation.batch_id,
        key_id=revocation.key_id,
        micro_credential=revocation.micro_credential_id,
        issued_from=revocation.issued_from,
        issued_until=revocation.issued_until,
    )


def covered_by(revocation: Revocation) -> QuerySet[Award]:
    """What is left of a revocation. What was issued after it was proposed was in nobody's mind, and is not in it."""
    return covered(scope_of(revocation)).filter(issued_at__lte=revocation.proposed_at)


def why_of(revocation: Revocation) -> Why:
    return Why(Reason(revocation.reason_code), revocation.note, revocation.evidence)


def needs_second_person(institution: Institution, *, single: bool) -> bool:
    """Whether a revocation is only proposed, for somebody else to approve."""
    with tenant(institution):
        rules = rules_of(institution)
    return rules.second_person_single if single else rules.second_person_cohort


_WITH = ("institution", "award__version", "batch__version", "micro_credential", "proposed_by", "decided_by")


def revocations(page: str | int = 1) -> Page[Revocation]:
    """The institution's revocations, newest first."""
    return Paginator(Revocation.objects.select_related(*_WITH), 30).get_page(page)


def waiting() -> int:
    """How many revocations wait for a second person."""
    return Revocation.objects.filter(state=RevocationState.PROPOSED).count()


def own_revocation(public_id: str) -> Revocation | None:
    return Revocation.objects.select_related(*_WITH).filter(public_id=public_id).first()


def fresh(revocation: Revocation) -> Revocation:
    with tenant(revocation.institution):
        return Revocation.objects.select_related(*_WITH).get(pk=revocation.pk)


def open_revocation(award: Award) -> Revocation | None:
    """The revocation of just this award that waits for a second person."""
    return award.revocations.filter(state=RevocationState.PROPOSED).first()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a revocation is: of `total`, `done` are revoked (or replaced), `left` not yet."""

    total: int
    done: int
    left: int


def progress(revocation: Revocation) -> Progress:
    left = covered_by(revocation).count() if revocation.state == RevocationState.RUNNING else 0
    if revocation.replace:
        return Progress(revocation.found, max(0, revocation.found - left), left)
    return Progress(revocation.found, revocation.changes.count(), left)


def changes_of(award: Award) -> list[StatusChange]:
    """What was said about an award, newest first."""
    people = ("changed_by", "answered_by", "revocation__decided_by", "successor")
    return list(StatusChange.objects.filter(award=award).select_related(*people))


def latest_change(award: Award) -> StatusChange | None:
    with tenant(award.institution):
        return next(iter(changes_of(award)), None)


def own_change(award: Award, public_id: str) -> StatusChange | None:
    return (
        StatusChange.objects.select_related("institution", "revocation")
        .filter(award=award, public_id=public_id)
        .first()
    )


def place_of(change: StatusChange) -> log.Recorded | None:
    """From where on in the public log the change holds: the place of the first status list that says so. None until it is there."""
    entry = change.award.status_entry
    if change.list_version is None or entry is None:
        return None
    key = status.carrier(entry, change.list_version)
    return log.places([key]).get(key) if key is not None else None


@dataclass(frozen=True, slots=True)
class StatusNotice:
    """What a holder may know about their own credential: what was said about it, when and why (as a code and in words), since which place
    of the public log, and how an objection stands. Of the institution's own notes nothing."""

    change: Change
    reason: Reason
    words: str
    changed_at: datetime
    place: log.Recorded | None
    objection: Objection
    successor: Award | None


def status_notice(award: Award) -> StatusNotice | None:
    """The newest change of an award that is revoked or suspended; None for others."""
    if award.state not in (AwardState.REVOKED, AwardState.SUSPENDED):
        return None
    with tenant(award.institution):
        found = next(iter(changes_of(award)), None)
        if found is None:
            return None
        return StatusNotice(
            Change(found.change),
            Reason(found.reason_code),
            str(REASONS[Reason(found.reason_code)]),
            found.changed_at,
            place_of(found),
            Objection(found.objection),
            found.successor,
        )


def title_of_micro_credential(micro_credential: MicroCredential) -> str:
    """The title of its newest version that was awarded."""
    newest = Award.objects.filter(micro_credential=micro_credential).select_related("version").order_by("-pk").first()
    return newest.version.title if newest is not None else ""


def awarded_micro_credentials() -> list[tuple[MicroCredential, str]]:
    """What was ever awarded, each with the title of its newest version."""
    newest = Award.objects.values("micro_credential").annotate(newest=Max("pk")).values_list("newest", flat=True)
    rows = Award.objects.filter(pk__in=list(newest)).select_related("micro_credential", "version")
    return sorted(((row.micro_credential, row.version.title) for row in rows), key=lambda pair: pair[1].casefold())


def sample(scope: Scope, count: int = 8) -> list[Award]:
    """A few of the awards in a scope, the newest first."""
    return list(covered(scope).select_related("version").order_by("-issued_at", "-pk")[:count])


def working(revocation: Revocation) -> bool:
    """Whether a job of the revocation waits or runs."""
    path = "testamur_site.issuing.jobs.revoke_cohort"
    active = (Status.QUEUED, Status.RUNNING)
    return Job.objects.filter(path=path, args__revocation=revocation.public_id, status__in=active).exists()
