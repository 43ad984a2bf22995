"""The style page, the themes, and the language switch."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from testamur_site.foundation.design_system import rules, specimens
from testamur_site.foundation.design_system.images import api as images

_YEAR = 365 * 24 * 3600


@require_GET
def theme(request: HttpRequest, primary: str, accent: str) -> HttpResponse:  # noqa: ARG001
    """The theme of two colours. Its address is its whole content, so it never changes."""
    response = HttpResponse(rules.theme(primary, accent).css(), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


@require_GET
def badge(request: HttpRequest, shape: str, primary: str, accent: str, symbol: str) -> HttpResponse:  # noqa: ARG001
    """A composed badge without a title: the preview while somebody chooses. Like a theme it never changes."""
    if shape not in images.SHAPES or symbol not in images.SYMBOLS:
        raise Http404
    svg = images.compose_badge_svg("", symbol, f"#{primary}", f"#{accent}", shape)
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


@csrf_exempt  # a stranger could at most change the language; without a token public pages need no cookie at all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to where the reader was."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=_YEAR,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return response


@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """Every token and component with its states."""
    return render(request, "design_system/design.html", specimens.context())
