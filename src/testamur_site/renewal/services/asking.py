"""The renewal itself.

1. The holder asks. What the cycle wants is decided now; if something is missing, nothing happens.
2. By lot, and always for a reinstatement, staff look at it first (`audit`): they accept, or refuse with a reason and it is open again.
3. The successor is issued (`carry_out`). A job is queued in the transaction that decides it, so that a killed worker loses nothing;
   whoever comes second finds the successor.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import expires_on
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing.api import BeingCorrected, NotAllowedNow, renew

from ..errors import NotDone, WrongState
from ..models import Renewal
from ..rules import ASKABLE, Phase, Progress, RenewalState, drawn, phase_of, progress
from .telling import tell


def progress_of(renewal: Renewal, today: date | None = None) -> Progress:
    """What is done and what is open, decided now."""
    today = today or timezone.localdate()
    with tenant(renewal.institution):
        done = [activity.done() for activity in renewal.activities.select_related("award")]
    terms = renewal.cycle.terms
    reinstated = phase_of(terms, renewal.ends, today) is Phase.REINSTATEMENT
    return progress(terms, done, begins=renewal.begins, ends=renewal.ends, today=today, reinstatement=reinstated)


def ask(renewal: Renewal, *, today: date | None = None) -> Renewal:
    """The holder asks for the renewal. Raises WrongState (another state, or not the time), NotDone; and what issuing raises, after which
    the job tries again."""
    today = today or timezone.localdate()
    with tenant(renewal.institution), transaction.atomic():
        fresh = (
            Renewal.objects.select_for_update(of=("self",)).select_related("cycle", "institution").get(pk=renewal.pk)
        )
        if fresh.state in (RenewalState.ASKED, RenewalState.AUDIT, RenewalState.RENEWED):
            return fresh
        phase = phase_of(fresh.cycle.terms, fresh.ends, today)
        if fresh.state != RenewalState.OPEN or phase not in ASKABLE:
            raise WrongState(state=phase.value if fresh.state == RenewalState.OPEN else fresh.state)
        if not progress_of(fresh, today).holds:
            raise NotDone()
        reinstated = phase is Phase.REINSTATEMENT
        looked_at = reinstated or drawn(secrets.randbelow(100), fresh.cycle.audit_share)
        fresh.state = RenewalState.AUDIT if looked_at else RenewalState.ASKED
        fresh.asked_at, fresh.reinstated, fresh.reason = timezone.now(), reinstated, ""
        fresh.save(update_fields=["state", "asked_at", "reinstated", "reason"])
        _audit(fresh, "renewal.asked", facts={"audited": looked_at, "reinstated": reinstated})
        if looked_at:
            return fresh
        _queue(fresh)
    return carry_out(fresh)


def accept(renewal: Renewal, *, actor: Any) -> Renewal:
    """Staff looked, and it is right. Raises WrongState, and what issuing raises."""
    with tenant(renewal.institution), transaction.atomic():
        _decide(renewal, RenewalState.ASKED, actor, "")
        _audit(renewal, "renewal.accepted", actor=actor)
        _queue(renewal)
    return carry_out(_fresh(renewal))


def refuse(renewal: Renewal, *, actor: Any, reason: str, activities: Iterable[str] = ()) -> Renewal:
    """Staff looked, and these activities (public ids) do not count. It is open again, and the holder is told why. Raises WrongState."""
    with tenant(renewal.institution), transaction.atomic():
        _decide(renewal, RenewalState.OPEN, actor, reason)
        refused = renewal.activities.filter(public_id__in=list(activities)).update(refused=True)
        _audit(renewal, "renewal.refused", actor=actor, facts={"activities": refused})
        fresh = _fresh(renewal)
        moment = fresh.decided_at.isoformat() if fresh.decided_at else ""
        tell(fresh, "refused", f"refused:{moment}")
    return fresh


def _decide(renewal: Renewal, state: RenewalState, actor: Any, reason: str) -> None:
    changed = Renewal.objects.filter(pk=renewal.pk, state=RenewalState.AUDIT).update(
        state=state, decided_by=actor, decided_at=timezone.now(), reason=reason
    )
    if not changed:
        raise WrongState(state=_fresh(renewal).state)


def carry_out(renewal: Renewal) -> Renewal:
    """Issue the successor of what was asked for. It is valid from now until a whole validity after the old end; after a reinstatement a
    whole validity from the day it was asked for. Repeating it finds the same successor."""
    if renewal.state != RenewalState.ASKED or renewal.asked_at is None:
        return renewal
    award = renewal.award
    begins = timezone.localdate(renewal.asked_at) if renewal.reinstated else renewal.ends
    until = expires_on(begins, award.version.description.validity)
    if until is None:
        raise WrongState(state=RenewalState.CLOSED)
    try:
        successor = renew(award, until)
    except (NotAllowedNow, BeingCorrected):  # withdrawn or replaced in this moment: there is nothing to renew
        with tenant(renewal.institution):
            Renewal.objects.filter(pk=renewal.pk, state=RenewalState.ASKED).update(state=RenewalState.CLOSED)
        return _fresh(renewal)
    with tenant(renewal.institution), transaction.atomic():
        changed = Renewal.objects.filter(pk=renewal.pk, state=RenewalState.ASKED).update(
            state=RenewalState.RENEWED, successor=successor
        )
        if changed:
            _audit(renewal, "renewal.renewed", facts={"successor": successor.public_id})
    return _fresh(renewal)


def _queue(renewal: Renewal) -> None:
    enqueue(
        "testamur_site.renewal.jobs.carry_out",
        {"renewal": renewal.public_id},
        key=f"renewal:{renewal.public_id}",
        institution=renewal.institution,
    )


def _fresh(renewal: Renewal) -> Renewal:
    with tenant(renewal.institution):
        return Renewal.objects.select_related(
            "institution", "cycle", "award", "award__version", "award__institution", "holder", "successor"
        ).get(pk=renewal.pk)


def _audit(renewal: Renewal, action: str, *, actor: Any = None, facts: dict[str, Any] | None = None) -> None:
    target = f"renewal:{renewal.public_id}"
    audit.record(action, target, institution=renewal.institution, actor=actor, facts=facts or {})
