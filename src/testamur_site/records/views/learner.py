"""The learner's own pages: make a transcript, take it along, share it, send it, take it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.design_system.api import ask_first
from testamur_site.wallet.api import Holder, holders_view

from .. import presentation, queries, services
from ..errors import RecordError
from ..forms import ChooseForm, OutsideForm, SendForm
from ..models import Transcript
from .responses import as_file


def _own(holder: Holder, public_id: str) -> Transcript:
    found = queries.transcript(holder, public_id)
    if found is None:
        raise Http404
    return found


def _crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("My credentials"), reverse("wallet:home")), (_("My transcripts"), reverse("records:home")), *further]


@holders_view
@require_safe
def home(request: HttpRequest, holder: Holder) -> HttpResponse:
    context = {
        "holder": holder,
        "transcripts": queries.transcripts(holder),
        "sendings": [presentation.sending_row(one) for one in queries.sendings(holder)],
        "crumbs": _crumbs()[:1],
    }
    return render(request, "records/learner/home.html", context)


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, holder: Holder) -> HttpResponse:
    pieces, other = queries.pieces_of(holder)
    form = ChooseForm(request.POST if request.method == "POST" else None, pieces=pieces)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_transcript(holder, form.cleaned_data["chosen"], form.cleaned_data["title"])
        except RecordError as error:
            form.add_error("chosen", presentation.refusal(error))
        else:
            messages.success(request, _("The transcript is made and signed."))
            return redirect("records:transcript", made.public_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "pieces": pieces, "other": other, "crumbs": _crumbs()}
    return render(request, "records/learner/new.html", context, status=status)


@holders_view
@require_safe
def detail(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    return _detail(request, _own(holder, public_id))


def _detail(request: HttpRequest, transcript: Transcript, *, status: int = HTTPStatus.OK, **forms: Any) -> HttpResponse:
    context = {
        "transcript": transcript,
        "holder": transcript.holder,
        "contents": presentation.contents(transcript.document()),
        "send_form": forms.get("send") or SendForm(),
        "outside_form": forms.get("outside") or OutsideForm(),
        "crumbs": _crumbs(),
    }
    return render(request, "records/learner/transcript.html", context, status=status)


@holders_view
@require_safe
def download(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:  # noqa: ARG001
    transcript = _own(holder, public_id)
    if transcript.signed is None:
        raise Http404
    return as_file(bytes(transcript.signed))


@holders_view
@require_POST
def share(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    transcript = _own(holder, public_id)
    shared = request.POST.get("shared") == "1"
    services.set_shared(transcript, shared)
    messages.success(
        request,
        _("Whoever has the address can read the transcript now.") if shared else _("Only you can read it now."),
    )
    return redirect("records:transcript", public_id)


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    transcript = _own(holder, public_id)
    return ask_first(
        request,
        lambda: services.delete_transcript(transcript),
        done=_("The transcript is deleted here."),
        then="records:home",
        heading=_("Delete “%(title)s”?") % {"title": transcript.title},
        sentence=_(
            "Its address opens nothing any more. Your credentials stay, and so does what you sent until you take it back."
        ),
        confirm_label=_("Delete"),
        cancel_url=reverse("records:transcript", args=[public_id]),
    )


@holders_view
@require_POST
def send(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    transcript, form = _own(holder, public_id), SendForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.send(transcript, given["institution"], purpose=given["purpose"], until=given["until"])
        except RecordError as error:
            form.add_error(None, presentation.refusal(error))
        else:
            messages.success(request, _("It is sent. You will get a mail when it is opened."))
            return redirect("records:home")
    return _detail(request, transcript, status=HTTPStatus.UNPROCESSABLE_ENTITY, send=form)


@holders_view
@require_POST
def send_outside(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    transcript, form = _own(holder, public_id), OutsideForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        language = (get_language() or "en")[:2]
        try:
            services.send_outside(transcript, **given, language=language)
        except RecordError as error:
            form.add_error(None, presentation.refusal(error))
        else:
            messages.success(
                request, _("The link is made. You find it below, and you will get a mail when it is opened.")
            )
            return redirect("records:home")
    return _detail(request, transcript, status=HTTPStatus.UNPROCESSABLE_ENTITY, outside=form)


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    sending = queries.own_sending(holder, public_id)
    if sending is None:
        raise Http404
    to = presentation.sending_row(sending)["to"]
    return ask_first(
        request,
        lambda: services.withdraw(sending),
        done=_("It is taken back, and the copy is deleted."),
        then="records:home",
        heading=_("Take “%(title)s” back from %(receiver)s?") % {"title": sending.title, "receiver": to},
        sentence=_(
            "The copy is deleted here and can be opened no more. What was already downloaded or printed cannot be called back."
        ),
        confirm_label=_("Take it back now"),
        cancel_url=reverse("records:home"),
    )
