"""Single awards: award one learner, and change what was awarded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur.issuing import Severity, lint
from testamur.issuing.lints import Finding
from testamur.model import Achievement
from testamur_site.catalogue.api import AchievementVersion, lock_version
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tables.api import same_person_key
from testamur_site.foundation.tenancy.api import Institution, new_public_id, tenant
from testamur_site.status import api as status

from ..documents import compose_award, endorsed_achievement, issuer_profile
from ..errors import AlreadyAwarded, BeingCorrected, NotAllowedNow, RefusedByLints
from ..models import Award, Revocation
from ..revocations.rules import Change
from ..rules import AwardData, AwardState, Reason, Why, before, may_become
from . import changes, common
from .pipeline import issue


def check(version: AchievementVersion, data: AwardData, **values: Any) -> list[Finding]:
    """What the lints say to an award that nobody has decided yet: composed with a made-up status entry, written nowhere."""
    draft = common.new_award(version, data, award_key="", actor=None, **values)
    placeholder = {
        "id": f"{draft.url}/status#0",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "0",
        "statusListCredential": f"{draft.url}/status",
    }
    achievement: Achievement = endorsed_achievement(version)
    return list(lint(compose_award(draft, issuer_profile(version.institution), achievement, placeholder)))


def refuse_errors(version: AchievementVersion, data: AwardData, **values: Any) -> None:
    """Raises RefusedByLints where the rules of the standards forbid to sign this. `values` as of `common.new_award`."""
    errors = [finding for finding in check(version, data, **values) if finding.severity is Severity.ERROR]
    if errors:
        raise RefusedByLints(findings=[{"rule": found.rule, "sentence": found.sentence} for found in errors])


def award_one(version: AchievementVersion, data: AwardData, *, actor: Any = None, again: str = "") -> Award:
    """Award one learner and issue at once. `again`, a random text of the form, awards a second time, once for each such text.

    1. Decide, in one transaction: lock the version, write the award, and queue a job that would finish the work if we were killed now.
    2. Issue here and now. Afterwards the job finds nothing left to do.

    Raises AlreadyAwarded, NotOffered, RefusedByLints; then nothing was written.
    """
    institution = version.institution
    with tenant(institution):
        common.offered(version)
        refuse_errors(version, data)
        key = common.again(data.email, again) if again else same_person_key(data.email)
        with transaction.atomic():
            common.lock(institution)
            _refuse_twice(version, key)
            version = lock_version(version, actor=actor)
            award = common.new_award(version, data, award_key=key, actor=actor, **common.decided(version))
            try:
                with transaction.atomic():
                    award.save(force_insert=True)
            except IntegrityError:  # a worker, who does not take the lock, awarded this person in this very moment
                _refuse_twice(version, key)
                raise
            common.record("award.decided", [award], institution=institution, actor=actor)
            queue(award)
        return complete(institution, award)


def _refuse_twice(version: AchievementVersion, key: str) -> None:
    """Raises AlreadyAwarded where there is an award with this key."""
    existing = Award.objects.filter(micro_credential=version.micro_credential_id, award_key=key).first()
    if existing is not None:
        raise AlreadyAwarded(award=existing.public_id, state=existing.state, date=existing.awarded_date.isoformat())


def correct(award: Award, data: AwardData, *, actor: Any = None) -> Award:
    """Issue a corrected credential that takes the place of `award`, which becomes superseded when the new one is signed.

    Of a settled award (`Award.settled`) the person and the validity are corrected: what was reached was decided, and only another decision
    says otherwise. Returns the new award. Raises NotAllowedNow, BeingCorrected, RefusedByLints, and AlreadyAwarded when the new address
    is that of somebody else who holds it.
    """
    if award.settled:
        data = replace(data, results=award.results, evidence=award.evidence, awarded_date=award.awarded_date)
    return succeed(award, data, {AwardState.ISSUED}, "award.corrected", actor)


def reinstate(award: Award, *, actor: Any = None) -> Award:
    """End a suspension: the same award in a new credential, because a revocation bit never comes back (decision 0005)."""
    return succeed(award, same(award), {AwardState.SUSPENDED}, "award.reinstated", actor)


def reissue(award: Award, *, actor: Any = None) -> Award:
    """The same award in a new credential, signed by the present key, which takes the place of the old one: after a key was copied.

    Raises NotAllowedNow, BeingCorrected, RefusedByLints."""
    return succeed(award, same(award), {AwardState.ISSUED}, "award.reissued", actor)


def same(award: Award) -> AwardData:
    """What was awarded, as it could be awarded once more."""
    return AwardData(
        name=award.recipient_name,
        email=award.recipient_email,
        language=award.language,
        awarded_date=award.awarded_date,
        valid_until=award.valid_until.date() if award.valid_until else None,
        results=award.results,
        evidence=award.evidence,
    )


def succeed(award: Award, data: AwardData, states: Iterable[AwardState], action: str, actor: Any) -> Award:
    """Issue what takes the place of `award`, which must be in one of `states`; `action` is its word in the audit trail. See `correct`."""
    institution = award.institution
    with tenant(institution):
        version = AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            pk=award.version_id
        )
        earned = {"decision_id": award.decision_id, "earned": award.earned}
        refuse_errors(version, data, **earned)
        with transaction.atomic():
            common.lock(institution)
            old = Award.objects.select_for_update(of=("self",)).get(pk=award.pk)
            if old.state not in states:
                raise NotAllowedNow(state=old.state)
            if Award.objects.filter(supersedes=old).exists():
                raise BeingCorrected(award=old.public_id)
            key = _key_of_successor(old, data.email)
            Award.objects.filter(pk=old.pk).update(award_key=None)
            successor = common.new_award(
                version, data, award_key=key, actor=actor, supersedes=old, **earned, **common.decided(version)
            )
            if successor.refresh_token and old.refresh_token and data.email == old.recipient_email:
                # One line of credentials, one service: verifiers see by it that this one took the place of the other. Not where the
                # address was corrected: what the old one leads to is handed to whoever has it.
                successor.refresh_token = old.refresh_token
            try:
                with transaction.atomic():
                    successor.save(force_insert=True)
            except IntegrityError as error:
                raise AlreadyAwarded(state="", date="", award="") from error
            common.record(action, [old], institution=institution, actor=actor, facts={"successor": successor.public_id})
            common.record("award.decided", [successor], institution=institution, actor=actor)
            queue(successor)
        return complete(institution, successor)


def _key_of_successor(old: Award, email: str) -> str:
    """The old award's key with the (perhaps corrected) address in it; of an award that was made of a decision its very key."""
    if old.decision_id is not None:
        return old.award_key or decision_key(old.decision.public_id)
    return common.key_for(old.award_key or "", email)


def decision_key(decision: str) -> str:
    """The idempotency key of the award that is made of a decision (its public id): there is one, and no second."""
    return f"decision|{decision}"


def finish(award: Award) -> Award:
    """Sign an award whose work was interrupted, without waiting for the job that would do it. Harmless at any time."""
    with tenant(award.institution):
        return complete(award.institution, award)


def queue(award: Award) -> None:
    """Queue the job that finishes an award, in the transaction that decides it."""
    enqueue(
        "testamur_site.issuing.jobs.issue_award",
        {"award": award.public_id},
        key=f"issue-award:{award.public_id}",
        institution=award.institution,
    )


def complete(institution: Institution, award: Award) -> Award:
    """Take an award that was decided to its end, and give it back as it is then."""
    for _ in issue(institution, [award.pk]):
        pass
    return Award.objects.select_related("institution", "version", "micro_credential", "supersedes").get(pk=award.pk)


def revoke(
    award: Award,
    reason: Reason,
    *,
    note: str = "",
    evidence: str = "",
    actor: Any = None,
    revocation: Revocation | None = None,
) -> None:
    """Revoke for good. Raises NotAllowedNow when the award is neither issued nor suspended, NeedsSecondPerson."""
    _close(award, Change.REVOKED, Why(reason, note, evidence), actor, revocation)


def suspend(award: Award, reason: Reason, *, note: str = "", evidence: str = "", actor: Any = None) -> None:
    """Suspend until it is reinstated or revoked. Raises NotAllowedNow when the award is not issued."""
    _close(award, Change.SUSPENDED, Why(reason, note, evidence), actor, None)


def _close(award: Award, change: Change, why: Why, actor: Any, revocation: Revocation | None) -> None:
    institution, state = award.institution, AwardState(change.value)
    with tenant(institution), transaction.atomic():
        common.lock(institution)
        if change is Change.REVOKED:
            changes.refuse_alone(institution, revocation, cohort=False)
        fresh = Award.objects.select_for_update(of=("self",)).get(pk=award.pk)
        if not may_become(fresh.state, state) or Award.objects.filter(supersedes=fresh).exists():
            raise NotAllowedNow(state=fresh.state)
        Award.objects.filter(pk=fresh.pk).update(
            state=state, reason_code=why.reason, reason_note=why.note, changed_at=timezone.now()
        )
        entries = [fresh.status_entry_id] if fresh.status_entry_id else []
        say = status.set_suspended if change is Change.SUSPENDED else status.set_revoked
        versions = say(institution, entries)
        changes.note(institution, [fresh], change, why, versions, actor=actor, revocation=revocation)
        common.record(
            f"award.{state.value}", [fresh], institution=institution, actor=actor, facts=_facts(why, revocation)
        )
        common.hand_over(institution, [fresh], state.value)


def _facts(why: Why, revocation: Revocation | None) -> dict[str, str]:
    return {"reason": why.reason.value} | ({"revocation": revocation.public_id} if revocation is not None else {})


def revoke_many(
    institution: Institution,
    awards: Iterable[int],
    why: Why,
    *,
    actor: Any = None,
    release: bool,
    revocation: Revocation | None = None,
) -> int:
    """Revoke those of `awards` (primary keys) that can be, in the caller's transaction; how many were.

    `release` frees their keys, so that the same people can be awarded again by a mended list.
    """
    common.lock(institution)
    found = list(
        Award.objects.select_for_update(of=("self",))
        .filter(pk__in=list(awards), state__in=before(AwardState.REVOKED), superseded_by=None)
        .only("public_id", "status_entry")
        .order_by("pk")
    )
    values: dict[str, Any] = {"award_key": None} if release else {}
    Award.objects.filter(pk__in=[award.pk for award in found]).update(
        state=AwardState.REVOKED, reason_code=why.reason, reason_note=why.note, changed_at=timezone.now(), **values
    )
    versions = status.set_revoked(institution, [award.status_entry_id for award in found if award.status_entry_id])
    changes.note(institution, found, Change.REVOKED, why, versions, actor=actor, revocation=revocation)
    common.record("award.revoked", found, institution=institution, actor=actor, facts=_facts(why, revocation))
    common.hand_over(institution, found, "revoked")
    return len(found)


def resend(award: Award, *, actor: Any = None) -> None:
    """Send the learner the mail again. Raises NotAllowedNow unless there is a credential in force."""
    institution = award.institution
    with tenant(institution), transaction.atomic():
        common.lock(institution)
        fresh = Award.objects.get(pk=award.pk)
        if fresh.state != AwardState.ISSUED or not fresh.recipient_email:
            raise NotAllowedNow(state=fresh.state)
        common.record("award.mail_again", [fresh], institution=institution, actor=actor)
        common.hand_over(institution, [fresh], "resend", key=f"resend:{fresh.public_id}:{new_public_id()}")
