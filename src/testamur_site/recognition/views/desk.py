"""The desk: what learners sent, both sides beside each other, and the decision."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.catalogue.api import published
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import presentation, queries, services
from ..errors import RecognitionError
from ..forms import ELECTIVE, AskForm, DecideForm, DeskForm, EquivalenceForm
from ..models import Request, SentDocument, plain
from ..rules import ANSWER_DAYS, OPEN, RequestState, Result, Source

_ON_A_PAGE = 50


def sent_to(institution: Institution, public_id: str) -> Request:
    found = queries.own_request(institution, public_id)
    if found is None:
        raise Http404
    return found


@staff_view(Right.ISSUE)
@require_safe
def queue(request: HttpRequest, institution: Institution) -> HttpResponse:
    chosen = request.GET.get("state", "open")
    found = queries.requests(institution)
    counts = {
        "open": found.filter(state__in=OPEN).count(),
        "decided": found.filter(state=RequestState.DECIDED).count(),
    }
    chosen = chosen if chosen in counts else "open"
    shown = (
        found.filter(state__in=OPEN)
        if chosen == "open"
        else found.filter(state=RequestState.DECIDED).order_by("-closed_at")
    )
    page = Paginator(shown, _ON_A_PAGE).get_page(request.GET.get("page"))
    rows = []
    for one in page.object_list:
        state, word = presentation.state_words(one)
        rows.append(
            {
                "request": one,
                "state": state,
                "word": word,
                "wish": presentation.title_of(one.target),
                "overdue": presentation.overdue(one),
            }
        )
    here = reverse("recognition:desk", args=[institution.slug])
    tabs = [
        {"label": label, "url": f"{here}?state={name}", "current": chosen == name, "count": counts[name]}
        for name, label in (("open", _("Open requests")), ("decided", _("Decided requests")))
    ]
    context = {
        "page": page,
        "rows": rows,
        "tabs": tabs,
        "chosen": chosen,
        "desk": queries.desk_of(institution),
        "crumbs": [(_("Recognition"), "")],
    }
    return render(request, "recognition/desk/queue.html", context)


@staff_view(Right.ISSUE)
@require_safe
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    return page_of(request, institution, sent_to(institution, public_id))


def page_of(
    request: HttpRequest, institution: Institution, found: Request, *, status: int = HTTPStatus.OK, **forms: Any
) -> HttpResponse:
    state, word = presentation.state_words(found)
    documents = queries.documents_of(found)
    decision = presentation.decision_of(found)
    compared = (
        published(institution).filter(micro_credential=found.target).first() if found.target is not None else None
    )
    with_total = [document.sent.credits for document in documents if document.sent.credits is not None]
    initial = {
        "target": found.target.public_id if found.target is not None else ELECTIVE,
        "credits": plain(sum(with_total, Decimal(0))) if with_total and found.target is None else "",
    }
    context = {
        "sent": found,
        "state": state,
        "word": word,
        "wish": presentation.title_of(found.target),
        "is_open": found.state in OPEN,
        "overdue": presentation.overdue(found),
        "documents": presentation.shown_documents(documents),
        "compared": compared,
        "mapping": [
            {
                "match": one,
                "pill": presentation.NEARNESS[one.nearness][0],
                "word": presentation.NEARNESS[one.nearness][1],
            }
            for one in presentation.mapping(compared, documents)
        ],
        "past": [
            {
                "about": one,
                "decision": one.recognition,
                "pill": presentation.RESULTS[one.recognition.result][0],
                "word": presentation.RESULTS[one.recognition.result][1],
                "as": presentation.recognised_as(one.recognition),
                "credits": plain(one.recognition.credits),
            }
            for one in queries.past_decisions(institution, documents, found)
        ],
        "equivalences": [
            {"equivalence": one, "as": presentation.title_of(one.target), "credits": plain(one.credits)}
            for one in queries.equivalences_of(institution, documents)
        ],
        "messages_said": list(found.messages.select_related("by")),
        "decision": decision,
        "decided_credits": plain(decision.credits) if decision is not None else "",
        "recognised_as": presentation.recognised_as(decision) if decision is not None else "",
        "decide_form": forms.get("decide") or DecideForm(targets=presentation.targets(institution), initial=initial),
        "ask_form": forms.get("ask") or AskForm(),
        "equivalence_form": forms.get("equivalence") or EquivalenceForm(),
        "refused": forms.get("refused", ""),
        "crumbs": [
            (_("Recognition"), reverse("recognition:desk", args=[institution.slug])),
            (found.holder.name if found.holder is not None and found.holder.name else _("Somebody who left"), ""),
        ],
    }
    return render(request, "recognition/desk/detail.html", context, status=status)


@staff_view(Right.ISSUE)
@require_POST
def ask(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    found = sent_to(institution, public_id)
    form = AskForm(request.POST)
    if not form.is_valid():
        return page_of(request, institution, found, status=HTTPStatus.UNPROCESSABLE_ENTITY, ask=form)
    try:
        services.ask(found, form.cleaned_data["text"], actor=request.user)
    except RecognitionError as error:
        messages.error(request, presentation.refusal(error))
    else:
        messages.success(request, _("Asked. The learner gets a mail, and the deadline rests until they answer."))
    return redirect("recognition:sent", institution.slug, public_id)


@staff_view(Right.ISSUE)
@require_POST
def decide(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    found = sent_to(institution, public_id)
    form = DecideForm(request.POST, targets=presentation.targets(institution))
    if not form.is_valid():
        return page_of(request, institution, found, status=HTTPStatus.UNPROCESSABLE_ENTITY, decide=form)
    said = form.cleaned_data
    result = Result(said["result"])
    try:
        services.decide(
            found,
            result,
            reason=said["reason"],
            target=None if result is Result.REFUSED else presentation.chosen_target(institution, said["target"]),
            amount=said["credits"],
            source=Source(said["source"]),
            actor=request.user,
        )
    except RecognitionError as error:
        refused = presentation.refusal(error)
        return page_of(
            request,
            institution,
            sent_to(institution, public_id),
            status=HTTPStatus.CONFLICT,
            decide=form,
            refused=refused,
        )
    messages.success(request, _("Decided. The learner is told by mail and reads your reason."))
    return redirect("recognition:sent", institution.slug, public_id)


@staff_view(Right.ISSUE)
@require_safe
def document(_request: HttpRequest, institution: Institution, public_id: str, number: int) -> HttpResponse:
    """The bytes that the learner sent, always as a download."""
    found = SentDocument.objects.filter(request=sent_to(institution, public_id), pk=number).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{found.digest[:12]}"'
    return response


@staff_view(Right.ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, institution: Institution) -> HttpResponse:
    desk = queries.desk_of(institution)
    initial = {"open": desk.open, "days": desk.days, "words": desk.words} if desk is not None else {"days": ANSWER_DAYS}
    form = DeskForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        services.change_desk(
            institution, is_open=said["open"], days=said["days"], words=said["words"], actor=request.user
        )
        messages.success(request, _("The desk was changed."))
        return redirect("recognition:desk", institution.slug)
    crumbs = [(_("Recognition"), reverse("recognition:desk", args=[institution.slug])), (_("The desk"), "")]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "recognition/desk/settings.html", {"form": form, "crumbs": crumbs}, status=status)
