"""A class list: upload, dry run, enrol, look at what came of it."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import sentences
from ..entrance.forms import LANGUAGES
from ..models import LearnerList
from ..rules import RowVerdict
from ..services import lists
from .forms import ListForm
from .reading import ListUnreadable, read_list
from .views import crumbs, offering_or_404, usual_language

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@staff_view(Right.LEAD)
@get_or_post
def upload(request: HttpRequest, institution: Institution, offering: str) -> HttpResponse:
    found = offering_or_404(offering)
    form = ListForm(request.POST or None, request.FILES or None, initial={"language": usual_language(institution)})
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_list(form.cleaned_data["file"].read(), language=form.cleaned_data["language"])
        except ListUnreadable as refusal:
            form.add_error("file", sentences.of_list(refusal.code, refusal.facts))
        else:
            listed = lists.draft_list(found, rows, actor=request.user)
            return redirect("enrolment:list", institution.slug, found.public_id, listed.public_id)
    context = {
        "offering": found,
        "form": form,
        "steps": _steps(),
        "crumbs": crumbs(institution, found, _("Enrol a class list")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "enrolment/cohorts/upload.html", context, status=status)


def _steps() -> list[str]:
    return [_("Class list"), _("Dry run"), _("Enrol")]


@staff_view(Right.LEAD)
@require_safe
def detail(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    """The dry run; once it was started, what came of every row."""
    listed = _list_or_404(offering, public_id)
    names = dict(LANGUAGES)
    rows = [
        {
            **row,
            "language": names.get(row["language"], ""),
            "pill": sentences.ROW_VERDICTS[row["verdict"]],
            "sentence": sentences.of_row(row),
        }
        for row in listed.rows
    ]
    counts = {str(verdict): sum(1 for row in listed.rows if row["verdict"] == verdict) for verdict in RowVerdict}
    context = {
        "listed": listed,
        "offering": listed.offering,
        "rows": rows,
        "counts": counts,
        "total": len(rows),
        "done": len(rows) - counts[RowVerdict.READY],
        "steps": _steps(),
        "at": {"draft": 2}.get(listed.state, 3),
        "crumbs": crumbs(institution, listed.offering, _("Enrol a class list")),
    }
    return render(request, "enrolment/cohorts/listed.html", context)


@staff_view(Right.LEAD)
@require_POST
def start(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    listed = _list_or_404(offering, public_id)
    if lists.start_list(listed, actor=request.user):
        messages.success(request, _("The learners are being enrolled."))
    return redirect("enrolment:list", institution.slug, offering, public_id)


@staff_view(Right.LEAD)
@require_POST
def discard(request: HttpRequest, institution: Institution, offering: str, public_id: str) -> HttpResponse:
    lists.discard_list(_list_or_404(offering, public_id))
    messages.success(request, _("The dry run and its rows are deleted."))
    return redirect("enrolment:cohort", institution.slug, offering)


def _list_or_404(offering: str, public_id: str) -> LearnerList:
    rows = LearnerList.objects.select_related("offering", "offering__version", "offering__version__institution")
    found = rows.filter(public_id=public_id, offering__public_id=offering).first()
    if found is None:
        raise Http404
    return found
