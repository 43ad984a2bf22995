"""One proposal: how it stands, what was said and decided, and the programme as it was proposed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur_site.catalogue.api import AchievementVersion, content_hash
from testamur_site.foundation.permissions.api import Right, allows, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import presentation, queries, rules, sentences
from ..models import PanelMember, Proposal
from ..rules import Step
from .common import proposal_crumb, proposal_or_404, queue_crumb


@staff_view(Right.VIEW)
@require_safe
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    proposal = proposal_or_404(public_id)
    version = queries.version_of(proposal)
    changed = version is not None and content_hash(version) != proposal.content_hash
    stages, stage = presentation.stages(proposal, version)
    context = {
        "stages": stages,
        "stage": stage,
        "proposal": proposal,
        "version": version,
        "title": presentation.words(proposal.title),
        "changed": changed,
        "changed_members": _changed(proposal, version) if changed else [],
        "gates": presentation.gates_shown(proposal),
        "profiles": _rules(proposal, version),
        "reviews": [
            presentation.voice_shown(one, proposal.content_hash) for one in proposal.reviews.select_related("reviewer")
        ],
        "panel": [presentation.voice_shown(one, proposal.content_hash) for one in proposal.panel.all()],
        "conditions": proposal.conditions.select_related("fulfilled_by", "accepted_by"),
        "endorsements": proposal.endorsements.select_related("body"),
        "today": timezone.now().date(),
        "now": timezone.now(),
        "events": _events(proposal),
        "may": _may(request, proposal, version, changed=changed),
        "crumbs": [queue_crumb(institution), (presentation.words(proposal.title) or _("Untitled"), "")],
    }
    return render(request, "quality/proposal.html", context)


@staff_view(Right.VIEW)
@require_safe
def whole(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """The programme as a reviewer reads it."""
    proposal = proposal_or_404(public_id)
    version = queries.version_of(proposal)
    if version is None:
        raise Http404
    context = presentation.programme_shown(version) | {
        "proposal": proposal,
        "changed": content_hash(version) != proposal.content_hash,
        "crumbs": [queue_crumb(institution), proposal_crumb(institution, proposal), (_("The programme"), "")],
    }
    return render(request, "quality/whole.html", context)


def _rules(proposal: Proposal, version: AchievementVersion | None) -> list[presentation.ProfileShown]:
    """Of an open proposal as they are now; of a decided one as they were when it was decided."""
    if version is not None and proposal.state in rules.UNDECIDED:
        policy, today = queries.policy_of(proposal.institution), timezone.now().date()
        review_on = rules.months_after(today, policy.review_months)
        return list(presentation.rules_of(version, policy.profiles, review_on, today)[1])
    last = proposal.decisions.exclude(facts={}).order_by("-taken_at", "-pk").first()
    return presentation.outcomes_shown(proposal.profiles, last.facts.get("rules", {})) if last else []


def _changed(proposal: Proposal, version: AchievementVersion | None) -> list[str]:
    return rules.changed_members(proposal.content, version.content) if version else []


def _events(proposal: Proposal) -> list[dict[str, Any]]:
    """Decisions, newest first, with who took them and why."""
    found = proposal.decisions.select_related("taken_by").order_by("-taken_at", "-pk")
    return [
        {
            "when": one.taken_at,
            "title": sentences.STEPS[Step(one.step)],
            "who": str(one.taken_by) if one.taken_by else _("the platform"),
            "reason": one.reason,
            "deviation": one.deviation,
        }
        for one in found
    ]


def _may(
    request: HttpRequest, proposal: Proposal, version: AchievementVersion | None, *, changed: bool
) -> dict[str, Any]:
    """What the person who looks at it can do now, and why not where they could otherwise."""
    role = request.membership.role  # type: ignore[attr-defined]
    reviewer, author = allows(role, Right.REVIEW), allows(role, Right.DESIGN)
    is_open = proposal.state == Proposal.State.OPEN and version is not None
    barred = None
    if reviewer and version is not None and proposal.state in (Proposal.State.OPEN, Proposal.State.APPROVED):
        person = getattr(request.user, "public_id", "")
        barred = rules.barred(person, proposers=proposal.proposers, editors=queries.editors_of(version))
    said = proposal.reviews.filter(
        reviewer_id_then=getattr(request.user, "public_id", ""), content_hash=proposal.content_hash
    ).exists()
    return {
        "review": reviewer and is_open and not changed and barred is None,
        "decide": reviewer and is_open and not changed and barred is None,
        "invite": reviewer and is_open and barred is None,
        "barred": sentences.refused(barred) if barred is not None and is_open else "",
        "reviewed": said,
        "propose_again": author and version is not None and changed and proposal.state in rules.UNDECIDED,
        "take_back": author and proposal.state in rules.UNDECIDED,
        "renew": author and version is not None and proposal.state == Proposal.State.APPROVED,
        "end": reviewer and proposal.state == Proposal.State.APPROVED,
        "fulfil": author and proposal.state == Proposal.State.APPROVED,
        "accept": reviewer and proposal.state == Proposal.State.APPROVED and barred is None,
        "waiting_panel": [one for one in proposal.panel.all() if one.state == PanelMember.State.INVITED],
    }
