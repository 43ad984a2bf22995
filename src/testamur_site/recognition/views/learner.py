"""A learner's own pages: what they asked, sending, one request, answering and taking back."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.design_system.api import ask_first
from testamur_site.foundation.tenancy.api import institution_by_slug, unscoped
from testamur_site.wallet.api import Holder, holders_view

from .. import presentation, queries, services
from ..errors import RecognitionError
from ..forms import MessageForm, SendForm
from ..models import Request
from ..rules import OPEN


def _own(holder: Holder, public_id: str) -> Request:
    found = queries.request_by_public_id(public_id)
    if found is None or found.holder_id != holder.pk:
        raise Http404
    return found


def _crumbs() -> list[tuple[str, str]]:
    return [(_("My credentials"), reverse("wallet:home")), (_("Recognition"), reverse("recognition:home"))]


@holders_view
@require_safe
def home(request: HttpRequest, holder: Holder) -> HttpResponse:
    rows = []
    for one in queries.requests_of(holder):
        state, word = presentation.state_words(one)
        rows.append({"request": one, "state": state, "word": word, "wish": presentation.title_of(one.target)})
    context = {"holder": holder, "rows": rows, "desks": queries.open_desks(), "crumbs": _crumbs()[:1]}
    return render(request, "recognition/learner/home.html", context)


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, holder: Holder, slug: str) -> HttpResponse:
    """Choose what to send and as what; sending is the consent, and the page says to what."""
    institution = institution_by_slug(slug)
    desk = queries.desk_of(institution) if institution is not None else None
    if institution is None or desk is None or not desk.open:
        raise Http404
    choices = presentation.offerable(holder)
    form = SendForm(request.POST or None, credentials=choices, wishes=presentation.targets(institution))
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = services.send(
                holder,
                institution,
                presentation.offered(holder, form.cleaned_data["credentials"]),
                target=presentation.chosen_target(institution, form.cleaned_data["wish"]),
                message=form.cleaned_data["message"],
            )
        except RecognitionError as error:
            refused = presentation.refusal(error)
        else:
            messages.success(request, _("Sent. You will get a mail when it is decided."))
            return redirect("recognition:request", made.public_id)
    context = {
        "holder": holder,
        "institution": institution,
        "desk": desk,
        "form": form,
        "choices": choices,
        "refused": refused,
        "crumbs": _crumbs(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or refused else HTTPStatus.OK
    return render(request, "recognition/learner/send.html", context, status=status)


@holders_view
@require_safe
def request_page(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    return _page(request, holder, _own(holder, public_id), MessageForm())


def _page(
    request: HttpRequest, holder: Holder, found: Request, form: MessageForm, *, status: int = 200
) -> HttpResponse:
    state, word = presentation.state_words(found)
    decision = presentation.decision_of(found)
    with unscoped("a learner reads their own request"):
        said = list(found.messages.all())
    context = {
        "holder": holder,
        "sent": found,
        "institution": found.institution,
        "state": state,
        "word": word,
        "wish": presentation.title_of(found.target),
        "documents": presentation.shown_documents(queries.documents_of(found)),
        "messages_said": said,
        "decision": decision,
        "recognised_as": presentation.recognised_as(decision) if decision is not None else "",
        "is_open": found.state in OPEN,
        "overdue": presentation.overdue(found),
        "form": form,
        "crumbs": _crumbs(),
    }
    return render(request, "recognition/learner/request.html", context, status=status)


@holders_view
@require_POST
def answer(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    found = _own(holder, public_id)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, holder, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        services.answer(found, form.cleaned_data["text"])
    except RecognitionError as error:
        messages.error(request, presentation.refusal(error))
    else:
        messages.success(request, _("Your answer was sent."))
    return redirect("recognition:request", public_id)


@holders_view
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, holder: Holder, public_id: str) -> HttpResponse:
    found = _own(holder, public_id)
    try:
        return ask_first(
            request,
            lambda: services.withdraw_request(found),
            done=_("Taken back. What you sent is deleted there."),
            then="recognition:home",
            heading=_("Take this request back?"),
            sentence=_(
                "The institution sees nothing of it any more, and what you sent is deleted there. You can send it again."
            ),
            confirm_label=_("Take it back now"),
            cancel_url=reverse("recognition:request", args=[public_id]),
        )
    except RecognitionError as error:
        messages.error(request, presentation.refusal(error))
        return redirect("recognition:request", public_id)
