"""The learner's own evidence: everything that was ever handed in or is kept for later."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import queries, sentences
from ..entrance.session import learner_view
from ..errors import EnrolmentError
from ..evidence import store
from ..evidence.responses import evidence_response
from ..models import EvidenceItem, Learner
from ..rules import EvidenceKind
from ..services import portfolio
from .adding import add_pieces
from .forms import PiecesForm
from .uploads import receives_evidence

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@receives_evidence
@learner_view
@get_or_post
def listing(request: HttpRequest, learner: Learner) -> HttpResponse:
    form = PiecesForm(request.POST or None, kinds=list(EvidenceKind))
    if request.method == "POST" and form.is_valid():
        added = add_pieces(request, form, learner)
        if not form.errors:
            if added:
                messages.success(request, _("It is in your portfolio. You can use it in several tasks."))
            return redirect("enrolment:portfolio")
    items = list(queries.portfolio(learner))
    context = {
        "form": form,
        "learner": learner,
        "institution": learner.institution,
        "items": items,
        "kinds": sentences.KINDS,
        "used": sum(item.size for item in items if item.kind == EvidenceKind.FILE),
        "most": store.portfolio_limit(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "enrolment/work/portfolio.html", context, status=status)


@learner_view
@require_safe
def download(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponseBase:
    return evidence_response(request, own_item(learner, public_id))


@learner_view
@get_or_post
def delete(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    item = own_item(learner, public_id)
    if request.method != "POST":
        context = {"item": item, "institution": learner.institution}
        return render(request, "enrolment/work/delete.html", context)
    try:
        portfolio.delete_item(item)
    except EnrolmentError as error:
        messages.error(request, sentences.of_error(error))
    else:
        messages.success(request, _("It is deleted."))
    return redirect("enrolment:portfolio")


@learner_view
@require_POST
def visibility(request: HttpRequest, learner: Learner, public_id: str) -> HttpResponse:
    """Whether credentials may name the address of a piece."""
    portfolio.set_public(own_item(learner, public_id), request.POST.get("public") == "yes")
    messages.success(request, _("Your choice is kept."))
    return redirect("enrolment:portfolio")


def own_item(learner: Learner, public_id: str) -> EvidenceItem:
    """A piece of the learner's own. Raises Http404 for anybody else's."""
    found = queries.evidence_by_public_id(public_id)
    if found is None or found.learner_id != learner.pk:
        raise Http404
    return found
