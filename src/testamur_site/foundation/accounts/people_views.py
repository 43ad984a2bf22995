"""Pages of an institution's owners: its people, and what it says about itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from testamur_site.foundation.design_system import api as design
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution, members

from . import queries, services
from .forms import InstitutionForm, InvitationForm, RoleForm


def _people_page(request: HttpRequest, institution: Institution, form: InvitationForm) -> HttpResponse:
    context = {
        "members": members(institution),
        "invitations": queries.open_invitations(institution),
        "form": form,
        "roles": RoleForm().fields["role"].choices,
        "crumbs": [(institution.localised_name, institution.get_absolute_url()), (_("People"), "")],
    }
    return render(request, "accounts/people.html", context, status=422 if form.errors else 200)


@staff_view(Right.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Who works here; posting the form invites somebody."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(
                institution,
                form.cleaned_data["email"],
                form.cleaned_data["role"],
                actor=request.user,
                language=get_language() or "en",
            )
        except services.AlreadyMember:
            form.add_error("email", _("This person belongs to your institution already. Change their role below."))
        except services.TooManyInvitations:
            form.add_error(
                None, _("Your institution has sent many invitations today. Please go on tomorrow; nothing is lost.")
            )
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("accounts:people", slug=institution.slug)
    return _people_page(request, institution, form)


@staff_view(Right.MANAGE_PEOPLE)
@require_POST
def change_role(request: HttpRequest, institution: Institution, person: str) -> HttpResponse:
    membership = queries.membership_by_person(institution, person)
    form = RoleForm(request.POST)
    if membership is None or not form.is_valid():
        raise Http404
    try:
        services.set_role(institution, membership, form.cleaned_data["role"], actor=request.user)
    except services.LastOwner:
        messages.error(request, _("Somebody must stay owner. Make another person owner first."))
    else:
        messages.success(request, _("The role was changed."))
    return redirect("accounts:people", slug=institution.slug)


@staff_view(Right.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, institution: Institution, person: str) -> HttpResponse:
    """Asks, then removes."""
    membership = queries.membership_by_person(institution, person)
    if membership is None:
        raise Http404
    if request.method != "POST":
        context = {
            "heading": _("Remove %(name)s?") % {"name": membership.user},
            "sentence": _(
                "They can no longer open the staff pages of your institution. What they did stays in the audit trail, "
                "and their account stays."
            ),
            "confirm_label": _("Remove"),
            "cancel_url": reverse("accounts:people", kwargs={"slug": institution.slug}),
            "danger": True,
        }
        return render(request, "design_system/confirm.html", context)
    try:
        services.remove_member(institution, membership, actor=request.user)
    except services.LastOwner:
        messages.error(request, _("Somebody must stay owner. Make another person owner first."))
        return redirect("accounts:people", slug=institution.slug)
    if membership.user_id == request.user.pk:
        messages.success(request, _("You have left %(name)s.") % {"name": institution.localised_name})
        return redirect("accounts:choose")
    messages.success(request, _("The person was removed."))
    return redirect("accounts:people", slug=institution.slug)


@staff_view(Right.MANAGE_PEOPLE)
@require_POST
def withdraw(request: HttpRequest, institution: Institution, invitation: str) -> HttpResponse:
    found = queries.invitation_of(institution, invitation)
    if found is None:
        raise Http404
    if services.withdraw_invitation(institution, found, actor=request.user):
        messages.success(request, _("The invitation was withdrawn; its link no longer works."))
    else:
        messages.info(request, _("This invitation was no longer open."))
    return redirect("accounts:people", slug=institution.slug)


FIELDS = (
    "name",
    "country",
    "description",
    "homepage",
    "email",
    "address",
    "legal_identifier",
    "primary_colour",
    "accent_colour",
    "symbol",
)


@staff_view(Right.MANAGE_INSTITUTION)
@require_http_methods(["GET", "HEAD", "POST"])
def institution_settings(request: HttpRequest, institution: Institution) -> HttpResponse:
    korean = institution.translations.get("ko", {})
    initial: dict[str, Any] = {field: getattr(institution, field) for field in FIELDS}
    initial |= {"name_ko": korean.get("name", ""), "description_ko": korean.get("description", "")}
    form = InstitutionForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        values = {field: given[field] for field in FIELDS}
        translated = {"name": given["name_ko"], "description": given["description_ko"]}
        values["translations"] = {**institution.translations, "ko": {k: v for k, v in translated.items() if v}}
        try:
            picture = (design.clean_upload(given["logo"].read()), "image/png") if given["logo"] else None
        except design.ImageRefused as refusal:
            form.add_error("logo", str(refusal))
        else:
            services.update_institution(institution, values, actor=request.user, logo=picture)
            messages.success(request, _("The settings were saved."))
            return redirect("accounts:institution_settings", slug=institution.slug)
    context = {
        "form": form,
        "crumbs": [(institution.localised_name, institution.get_absolute_url()), (_("Settings"), "")],
    }
    return render(request, "accounts/institution_settings.html", context, status=422 if form.errors else 200)
