"""Pages of persons: profile, choosing and founding an institution, accepting an invitation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.permissions.api import signed_in_view
from testamur_site.foundation.tenancy.api import institution_by_slug, logo, memberships

from . import queries, services
from .adapter import remember_language
from .forms import AcceptInvitationForm, NewInstitutionForm, ProfileForm

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@signed_in_view
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language or get_language()})
    if request.method == "POST" and form.is_valid():
        services.change_profile(user, **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Your profile was saved."))
        return remember_language(redirect("accounts:profile"), user)
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form, "memberships": memberships(user)}, status=status)


@signed_in_view
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """One institution: straight to it. None or several: the page."""
    mine = memberships(request.user)
    if len(mine) == 1 and "all" not in request.GET:
        return redirect(mine[0].institution)
    context = {"memberships": mine, "may_found": services.may_found_institution(request.user)}
    return render(request, "accounts/choose.html", context)


@signed_in_view
@require_http_methods(["GET", "HEAD", "POST"])
def new_institution(request: HttpRequest) -> HttpResponse:
    if not services.may_found_institution(request.user):
        raise PermissionDenied
    form = NewInstitutionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            institution = services.create_institution(owner=request.user, **form.cleaned_data)
        except services.SlugTaken:
            form.add_error("slug", _("This short name is taken. Please choose another one."))
        else:
            messages.success(request, _("Your institution is set up. You are its owner."))
            return redirect(institution)
    return render(request, "accounts/new_institution.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in an invitation. The token is a secret: it goes into no other site's Referer and no cache."""
    invitation = queries.invitation_by_token(token)
    if invitation is None:
        response = render(request, "accounts/invitation_closed.html", status=404)
    elif request.user.is_authenticated:
        response = _accept_signed_in(request, token, invitation)
    else:
        response = _accept_new(request, token, invitation)
    response["Referrer-Policy"] = "same-origin"
    patch_cache_control(response, private=True)
    return response


def _accept_signed_in(request: HttpRequest, token: str, invitation: queries.Invitation) -> HttpResponse:
    if request.method == "POST":
        try:
            institution = services.accept_invitation(token, request.user)
        except services.InvitationClosed:
            return render(request, "accounts/invitation_closed.html", status=404)
        messages.success(request, _("Welcome to %(name)s.") % {"name": institution.localised_name})
        return redirect(institution)
    return render(
        request, "accounts/invitation.html", {"invitation": invitation, "institution": invitation.institution}
    )


def _accept_new(request: HttpRequest, token: str, invitation: queries.Invitation) -> HttpResponse:
    known = queries.has_account(invitation.email)
    form = None if known else AcceptInvitationForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            user, institution = services.accept_invitation_with_new_account(
                token, email=invitation.email, language=get_language() or "", **form.cleaned_data
            )
        except services.InvitationClosed:
            return render(request, "accounts/invitation_closed.html", status=404)
        except services.AddressTaken:
            return redirect(request.path)  # made by a second click: now the page offers to sign in
        login(request, user, backend=BACKEND)
        messages.success(request, _("Welcome to %(name)s.") % {"name": institution.localised_name})
        return redirect(institution)
    context = {"invitation": invitation, "institution": invitation.institution, "form": form, "known": known}
    return render(request, "accounts/invitation.html", context, status=422 if form and form.errors else 200)


@require_safe
def institution_logo(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001
    institution = institution_by_slug(slug)
    picture = logo(institution) if institution else None
    if picture is None:
        raise Http404
    response = HttpResponse(bytes(picture.content), content_type=picture.media_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
