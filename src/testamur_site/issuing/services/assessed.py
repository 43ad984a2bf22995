"""Awards that are made of decisions: exactly one of each pass, and none left of a decision that does not stand any more."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import expires_on, lock_version
from testamur_site.decisions import api as decisions
from testamur_site.decisions.api import Decision, NotAwardable
from testamur_site.foundation.tenancy.api import tenant

from ..assessed import data_of, earned_of
from ..errors import IssuingError
from ..models import Award
from ..rules import UNSIGNED, AwardState, Reason, Why
from . import common
from .awards import decision_key, queue, refuse_errors, revoke_many
from .pipeline import issue

IN_FORCE = (AwardState.ISSUED, AwardState.SUSPENDED)


def award_decision(decision: Decision, *, writing: common.Writing = transaction.atomic) -> Award:
    """Make the award of a pass and sign it. Doing it again, or by two workers at once, makes no second one.

    1. In one transaction, under the institution's lock: the decision must carry an award now (`decisions.award_facts` is the gate); its
       key finds an award that was made before; otherwise the version is locked and the award written, and the job that would finish it
       queued. What an earlier decision of the same enrolment was awarded is superseded, or cancelled where it is not signed yet.
    2. Sign, in steps that find their own trace.

    Raises decisions.NotAwardable (then nothing was written), StoppedByQuality, RefusedByLints.
    """
    with tenant(decision.institution):
        with writing():
            common.lock(decision.institution)
            award = _existing(decision) or _new(decision)
        for _done in issue(decision.institution, [award.pk], writing=writing):
            pass
        return Award.objects.select_related("institution", "version", "micro_credential", "supersedes").get(pk=award.pk)


def _existing(decision: Decision) -> Award | None:
    return Award.objects.filter(decision=decision, award_key=decision_key(decision.public_id)).first()


def _new(decision: Decision) -> Award:
    facts = decisions.award_facts(decision)
    common.refuse_stopped(facts.version)
    data = data_of(facts, expires_on(facts.awarded, facts.version.description.validity))
    values: dict[str, Any] = {"decision": facts.decision, "earned": earned_of(facts)}
    refuse_errors(facts.version, data, **values)
    version = lock_version(facts.version)
    _cancel_unsigned(decision)
    earlier = Award.objects.filter(decision__enrolment=decision.enrolment_id, state__in=IN_FORCE, superseded_by=None)
    award = common.new_award(
        version,
        data,
        award_key=decision_key(decision.public_id),
        actor=decision.decided_by,
        supersedes=earlier.order_by("pk").last(),
        **values,
        **common.decided(version),
    )
    award.save(force_insert=True)
    of = {"decision": decision.public_id}
    common.record("award.decided", [award], institution=decision.institution, actor=decision.decided_by, facts=of)
    queue(award)
    return award


def _cancel_unsigned(decision: Decision) -> None:
    """Awards of the enrolment that nobody has signed yet: never published, so nothing need be revoked. They let go of what they would have
    superseded."""
    waiting = list(
        Award.objects.select_for_update(of=("self",)).filter(
            decision__enrolment=decision.enrolment_id, state__in=UNSIGNED
        )
    )
    Award.objects.filter(pk__in=[award.pk for award in waiting], state__in=UNSIGNED).update(
        state=AwardState.CANCELLED, award_key=None, supersedes=None, changed_at=timezone.now()
    )
    common.record("award.cancelled", waiting, institution=decision.institution)


def withdraw_awards(decision: Decision, *, writing: common.Writing = transaction.atomic) -> int:
    """Take back what was awarded to the enrolment of a decision that does not stand any more; how many were revoked.

    Nothing happens where a pass is in force again. Repeating it changes nothing.
    """
    with tenant(decision.institution), writing():
        common.lock(decision.institution)
        current = decisions.current_decision(decision.enrolment)
        if current is None or current.is_pass:
            return 0
        _cancel_unsigned(decision)
        found = Award.objects.filter(decision__enrolment=decision.enrolment_id, state__in=IN_FORCE)
        void = current.outcome == decisions.Outcome.VOID
        reason = Reason.ACADEMIC_MISCONDUCT if void else Reason.ISSUED_IN_ERROR
        return revoke_many(
            decision.institution,
            found.values_list("pk", flat=True),
            Why(reason),
            actor=current.decided_by,
            release=False,
        )


def why_not(decision: Decision) -> IssuingError | NotAwardable | None:
    """What stands between a decision and its award; None where the award is there, or nothing does."""
    with tenant(decision.institution):
        if _existing(decision) is not None:
            return None
        try:
            facts = decisions.award_facts(decision)
            common.refuse_stopped(facts.version)
            data = data_of(facts, expires_on(facts.awarded, facts.version.description.validity))
            refuse_errors(facts.version, data, decision=facts.decision, earned=earned_of(facts))
        except (IssuingError, NotAwardable) as error:
            return error
    return None
