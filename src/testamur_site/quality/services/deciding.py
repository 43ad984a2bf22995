"""What is decided: return, decline, approve with conditions, withdraw an approval, retire.

Approving does four things in one transaction, or none of them: the decision is kept with its reason, the catalogue learns which content
is approved until when, the conditions begin, and the endorsement is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur.errors import IssuingRefused, SignerError
from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.keys.api import NoKeyEncryptionKey, SealBroken

from .. import endorsing, queries, rules
from ..errors import QualityError, refuse
from ..facts import programme_of
from ..models import Condition, Decision, PanelMember, Proposal
from ..rules import Approval, State, Step
from .common import (
    close,
    decide,
    locked,
    require_four_eyes,
    require_reason,
    require_state,
    tell,
    unchanged,
    version_now,
)


@transaction.atomic
def return_for_changes(proposal: Proposal, reason: str, *, seen_hash: str, actor: Any) -> Decision:
    """Ask for changes; the authors propose again with another content. Raises QualityError."""
    return _against(proposal, State.RETURNED, Step.RETURNED, reason, seen_hash, actor)


@transaction.atomic
def decline(proposal: Proposal, reason: str, *, seen_hash: str, actor: Any) -> Decision:
    """Refuse the approval for good; another proposal may follow. Raises QualityError."""
    return _against(proposal, State.DECLINED, Step.DECLINED, reason, seen_hash, actor)


def _against(proposal: Proposal, state: State, step: Step, reason: str, seen_hash: str, actor: Any) -> Decision:
    proposal = locked(proposal)
    require_state(proposal, state)
    version = version_now(proposal)
    require_four_eyes(proposal, version, actor)
    unchanged(proposal, version, seen_hash)
    close(proposal, state)
    decision = decide(
        proposal, step, actor=actor, reason=require_reason(reason), facts=_as_it_stands(proposal, version)
    )
    if state is State.DECLINED:
        proposal.panel.filter(state=PanelMember.State.INVITED).update(state=PanelMember.State.WITHDRAWN)
    tell([proposal.proposed_by], str(step.value), proposal, f"{step}:{decision.public_id}", {"reason": decision.reason})
    return decision


@transaction.atomic
def approve(
    proposal: Proposal,
    reason: str,
    *,
    review_on: date,
    conditions: Sequence[tuple[str, date]] = (),
    deviation: str = "",
    seen_hash: str,
    actor: Any,
) -> Decision:
    """Approve exactly the content that was proposed and seen, until `review_on`.

    `conditions` are (text, due date); `deviation` says why a rule that must hold and does not is accepted. All reasons why it is not
    possible come at once (QualityError; see `rules.approval_refusals`).
    """
    proposal = locked(proposal)
    version = version_now(proposal)
    policy, today = queries.policy_of(proposal.institution), timezone.now().date()
    found = queries.findings_of(programme_of(version, review_on, today), queries.profiles_of(policy.profiles))
    conditions = [(require_reason(text), due) for text, due in conditions]
    failing = queries.failing_rules(found)
    case = Approval(
        state=proposal.state,
        decider=getattr(actor, "public_id", ""),
        proposers=proposal.proposers,
        editors=queries.editors_of(version),
        policy=queries.gates_of(policy),
        voices=queries.voices_of(proposal),
        proposed_hash=proposal.content_hash,
        seen_hash=seen_hash,
        current_hash=catalogue.content_hash(version),
        failing_rules=failing,
        deviation=deviation,
        review_on=review_on,
        today=today,
        longest_months=policy.review_months,
        conditions=conditions,
    )
    if refusals := rules.approval_refusals(case):
        raise QualityError(*refusals)
    reason = require_reason(reason)
    _replace_earlier(proposal, actor)
    proposal.review_on, proposal.review_reminded = review_on, None
    proposal.profiles = [profile.id for profile, _ in found]
    proposal.save(update_fields=["review_on", "review_reminded", "profiles"])
    close(proposal, State.APPROVED)
    Condition.objects.bulk_create(
        [
            Condition(institution=proposal.institution, proposal=proposal, text=text, due_on=due)
            for text, due in conditions
        ]
    )
    proposal.panel.filter(state=PanelMember.State.INVITED).update(state=PanelMember.State.WITHDRAWN)
    decision = decide(
        proposal,
        Step.APPROVED,
        actor=actor,
        reason=reason,
        # Without a rule that fails there is nothing to deviate from, whatever was written.
        deviation=deviation.strip() if failing else "",
        review_on=review_on,
        facts=_as_it_stands(proposal, version, found) | {"conditions": len(conditions)},
    )
    try:
        catalogue.approve(version, proposal.content_hash, review_on, actor=actor, reference=decision.public_id)
    except catalogue.ApprovedOtherContent as error:
        raise refuse("content.changed") from error
    try:
        if policy.endorse:
            endorsing.issue(
                proposal,
                version,
                proposal.institution,
                review_on=review_on,
                panel=_in_favour(proposal),
                conditions=len(conditions),
                actor=actor,
            )
        _sign_for_bodies(proposal, version, review_on, actor)
    except (SealBroken, NoKeyEncryptionKey, IssuingRefused, SignerError) as error:
        raise refuse("endorsement.key") from error
    context = {"reason": decision.reason, "review_on": review_on, "conditions": len(conditions)}
    tell([proposal.proposed_by], "approved", proposal, f"approved:{decision.public_id}", context)
    return decision


@transaction.atomic
def withdraw_approval(proposal: Proposal, reason: str, *, actor: Any) -> Decision:
    """Take an approval back. What was awarded stays; nothing more is published or awarded by it, and its endorsement is revoked."""
    proposal = locked(proposal)
    require_state(proposal, State.ENDED)
    decision = _end(proposal, Step.APPROVAL_WITHDRAWN, require_reason(reason), actor)
    version = queries.version_of(proposal)
    if version is not None:
        catalogue.withdraw_approval(version, actor=actor, reference=decision.public_id)
    endorsing.revoke(list(proposal.endorsements.select_related("body", "institution", "proposal")), actor=actor)
    context = {"reason": decision.reason}
    tell([proposal.proposed_by], "approval_withdrawn", proposal, f"ended:{decision.public_id}", context)
    return decision


@transaction.atomic
def retire(proposal: Proposal, reason: str, *, actor: Any) -> Decision:
    """Retire the programme by a decision of quality: it leaves the catalogue, what was awarded stays valid, its endorsement too."""
    proposal = locked(proposal)
    require_state(proposal, State.ENDED)
    decision = _end(proposal, Step.RETIRED, require_reason(reason), actor)
    if proposal.micro_credential is not None:
        catalogue.retire(proposal.micro_credential, actor=actor)
    version = queries.version_of(proposal)
    if version is not None:
        # Whoever brings it back must have it approved first.
        catalogue.withdraw_approval(version, actor=actor, reference=decision.public_id)
    context = {"reason": decision.reason}
    tell([proposal.proposed_by], "retired", proposal, f"ended:{decision.public_id}", context)
    return decision


def _end(proposal: Proposal, step: Step, reason: str, actor: Any) -> Decision:
    close(proposal, State.ENDED)
    return decide(proposal, step, actor=actor, reason=reason)


def _replace_earlier(proposal: Proposal, actor: Any) -> None:
    """The approval of the same version that is renewed ends. Its endorsement runs out by itself; one of another content is revoked."""
    earlier = Proposal.objects.select_for_update().filter(version=proposal.version_id, state=State.APPROVED)
    for one in earlier.select_related("institution").exclude(pk=proposal.pk):
        _end(one, Step.REPLACED, "", actor)
        if one.content_hash != proposal.content_hash:
            endorsing.revoke(list(one.endorsements.select_related("body", "institution", "proposal")), actor=actor)


def _as_it_stands(proposal: Proposal, version: Any, found: Any = None) -> dict[str, Any]:
    """What is kept with a decision: the outcome of every rule and every gate at that moment."""
    policy = queries.policy_of(proposal.institution)
    if found is None:
        found = queries.findings_of(programme_of(version), queries.profiles_of(policy.profiles))
    gates = rules.gates(queries.gates_of(policy), queries.voices_of(proposal), proposal.content_hash)
    return {
        "round": proposal.round,
        "rules": {rule.id: finding.outcome.value for _, results in found for rule, finding in results},
        "gates": [
            {"kind": gate.kind, "needed": gate.needed, "found": gate.found, "against": gate.against} for gate in gates
        ],
    }


def _sign_for_bodies(proposal: Proposal, version: Any, review_on: date, actor: Any) -> None:
    """The endorsements that quality bodies asked for when they recommended exactly this content, each signed with the body's own key."""
    said = proposal.panel.filter(
        state=PanelMember.State.ANSWERED,
        endorses=True,
        content_hash=proposal.content_hash,
        recommendation__in=[one.value for one in rules.FAVOURABLE],
    )
    for body in {member.body_id: member.body for member in said.select_related("body")}.values():
        if body is not None:
            endorsing.issue(proposal, version, body, review_on=review_on, actor=actor)


@transaction.atomic
def withdraw_endorsement(member: PanelMember, *, actor: Any) -> bool:
    """A quality body takes its own endorsement back; the approval of the institution stands. False where there is none in force."""
    in_force = member.proposal.endorsements.filter(body=member.body_id, revoked_at=None)
    found = list(in_force.select_related("body", "institution", "proposal", "proposal__institution"))
    endorsing.revoke(found, actor=actor)
    return bool(found)


def _in_favour(proposal: Proposal) -> tuple[str, ...]:
    """The organisations from outside that recommended this content, each once, in order of time."""
    said = proposal.panel.filter(
        state=PanelMember.State.ANSWERED,
        content_hash=proposal.content_hash,
        recommendation__in=[one.value for one in rules.FAVOURABLE],
    )
    return tuple(dict.fromkeys(member.organisation for member in said.order_by("answered_at", "pk")))
