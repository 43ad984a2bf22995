from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug

from . import deployment, queries, services


def _public_json(document: dict[str, Any], media_type: str) -> HttpResponse:
    """A document that any verifier may fetch, from any origin, and keep for five minutes: a rotation is seen soon."""
    response = HttpResponse(json.dumps(document, ensure_ascii=False, indent=2), content_type=media_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def did_json(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001
    """The DID document of `did:web` (did:web method §3.2)."""
    institution = institution_by_slug(slug)
    if institution is None:
        raise Http404
    return _public_json(queries.did_document(institution), "application/did+json")


@require_safe
def deployment_did_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The DID document of the deployment itself."""
    return _public_json(deployment.deployment_did_document(), "application/did+json")


@require_safe
def profile(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001
    institution = institution_by_slug(slug)
    if institution is None:
        raise Http404
    return _public_json(queries.profile_json(institution), "application/ld+json")


@staff_view(Right.MANAGE_KEYS)
@require_safe
def key_list(request: HttpRequest, institution: Institution) -> HttpResponse:
    context = {
        "keys": queries.keys_of(institution),
        "did_url": f"{institution.public_url}/did.json",
        "crumbs": [(institution.localised_name, institution.get_absolute_url()), (_("Keys"), "")],
    }
    return render(request, "keys/keys.html", context)


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def rotate(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Asks, then rotates."""
    if request.method == "POST":
        services.rotate(institution, request.user)
        messages.success(request, _("A new key signs from now on. Everything signed before stays valid."))
        return redirect("keys:list", slug=institution.slug)
    context = {
        "heading": _("Make a new signing key?"),
        "sentence": _(
            "The new key signs from now on. The private half of the present key is destroyed; its public half stays in "
            "your DID document, so every credential signed with it stays valid."
        ),
        "confirm_label": _("Make a new key"),
        "cancel_url": reverse("keys:list", kwargs={"slug": institution.slug}),
    }
    return render(request, "design_system/confirm.html", context)


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, institution: Institution, fragment: str) -> HttpResponse:
    """Asks, with all that follows, then takes a copied key out of the DID document."""
    if queries.retired_key(institution, fragment) is None:
        raise Http404
    if request.method == "POST":
        services.withdraw(institution, fragment, request.user)
        messages.success(request, _("The key is withdrawn. Nothing that it signed holds any more."))
        return redirect("keys:list", slug=institution.slug)
    context = {
        "heading": _("Withdraw %(key)s?") % {"key": fragment},
        "sentence": _(
            "Only if somebody may have a copy of this key. Every verifier will refuse all that it signed: what a thief signs in your "
            "name, and also every credential that you signed with it. Correct those awards afterwards; each learner then gets "
            "a credential signed with the present key. This cannot be taken back."
        ),
        "confirm_label": _("Withdraw the key"),
        "danger": True,
        "cancel_url": reverse("keys:list", kwargs={"slug": institution.slug}),
    }
    return render(request, "design_system/confirm.html", context)
