"""What everybody may read: the profiles of rules, the quality record of a programme, and endorsements."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from testamur import strict_json
from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.tenancy.api import tenant

from .. import presentation, queries, sentences
from ..models import Endorsement, PanelMember, Proposal
from ..profiles import profile, profiles
from ..rules import Step

_MEDIA_TYPES = ("application/vc", "application/vc+ld+json", "application/ld+json", "application/json")
_WITH_REASON = frozenset({Step.APPROVED, Step.APPROVAL_WITHDRAWN, Step.RETIRED})


@require_safe
def list_profiles(request: HttpRequest) -> HttpResponse:
    shown = [(one, presentation.words(one.name), presentation.words(one.summary)) for one in profiles()]
    return render(request, "quality/profiles.html", {"profiles": shown})


@require_safe
def one_profile(request: HttpRequest, profile_id: str) -> HttpResponse:
    found = profile(profile_id)
    if found is None:
        raise Http404
    rules = [(rule, presentation.words(rule.words), found.source_of(rule)) for rule in found.rules]
    context = {
        "profile": found,
        "name": presentation.words(found.name),
        "summary": presentation.words(found.summary),
        "rules": [(rule, words, source, _numbers(rule.parameters)) for rule, words, source in rules],
    }
    return render(request, "quality/profile.html", context)


def _numbers(parameters: Any) -> str:
    """The parameters of a check as a reader sees them in the file."""
    shown = {name: ", ".join(value) if isinstance(value, list) else str(value) for name, value in parameters.items()}
    return " · ".join(f"{name} = {value}" for name, value in shown.items())


@require_safe
def record(request: HttpRequest, public_id: str) -> HttpResponse:
    """The quality record of a published programme: how it stands, who decided what when on which version."""
    version = catalogue.public_micro_credential(public_id)
    if version is None:
        raise Http404
    with tenant(version.institution):
        found = queries.record_of(version)
        context = {
            "version": version,
            "institution": version.institution,
            "record": found,
            "standing": presentation.standing_shown(found),
            "conditions": list(found.approved.conditions.all()) if found.approved else [],
            "today": timezone.now().date(),
            "history": [_round(one) for one in queries.public_proposals(version.micro_credential)],
            "endorsements": queries.endorsements_in_force(version),
            "profiles": _kept_rules(found.approved),
        }
        return render(request, "quality/record.html", context)


def _kept_rules(approved: Proposal | None) -> list[presentation.ProfileShown]:
    decision = approved.decisions.filter(step=Step.APPROVED).first() if approved else None
    if approved is None or decision is None:
        return []
    return presentation.outcomes_shown(approved.profiles, decision.facts.get("rules", {}))


def _round(proposal: Proposal) -> dict[str, Any]:
    """One proposal for everybody: what was decided, and who outside recommended what. People are named only where they agreed."""
    panel = proposal.panel.filter(state__in=[PanelMember.State.ANSWERED, PanelMember.State.CONFLICT])
    decisions = proposal.decisions.order_by("-taken_at", "-pk")
    approval = next((one for one in decisions if one.step == Step.APPROVED), None)
    return {
        "proposal": proposal,
        "events": [
            {
                "when": one.taken_at,
                "title": sentences.STEPS[Step(one.step)],
                "reason": one.reason if one.step in _WITH_REASON else "",
                "deviation": one.deviation,
                "authors": one.step in (Step.PROPOSED, Step.PROPOSED_AGAIN, Step.WITHDRAWN),
                "by_itself": one.step == Step.REPLACED,
            }
            for one in decisions
        ],
        "reviews": next((gate["found"] for gate in approval.facts.get("gates", []) if gate["kind"] == "internal"), 0)
        if approval
        else 0,
        "panel": [
            {
                "member": one,
                "kind": sentences.KINDS[one.kind],
                "conflict": one.state == PanelMember.State.CONFLICT,
                "recommendation": sentences.RECOMMENDATIONS.get(one.recommendation, ""),
            }
            for one in panel
        ],
    }


@require_safe
@vary_on_headers("Accept", "Accept-Language")
def endorsement(request: HttpRequest, public_id: str) -> HttpResponse:
    """The signed credential for programs, a readable page for people."""
    found = queries.public_endorsement(public_id)
    if found is None:
        raise Http404
    if request.GET.get("format") == "json" or not _prefers_html(request):
        return _document(request, found)
    document = strict_json.loads(bytes(found.document))
    proposal = found.proposal
    with tenant(found.institution):
        version = queries.version_of(proposal)
        context = {
            "endorsement": found,
            "institution": found.body,
            "title": presentation.words(proposal.title),
            "proposal": proposal,
            "comment": document["credentialSubject"]["endorsementComment"],
            "text": strict_json.dumps(document).decode(),
            "expired": found.valid_until < timezone.now(),
            "changed": version is not None and catalogue.content_hash(version) != found.content_hash,
            "published": version is not None and version.state != version.State.DRAFT,
        }
        return render(request, "quality/endorsement.html", context)


def _prefers_html(request: HttpRequest) -> bool:
    """HTML is named, and not after a JSON type. A bare */* is a program's (a verifier's, curl's) and gets the document."""
    named = [part.split(";")[0].strip().casefold() for part in request.headers.get("Accept", "").split(",")]
    first = next((kind for kind in named if kind in {*_MEDIA_TYPES, "text/html", "application/xhtml+xml"}), "")
    return first in {"text/html", "application/xhtml+xml"}


def _document(request: HttpRequest, found: Endorsement) -> HttpResponse:
    asked = [part.partition(";")[0].strip().lower() for part in request.headers.get("Accept", "").split(",")]
    media_type = next((part for part in asked if part in _MEDIA_TYPES), "application/vc")
    answer = HttpResponse(bytes(found.document), content_type=media_type)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    return answer
