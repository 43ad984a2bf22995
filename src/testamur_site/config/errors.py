"""Error pages in words: what happened and what to do now. They never need a database and never show technical detail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.exceptions import TemplateSyntaxError
from django.utils.html import escape
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, title: str, explanation: str, next_step: str) -> HttpResponse:
    context = {"title": title, "explanation": explanation, "next_step": next_step, "status": status}
    try:
        return render(request, "design_system/error.html", context, status=status)
    except (TemplateDoesNotExist, TemplateSyntaxError):
        # The error page must not fail because a template of the design does.
        text = f"<!doctype html><title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(explanation)}</p>"
        return HttpResponse(text, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        400,
        _("This request could not be understood"),
        _("Something in the address or in what was sent is not as we expect it."),
        _("Go back, check what you entered and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        403,
        _("You may not do this"),
        _("You are signed in, but your role does not include this step."),
        _("Ask an owner of your institution to give you the role that you need."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        403,
        _("This form has expired"),
        _("For your protection a form works only for a while and only with cookies. Nothing was changed."),
        _("Go back, reload the page and send the form again. If it happens again, allow cookies for this site."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        404,
        _("There is no such page"),
        _("The address may be mistyped, or what was here may be private or no longer available."),
        _("Check the address, or ask the person who gave it to you for a new link."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        _("Something went wrong on our side"),
        _("The fault is ours. Nothing that you sent was half saved."),
        _("Please try again in a minute. If it happens again, tell your institution when and on which page."),
    )


def signing_away(request: HttpRequest) -> HttpResponse:
    """Nothing can be signed just now: the signing process, or the device with the keys, does not answer or refuses."""
    response = _page(
        request,
        503,
        _("Nothing can be signed just now"),
        _(
            "The part of the platform that holds the signing keys did not sign. Nothing was half saved, and nothing is lost."
        ),
        _("Please try again in a few minutes. If it happens again, tell your institution when and on which page."),
    )
    response.headers["Retry-After"] = "120"
    return response
