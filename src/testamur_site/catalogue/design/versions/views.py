"""The next version, and what becomes of learners who began under an earlier one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ... import queries, services
from ...errors import AlreadyDrafted, NothingToPublish, VersionNotPublished
from ...models import AchievementVersion
from ..common import address, found
from .forms import EarlierLearnersForm, NewVersionForm


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Right.DESIGN)
def new_version(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    micro_credential = found(public_id)
    form = NewVersionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            services.begin_version(
                micro_credential,
                values["what_changed"],
                earlier_learners=values["earlier_learners"],
                earlier_until=values["earlier_until"],
                actor=request.user,
            )
        except AlreadyDrafted:
            messages.info(request, _("A draft of the next version exists already. Here it is."))
        except VersionNotPublished:
            messages.info(request, _("This micro-credential is still a draft. Edit the draft itself."))
        return HttpResponseRedirect(address("detail", micro_credential))
    context = {
        "heading": _("Begin a new version"),
        "sentence": _(
            "The version that was awarded stays as it is, for everybody who holds it. You get a copy to change; it takes the "
            "old one's place when you publish it."
        ),
        "confirm_label": _("Begin the new version"),
        "cancel_url": address("detail", micro_credential),
        "form": form,
        "version": queries.shown_version(micro_credential),
    }
    return render(request, "design_system/confirm.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Right.DESIGN)
def earlier_learners(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """Change the rule for learners who began under an earlier version: also later, to give them longer."""
    micro_credential = found(public_id)
    version = queries.shown_version(micro_credential)
    if version.number == 1 or version.state == AchievementVersion.State.SUPERSEDED:
        messages.info(request, _("There is no earlier version that this one takes the place of."))
        return HttpResponseRedirect(address("detail", micro_credential))
    initial = {"earlier_learners": version.earlier_learners, "earlier_until": version.earlier_until}
    form = EarlierLearnersForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            services.set_rule_for_earlier(
                version, values["earlier_learners"], values["earlier_until"], actor=request.user
            )
        except NothingToPublish:
            messages.info(request, _("Meanwhile a newer version took its place."))
        else:
            messages.success(request, _("Saved. It is shown with the version."))
        return HttpResponseRedirect(address("detail", micro_credential))
    context = {
        "heading": _("Learners of earlier versions"),
        "sentence": _(
            "Whoever holds the earlier version keeps it in any case. This is about learners who are under way when this version "
            "takes its place."
        ),
        "confirm_label": _("Save"),
        "cancel_url": address("detail", micro_credential),
        "form": form,
        "version": version,
    }
    return render(request, "design_system/confirm.html", context, status=422 if form.errors else 200)


@require_POST
@staff_view(Right.DESIGN)
def ask_co_owners(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """Ask the institutions that own it together to agree to what it says now."""
    micro_credential = found(public_id)
    asked = services.ask_co_owners(queries.shown_version(micro_credential), actor=request.user)
    if asked:
        messages.success(request, _("Asked. Their designers find it under “Owned together”."))
    else:
        messages.info(request, _("There is nobody to ask: all have been asked or have agreed."))
    return HttpResponseRedirect(address("publish", micro_credential))
