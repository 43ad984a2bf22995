"""Pages for whoever was given an address: a shared transcript, and a link that was sent to somebody outside."""

from __future__ import annotations

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from .. import presentation, queries, services
from ..errors import WrongState
from ..models import OutsideSending, Transcript
from .responses import as_file, quiet


def _shared(public_id: str) -> Transcript:
    found = queries.shared_transcript(public_id)
    if found is None:
        raise Http404
    return found


@require_safe
def shared(request: HttpRequest, public_id: str) -> HttpResponse:
    """A transcript that its holder lets whoever has the address read."""
    transcript = _shared(public_id)
    context = {"transcript": transcript, "contents": presentation.contents(transcript.document())}
    return quiet(render(request, "records/public/transcript.html", context))


@require_safe
def shared_json(request: HttpRequest, public_id: str) -> HttpResponse:  # noqa: ARG001
    return quiet(as_file(bytes(_shared(public_id).signed or b"")))


def _by_secret(secret: str) -> OutsideSending:
    found = queries.by_secret(secret)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """What was sent, a button that opens it, and then the copy with its report."""
    sending = _by_secret(secret)
    if request.method == "POST":
        with suppress(WrongState):  # the page says that it is over
            services.open_sending(sending)
        return quiet(redirect("records:link", secret))
    context = {"sending": sending, "readable": sending.readable, "secret": secret}
    if sending.readable and sending.opened_at is not None:
        context["report"] = presentation.report_on(bytes(sending.content or b""))
    return quiet(render(request, "records/public/link.html", context))


@require_safe
def by_link_json(request: HttpRequest, secret: str) -> HttpResponse:  # noqa: ARG001
    sending = _by_secret(secret)
    if not sending.readable or sending.opened_at is None:
        raise Http404
    return quiet(as_file(bytes(sending.content or b"")))
