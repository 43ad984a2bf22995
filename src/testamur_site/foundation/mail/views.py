"""The development outbox: all mail, readable without a mail server. It does not exist on a machine that is not for trying out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from . import queries, services
from .models import MailStatus


def _only_where_tried_out(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.TESTAMUR_OUTBOX:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@_only_where_tried_out
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    return render(request, "mail/outbox.html", {"mails": queries.outbox()})


@_only_where_tried_out
@require_safe
def message(request: HttpRequest, public_id: str) -> HttpResponse:
    found = queries.outbox_message(public_id)
    if found is None:
        raise Http404
    if found.status == MailStatus.QUEUED and (written := services.text_of(found)) is not None:
        found.text, found.html = written.text, written.html
    return render(request, "mail/message.html", {"mail": found})


@_only_where_tried_out
@xframe_options_sameorigin
@require_safe
def message_html(request: HttpRequest, public_id: str) -> HttpResponse:  # noqa: ARG001
    """The HTML body as a mail program would show it; the sandbox keeps it from doing anything."""
    found = queries.outbox_message(public_id)
    if found is None or not found.html:
        raise Http404
    response = HttpResponse(found.html)
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
        "sandbox allow-popups allow-top-navigation-by-user-activation"
    )
    return response


@_only_where_tried_out
@require_POST
def resend(request: HttpRequest, public_id: str) -> HttpResponse:  # noqa: ARG001
    found = queries.outbox_message(public_id)
    if found is None:
        raise Http404
    services.resend(found)
    return redirect("mail:message", public_id=public_id)
