"""What happens by the clock: reminders, and forgetting addresses. A killed run has sent some reminders; the next sends the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from . import queries, rules
from .models import Condition, PanelMember, Proposal
from .services.common import tell

ADDRESSES_KEPT = timedelta(days=180)
"""After a decision, the e-mail addresses of its panel are kept so long."""


def remind(job: JobHandle) -> dict[str, int]:
    """Send every reminder that is due today, in all institutions. Twice on a day is once."""
    today, sent = timezone.now().date(), 0
    with unscoped("the clock goes for all institutions"):
        in_force = Proposal.objects.filter(state=Proposal.State.APPROVED, version__isnull=False)
        institutions = list(Institution.objects.filter(pk__in=in_force.values("institution")).order_by("pk"))
    for number, institution in enumerate(institutions, 1):
        with tenant(institution):
            waiting = queries.due(today)
            sent += sum(_review(proposal, today) for proposal in waiting.reviews)
            sent += sum(_condition(condition, today) for condition in waiting.conditions)
        job.progress(number, len(institutions))
    with unscoped("addresses of the panels of all institutions are forgotten"):
        # Asked for nothing but the invitation; names and organisations stay, they are the record of who judged.
        past = PanelMember.objects.filter(proposal__decided_at__lt=timezone.now() - ADDRESSES_KEPT).exclude(email="")
        forgotten = past.exclude(proposal__state__in=list(rules.UNDECIDED)).update(email="")
    return {"sent": sent, "forgotten": forgotten}


@transaction.atomic
def _review(proposal: Proposal, today: date) -> int:
    assert proposal.review_on is not None  # noqa: S101 - only approved proposals come here, and they have one
    days = rules.reminder(proposal.review_on, today, proposal.review_reminded)
    row = Proposal.objects.filter(pk=proposal.pk, review_reminded=proposal.review_reminded)
    if days is None or not row.update(review_reminded=days):
        return 0
    context = {"due": proposal.review_on, "overdue": proposal.review_on < today}
    _tell(proposal, "review_due", f"review_due:{proposal.public_id}:{proposal.review_on}:{days}", context)
    return 1


@transaction.atomic
def _condition(condition: Condition, today: date) -> int:
    days = rules.reminder(condition.due_on, today, condition.reminded)
    row = Condition.objects.filter(pk=condition.pk, reminded=condition.reminded, state=Condition.State.OPEN)
    if days is None or not row.update(reminded=days):
        return 0
    context = {"due": condition.due_on, "condition": condition.text}
    _tell(condition.proposal, "condition_due", f"condition_due:{condition.public_id}:{days}", context)
    return 1


def _tell(proposal: Proposal, template: str, key: str, context: Mapping[str, Any]) -> None:
    """Those who decide, and who proposed it: once each."""
    people = {one.pk: one for one in queries.reviewers(proposal.institution)}
    if proposal.proposed_by is not None:
        people[proposal.proposed_by.pk] = proposal.proposed_by
    tell(people.values(), template, proposal, key, context)
