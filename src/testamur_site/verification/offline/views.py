"""The offline page, what it loads, and the form that collects a bundle for it."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from http import HTTPStatus

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_safe

from testamur.cli.standalone import FILE_NAME, build
from testamur_site.foundation.design_system.api import render_png
from testamur_site.verification.limits import seconds_to_wait
from testamur_site.verification.rules import read_file

from . import data, services
from .forms import BundleForm

SCOPE = "/verify/offline"
_SIZES = (192, 512)


def _words() -> dict[str, str]:
    """What the scripts of the page say beside the sentences of the report. They put numbers in where `%s` stands."""
    return {
        "informs": _("For information"),
        "unconfirmed": _("What it says of itself could not be confirmed, so it is not shown."),
        "what": _("Credential"),
        "holder": _("Awarded to"),
        "issuer": _("Issued by"),
        "awarded": _("Awarded on"),
        "engineers": _("For engineers: findings and intermediate values"),
        "checks": _("All checks ({count})").format(count="%s"),
        "pasted": _("Pasted text"),
        "nothing": _("Nothing was given. Choose a file or paste the text of a credential."),
        "notExamined": _("This could not be examined in this browser. Verify it on the ordinary page."),
        "verified": _("Verified. The results are below."),
        "opened": _("The bundle was opened: {count} keys and lists are kept here.").format(count="%s"),
        "noBundle": _("This is no bundle that can be read, or it was changed. Make a new one."),
        "notCollected": _("The bundle could not be collected. Choose at most 20 files and try again."),
        "noNetwork": _("There is no network. A bundle that was made elsewhere can be opened all the same."),
        "forgotten": _("All keys and lists were deleted from this browser."),
    }


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page. Without scripts it says so and offers the online page; the form for a bundle works either way."""
    return _page(request, BundleForm())


def _page(request: HttpRequest, form: BundleForm, status: int = HTTPStatus.OK, refusal: str = "") -> HttpResponse:
    context = {
        "words": _words(),
        "form": form,
        "refusal": refusal,
        "crumbs": [(_("Verify"), reverse("verification:verify")), (_("Without a network"), "")],
    }
    return render(request, "verification/offline/offline.html", context, status=status)


@require_http_methods(["POST"])
def bundle(request: HttpRequest) -> HttpResponse:
    """A bundle for the credentials that were given: verified now, forgotten at once."""
    form = BundleForm(request.POST, request.FILES)
    if wait := seconds_to_wait(request, "bundle", min(10, settings.TESTAMUR_VERIFICATIONS_PER_MINUTE)):
        refusal = _("You asked very often. Please wait %(seconds)d seconds and try again.") % {"seconds": wait}
        return _page(request, form, HTTPStatus.TOO_MANY_REQUESTS, refusal)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    content, count = services.collect(read_file(file.read()) for file in form.cleaned_data["files"])
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="verification-bundle.zip"'
    response["X-Resources"] = str(count)
    response["Cache-Control"] = "no-store"
    return response


def _etag(*_anything: object) -> str:
    return f'"{data.version()}"'


@require_safe
@condition(etag_func=_etag)
def data_json(_request: HttpRequest) -> HttpResponse:
    """Contexts, codes, schemas, sentences and registers, as `data.document` describes them."""
    response = HttpResponse(data.encoded(), content_type="application/json")
    patch_cache_control(response, no_cache=True)
    return response


@require_safe
@condition(etag_func=_etag)
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker: what it keeps, then its text. It may serve the page only, not the rest of the site."""
    addresses = [
        reverse("verification:offline"),
        reverse("verification:offline_data"),
        reverse("verification:offline_manifest"),
        # By their plain names, by which they import each other: a hash in a name would be one of another version of the importer.
        *(f"{settings.STATIC_URL}{name}" for name in data.modules()),
    ]
    text = (data.STATIC / "worker.js").read_text(encoding="utf-8")
    head = f"const VERSION = {json.dumps(data.version())};\nconst ADDRESSES = {json.dumps(addresses, indent=1)};\n"
    response = HttpResponse(head + text, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = SCOPE
    patch_cache_control(response, no_cache=True)
    return response


def _single_file_etag(*_anything: object) -> str:
    return f'"{sha256(build()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=_single_file_etag)
def single_file(_request: HttpRequest) -> HttpResponse:
    """The verifier in one file, for a computer with Python and nothing else."""
    response = HttpResponse(build(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=86400)
    return response


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """What the operating system shows of the installed page (W3C Web Application Manifest)."""
    body = {
        "id": SCOPE,
        "name": _("Verify credentials"),
        "short_name": _("Verify"),
        "description": _("Verify credentials without a network."),
        "start_url": SCOPE,
        "scope": SCOPE,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [
            {
                "src": reverse("verification:offline_icon", args=[size]),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any",
            }
            for size in _SIZES
        ],
    }
    return JsonResponse(body, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
def icon(_request: HttpRequest, size: int) -> HttpResponse:
    if size not in _SIZES:
        raise Http404
    response = HttpResponse(_icon(size), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@cache
def _icon(size: int) -> bytes:
    found = finders.find("testamur/icon.svg")
    if not found:
        raise Http404
    with open(found, "rb") as stream:  # noqa: PTH123 - finders gives a text
        return render_png(stream.read(), size)
