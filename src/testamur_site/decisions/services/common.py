"""What every write of decisions has in common: the lock, the audit trail, the mail to the learner, and who took part before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max

from testamur_site.assessment import api as assessment
from testamur_site.catalogue.api import AchievementVersion
from testamur_site.enrolment.api import Enrolment, EnrolmentError, EvidenceItem
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, rules
from ..errors import CaseOpen, NotIndependent, ReasonMissing, Unfit, WrongState
from ..models import Appeal, Decision, DecisionPolicy, Exhibit, MisconductCase, PriorLearningClaim
from ..rules import Outcome, Proposal, TaskStanding

AWARD = "testamur_site.issuing.jobs.award_decision"
WITHDRAW = "testamur_site.issuing.jobs.withdraw_award"
"""The jobs that make an award of a pass, and take one back. Decisions knows that there are some, not how they do it."""

MOST_EXHIBITS = 20


def lock(enrolment: Enrolment) -> None:
    """One writer per enrolment at a time. Taken first in every transaction here: before the audit trail locks the institution, as those
    below do it too."""
    Enrolment.objects.select_for_update(of=("self",)).only("pk").get(pk=enrolment.pk)


@contextmanager
def as_ours() -> Iterator[None]:
    """What those below refuse is refused here too, in our words: the state is not what this step needs. Nothing of it is kept."""
    try:
        yield
    except (EnrolmentError, assessment.AssessmentError) as error:
        raise WrongState(state=type(error).__name__) from error


def record(action: str, row: Any, *, actor: Any = None, **facts: Any) -> None:
    """One audit entry about a decision, appeal, case, claim or enrolment, in the transaction of the change."""
    kinds = {
        Decision: "decision",
        Appeal: "appeal",
        MisconductCase: "misconduct",
        PriorLearningClaim: "claim",
        Enrolment: "enrolment",
    }
    target = f"{kinds[type(row)]}:{row.public_id}"
    audit.record(action, target, institution=row.institution, actor=actor, facts=facts)


def tell(enrolment: Enrolment, template: str, key: str, path: str, **context: Any) -> None:
    """Queue the mail `template` to the learner, once for each `key`. It holds the name of the programme and a link, nothing about the
    outcome: a mailbox is read by others too."""
    learner = enrolment.learner
    if not learner.email:
        return
    try:
        mail.send(
            learner.email,
            f"decisions/mail/{template}",
            {"title": enrolment.version.title_in(learner.language), "path": path, **context},
            learner.language,
            institution=enrolment.institution,
            dedupe_key=key,
        )
    except ValidationError:
        audit.record(
            "mail.refused", f"learner:{learner.public_id}", institution=enrolment.institution, facts={"mail": template}
        )


def tell_decision(decision: Decision) -> None:
    path = f"/learn/{decision.enrolment.public_id}/decision"
    tell(decision.enrolment, "decided", f"decision:{decision.public_id}", path)


def policy_of(version: AchievementVersion) -> DecisionPolicy:
    """How this micro-credential is decided upon: by its own policy, the institution's, or the defaults (an unsaved row)."""
    return queries.policy_for(version.micro_credential_id)


def refuse_the_learner(enrolment: Enrolment, actor: Any) -> None:
    """Nobody decides about themselves, whatever role they have."""
    if actor is not None and enrolment.learner.user_id is not None and enrolment.learner.user_id == actor.pk:
        raise NotIndependent()


def refuse_open_case(enrolment: Enrolment) -> None:
    case = MisconductCase.objects.filter(enrolment=enrolment, state__in=sorted(rules.OPEN_CASE)).first()
    if case is not None:
        raise CaseOpen(case=case.public_id)


def reason_given(text: str, limit: int = 5000) -> str:
    """The reason, trimmed. Raises ReasonMissing, Unfit (too long)."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise ReasonMissing()
    if len(text) > limit:
        raise Unfit("decision.too_long", limit=limit)
    return text


def exhibit(items: Sequence[EvidenceItem], enrolment: Enrolment, **of: Any) -> None:
    """Attach pieces of the learner's own evidence to an appeal, a case or a claim. Raises Unfit (not theirs, too many)."""
    unique = list({item.pk: item for item in items}.values())
    if len(unique) > MOST_EXHIBITS:
        raise Unfit("decision.too_many_pieces", limit=MOST_EXHIBITS)
    if any(item.learner_id != enrolment.learner_id or item.erased_at is not None for item in unique):
        raise Unfit("decision.not_yours")
    Exhibit.objects.bulk_create(Exhibit(institution=enrolment.institution, item=item, **of) for item in unique)


def write_decision(
    enrolment: Enrolment,
    outcome: Outcome,
    tasks: Sequence[TaskStanding],
    proposal: Proposal,
    *,
    actor: Any,
    reason: str,
    now: Any,
    resubmit: Iterable[str] = (),
    until: Any = None,
) -> Decision:
    """The next decision of the enrolment, in the caller's transaction and under its lock; then what follows from it for the award.

    1. The row, which supersedes the one in force.
    2. A pass queues its award, for now or for when it is final. Where it supersedes a pass, issuing replaces that award.
    3. Anything else that supersedes a pass queues the withdrawal of its award: nothing void leaves a valid credential.
    """
    current = queries.current_decision(enrolment)
    policy = policy_of(enrolment.version)
    appeal_until = rules.end_of_window(now, policy.appeal_days)
    decision = Decision.objects.create(
        institution=enrolment.institution,
        enrolment=enrolment,
        number=current.number + 1 if current else 1,
        supersedes=current,
        outcome=outcome.value,
        percent=proposal.percent,
        standings=rules.snapshot(tasks),
        findings=[finding.to_json() for finding in rules.as_decided(proposal, outcome)],
        digest=rules.digest(tasks),
        reason=reason,
        resubmit=list(resubmit),
        until=until,
        decided_by=actor,
        decided_at=now,
        final_at=now if policy.at_once else appeal_until,
        appeal_until=appeal_until,
        transcript_number=_next_number(enrolment.institution) if outcome is Outcome.PASS else None,
    )
    facts = {"outcome": outcome.value, "number": decision.number, "enrolment": enrolment.public_id}
    if current is not None:
        facts["supersedes"] = current.public_id
    record("decision.made", decision, actor=actor, **facts)
    if outcome is Outcome.PASS:
        queue_award(decision)
    elif current is not None and current.is_pass:
        queue_withdrawal(current, decision)
    return decision


def queue_award(decision: Decision, *, again: str = "") -> None:
    """Queue the award of a pass for when it is final (now, where it is already). `again` tells a later call from an earlier one."""
    enqueue(
        AWARD,
        {"decision": decision.public_id},
        key=f"award-decision:{decision.public_id}:{again}",
        institution=decision.institution,
        run_after=decision.final_at,
    )


def award_if_waiting(enrolment: Enrolment, after: str) -> None:
    """What an award may have waited for (`after`: the public id of an appeal or a case) is over: try again, if a pass is in force."""
    current = queries.current_decision(enrolment)
    if current is not None and current.is_pass:
        queue_award(current, again=after)


def queue_withdrawal(of: Decision, because: Decision) -> None:
    enqueue(
        WITHDRAW,
        {"decision": of.public_id},
        key=f"withdraw-award:{of.public_id}:{because.public_id}",
        institution=of.institution,
        max_attempts=50,
    )


def _next_number(institution: Institution) -> int:
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    last = Decision.objects.filter(institution=institution).aggregate(last=Max("transcript_number"))["last"]
    return (last or 0) + 1
