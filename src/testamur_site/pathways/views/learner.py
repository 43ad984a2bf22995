"""A learner's own pages: what they take part in, their map, joining and leaving."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.catalogue.api import public_micro_credential
from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.wallet.api import Holder, holder_of, holders_view

from .. import presentation, queries, services
from ..errors import NotOpen
from ..models import DecisionRow, Participant
from .common import ask_first


def _own(holder: Holder, public_id: str) -> Participant:
    found = queries.participant_by_public_id(public_id)
    if found is None or found.holder_id != holder.pk or found.left_at is not None:
        raise Http404
    return found


@holders_view
@require_safe
def home(request: HttpRequest, holder: Holder) -> HttpResponse:
    rows = [presentation.standing(participant) for participant in queries.participations(holder)]
    return render(request, "pathways/learner/home.html", {"holder": holder, "rows": rows})


@holders_view
@require_safe
def way(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    """The learner's map."""
    participant = _own(holder, public_id)
    with unscoped("a learner reads what was decided about them"):
        decided = list(DecisionRow.objects.filter(participant=participant).order_by("pk"))
    context = {
        **presentation.standing(participant),
        "holder": holder,
        "institution": participant.institution,
        "timeline": presentation.timeline(participant, decided),
        "crumbs": [(_("My credentials"), reverse("wallet:home")), (_("My microdegrees"), reverse("pathways:home"))],
    }
    return render(request, "pathways/learner/way.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, public_id: str) -> HttpResponse:
    """What joining means, and the button. A visitor who is no holder yet is told how to become one."""
    version = public_micro_credential(public_id)
    if version is None:
        raise Http404
    micro_credential = version.micro_credential
    rule = queries.open_rule(micro_credential)
    if rule is None:
        raise Http404
    holder = holder_of(request)
    if request.method == "POST" and holder is not None:
        try:
            participant = services.join(holder, micro_credential)
        except NotOpen:
            raise Http404 from None
        messages.success(request, _("You take part. Your credentials are being looked at."))
        return redirect("pathways:way", participant.public_id)
    context = {
        "micro_credential": micro_credential,
        "institution": micro_credential.institution,
        "title": rule.version.title,
        "holder": holder,
    }
    return render(request, "pathways/learner/join.html", context)


@holders_view
@require_POST
def look_again(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    services.look_again(_own(holder, public_id))
    messages.info(request, _("Your credentials are being looked at again. Reload this page in a moment."))
    return redirect("pathways:way", public_id)


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    participant = _own(holder, public_id)
    return ask_first(
        request,
        lambda: services.leave(participant),
        done=_("You do not take part any more. The institution sees nothing more of your credentials."),
        then="pathways:home",
        heading=_("Do you want to leave “%(title)s”?") % {"title": participant.rule.version.title},
        sentence=_("The institution will see nothing more, and what it saw is deleted. What was awarded stays yours."),
        confirm_label=_("Leave"),
        cancel_url=reverse("pathways:way", args=[public_id]),
    )
