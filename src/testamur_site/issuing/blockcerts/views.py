from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.errors import SignerError
from testamur.formats import blockcerts
from testamur_site.foundation.chain.api import raw_address
from testamur_site.foundation.keys.api import ProposalRefused, refused_in_words
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.public_bytes.api import FOR_MINUTES
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug

from ..errors import IssuingError
from ..models import Award
from ..views.common import address, award_or_404, awards_crumb, batch_or_404, batches_crumb
from . import documents, queries, sentences, services, statuses


def _here(institution: Institution) -> str:
    return reverse("issuing_blockcerts:overview", kwargs={"slug": institution.slug})


@staff_view(Right.VIEW)
@require_safe
def overview(request: HttpRequest, institution: Institution) -> HttpResponse:
    """What editions are, whether they are on, who pays, and what became of each request."""
    account = queries.account_of(institution)
    found = queries.requests()
    for one in found:
        one.word = sentences.STATES[one.state]
        paid = one.transaction
        trouble = one.problem or (paid.problem if paid is not None and one.state == "anchoring" else "")
        facts = one.facts if one.problem or paid is None else paid.facts
        one.sentence = sentences.of(trouble, facts)
    context = {
        "chain": queries.chain(),
        "on": account is not None and queries.switched_on(institution),
        "account": account,
        "requests": found,
        "crumbs": [awards_crumb(institution), (_("Blockcerts editions"), "")],
    }
    return render(request, "issuing/blockcerts/overview.html", context)


@staff_view(Right.MANAGE_KEYS)
@require_POST
def switch_on(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Proposes it: the key that is made speaks for the institution, so that another person carries it out."""
    try:
        reason = _("Blockcerts editions are to be made.")
        made = services.propose_switch_on(institution, request.user, reason=reason)
    except IssuingError as error:
        messages.error(request, sentences.of(error.code, error.facts))
        return redirect(_here(institution))
    except ProposalRefused as error:
        messages.error(request, refused_in_words(error))
        return redirect(_here(institution))
    return redirect("keys:proposal", institution.slug, made.public_id)


@staff_view(Right.ISSUE)
@require_POST
def again(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    found = queries.own_request(public_id)
    if found is None:
        raise Http404
    _attempt(request, _("It goes on."), lambda: services.try_again(found, actor=request.user))
    return redirect(_here(institution))


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
def of_award(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Ask for the edition of one award."""
    award = award_or_404(public_id)
    back = address("award", institution, public_id)
    return _ask(request, institution, [award], back, (award.version.title, back), awards_crumb(institution))


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
def of_batch(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Ask for the editions of all valid awards of a batch."""
    batch = batch_or_404(public_id)
    back = address("batch", institution, public_id)
    crumb = (batch.version.title, back)
    return _ask(request, institution, [], back, crumb, batches_crumb(institution), batch=batch)


def _ask(
    request: HttpRequest,
    institution: Institution,
    awards: list[Award],
    back: str,
    crumb: tuple[str, str],
    first: tuple[str, str],
    **more: Any,
) -> HttpResponse:
    if request.method == "POST":
        done = _("The editions are being made. This takes until the chain has confirmed their transaction.")
        made = _attempt(request, done, lambda: services.request(institution, awards, actor=request.user, **more))
        return redirect(_here(institution) if made else back)
    batch = more.get("batch")
    offered = queries.offered_for(institution, award=None if batch else awards[0], batch=batch)
    if offered["state"] != "offered":
        return redirect(_here(institution))
    context = {
        "number": offered["number"],
        "heading": ngettext("Make a Blockcerts edition?", "Make Blockcerts editions?", offered["number"]),
        "confirm_label": _("Make it") if offered["number"] == 1 else _("Make them"),
        "cancel_url": back,
        "chain": queries.chain(),
        "account": queries.account_of(institution),
        "crumbs": [first, crumb, (_("Blockcerts editions"), "")],
    }
    return render(request, "issuing/blockcerts/ask.html", context)


@staff_view(Right.VIEW)
@require_safe
def download(_request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """The finished edition, for staff: also of what is not public."""
    award = award_or_404(public_id)
    found = queries.edition_bytes(award)
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type="application/vc+ld+json")
    response["Content-Disposition"] = f'attachment; filename="blockcerts-{award.public_id}.json"'
    return response


@require_safe
def profile(_request: HttpRequest, slug: str) -> HttpResponse:
    """Who the issuer is and which account pays, as the published verifier reads it."""
    institution = institution_by_slug(slug)
    account = queries.account_of(institution) if institution is not None else None
    if institution is None or account is None or not queries.switched_on(institution):
        raise Http404
    here = documents.profile_address(institution)
    made = blockcerts.issuer_profile(
        here, institution.name, raw_address(account), account.created_at, url=institution.homepage or None
    )
    return _public(JsonResponse(made))


@require_safe
def status(_request: HttpRequest, slug: str, list_id: str) -> HttpResponse:
    """A revocation list in the form of 2021."""
    institution = institution_by_slug(slug)
    try:
        content = statuses.old_form(institution, list_id) if institution is not None else None
    except SignerError:
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    if content is None:
        raise Http404
    return _public(HttpResponse(content, content_type="application/vc+ld+json"))


def _public(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = FOR_MINUTES
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _attempt(request: HttpRequest, done: str, step: Callable[[], Any]) -> bool:
    """Do one step and say what came of it on the next page; False when it was refused."""
    try:
        step()
    except IssuingError as error:
        messages.error(request, sentences.of(error.code, error.facts))
        return False
    messages.success(request, done)
    return True
