from __future__ import annotations

from typing import Any

from babel import Locale
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from testamur import strict_json
from testamur_site.foundation.tenancy.api import institution_by_slug

from .. import queries, texts
from ..description.vocabulary import in_language
from ..exchange.achievement import achievement_id, achievement_model, image_url, programme_url
from ..models import AchievementVersion, MicroCredential
from ..offerings import presentation as offered
from ..offerings import queries as offerings
from ..offerings.presentation import address_if_any
from . import assessed, structured_data
from . import programme as pages
from .caching import tagged
from .cards import Card, cards, picture_path
from .presentation import language_name, present

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
_IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def institution(request: HttpRequest, slug: str) -> HttpResponse:
    """Who an institution is, what it offers, and how its signature is recognised."""
    found = institution_by_slug(slug)
    if found is None:
        raise Http404
    page = queries.public_catalogue(request.GET.get("page", 1), institution=found)
    context = {
        "institution": found,
        "country_name": country_name(found.country),
        "page": page,
        "cards": cards(page.object_list),
    }
    return render(request, "catalogue/public/institution.html", context)


def _of_programme(_request: HttpRequest, public_id: str) -> Any:
    """What the page shows: the version, the seats and dates of its offerings, whose quality is whose."""
    version = queries.public_micro_credential(public_id)
    if version is None:
        return None
    runs = [(o.pk, o.changed_at, o.seats_taken) for o in offerings.open_offerings(version.micro_credential)]
    changed = (version.pk, version.changed_at, version.approved_hash, version.approved_until)
    institution = version.institution
    return (
        changed,
        version.micro_credential.changed_at,
        institution.name,
        institution.translations,
        institution.email,
        runs,
        further_links(version),
        pages.larger_ones(version, get_language() or "en"),
    )


def further_links(version: AchievementVersion) -> list[tuple[str, str, str]]:
    """What higher capabilities have to say of a version: heading, words, address (config.wiring)."""
    return [link for path in settings.TESTAMUR_PROGRAMME_LINKS for link in import_string(path)(version)]


@require_safe
@tagged(_of_programme)
def programme(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a micro-credential: what people ask first, then everything that stands behind the answers."""
    version = queries.public_micro_credential(public_id)
    if version is None:
        raise Http404
    return render(request, "catalogue/public/programme.html", programme_context(version))


def programme_context(version: AchievementVersion) -> dict[str, Any]:
    """What the programme page and the preview of it show."""
    shown = present(version.description, institution_name=version.institution.name)
    language = shown.language
    published = version.state != AchievementVersion.State.DRAFT
    tasks = assessed.tasks_shown(version.description, language)
    runs = offerings.open_offerings(version.micro_credential) if published else []
    proofs = assessed.outcome_proofs(version.description, language)
    return {
        "version": version,
        "institution": version.institution,
        "country_name": country_name(version.institution.country),
        "shown": shown,
        "answers": pages.answers(version, shown, tasks),
        "outcomes": list(zip(shown.outcomes, proofs, strict=True)),
        "tasks": tasks,
        "offerings": [offered.shown(offering) for offering in runs],
        "partners": pages.partners(version.description, language),
        "co_owners": pages.co_owners(version, language),
        "credit_statements": texts.credit_lines(version.description),
        "prior_learning": in_language(version.description.rpl, language),
        "earlier_learners": pages.earlier_learners(version),
        "quality_url": address_if_any("quality:record", version.micro_credential.public_id) if published else "",
        "further_links": further_links(version) if published else [],
        "retired": version.micro_credential.state == MicroCredential.State.RETIRED,
        "image": picture_path(version),
        "image_url": image_url(version),
        "page_url": programme_url(version),
        "achievement_url": achievement_id(version),
        "earlier": [v for v in queries.public_versions_of(version) if v.pk != version.pk] if published else [],
        "structured_data": structured_data.as_script(structured_data.programme(version, shown, runs))
        if published
        else "",
        "other_titles": [(language_name(tag), tag, title) for tag, title in shown.other_titles],
    }


@require_safe
@vary_on_headers("Accept", "Accept-Language")
def achievement(request: HttpRequest, public_id: str) -> HttpResponse:
    """The name of the achievement in every credential: data for programs, the programme page for people.

    Only who asks for HTML is sent on; everybody else, also who says nothing, gets JSON-LD.
    """
    version = queries.public_version(public_id)
    if version is None:
        raise Http404
    if request.GET.get("format") != "json" and _prefers_html(request):
        # An earlier version has no page of its own: its data stay here, the page shows what is offered now.
        address = reverse("catalogue:public_detail", args=[version.micro_credential.public_id])
        return HttpResponseRedirect(address)
    document = {"@context": CONTEXTS, **achievement_model(version).to_json()}
    answer = HttpResponse(strict_json.dumps(document), content_type="application/ld+json")
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@require_safe
@cache_control(public=True, max_age=86400)
def image_png(_request: HttpRequest, public_id: str) -> HttpResponse:
    return _image(public_id, "png")


@require_safe
@cache_control(public=True, max_age=86400)
def image_svg(_request: HttpRequest, public_id: str) -> HttpResponse:
    return _image(public_id, "svg")


def _image(public_id: str, kind: str) -> HttpResponse:
    version = queries.public_version(public_id)
    content = getattr(version.image, kind) if version and version.image else None
    if not content:
        raise Http404
    answer = HttpResponse(bytes(content), content_type="image/png" if kind == "png" else "image/svg+xml")
    answer["Content-Security-Policy"] = _IMAGE_POLICY
    answer["Access-Control-Allow-Origin"] = "*"  # pages of other sites show the badge
    return answer


def _prefers_html(request: HttpRequest) -> bool:
    """HTML is named explicitly, and not after a JSON type. A bare */* is a program's (a verifier's, curl's) and gets data."""
    named = [part.split(";")[0].strip().casefold() for part in request.headers.get("Accept", "").split(",")]
    for kind in named:
        if kind in {"application/json", "application/ld+json", "application/vc+ld+json", "application/vc"}:
            return False
        if kind in {"text/html", "application/xhtml+xml"}:
            return True
    return False


def country_name(alpha_2: str) -> str:
    """The name of a country (ISO 3166-1 alpha-2) in the reader's language."""
    names = Locale.parse((get_language() or "en").split("-")[0]).territories
    return str(names.get(alpha_2, "")) or _("Unknown")


def newest_cards(count: int) -> list[Card]:
    """The newest published micro-credentials as `catalogue/public/card.html` shows them, for pages that span capabilities."""
    return cards(queries.public_catalogue().object_list[:count])
