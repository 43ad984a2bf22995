from __future__ import annotations

import csv
import io
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.keys.api import ProposalRefused, SigningKey, keys_of, refused_in_words
from testamur_site.foundation.permissions.api import Right, allows, staff_view
from testamur_site.foundation.tenancy.api import Institution

from . import actions, queries, rules, services
from .forms import PlaceForm, RequirementForm
from .rules import Place

AT_ONCE = 50


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, institution: Institution) -> HttpResponse:
    """ "A key may have been copied": by GET it shows what a cut-off would mean, by POST it is proposed."""
    keys = [key for key in keys_of(institution) if key.withdrawn_at is None]
    given = request.POST if request.method == "POST" else _asked(request)
    form = PlaceForm(given or None, fragments=[key.fragment for key in keys])
    context: dict[str, Any] = {
        "form": form,
        "clean": queries.last_clean(institution),
        "witnessed": queries.witnessed(),
        "cut_offs": queries.cut_offs(institution),
        "crumbs": _crumbs(institution, _("A key may have been copied")),
    }
    if given and form.is_valid():
        key = next(key for key in keys if key.fragment == form.cleaned_data["key"])
        place = form.cleaned_data["place"]
        if request.method == "POST":
            reason = request.POST.get("reason", "")
            try:
                made = actions.propose_cut_off(institution, key.fragment, place, request.user, reason=reason)
            except ProposalRefused as error:
                context["refused"] = refused_in_words(error)
            else:
                messages.success(request, _("It is proposed. Nothing has changed yet."))
                return redirect("keys:proposal", slug=institution.slug, public_id=made.public_id)
        context.update(_meaning(institution, key, place))
    return render(
        request, "log/cut_offs/start.html", context, status=422 if form.errors or "refused" in context else 200
    )


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the address asks for. A link names a key and a place alone."""
    given = request.GET.dict()
    if "index" in given and "since" not in given:
        given["since"] = "place"
    return given if "since" in given and "key" in given else {}


def _meaning(institution: Institution, key: SigningKey, place: Place | None) -> dict[str, Any]:
    shown = place or queries.next_place(timezone.now().year)
    after = queries.awards_after(institution, key, shown)
    return {
        "key": key,
        "place": place,
        "shown": shown,
        "effect": queries.effect(institution, key, shown),
        "rows": _rows(institution, after[:AT_ONCE]),
    }


@staff_view(Right.MANAGE_KEYS)
@require_safe
def cut_off(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """A cut-off and the awards after it, which are to be issued again."""
    made = queries.cut_off(institution, public_id)
    key = _key_of(institution, made.fragment) if made is not None else None
    if made is None or key is None:
        raise Http404
    place = (made.shard.year, made.index)
    page = Paginator(queries.awards_after(institution, key, place), AT_ONCE).get_page(request.GET.get("page"))
    context = {
        "cut_off": made,
        "key": key,
        "effect": queries.effect(institution, key, place),
        "page": page,
        "rows": _rows(institution, page.object_list),
        "may_reissue": _may_reissue(request),
        "crumbs": _crumbs(institution, _("Cut off %(key)s") % {"key": made.fragment}),
    }
    return render(request, "log/cut_offs/cut_off.html", context)


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def reissue(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """Asks, then has the awards after a cut-off issued again."""
    made = queries.cut_off(institution, public_id)
    key = _key_of(institution, made.fragment) if made is not None else None
    if made is None or key is None:
        raise Http404
    if not _may_reissue(request):
        raise PermissionDenied
    back = reverse("log_cut_offs:cut_off", args=[institution.slug, public_id])
    if request.method == "POST":
        number = services.reissue(institution, made, key, request.user)
        told = ngettext("%(number)s award is being issued again.", "%(number)s awards are being issued again.", number)
        messages.success(request, told % {"number": number})
        return redirect(back)
    context = {
        "heading": _("Issue these awards again?"),
        "sentence": _(
            "Revoke first what you did not award. Everything else after the cut-off that holds now is issued again under the present key, "
            "and each learner is told. What was issued again already is passed over."
        ),
        "confirm_label": _("Issue them again"),
        "cancel_url": back,
    }
    return render(request, "design_system/confirm.html", context)


def _may_reissue(request: HttpRequest) -> bool:
    membership = getattr(request, "membership", None)
    return membership is not None and allows(membership.role, Right.ISSUE)


@staff_view(Right.MANAGE_KEYS)
@require_safe
def after_csv(request: HttpRequest, institution: Institution) -> HttpResponse:
    """The awards after a place, as a table: place, time, award, address. Nothing about a person."""
    key = _key_of(institution, request.GET.get("key", ""))
    year, index = request.GET.get("year", ""), request.GET.get("index", "")
    if key is None or not (year.isascii() and year.isdigit() and index.isascii() and index.isdigit()):
        raise Http404
    if len(year) > 4 or len(index) > 16:
        raise Http404
    stream = io.StringIO()
    table = csv.writer(stream)
    table.writerow(["log", "place", "recorded_at", "award", "address"])
    for row in _rows(institution, queries.awards_after(institution, key, (int(year), int(index))).iterator(2000)):
        place = "" if row["index"] is None else row["index"]
        address = f"{settings.TESTAMUR_BASE_URL}{row['address']}"
        table.writerow([row["origin"], place, row["recorded_at"].isoformat(), row["award"], address])
    response = HttpResponse(stream.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{institution.slug}-awards-after-{year}-{index}.csv"'
    return response


@staff_view(Right.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, institution: Institution) -> HttpResponse:
    """What the DID document says about the log, and from when on it is required."""
    before = queries.required_from(institution)
    initial = {"required_from": before.date() if before else None}
    form = RequirementForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        after, reason = form.cleaned_data["required_from"], form.cleaned_data["reason"]
        try:
            if after == before:
                messages.info(request, _("Nothing has changed."))
            elif rules.one_may_require(before, after, timezone.now()) and after is not None:
                services.require(institution, after, request.user)
                messages.success(request, _("Your DID document says so from now on."))
            else:
                made = actions.propose_requirement(institution, after, request.user, reason=reason)
                messages.success(request, _("It is proposed. Nothing has changed yet."))
                return redirect("keys:proposal", slug=institution.slug, public_id=made.public_id)
            return redirect("log_cut_offs:service", slug=institution.slug)
        except ProposalRefused as error:
            form.add_error("reason" if error.code == "reason" else None, refused_in_words(error))
    context = {
        "form": form,
        "required_from": before,
        "shards": queries.shards(institution),
        "cut_offs": queries.cut_offs(institution),
        "crumbs": _crumbs(institution, _("The public log in your DID document")),
        "did_url": f"{institution.public_url}/did.json",
    }
    return render(request, "log/cut_offs/service.html", context, status=422 if form.errors else 200)


def _key_of(institution: Institution, fragment: str) -> SigningKey | None:
    return next((key for key in keys_of(institution) if key.fragment == fragment), None)


def _rows(institution: Institution, entries: Any) -> list[dict[str, Any]]:
    """The awards with the address of their page, which belongs to a higher capability and so is named in a setting."""
    rows = queries.rows(entries)
    for row in rows:
        row["address"] = reverse(settings.TESTAMUR_AWARD_PAGE, args=[institution.slug, row["award"]])
    return rows


def _crumbs(institution: Institution, here: str) -> list[tuple[str, str]]:
    return [
        (institution.localised_name, institution.get_absolute_url()),
        (_("Keys"), reverse("keys:list", args=[institution.slug])),
        (here, ""),
    ]
