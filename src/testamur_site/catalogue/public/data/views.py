"""The catalogue as open data: CTDL and ELM (JSON-LD), a feed, a sitemap, and a small interface for programs.

Everything here is public, read-only, the same for everybody, and may be read by pages of other sites.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from testamur import strict_json
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug

from ... import queries
from ...exchange import ctdl, elm
from ...finding import index, results
from ...finding.search import Search
from ...models import AchievementVersion, Offering
from ...offerings import queries as offerings
from ..caching import tagged
from . import feed, interface

LD_JSON = "application/ld+json"
EXPORT_SIZE = 100
FEED_SIZE = 50


def _everything(_request: HttpRequest, **_named: Any) -> Any:
    return index.current_stamp()


def _everything_and_seats(_request: HttpRequest) -> Any:
    """Seats are taken without a change of the catalogue; the interface counts those that are left."""
    return index.current_stamp(), offerings.seats_taken()


def _one(_request: HttpRequest, public_id: str) -> Any:
    version = queries.public_micro_credential(public_id)
    if version is None:
        return None
    runs = offerings.open_offerings(version.micro_credential)
    return version.pk, version.changed_at, [(run.pk, run.changed_at, run.seats_taken) for run in runs]


@require_safe
@tagged(_one)
def programme_ctdl(_request: HttpRequest, public_id: str) -> HttpResponse:
    """One programme in the Credential Transparency Description Language."""
    return _programme(public_id, ctdl.document)


@require_safe
@tagged(_one)
def programme_elm(_request: HttpRequest, public_id: str) -> HttpResponse:
    """One programme in the European Learning Model."""
    return _programme(public_id, elm.document)


@require_safe
@tagged(_everything)
def catalogue_ctdl(request: HttpRequest) -> HttpResponse:
    """The catalogue in CTDL, a hundred programmes a page; the `Link` header names the next page."""
    page, versions, runs = _page(request)
    seen: dict[int, Institution] = {v.institution_id: v.institution for v in versions}
    parts = [ctdl.organisation(institution) for institution in seen.values()]
    for version in versions:
        parts += ctdl.nodes(version, runs.get(version.micro_credential_id, ()))
    return _linked(request, page, _data(ctdl.graph(parts), LD_JSON))


@require_safe
@tagged(_everything)
def catalogue_elm(request: HttpRequest) -> HttpResponse:
    """The catalogue in the European Learning Model, a hundred programmes a page; the `Link` header names the next page."""
    page, versions, runs = _page(request)
    parts = [node for version in versions for node in elm.nodes(version, runs.get(version.micro_credential_id, ()))]
    return _linked(request, page, _data(elm.graph(parts), LD_JSON))


@require_safe
@tagged(_everything)
def feed_of_all(request: HttpRequest) -> HttpResponse:
    """New and changed programmes of all institutions (Atom)."""
    return _feed(None, request)


@require_safe
@tagged(_everything)
def feed_of_institution(request: HttpRequest, slug: str) -> HttpResponse:
    """New and changed programmes of one institution (Atom)."""
    institution = institution_by_slug(slug)
    if institution is None:
        raise Http404
    return _feed(institution, request)


@require_safe
@tagged(_everything)
def sitemap(_request: HttpRequest) -> HttpResponse:
    """The pages that a search engine should know: the catalogue, the institutions, the programmes."""
    return _open(HttpResponse(feed.sitemap(*queries.addresses()), content_type="application/xml"))


@require_safe
@tagged(_everything_and_seats)
def search(request: HttpRequest) -> HttpResponse:
    """The catalogue for programs: the same search as the page's, with the same parameters."""
    found = results.find(Search.read(request.GET), request.GET.get("page", 1))
    versions = list(found.page.object_list)
    runs = offerings.open_of([version.micro_credential_id for version in versions])
    return _linked(request, found.page, _data(interface.answer(found, runs), "application/json"))


@require_safe
def description(_request: HttpRequest) -> HttpResponse:
    """What the interface takes and gives (OpenAPI 3.1)."""
    return _data(interface.openapi(), "application/json")


def _programme(public_id: str, write: Callable[[AchievementVersion, list[Offering]], dict[str, Any]]) -> HttpResponse:
    version = queries.public_micro_credential(public_id)
    if version is None:
        raise Http404
    return _data(write(version, offerings.open_offerings(version.micro_credential, timezone.localdate())), LD_JSON)


def _page(request: HttpRequest) -> tuple[Any, list[AchievementVersion], dict[int, list[Offering]]]:
    slug = request.GET.get("institution", "")
    institution = institution_by_slug(slug) if slug else None
    if slug and institution is None:
        raise Http404
    page = queries.public_catalogue(request.GET.get("page", 1), institution, EXPORT_SIZE)
    versions = list(page.object_list)
    return page, versions, offerings.open_of([version.micro_credential_id for version in versions])


def _feed(institution: Institution | None, request: HttpRequest) -> HttpResponse:
    versions = queries.ever_published(institution, FEED_SIZE)
    address = settings.TESTAMUR_BASE_URL + request.path
    return _open(HttpResponse(feed.atom(versions, address, institution), content_type="application/atom+xml"))


def _data(document: Any, content_type: str) -> HttpResponse:
    return _open(HttpResponse(strict_json.dumps(document), content_type=content_type))


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response


def _linked(request: HttpRequest, page: Any, response: HttpResponse) -> HttpResponse:
    """RFC 8288: the neighbours of a page of results."""
    links = []
    for relation, number in (
        ("next", page.next_page_number() if page.has_next() else None),
        ("prev", page.previous_page_number() if page.has_previous() else None),
    ):
        if number is not None:
            query = request.GET.copy()
            query["page"] = str(number)
            links.append(f'<{settings.TESTAMUR_BASE_URL}{request.path}?{query.urlencode()}>; rel="{relation}"')
    if links:
        response["Link"] = ", ".join(links)
    return response
