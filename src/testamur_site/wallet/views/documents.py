"""What a credential is downloaded as. Each answer is public only where the credential is; the holder always gets their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from testamur_site.foundation.public_bytes.api import FOR_MINUTES, etag_of, matches
from testamur_site.issuing.api import Award, credential_bytes
from testamur_site.log import api as log

from .. import certificate, images, offline
from ..rules import SHOWN, WITH_IMAGE, Page
from .looking import Look, look

# OB 3.0 §8 names application/vc+ld+json, VC 2.0 §6.3 application/vc; both are accepted in the wild, so the reader chooses.
CREDENTIAL_TYPES = ("application/vc+ld+json", "application/vc", "application/ld+json", "application/json")
_AT_ONCE = "public, max-age=30"


def credential_response(request: HttpRequest, seen: Look) -> HttpResponse:
    """The signed bytes themselves, or the reason why they are not shown, as a problem document (RFC 9457)."""
    if seen.page not in SHOWN:
        return not_shown(seen.page)
    media_type = request.get_preferred_type(CREDENTIAL_TYPES) or CREDENTIAL_TYPES[0]
    return file_response(request, seen, credential_bytes(seen.award), media_type, "json")


@require_safe
def as_json(request: HttpRequest, public_id: str) -> HttpResponse:
    return credential_response(request, look(request, public_id))


@require_safe
def log_proof(request: HttpRequest, public_id: str) -> HttpResponse:
    """The proof that the credential stands in the public log: as public as the credential itself."""
    seen = look(request, public_id)
    if seen.page not in SHOWN:
        return not_shown(seen.page)
    found = _proof_of(seen.award)
    if (
        found.missing is not None
        and request.get_preferred_type(["application/problem+json", "text/html"]) == "text/html"
    ):
        status = log.proof_response(found)
        response = render(request, "wallet/no_proof.html", {"award": seen.award, "why": log.WORDS[found.missing]})
        response.status_code, response["Cache-Control"] = status.status_code, "no-store"
        if "Retry-After" in status:
            response["Retry-After"] = status["Retry-After"]
        return response
    response = log.proof_response(found, public=seen.deposit.public)
    if found.content is not None and "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{_file_name(seen.award, "tlog-proof")}"'
    response["Vary"] = "Accept, Cookie"
    return response


def _proof_of(award: Award) -> log.Looked:
    return log.look_up(f"award:{award.public_id}")


@require_safe
def as_png(request: HttpRequest, public_id: str) -> HttpResponse:
    seen = look(request, public_id)
    return _image(request, seen, images.as_png, "image/png", "png")


@require_safe
def as_svg(request: HttpRequest, public_id: str) -> HttpResponse:
    seen = look(request, public_id)
    response = _image(request, seen, images.as_svg, "image/svg+xml", "svg")
    # An SVG opened by itself is a page: this one may do nothing but be looked at.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    return response


@require_safe
def as_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    """The certificate, in the reader's language."""
    seen = look(request, public_id)
    return _image(request, seen, partial(certificate.as_pdf, page=seen.page), "application/pdf", "pdf")


@require_safe
def picture(request: HttpRequest, public_id: str) -> HttpResponse:
    """The badge without a credential inside, for pages: a picture that is looked at need not carry 10 kB."""
    seen = look(request, public_id)
    if seen.page not in SHOWN:
        raise Http404
    return _cached(HttpResponse(images.picture_png(seen.award.version), content_type="image/png"), seen)


@require_safe
def card(request: HttpRequest, public_id: str) -> HttpResponse:
    seen = look(request, public_id)
    if seen.page not in WITH_IMAGE:
        raise Http404
    content = images.card(seen.award.version, (get_language() or "en")[:2])
    return _cached(HttpResponse(content, content_type="image/png"), seen)


@require_safe
def qr(request: HttpRequest, public_id: str) -> HttpResponse:
    seen = look(request, public_id)
    if seen.page not in SHOWN:
        raise Http404
    response = _cached(HttpResponse(images.qr_svg(seen.award.url), content_type="image/svg+xml"), seen)
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{_file_name(seen.award, "qr.svg")}"'
    return response


@require_safe
def bundle(request: HttpRequest, public_id: str) -> HttpResponse:
    """The credential with all that a verification without a network needs, as it stands today."""
    seen = look(request, public_id)
    if seen.page not in SHOWN:
        return not_shown(seen.page)
    response = HttpResponse(offline.bundle_of(seen.award), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(seen.award, "bundle.zip")}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _image(
    request: HttpRequest, seen: Look, make: Callable[[Award, bytes | None], bytes], media_type: str, ending: str
) -> HttpResponse:
    if seen.page not in SHOWN:
        return not_shown(seen.page)
    if seen.page not in WITH_IMAGE and not seen.is_holder:
        return _problem(HTTPStatus.GONE, "withdrawn", "This badge was withdrawn by its issuer. Its page says why.")
    proof = _proof_of(seen.award)
    # Kept by others for a moment only, as long as a better proof is on its way into it.
    caching = FOR_MINUTES if proof.final else _AT_ONCE
    return file_response(request, seen, make(seen.award, proof.content), media_type, ending, caching)


def file_response(
    request: HttpRequest, seen: Look, content: bytes, media_type: str, ending: str, caching: str = FOR_MINUTES
) -> HttpResponse:
    etag = etag_of(content)
    response: HttpResponse
    if seen.deposit.public and matches(etag, request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type=media_type)
    if seen.deposit.public:
        response["ETag"] = etag
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{_file_name(seen.award, ending)}"'
    response["Access-Control-Allow-Origin"] = "*"
    return _cached(response, seen, caching)


def _cached(response: HttpResponse, seen: Look, caching: str = FOR_MINUTES) -> HttpResponse:
    """Kept as `caching` says where the public may see it; never where only the holder may."""
    response["Cache-Control"] = caching if seen.deposit.public else "private, no-store"
    response["Vary"] = "Accept, Cookie"
    return response


def _file_name(award: Award, ending: str) -> str:
    """From the title, never from a person's name: file names travel. ASCII, for old systems."""
    return f"{slugify(award.version.title_in('en'))[:60] or 'credential'}.{ending}"


def not_shown(page: Page) -> HttpResponse:
    detail = {
        Page.PENDING: "The learner has not accepted this credential yet. It can be seen when they publish it.",
        Page.PRIVATE: "This credential is private. Ask its holder for the file, or to publish it.",
    }[page]
    return _problem(HTTPStatus.FORBIDDEN, page.value, detail)


def _problem(status: HTTPStatus, kind: str, detail: str) -> HttpResponse:
    body = {
        "type": f"{settings.TESTAMUR_BASE_URL}/problems/{kind}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    return response
