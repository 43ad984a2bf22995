"""Propose, approve, carry out, stop; object and answer.

A revocation of many is carried out by a job, some at a time, each time in one transaction with the bits, the records and the audit
entries. Whoever is killed in between left whole steps; the next run goes on with what is left, because what was revoked is no longer found.

What can be taken back, and what cannot: until it is approved, a proposal is withdrawn or declined and nothing has happened. While it runs
it can be stopped: what was revoked stays revoked, for a revocation list never forgets. Afterwards there is one way back for a person: the
award is made anew, in a new credential (`replace` at once for all, `award_anew` for somebody whose objection was upheld).
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion, lock_version
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import Institution, new_public_id, tenant

from ..errors import IssuingError, NotAllowedNow, NumberChanged, SamePerson
from ..models import Award, Batch, Revocation, RevocationRules, StatusChange
from ..rules import AwardState, Why
from ..services import awards, batches, common
from . import queries
from .rules import Change, Objection, RevocationState, Scope, objection_may_become

AT_ONCE = 1000
"""So many are revoked in one transaction: each makes a version of the status list, and each holds up other writers for about a second."""


def change_rules(institution: Institution, *, single: bool, cohort: bool, actor: Any) -> None:
    """Say from now on whether a second person approves a revocation. What is proposed already keeps the rule it was proposed under."""
    with tenant(institution), transaction.atomic():
        common.lock(institution)
        facts = {"single": single, "cohort": cohort}
        RevocationRules.objects.update_or_create(
            institution=institution, defaults={"second_person_single": single, "second_person_cohort": cohort}
        )
        audit.record("revocation.rules_changed", "revocations", institution=institution, actor=actor, facts=facts)


def propose(
    institution: Institution,
    scope: Scope,
    why: Why,
    *,
    expected: int,
    actor: Any,
    release: bool = False,
    replace: bool = False,
) -> Revocation:
    """Propose to revoke what is in `scope`; where nobody else need approve, it begins at once.

    `expected` is the number the person was shown. Raises NumberChanged when it is another by now, NotAllowedNow when there is nothing to
    revoke.
    """
    with tenant(institution), transaction.atomic():
        common.lock(institution)
        if scope.empty:
            raise NotAllowedNow(state="")
        found = queries.concerned(scope)
        if not found:
            raise NotAllowedNow(state="")
        if found != expected:
            raise NumberChanged(found=found, expected=expected)
        made = Revocation.objects.create(
            institution=institution,
            award_id=scope.award,
            batch_id=scope.batch,
            key_id=scope.key_id,
            micro_credential_id=scope.micro_credential,
            issued_from=scope.issued_from,
            issued_until=scope.issued_until,
            reason_code=why.reason,
            note=why.note,
            evidence=why.evidence,
            release=release,
            replace=replace,
            found=found,
            proposed_by=actor,
        )
        _record("revocation.proposed", made, actor, reason=why.reason.value, credentials=found)
        if not queries.needs_second_person(institution, single=scope.single):
            _begin(made)
    return queries.fresh(made)


def approve(revocation: Revocation, *, actor: Any) -> Revocation:
    """The second person agrees: it begins. Raises NotAllowedNow unless it is proposed, SamePerson for whoever proposed it."""
    with tenant(revocation.institution), transaction.atomic():
        common.lock(revocation.institution)
        if actor is None or actor.pk == revocation.proposed_by_id:
            raise SamePerson()
        _move(
            revocation,
            RevocationState.PROPOSED,
            RevocationState.PROPOSED,
            decided_by=actor,
            decided_at=timezone.now(),
        )
        _record("revocation.approved", revocation, actor)
        _begin(revocation)
    return queries.fresh(revocation)


def decline(revocation: Revocation, *, note: str, actor: Any) -> None:
    """The second person does not agree. Raises NotAllowedNow, SamePerson."""
    with tenant(revocation.institution), transaction.atomic():
        common.lock(revocation.institution)
        if actor is None or actor.pk == revocation.proposed_by_id:
            raise SamePerson()
        now = timezone.now()
        values = {"decided_by": actor, "decided_at": now, "decision_note": note, "finished_at": now}
        _move(revocation, RevocationState.PROPOSED, RevocationState.DECLINED, **values)
        _record("revocation.declined", revocation, actor)


def withdraw(revocation: Revocation, *, actor: Any) -> None:
    """Whoever proposed it takes it back. Raises NotAllowedNow; SamePerson does not apply: it is theirs."""
    with tenant(revocation.institution), transaction.atomic():
        common.lock(revocation.institution)
        _move(revocation, RevocationState.PROPOSED, RevocationState.WITHDRAWN, finished_at=timezone.now())
        _record("revocation.withdrawn", revocation, actor)


def stop(revocation: Revocation, *, actor: Any) -> None:
    """Revoke no more of what is left. Raises NotAllowedNow unless it is running, and for a batch, which is undone as a whole."""
    with tenant(revocation.institution), transaction.atomic():
        common.lock(revocation.institution)
        if revocation.batch_id is not None:
            raise NotAllowedNow(state=revocation.state)
        _move(revocation, RevocationState.RUNNING, RevocationState.STOPPED, finished_at=timezone.now())
        _record("revocation.stopped", revocation, actor)


def carry_on(revocation: Revocation, *, actor: Any) -> None:
    """Queue again what is left, after its job gave up. Harmless at any time. Raises NotAllowedNow unless it is running."""
    with tenant(revocation.institution), transaction.atomic():
        common.lock(revocation.institution)
        _move(revocation, RevocationState.RUNNING, RevocationState.RUNNING)
        _record("revocation.carried_on", revocation, actor)
        if revocation.batch_id is None:
            _queue(revocation)
    if revocation.batch_id is not None:
        batches.carry_on(_batch(revocation), actor=actor)


def _begin(revocation: Revocation) -> None:
    """Let a proposed revocation run, in the caller's transaction: a single one at once, a batch by being undone, the rest by a job.

    Raises NotAllowedNow.
    """
    _move(revocation, RevocationState.PROPOSED, RevocationState.RUNNING)
    why, actor = queries.why_of(revocation), revocation.proposed_by
    if revocation.award_id is not None:
        award = Award.objects.select_related("institution").get(pk=revocation.award_id)
        awards.revoke(award, why.reason, note=why.note, evidence=why.evidence, actor=actor, revocation=revocation)
        _finish(revocation)
    elif revocation.batch_id is not None:
        batches.undo_batch(_batch(revocation), why.reason, note=why.note, actor=actor, revocation=revocation)
    else:
        _queue(revocation)


def _batch(revocation: Revocation) -> Batch:
    return Batch.objects.select_related("institution").get(pk=revocation.batch_id)


def _queue(revocation: Revocation) -> None:
    enqueue(
        "testamur_site.issuing.jobs.revoke_cohort",
        {"revocation": revocation.public_id},
        key=f"revoke-cohort:{revocation.public_id}:{new_public_id()}",
        institution=revocation.institution,
        total=revocation.found,
        # Every attempt goes on where the last one was killed, so many in a row are no reason to give up.
        max_attempts=50,
    )


def revoke_some(revocation: Revocation, *, at_most: int = AT_ONCE) -> int:
    """One step, in the caller's transaction: how many were revoked. At 0 nothing was left, and the revocation is done."""
    institution = revocation.institution
    common.lock(institution)
    current = Revocation.objects.select_related("proposed_by").get(pk=revocation.pk)
    if current.state != RevocationState.RUNNING:
        return 0
    left = queries.covered_by(current).order_by("pk").values_list("pk", flat=True)
    # From where the last step ended, or every step would look again at all that was revoked before it; at the end once from the beginning.
    some = list(left.filter(pk__gt=current.reached)[:at_most]) or list(left[:at_most])
    if not some:
        _finish(current)
        return 0
    Revocation.objects.filter(pk=current.pk).update(reached=some[-1])
    why, actor = queries.why_of(current), current.proposed_by
    return awards.revoke_many(institution, some, why, actor=actor, release=current.release, revocation=current)


def replace_one(revocation: Revocation) -> bool:
    """One step of a revocation that replaces: a new credential in place of one old one. False when none is left that can be.

    What cannot be signed anew (the rules forbid it, or somebody is just correcting it) is passed over, and stays as it is.
    """
    institution = revocation.institution
    with tenant(institution):
        current = Revocation.objects.select_related("proposed_by").get(pk=revocation.pk)
        if current.state != RevocationState.RUNNING:
            return False
        left = queries.covered_by(current).filter(state=AwardState.ISSUED, pk__gt=current.reached)
        award = left.select_related("institution").order_by("pk").first()
        if award is None:
            with transaction.atomic():
                common.lock(institution)
                _finish(current)
            return False
        with suppress(IssuingError):
            awards.reissue(award, actor=current.proposed_by)
        Revocation.objects.filter(pk=current.pk, reached__lt=award.pk).update(reached=award.pk)
        return True


def _finish(revocation: Revocation) -> None:
    done = Revocation.objects.filter(pk=revocation.pk, state=RevocationState.RUNNING)
    if done.update(state=RevocationState.DONE, finished_at=timezone.now()):
        _record("revocation.finished", revocation, None)


def _move(revocation: Revocation, now: RevocationState, then: RevocationState, **values: Any) -> None:
    if not Revocation.objects.filter(pk=revocation.pk, state=now).update(state=then, **values):
        raise NotAllowedNow(state=revocation.state)


def _record(action: str, revocation: Revocation, actor: Any, **facts: Any) -> None:
    target = f"revocation:{revocation.public_id}"
    audit.record(action, target, institution=revocation.institution, actor=actor, facts=facts)


# --- objections -----------------------------------------------------------------------------------------------------------------


def object_to(change: StatusChange, *, note: str, actor: Any) -> None:
    """Write down that the holder objects, and what they say. Raises NotAllowedNow where an objection is open or was upheld."""
    _objection(change, Objection.OPEN, actor, objection_note=note, objected_at=timezone.now(), answer_note="")


def answer(change: StatusChange, outcome: Objection, *, note: str, actor: Any) -> None:
    """Uphold or dismiss an objection. Raises NotAllowedNow; SamePerson for whoever made or approved the change."""
    order = change.revocation
    involved = {change.changed_by_id} | ({order.proposed_by_id, order.decided_by_id} if order is not None else set())
    if actor is None or actor.pk in involved:
        raise SamePerson()
    _objection(change, outcome, actor, answer_note=note, answered_by=actor, answered_at=timezone.now())


_ACTIONS = {
    Objection.OPEN: "award.objection",
    Objection.UPHELD: "award.objection_upheld",
    Objection.DISMISSED: "award.objection_dismissed",
}


def _objection(change: StatusChange, then: Objection, actor: Any, **values: Any) -> None:
    institution = change.institution
    with tenant(institution), transaction.atomic():
        common.lock(institution)
        fresh = StatusChange.objects.select_related("award").get(pk=change.pk)
        if fresh.change == Change.SUPERSEDED or not objection_may_become(fresh.objection, then):
            raise NotAllowedNow(state=fresh.objection)
        StatusChange.objects.filter(pk=change.pk).update(objection=then, **values)
        common.record(_ACTIONS[then], [fresh.award], institution=institution, actor=actor)


def award_anew(change: StatusChange, *, actor: Any) -> Award:
    """Make the award once more, because an objection to its being revoked was upheld: the same content in a new credential.

    Doing it again gives back the first. Raises NotAllowedNow, RefusedByLints.
    """
    institution = change.institution
    with tenant(institution):
        old = Award.objects.select_related("decision").get(pk=change.award_id)
        version = AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            pk=old.version_id
        )
        earned = {"decision_id": old.decision_id, "earned": old.earned}
        data = awards.same(old)
        awards.refuse_errors(version, data, **earned)
        with transaction.atomic():
            common.lock(institution)
            fresh = StatusChange.objects.select_related("successor").get(pk=change.pk)
            if fresh.successor is not None:
                made = fresh.successor
            else:
                if fresh.objection != Objection.UPHELD or fresh.change != Change.REVOKED or not old.recipient_email:
                    raise NotAllowedNow(state=fresh.objection)
                version = lock_version(version, actor=actor)
                key = common.again(old.recipient_email, f"objection:{change.public_id}")
                made = common.new_award(version, data, award_key=key, actor=actor, **earned, **common.decided(version))
                made.save(force_insert=True)
                StatusChange.objects.filter(pk=change.pk).update(successor=made)
                of = {"successor": made.public_id}
                common.record("award.awarded_anew", [old], institution=institution, actor=actor, facts=of)
                common.record("award.decided", [made], institution=institution, actor=actor)
                awards.queue(made)
        return awards.complete(institution, made)
