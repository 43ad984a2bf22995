"""Conditions of an approval: fulfilled with evidence, accepted by a second person, or sent back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from .. import queries, rules
from ..errors import QualityError, refuse
from ..models import Condition
from ..rules import State
from .common import locked, require_reason, tell, trace, version_now


@transaction.atomic
def fulfil(condition: Condition, evidence: str, evidence_url: str = "", *, actor: Any) -> Condition:
    """Say that a condition is fulfilled, and by what one can see it. Raises QualityError (`condition.state`, `reason.missing`,
    `evidence.url`)."""
    condition = _locked(condition, Condition.State.OPEN)
    if evidence_url and urlsplit(evidence_url).scheme not in ("http", "https"):
        raise refuse("evidence.url")
    condition.evidence, condition.evidence_url = require_reason(evidence), evidence_url
    condition.state, condition.fulfilled_by, condition.fulfilled_at = Condition.State.FULFILLED, actor, timezone.now()
    condition.save()
    _trace("quality.condition_fulfilled", condition, actor)
    readers = [one for one in queries.reviewers(condition.institution) if one != actor]
    key = f"fulfilled:{condition.public_id}:{condition.fulfilled_at.timestamp():.0f}"
    tell(readers, "condition_fulfilled", condition.proposal, key, {"condition": condition.text})
    return condition


@transaction.atomic
def accept(condition: Condition, answer: str, *, actor: Any) -> Condition:
    """Accept that a condition is fulfilled. Raises QualityError (`condition.state`, `four_eyes.…`, `reason.missing`)."""
    condition = _judged(condition, answer, actor)
    condition.state, condition.accepted_by, condition.accepted_at = Condition.State.ACCEPTED, actor, timezone.now()
    condition.save()
    _trace("quality.condition_accepted", condition, actor)
    return condition


@transaction.atomic
def send_back(condition: Condition, answer: str, *, actor: Any) -> Condition:
    """Say that the evidence is not enough; the condition is open again. Raises QualityError as `accept`."""
    condition = _judged(condition, answer, actor)
    to = condition.fulfilled_by
    condition.state = Condition.State.OPEN
    condition.save()
    _trace("quality.condition_sent_back", condition, actor)
    key = f"sent_back:{condition.public_id}:{timezone.now().timestamp():.0f}"
    tell(
        [to], "condition_sent_back", condition.proposal, key, {"condition": condition.text, "reason": condition.answer}
    )
    return condition


def _locked(condition: Condition, state: str) -> Condition:
    """The row as it is stored now, held until the transaction ends; its approval must still be in force."""
    proposal = locked(condition.proposal)
    rows = Condition.objects.select_for_update(of=("self",)).select_related("institution", "fulfilled_by")
    found = rows.get(pk=condition.pk)
    found.proposal = proposal
    if found.state != state:
        raise refuse("condition.state", state=found.state)
    if proposal.state != State.APPROVED:
        raise refuse("proposal.state", state=proposal.state)
    return found


def _judged(condition: Condition, answer: str, actor: Any) -> Condition:
    condition = _locked(condition, Condition.State.FULFILLED)
    refusal = rules.acceptance_refusal(
        getattr(actor, "public_id", ""),
        fulfilled_by=condition.fulfilled_by.public_id if condition.fulfilled_by else "",
        proposers=condition.proposal.proposers,
        editors=queries.editors_of(version_now(condition.proposal)),
    )
    if refusal is not None:
        raise QualityError(refusal)
    condition.answer = require_reason(answer)
    return condition


def _trace(action: str, condition: Condition, actor: Any) -> None:
    trace(action, condition.proposal, actor, {"condition": condition.public_id})
