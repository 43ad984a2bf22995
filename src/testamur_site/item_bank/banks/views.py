"""Staff pages of the banks. Each view calls one service or query and renders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences
from ..errors import NotPossibleNow, UnfitSettings
from ..models import ItemBank
from ..rules import CalibrationState
from ..sitting.services import counts_of
from . import calibration as calibrating
from . import services
from .forms import BankForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
ITEMS_A_PAGE = 50


@require_safe
@staff_view(Right.DESIGN)
def listing(request: HttpRequest, institution: Institution) -> HttpResponse:
    return render(request, "item_bank/banks.html", {"institution": institution, "banks": queries.banks()})


@get_or_post
@staff_view(Right.DESIGN)
def create(request: HttpRequest, institution: Institution) -> HttpResponse:
    form = BankForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            bank = services.create(institution, form.values(), actor=request.user)
        except UnfitSettings:
            form.add_error(None, _("These settings contradict each other."))
        else:
            messages.success(request, _("The bank is made. Now write its items, or import a table."))
            return redirect(address("bank", bank))
    crumbs = [crumb(institution), (_("New item bank"), "")]
    context = {"institution": institution, "form": form, "crumbs": crumbs, "heading": _("New item bank")}
    context["cancel_url"] = reverse("item_bank:banks", args=[institution.slug])
    return render(request, "item_bank/bank_form.html", context, status=422 if form.errors else 200)


@require_safe
@staff_view(Right.DESIGN)
def detail(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    bank = bank_or_404(public_id)
    retired = request.GET.get("list") == "retired"
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    page = Paginator(queries.items_of(bank, retired=retired, query=query), ITEMS_A_PAGE).get_page(
        request.GET.get("page", "1")
    )
    here = address("bank", bank)
    tabs = [
        {"label": _("In use"), "url": here, "current": not retired, "count": bank.active},  # type: ignore[attr-defined]
        {
            "label": _("Retired"),
            "url": f"{here}?list=retired",
            "current": retired,
            "count": queries.items_of(bank, retired=True).count(),
        },
    ]
    in_areas = Counter(queries.items_of(bank).values_list("area", flat=True))
    context = {
        "institution": institution,
        "bank": bank,
        "items": page.object_list,
        "page": page,
        "query": query,
        "retired": retired,
        "tabs": tabs,
        "sittings": counts_of(bank),
        "areas": [(area, weight, in_areas[area]) for area, weight in bank.areas.items()],
        "open_calibration": queries.open_calibration(bank),
        "most_given": round(bank.exposure * 100),
        "kinds": sentences.KINDS,
        "crumbs": [crumb(institution), (bank.title, "")],
    }
    return render(request, "item_bank/bank.html", context)


@get_or_post
@staff_view(Right.DESIGN)
def edit(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    bank = bank_or_404(public_id)
    form = BankForm(request.POST or None, bank=bank)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit(bank, form.values(), actor=request.user)
        except UnfitSettings:
            form.add_error(None, _("These settings contradict each other."))
        else:
            messages.success(request, _("Saved. Tests that are running keep the settings they began with."))
            return redirect(address("bank", bank))
    crumbs = [crumb(institution), (bank.title, address("bank", bank)), (_("Settings"), "")]
    context = {"institution": institution, "form": form, "crumbs": crumbs, "heading": _("Settings")}
    context["cancel_url"] = address("bank", bank)
    return render(request, "item_bank/bank_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_view(Right.DESIGN)
def open_bank(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    bank = bank_or_404(public_id)
    if attempt(request, lambda: services.open_bank(bank, actor=request.user)):
        messages.success(request, _("The bank is open: learners can sit its test."))
    return redirect(address("bank", bank))


@get_or_post
@staff_view(Right.DESIGN)
def close(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    bank = bank_or_404(public_id)
    if request.method == "POST":
        services.close(bank, actor=request.user)
        messages.success(request, _("The bank is closed."))
        return redirect(address("bank", bank))
    sentence = _("Nobody can begin a test any more; who has begun carries on. You can open it again.")
    return _asked(request, institution, bank, _("Close the bank"), sentence)


@get_or_post
@staff_view(Right.DESIGN)
def discard(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    bank = bank_or_404(public_id)
    if request.method == "POST":
        if attempt(request, lambda: services.discard(bank, actor=request.user)):
            messages.success(request, _("The bank and its items are deleted."))
            return redirect("item_bank:banks", institution.slug)
        return redirect(address("bank", bank))
    sentence = _("The bank and all its items are deleted. Export them first if you may want them again.")
    return _asked(request, institution, bank, _("Delete the bank"), sentence, danger=True)


@require_POST
@staff_view(Right.DESIGN)
def calibrate(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    bank = bank_or_404(public_id)
    if attempt(request, lambda: calibrating.ask(bank, actor=request.user)):
        return redirect(address("bank_calibration", bank))
    return redirect(address("bank", bank))


@get_or_post
@staff_view(Right.DESIGN)
def calibration(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """What the answers suggest, beside what is there; taken over or left by a person."""
    bank = bank_or_404(public_id)
    found = queries.open_calibration(bank)
    if found is None:
        messages.info(request, _("There is no calibration to look at. Ask for one below."))
        return redirect(address("bank", bank))
    if request.method == "POST":
        if request.POST.get("step") == "apply":
            if attempt(request, lambda: calibrating.apply(found, actor=request.user)):
                messages.success(request, _("The new parameters are in use from now on."))
        elif attempt(request, lambda: calibrating.discard(found, actor=request.user)):
            messages.success(request, _("Everything stays as it was."))
        return redirect(address("bank", bank))
    items = {item.pk: item for item in queries.items_of(bank)}
    rows = [
        {
            "item": items[one["item"]],
            "new": one,
            "findings": [sentences.FINDINGS[code] for code in one["findings"]],
        }
        for one in found.results
        if one["item"] in items
    ]
    context = {
        "institution": institution,
        "bank": bank,
        "calibration": found,
        "waiting": found.state == CalibrationState.QUEUED,
        "rows": rows,
        "ready": sum(row["new"]["calibrated"] for row in rows),
        "crumbs": [crumb(institution), (bank.title, address("bank", bank)), (_("Calibration"), "")],
    }
    return render(request, "item_bank/calibration.html", context)


def attempt(request: HttpRequest, step: Callable[[], Any]) -> bool:
    """Do it; what is not possible is said."""
    try:
        step()
    except NotPossibleNow as error:
        messages.error(request, sentences.of_not_possible(error.facts.get("why", ""), error.facts))
        return False
    return True


def bank_or_404(public_id: str) -> ItemBank:
    bank = queries.bank_by_public_id(public_id)
    if bank is None:
        raise Http404
    return bank


def address(name: str, bank: ItemBank, *more: Any) -> str:
    return reverse(f"item_bank:{name}", args=[bank.institution.slug, bank.public_id, *more])


def crumb(institution: Institution) -> tuple[str, str]:
    return _("Item banks"), reverse("item_bank:banks", args=[institution.slug])


def _asked(
    request: HttpRequest, institution: Institution, bank: ItemBank, heading: str, sentence: str, *, danger: bool = False
) -> HttpResponse:
    context = {
        "institution": institution,
        "heading": heading,
        "sentence": sentence,
        "confirm_label": heading,
        "cancel_url": address("bank", bank),
        "danger": danger,
    }
    return render(request, "design_system/confirm.html", context)
