"""Who takes part: asking, confirming, waiting, leaving, completing. Each function is one transaction and may be repeated.

1. A visitor asks (`apply`): nothing is taken yet, because an address that somebody typed is nobody's. A link goes to the mailbox.
2. Its reader confirms (`confirm`): a seat is taken, or the place in the waiting list, by the time of confirming.
3. Staff enrol directly (`enrol`): the learner is told and can leave again.
4. Who leaves gives the seat back; the first who waits moves up in the same transaction.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion, Offering, give_back_seat, take_seat
from testamur_site.foundation.entry_links import api as links
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import tenant

from ..errors import NotAllowedNow, NotOpenForEnrolment
from ..models import Enrolment, Extension, unconfirmed_before
from ..rules import HANDED_IN, OPEN, TAKES_PART, EnrolmentState
from . import common, learners, mails

FULL = "full"
ERASED = "erased"
EXCLUDED = "excluded"
PRIVACY_NOTICE = "1"
"""The version of the privacy notice beside the form; changed words get a new number."""
MOST_DAYS = 365
"""Days of a single extension."""


@transaction.atomic
def apply(
    offering: Offering, *, name: str, email: str, language: str, goals: str = "", prerequisites: bool = False
) -> None:
    """A visitor asks to be enrolled. Whoever reads the mailbox gets a link: to confirm, or to come in where they take part already.

    The caller learns nothing of the mailbox. Raises NotOpenForEnrolment (a full offering has a waiting list and is open).
    """
    refuse_closed(offering)
    with tenant(offering.institution):
        learner = learners.of_mailbox(offering.institution, email, name=name, language=language)
        enrolment, made = Enrolment.objects.get_or_create(
            offering=offering,
            learner=learner,
            defaults={"institution": offering.institution, "version": offering.version},
        )
        if not _may_confirm(enrolment):
            mails.entry(learner, language)  # they take part, wait, or were excluded: their own page says which
            return
        # Who has left stays so until the mailbox confirms: a form that anybody can fill in moves nobody.
        Enrolment.objects.filter(pk=enrolment.pk, state=EnrolmentState.APPLIED).update(
            goals=goals[:1000],
            prerequisites_confirmed_at=timezone.now() if prerequisites else None,
            privacy_notice=PRIVACY_NOTICE,
            created_at=timezone.now(),
        )
        enrolment.refresh_from_db()
        if made:
            common.about_enrolment("enrolment.applied", enrolment, None, offering=offering.public_id)
        mails.confirmation(enrolment)


@transaction.atomic
def confirm(enrolment: Enrolment) -> Enrolment:
    """The reader of the mailbox confirms: enrolled, or waiting where no seat is left. Repeating it changes nothing.

    Raises NotOpenForEnrolment where enrolment ended in the meantime, NotAllowedNow for who has left.
    """
    with tenant(enrolment.institution):
        fresh = _locked(enrolment)
        learners.verified(fresh.learner)
        if fresh.state in TAKES_PART or fresh.state == EnrolmentState.WAITING:
            return fresh
        if not _may_confirm(fresh):
            raise NotAllowedNow(state=fresh.withdrawn_reason)
        return _seat_or_wait(fresh, None)


@transaction.atomic
def confirm_by_link(secret: str, enrolment: Enrolment) -> Enrolment | None:
    """Use the link of the mail and confirm; None where somebody used it in the meantime. A refusal leaves the link as it was.

    Raises what `confirm` raises.
    """
    if links.use_link(mails.CONFIRMATION, secret) != enrolment.public_id:
        return None
    return confirm(enrolment)


@transaction.atomic
def enrol(offering: Offering, *, name: str, email: str, language: str, actor: Any = None) -> tuple[Enrolment, bool]:
    """Staff enrol a learner: (the enrolment, whether it is new). Who was there already stays as they are.

    Raises NotOpenForEnrolment, NotAllowedNow for who was excluded.
    """
    with tenant(offering.institution):
        learner = learners.of_mailbox(offering.institution, email, name=name, language=language)
        enrolment, _ = Enrolment.objects.get_or_create(
            offering=offering,
            learner=learner,
            defaults={"institution": offering.institution, "version": offering.version, "invited_by": actor},
        )
        if enrolment.state in TAKES_PART or enrolment.state == EnrolmentState.WAITING:
            return enrolment, False
        if not _may_confirm(enrolment):
            raise NotAllowedNow(state=enrolment.withdrawn_reason)
        refuse_closed(offering)
        return _seat_or_wait(_locked(enrolment), actor), True


@transaction.atomic
def withdraw(enrolment: Enrolment, *, reason: str = "", actor: Any = None) -> Enrolment:
    """End an enrolment; what was handed in stays. The seat goes to the first who waits. Raises NotAllowedNow for a completed one."""
    with tenant(enrolment.institution):
        fresh = _locked(enrolment)
        if fresh.state == EnrolmentState.WITHDRAWN:
            return fresh
        if fresh.state not in OPEN:
            raise NotAllowedNow(state=fresh.state)
        had_seat = fresh.state == EnrolmentState.ENROLLED
        ended_at = timezone.now()
        _move(fresh, EnrolmentState.WITHDRAWN, ended_at=ended_at, withdrawn_reason=reason[:24])
        common.about_enrolment("enrolment.withdrawn", fresh, actor, reason=reason[:24])
        if actor is not None and reason != ERASED:
            mails.withdrawn(fresh)
        if had_seat:
            enqueue(
                common.AFTER_LEAVING,
                {"enrolment": fresh.public_id},
                key=f"enrolment-withdrawn:{fresh.public_id}:{ended_at.isoformat()}",
                institution=fresh.institution,
            )
            give_back_seat(fresh.offering)
            promote(fresh.offering)
        return fresh


@transaction.atomic
def promote(offering: Offering) -> int:
    """Give free seats to those who wait, in the order in which they came; how many moved up."""
    moved = 0
    with tenant(offering.institution):
        waiting = Enrolment.objects.select_for_update(of=("self",)).filter(
            offering=offering, state=EnrolmentState.WAITING
        )
        for enrolment in waiting.select_related("learner", "offering", "version", "institution").order_by(
            "created_at", "pk"
        ):
            if not take_seat(offering):
                break
            _enrolled(enrolment, None)
            moved += 1
    return moved


@transaction.atomic
def complete(enrolment: Enrolment, *, actor: Any = None) -> Enrolment:
    """A decision has ended it. Repeating it changes nothing. Raises NotAllowedNow unless the learner takes part."""
    fresh = _locked(enrolment)
    if fresh.state == EnrolmentState.COMPLETED:
        return fresh
    if fresh.state != EnrolmentState.ENROLLED:
        raise NotAllowedNow(state=fresh.state)
    _move(fresh, EnrolmentState.COMPLETED, ended_at=timezone.now())
    common.about_enrolment("enrolment.completed", fresh, actor)
    return fresh


@transaction.atomic
def reopen(enrolment: Enrolment, *, actor: Any = None) -> Enrolment:
    """The decision that ended it was taken back, or asks for more work; so was an exclusion.

    Who had been excluded gets a seat again even where none is free: they had one. Raises NotAllowedNow in every other state.
    """
    fresh = _locked(enrolment)
    if fresh.state == EnrolmentState.ENROLLED:
        return fresh
    excluded = fresh.state == EnrolmentState.WITHDRAWN and fresh.withdrawn_reason == EXCLUDED
    if fresh.state != EnrolmentState.COMPLETED and not excluded:
        raise NotAllowedNow(state=fresh.state)
    if excluded:
        take_seat(fresh.offering)
    _move(fresh, EnrolmentState.ENROLLED, ended_at=None, withdrawn_reason="")
    common.about_enrolment("enrolment.reopened", fresh, actor)
    return fresh


@transaction.atomic
def extend(enrolment: Enrolment, *, task_key: str, days: int, reason: str, actor: Any = None) -> Extension:
    """More days for one learner, for one task or ('' as key) for all. `days` 1 to 365. Raises NotAllowedNow unless they take part."""
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"An extension has 1 to {MOST_DAYS} days.")
    fresh = _locked(enrolment)
    if fresh.state != EnrolmentState.ENROLLED:
        raise NotAllowedNow(state=fresh.state)
    extension = Extension.objects.create(
        institution=fresh.institution,
        enrolment=fresh,
        task_key=task_key,
        days=days,
        reason=reason[:24],
        granted_by=actor,
    )
    common.about_enrolment("enrolment.extended", fresh, actor, task=task_key, days=days, reason=extension.reason)
    return extension


@transaction.atomic
def move_to_current(enrolment: Enrolment, *, actor: Any = None) -> Enrolment:
    """Let a learner go on in the published version of the programme; drafts of tasks that it still has come along.

    Repeating it changes nothing. Raises NotAllowedNow: unless they take part, where something was handed in (it was made for the old
    version and is judged by it), or where no version is published.
    """
    fresh = _locked(enrolment)
    versions = AchievementVersion.objects.filter(micro_credential=fresh.version.micro_credential_id)
    current = versions.filter(state=AchievementVersion.State.PUBLISHED).first()
    if current is not None and current.pk == fresh.version_id:
        return fresh
    if current is None or fresh.state != EnrolmentState.ENROLLED:
        raise NotAllowedNow(state=fresh.state)
    if fresh.submissions.filter(state__in=sorted(HANDED_IN)).exists():
        raise NotAllowedNow(state="handed_in")
    before = fresh.version.public_id
    _move(fresh, EnrolmentState.ENROLLED, version=current)
    common.about_enrolment("enrolment.moved", fresh, actor, before=before, version=current.public_id)
    return fresh


def refuse_closed(offering: Offering) -> None:
    """Raises NotOpenForEnrolment; a full offering is open, for its waiting list."""
    refusal = offering.refusal(timezone.localdate())
    if refusal and refusal != FULL:
        raise NotOpenForEnrolment(state=str(refusal))


@transaction.atomic
def forget_unconfirmed() -> int:
    """Delete applications that nobody confirmed within a week, and learners who are left with nothing. How many applications."""
    stale = Enrolment.objects.filter(state=EnrolmentState.APPLIED, created_at__lt=unconfirmed_before())
    found = list(stale.select_related("learner")[:500])
    for enrolment in found:
        learner = enrolment.learner
        enrolment.delete()
        if learner.verified_at is None and not learner.enrolments.exists() and not learner.evidence.exists():
            learner.delete()
    return len(found)


def _may_confirm(enrolment: Enrolment) -> bool:
    """Whether the enrolment can begin: asked for, or left and not because of an exclusion."""
    if enrolment.state == EnrolmentState.WITHDRAWN:
        return enrolment.withdrawn_reason != EXCLUDED
    return enrolment.state == EnrolmentState.APPLIED


def _seat_or_wait(enrolment: Enrolment, actor: Any) -> Enrolment:
    refuse_closed(enrolment.offering)
    if take_seat(enrolment.offering):
        return _enrolled(enrolment, actor)
    refuse_closed(enrolment.offering)  # the seats may have ended, or enrolment itself
    _move(enrolment, EnrolmentState.WAITING, ended_at=None, created_at=timezone.now())
    common.about_enrolment("enrolment.waiting", enrolment, actor)
    mails.waiting(enrolment)
    return enrolment


def _enrolled(enrolment: Enrolment, actor: Any) -> Enrolment:
    # The version that the offering has now: an offering may follow a newer one until its first seat is taken.
    _move(
        enrolment,
        EnrolmentState.ENROLLED,
        enrolled_at=timezone.now(),
        ended_at=None,
        withdrawn_reason="",
        version=Offering.objects.select_related("version").get(pk=enrolment.offering_id).version,
    )
    common.about_enrolment("enrolment.enrolled", enrolment, actor, version=enrolment.version.public_id)
    mails.enrolled(enrolment)
    return enrolment


def _move(enrolment: Enrolment, state: EnrolmentState, **values: Any) -> None:
    moved = Enrolment.objects.filter(pk=enrolment.pk, state=enrolment.state).update(state=state, **values)
    if not moved:
        raise NotAllowedNow(state=enrolment.state)
    enrolment.state = state
    for name, value in values.items():
        setattr(enrolment, name, value)


def _locked(enrolment: Enrolment) -> Enrolment:
    return (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("learner", "offering", "version", "version__institution", "institution")
        .get(pk=enrolment.pk)
    )
