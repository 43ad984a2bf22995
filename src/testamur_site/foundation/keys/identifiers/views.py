from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.public_bytes.api import FOR_MINUTES
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug

from ..proposals import sentences
from . import histories, queries
from .forms import CeremonyForm, ChooseForm, StartForm


@require_safe
def did_jsonl(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001
    """The history of the institution's did:webvh (did:webvh 1.0, "The DID Log File"): the one that goes on, else the one that ended
    last."""
    institution = institution_by_slug(slug)
    content = histories.did_log(institution) if institution is not None else None
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="text/jsonl")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = FOR_MINUTES
    return response


@staff_view(Right.MANAGE_KEYS)
@require_safe
def history(request: HttpRequest, institution: Institution) -> HttpResponse:
    """The did:webvh of the institution: what it is for, its versions, what to do next."""
    found = queries.history_of(institution)
    context = {
        "history": found,
        "versions": list(reversed(queries.versions_of(found))) if found is not None else [],
        "behind": found is not None and histories.is_behind(found),
        "prepared": queries.prepared_key(institution),
        "ended": queries.ended_histories(institution),
        "log_url": f"{institution.public_url}/did.jsonl",
        "crumbs": _crumbs(institution),
    }
    return render(request, "keys/history.html", context)


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Asks; then makes the next update key and shows its passphrase, once."""
    context = {"crumbs": _crumbs(institution), "prepared": queries.prepared_key(institution)}
    if request.method == "POST":
        context["made"] = histories.prepare(institution, request.user)
    return render(request, "keys/prepare.html", context)


@staff_view(Right.MANAGE_KEYS)
@require_safe
def next_key(request: HttpRequest, institution: Institution) -> HttpResponse:  # noqa: ARG001
    """The prepared key as a file, sealed with the passphrase that only whoever prepared it has seen."""
    prepared = queries.prepared_key(institution)
    if prepared is None:
        raise Http404
    response = HttpResponse(prepared.sealed, content_type="application/x-pem-file")
    name = f"{institution.slug}-update-key-{prepared.key_hash[-8:]}.pem"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Writes the first version, or the next one, with the keys that are given."""
    found = queries.history_of(institution)
    kind = StartForm if found is None else CeremonyForm
    form = kind(request.POST, request.FILES) if request.method == "POST" else kind()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if found is None:
                histories.start(institution, given["next_key"], request.user, portable=given["portable"])
            else:
                ceremony = histories.Ceremony(given["present"], given["next_key"])
                histories.write_version(institution, ceremony, request.user)
        except histories.CeremonyRefused as error:
            form.add_error(None, sentences.refused(error))
        else:
            messages.success(request, _("The version is written. Keep the new update key where no server is."))
            return redirect("keys:history", slug=institution.slug)
    context = {
        "form": form,
        "history": found,
        "prepared": queries.prepared_key(institution),
        "crumbs": _crumbs(institution),
    }
    return render(request, "keys/write_version.html", context, status=422 if form.errors else 200)


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, institution: Institution) -> HttpResponse:
    """Asks, then changes under which identifier new credentials are issued."""
    found = queries.history_of(institution)
    if found is None:
        raise Http404
    back = reverse("keys:history", args=[institution.slug])
    initial = {"identifier": "webvh" if found.chosen else "web"}
    given = request.POST if request.method == "POST" else None
    form = ChooseForm(given, web=institution.did, webvh=found.did, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            histories.choose(institution, form.cleaned_data["identifier"] == "webvh", request.user)
        except histories.CeremonyRefused as error:
            form.add_error(None, sentences.refused(error))
        else:
            messages.success(request, _("Decided. What was issued before keeps its identifier."))
            return redirect(back)
    context = {
        "form": form,
        "history": found,
        "behind": histories.is_behind(found),
        "crumbs": _crumbs(institution),
        "cancel_url": back,
    }
    return render(request, "keys/choose.html", context, status=422 if form.errors else 200)


def _crumbs(institution: Institution) -> list[tuple[str, str]]:
    return [
        (institution.localised_name, institution.get_absolute_url()),
        (_("Keys"), reverse("keys:list", args=[institution.slug])),
        (_("History (did:webvh)"), ""),
    ]
