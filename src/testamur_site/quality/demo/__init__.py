"""The demonstration's quality story: a policy, and one programme taken through all its gates by different people."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.tenancy.api import Institution, tenant

from .. import rules, services
from ..models import PanelMember, Proposal
from ..profiles import questions

PANEL = {
    "name": "Niamh Kearney",
    "email": "niamh.kearney@acme-analytics.example",
    "organisation": "Acme Analytics",
    "organisation_url": "https://acme-analytics.example/",
}


def set_demo_policy(institution: Institution, *, actor: Any) -> None:
    """Assessed micro-credentials are approved before they are published: by one review, and somebody from industry. Needs no tenant."""
    with tenant(institution):
        services.set_policy(
            institution,
            requires_approval="assessed",
            profiles=("eu", "kr"),
            reviews=1,
            panel=("industry",),
            review_months=24,
            actor=actor,
        )


def approve_demo(version: AchievementVersion, *, author: Any, reviewer: Any, decider: Any) -> Proposal:
    """Take a draft through proposal, internal review, panel and decision, with one condition. It is not published here.

    `author` is who proposes; `reviewer` and `decider` may be one person, but neither may have written it. Running it again gives the same
    proposal back. Needs no active tenant. Raises QualityError.
    """
    with tenant(version.institution), transaction.atomic():
        known = Proposal.objects.filter(version=version, state=rules.State.APPROVED).first()
        if known is not None:
            return known
        proposal = services.propose(
            version, "New. Please look at the second task: is its rubric specific enough?", actor=author
        )
        seen = proposal.content_hash
        services.review(
            proposal,
            "with_conditions",
            "The outcomes are assessed by real work, and the levels of the rubric can be told apart. A second assessor is still missing.",
            {question.id: {"answer": "yes"} for question in questions(rules.INTERNAL)},
            seen_hash=seen,
            actor=reviewer,
        )
        member, _ = services.invite(proposal, kind=PanelMember.Kind.INDUSTRY, actor=reviewer, **PANEL)
        services.answer(
            member,
            "approve",
            "These are the mistakes that cost us money. Somebody who holds this could start with us without another test.",
            {question.id: {"answer": "yes"} for question in questions(member.kind)},
            seen_hash=seen,
            name_public=True,
        )
        today = timezone.now().date()
        services.approve(
            proposal,
            "Each outcome is assessed by real work against a rubric whose levels can be told apart; industry would rely on it.",
            review_on=rules.months_after(today, 24),
            conditions=[("Train a second assessor before the second cohort begins.", rules.months_after(today, 3))],
            seen_hash=seen,
            actor=decider,
        )
        proposal.refresh_from_db()
    return proposal
