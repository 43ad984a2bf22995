from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.public_bytes.api import FOR_MINUTES
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug

from . import deployment, queries
from .identifiers.histories import is_behind
from .identifiers.queries import history_of, issuing_did
from .proposals.carrying_out import describe
from .proposals.queries import keepers, proposals


def _public_json(document: dict[str, Any], media_type: str) -> HttpResponse:
    return _public(json.dumps(document, ensure_ascii=False, indent=2).encode(), media_type)


def _public(content: bytes, media_type: str) -> HttpResponse:
    """A document that any verifier may fetch, from any origin, and keep for five minutes: a rotation is seen soon."""
    response = HttpResponse(content, content_type=media_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = FOR_MINUTES
    return response


@require_safe
def did_json(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001
    """The DID document of `did:web` (did:web method §3.2)."""
    institution = queries.institution_of(slug)
    if institution is None:
        raise Http404
    return _public(queries.did_json(institution), "application/did+json")


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
    listed, history = proposals(institution), history_of(institution)
    context = {
        "keys": queries.keys_of(institution),
        "given_up": queries.given_up(institution),
        "open": [(one, describe(one).title) for one in listed if one.state_now == one.State.OPEN],
        "closed": [(one, describe(one).title) for one in listed if one.state_now != one.State.OPEN],
        "keepers": len(keepers(institution)),
        "history": history,
        "behind": history is not None and is_behind(history),
        "issuing_did": issuing_did(institution),
        "pages": [(label, reverse(name, args=[institution.slug])) for label, name in settings.TESTAMUR_KEY_PAGES],
        "did_url": f"{institution.public_url}/did.json",
        "crumbs": [(institution.localised_name, institution.get_absolute_url()), (_("Keys"), "")],
    }
    return render(request, "keys/keys.html", context)
