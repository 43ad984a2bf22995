"""The share page, the portfolio, and what the holder does on them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.verification import presenters
from testamur_site.catalogue.api import achievement_model, present
from testamur_site.issuing.api import Award, CredentialNotIssued, credential_bytes, has_edition, status_notice
from testamur_site.log import api as log

from .. import queries, rules, services, session
from ..rules import SHOWN, WITH_IMAGE, Page
from .documents import CREDENTIAL_TYPES, credential_response
from .looking import Look, look


@require_safe
def share(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of one credential for people, the credential itself for programs (by Accept)."""
    seen = look(request, public_id)
    if request.get_preferred_type(["text/html", *CREDENTIAL_TYPES]) in CREDENTIAL_TYPES:
        response = credential_response(request, seen)
        patch_vary_headers(response, ["Accept", "Cookie"])
        return response
    if seen.page not in SHOWN:
        # Not a word about what, from whom or for whom: the address alone proves nothing about the visitor.
        response = render(request, "wallet/not_shown.html", {"page": seen.page}, status=HTTPStatus.FORBIDDEN)
        response["X-Robots-Tag"] = "noindex"
        response["Cache-Control"] = "no-store"
        return response
    response = render(request, "wallet/share.html", _context(request, seen))
    response["Cache-Control"] = "private, no-cache"
    if seen.page is not Page.VALID or not seen.deposit.public:
        response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["Accept", "Cookie"])
    return response


def _context(request: HttpRequest, seen: Look) -> dict[str, object]:
    award, version = seen.award, seen.award.version
    language = (get_language() or "en").split("-")[0]
    successor = award.successor if award.state == "superseded" else None
    next_deposit = queries.deposit_of(successor.public_id) if successor else None
    if next_deposit and not (next_deposit.public or session.is_holder(request, next_deposit)):
        successor = None
    return {
        "award": award,
        "deposit": seen.deposit,
        "institution": award.institution,
        "is_holder": seen.is_holder,
        "page": seen.page.value,
        "with_image": seen.page in WITH_IMAGE,
        "shown": present(version.description, language, award.institution.localised_name),
        "successor": successor,
        "results": _results(award),
        "chain": _chain(award),
        "recorded": log.state_of(f"award:{award.public_id}"),
        "has_edition": has_edition(award),
        "status": status_notice(award) if seen.is_holder else None,
        "linkedin": _linkedin(seen),
        "embed_code": _embed_code(seen),
        "base_url": settings.TESTAMUR_BASE_URL,
        "indexed": seen.page is Page.VALID and seen.deposit.public,
    }


def _results(award: Award) -> list[dict[str, str]]:
    """What was reached, each with the name of its description in the reader's language."""
    if not award.results:
        return []
    described = {found.id: found for found in achievement_model(award.version, get_language()).result_description}
    shown = []
    for result in award.results:
        of = described.get(result["description"])
        if "value" in result:  # the levels of an assessed award are shown with how it was earned
            unit = " %" if of and of.result_type == "Percent" else ""
            shown.append({"name": of.name if of else "", "value": f"{result['value']}{unit}"})
    return shown


def _chain(award: Award) -> list[dict[str, Any]]:
    """How an assessed award was earned, as its credential says it; nothing for other awards, or where no credential can be read."""
    if award.decision_id is None:
        return []
    try:
        document = strict_json.loads(credential_bytes(award))
    except (CredentialNotIssued, TestamurError):
        return []
    return presenters.chain(presenters.reading(document))


def _linkedin(seen: Look) -> list[tuple[str, str]]:
    """LinkedIn's values as text: the prefilled form is known to fail, and people then need to copy them."""
    award = seen.award
    return [
        ("name", award.version.title),
        ("organization", award.institution.localised_name),
        ("issued", award.awarded_date.strftime("%Y-%m")),
        ("expires", award.valid_until.strftime("%Y-%m") if award.valid_until else ""),
        ("id", award.public_id),
        ("url", award.url),
    ]


def _embed_code(seen: Look) -> str:
    width, height = rules.embed_size(None, None)
    address = f"{settings.TESTAMUR_BASE_URL}/embed/{seen.award.public_id}"
    return f'<iframe src="{address}" width="{width}" height="{height}" title="Credential" loading="lazy"></iframe>'


@require_safe
def linkedin(request: HttpRequest, public_id: str) -> HttpResponse:
    """A short address that leads to LinkedIn's form: some mail programs cut long ones."""
    seen = look(request, public_id)
    if seen.page not in WITH_IMAGE:
        raise Http404
    award = seen.award
    issued, until = award.awarded_date, award.valid_until
    return redirect(
        rules.linkedin_address(
            name=award.version.title,
            organization_name=award.institution.localised_name,
            organization_id=str(getattr(award.institution, "linkedin_organization_id", "") or ""),
            issued=(issued.year, issued.month),
            expires=(until.year, until.month) if until else None,
            certificate_url=award.url,
            certificate_id=award.public_id,
        )
    )


@require_POST
def visibility(request: HttpRequest, public_id: str) -> HttpResponse:
    """Publish or hide, by its holder. Anybody else learns only what the page would tell them."""
    seen = look(request, public_id)
    if not seen.is_holder:
        return redirect("wallet:enter")
    services.set_public(seen.deposit, request.POST.get("public") == "1")
    return redirect("wallet:home") if request.POST.get("back") == "wallet" else redirect("wallet:share", public_id)


@require_safe
def portfolio(request: HttpRequest, public_id: str) -> HttpResponse:
    """A holder's public page. Unpublished, it is the same 404 as an unknown one, but for the holder."""
    holder = queries.holder_by_public_id(public_id)
    mine = holder is not None and session.holder_of(request) == holder
    if holder is None or not (holder.portfolio_public or mine):
        raise Http404
    response = render(
        request, "wallet/portfolio.html", {"holder": holder, "deposits": queries.portfolio(holder), "is_holder": mine}
    )
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response
