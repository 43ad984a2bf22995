"""The page on which an institution takes everything along, and stays free to go."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from . import queries, runs, sentences
from .forms import ExitForm


@staff_view(Right.MANAGE_INSTITUTION)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest, institution: Institution) -> HttpResponse:
    form = ExitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        begun = runs.request(
            institution,
            request.user,
            with_awards=form.cleaned_data["with_awards"],
            with_files=form.cleaned_data["with_files"],
            lock=form.cleaned_data["lock"],
        )
        if begun is None:
            messages.info(request, _("One is being made already. It will stand below when it is ready."))
        else:
            messages.success(request, _("It is being made. You may leave this page; it goes on by itself."))
        return redirect("exit:overview", slug=institution.slug)
    runs.settle(institution)
    rows = queries.exits()
    for row in rows:
        row.state_word = sentences.STATES[row.state]
        row.step_words = sentences.step(row.step, row.done)
        row.problem_words = sentences.problem(row.problem)
    context = {
        "form": form,
        "exits": rows,
        "being_made": any(row.active for row in rows),
        "crumbs": [(institution.localised_name, institution.get_absolute_url()), (_("Leave at any time"), "")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "exit/overview.html", context, status=status)


@staff_view(Right.MANAGE_INSTITUTION)
@require_safe
def download(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse | FileResponse:
    """The archive. Whoever fetches it is written down first."""
    row = queries.own_exit(public_id)
    if row is None or not row.path.is_file():
        raise Http404
    if request.method == "HEAD":
        return HttpResponse(content_type="application/zip")
    runs.downloaded(row, request.user)
    name = f"{institution.slug}-{row.created_at:%Y-%m-%d}{'-with-awards' if row.with_awards else ''}.zip"
    response = FileResponse(row.path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response


@staff_view(Right.MANAGE_INSTITUTION)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Asks, then deletes an archive."""
    row = queries.own_exit(public_id)
    if row is None:
        raise Http404
    if request.method == "POST":
        runs.delete_asked(row, request.user)
        messages.success(request, _("The archive is deleted."))
        return redirect("exit:overview", slug=institution.slug)
    context = {
        "heading": _("Delete this archive?"),
        "sentence": _("Copies that were downloaded are not affected. A new one can be made at any time."),
        "confirm_label": _("Delete the archive"),
        "danger": True,
        "cancel_url": reverse("exit:overview", kwargs={"slug": institution.slug}),
    }
    return render(request, "design_system/confirm.html", context)
