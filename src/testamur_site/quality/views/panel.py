"""The one page of a panel member: no account, one link, one answer. The token in the address is the permission."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.catalogue.api import content_hash
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution, tenant

from .. import presentation, queries, sentences, services
from ..forms import BodyForm, PanelForm
from ..models import PanelMember
from ..rules import Refusal
from ..services.panel import closed
from .common import address, attempt, queue_crumb


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: HttpRequest, token: str) -> HttpResponse:
    """The programme as a whole, the findings of the rules, and the questions; afterwards what was answered."""
    member = queries.panel_member_by_token(token)
    if member is None:
        raise Http404
    with tenant(member.institution):
        response = _panel(request, member)
    response["X-Robots-Tag"] = "noindex"
    # The address is a secret: other sites are not told where the reader came from.
    response["Referrer-Policy"] = "same-origin"
    return response


@staff_view(Right.REVIEW)
@require_safe
def asked(request: HttpRequest, institution: Institution) -> HttpResponse:
    """What other institutions ask of this quality body."""
    rows = [(member, presentation.words(member.proposal.title)) for member in queries.asked_of(institution)]
    crumbs = [queue_crumb(institution), (_("Asked of us"), "")]
    return render(request, "quality/asked.html", {"rows": rows, "now": timezone.now(), "crumbs": crumbs})


@staff_view(Right.REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def asked_one(request: HttpRequest, institution: Institution, member_id: str) -> HttpResponse:
    """The page of a panel member for the staff of the body, who may have their recommendation signed."""
    member = queries.asked_of_one(institution, member_id)
    if member is None:
        raise Http404
    with tenant(member.institution):
        return _panel(request, member, staff=request.user)


@staff_view(Right.REVIEW)
@require_POST
def withdraw_endorsement(request: HttpRequest, institution: Institution, member_id: str) -> HttpResponse:
    member = queries.asked_of_one(institution, member_id)
    if member is None:
        raise Http404
    with tenant(member.institution):
        done = services.withdraw_endorsement(member, actor=request.user)
    if done:
        messages.success(request, _("The endorsement is revoked. The approval of the other institution stands."))
    else:
        messages.error(request, _("There is no endorsement in force."))
    return redirect(address("asked", institution))


def _panel(request: HttpRequest, member: PanelMember, staff: Any = None) -> HttpResponse:
    proposal = member.proposal
    version = queries.version_of(proposal)
    code = "panel.decided" if version is None and member.state == PanelMember.State.INVITED else closed(member)
    if code or version is None:
        context = {
            "member": member,
            "institution": member.institution,
            "title": presentation.words(proposal.title),
            "answered": code == "panel.answered",
            "conflict": member.state == PanelMember.State.CONFLICT,
            "sentence": sentences.refused(Refusal(code)) if code else "",
            "voice": presentation.voice_shown(member, proposal.content_hash),
        }
        gone = request.method == "POST" or code not in ("panel.answered", "")
        return render(request, "quality/panel_closed.html", context, status=410 if gone else 200)
    changing = content_hash(version) != proposal.content_hash
    if changing and request.method != "POST":
        context = {"member": member, "institution": member.institution, "title": presentation.words(proposal.title)}
        return render(request, "quality/panel_changing.html", context)
    form_class = PanelForm if staff is None else BodyForm
    form = form_class(request.POST or None, kind=member.kind, initial={"seen": proposal.content_hash})
    if request.method == "POST" and form.is_valid():
        if changing:
            # What was written is shown again, so that it can be kept.
            form.add_error(
                None,
                _(
                    "The authors changed the programme while you wrote. Keep a copy of your answer: as soon as they propose it again, "
                    "this same link takes it."
                ),
            )
        elif attempt(form, lambda: _answered(member, form, staff)):
            return redirect(request.path)
    policy, today = queries.policy_of(member.institution), timezone.now().date()
    context = presentation.programme_shown(version) | {
        "member": member,
        "institution": member.institution,
        "title": version.title,
        "proposal": proposal,
        "profiles": presentation.rules_of(version, policy.profiles, None, today)[1],
        "form": form,
    }
    return render(request, "quality/panel.html", context, status=409 if changing else 422 if form.errors else 200)


def _answered(member: PanelMember, form: PanelForm, staff: Any) -> Any:
    cleaned = form.cleaned_data
    if cleaned["interest"] == "conflict":
        return services.declare_conflict(member, cleaned["reason"])
    return services.answer(
        member,
        cleaned["recommendation"],
        cleaned["reason"],
        form.given(),
        seen_hash=cleaned["seen"],
        name_public=cleaned["name_public"],
        endorses_as=staff if cleaned.get("endorses") else None,
    )
