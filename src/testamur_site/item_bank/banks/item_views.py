"""Staff pages of the items: write, change, retire; tables out and in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences
from ..errors import NotPossibleNow, TooManyItems, UnfitItem, UnreadableTable
from ..models import Item, ItemBank
from ..rules import ItemData, ItemState
from . import services
from .forms import ItemForm, TableForm
from .tables import Row, read_csv, write_csv
from .views import address, attempt, bank_or_404, crumb

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
_SALT = "testamur_site.item_bank.table"
_TABLE_VALID = 3_600  # seconds
_SHOWN_FAULTS = 50


@get_or_post
@staff_view(Right.DESIGN)
def create(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    bank = bank_or_404(public_id)
    form = ItemForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _saved(form, lambda data: services.add_item(bank, data, actor=request.user))
    ):
        messages.success(request, _("The item is in the bank."))
        again = "another" in request.POST
        return redirect(address("item_new", bank) if again else address("bank", bank))
    return _item_page(request, institution, bank, form, _("New item"))


@get_or_post
@staff_view(Right.DESIGN)
def edit(request: HttpRequest, institution: Institution, public_id: str, pk: int) -> HttpResponse:
    bank = bank_or_404(public_id)
    item = _item_or_404(bank, pk)
    form = ItemForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        changed: list[Item] = []
        if _saved(form, lambda data: changed.append(services.edit_item(item, data, actor=request.user))):
            if changed[0].pk != item.pk:
                messages.success(
                    request,
                    _(
                        "Somebody has answered the item already, so this is a new version of it. Its answers begin anew."
                    ),
                )
            else:
                messages.success(request, _("The item is saved."))
            return redirect(address("bank", bank))
    return _item_page(request, institution, bank, form, item.key, item)


@get_or_post
@staff_view(Right.DESIGN)
def retire(request: HttpRequest, institution: Institution, public_id: str, pk: int) -> HttpResponse:
    bank = bank_or_404(public_id)
    item = _item_or_404(bank, pk)
    if request.method == "POST":
        services.retire_item(item, actor=request.user)
        messages.success(request, _("Nobody is asked this item any more. Its answers stay."))
        return redirect(address("bank", bank))
    context = {
        "institution": institution,
        "heading": _("Retire this item?"),
        "sentence": _("Nobody is asked it any more. Its answers stay, and you can bring it back."),
        "confirm_label": _("Retire"),
        "cancel_url": address("item", bank, pk),
    }
    return render(request, "design_system/confirm.html", context)


@require_http_methods(["POST"])
@staff_view(Right.DESIGN)
def bring_back(request: HttpRequest, _institution: Institution, public_id: str, pk: int) -> HttpResponse:
    bank = bank_or_404(public_id)
    item = _item_or_404(bank, pk)
    if attempt(request, lambda: services.bring_back(item, actor=request.user)):
        messages.success(request, _("The item is in use again."))
    return redirect(address("bank", bank))


@require_safe
@staff_view(Right.DESIGN)
def export(_request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    bank = bank_or_404(public_id)
    table = write_csv(services.data_of(item) for item in queries.items_of(bank))
    response = HttpResponse("\ufeff" + table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="items-{bank.public_id[:8]}.csv"'
    return response


@get_or_post
@staff_view(Right.DESIGN)
def import_table(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """First the table, then what it would do, then the deed. The table travels signed, so nothing is stored in between."""
    bank = bank_or_404(public_id)
    context: dict[str, Any] = {
        "institution": institution,
        "bank": bank,
        "form": TableForm(),
        "crumbs": [crumb(institution), (bank.title, address("bank", bank)), (_("Import"), "")],
    }
    if request.method != "POST":
        return render(request, "item_bank/import.html", context)
    if "confirmed" in request.POST:
        return _take(request, bank, request.POST["confirmed"])
    form = TableForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            rows = read_csv(form.cleaned_data["table"])
        except UnreadableTable as error:
            form.add_error("table", sentences.of_table(error.facts["why"], error.facts))
        else:
            if rows:
                return render(request, "item_bank/import.html", {**context, **_preview(bank, rows)})
            form.add_error("table", _("The table has no rows."))
    return render(request, "item_bank/import.html", {**context, "form": form}, status=422)


def _preview(bank: ItemBank, rows: list[Row]) -> dict[str, Any]:
    there = {item.key: services.data_of(item) for item in queries.items_of(bank)}
    good = [row.item for row in rows if not row.faults]
    wrong = [
        {
            "line": row.line,
            "key": row.item.key,
            "faults": [(sentences.FIELDS[name], sentences.FAULTS[code]) for name, code in row.faults.items()],
        }
        for row in rows
        if row.faults
    ]
    return {
        "previewed": True,
        "added": sum(item.key not in there for item in good),
        "changed": sum(item.key in there and there[item.key] != item for item in good),
        "same": sum(there.get(item.key) == item for item in good),
        "wrong": wrong[:_SHOWN_FAULTS],
        "wrong_count": len(wrong),
        "signed": signing.dumps([vars(item) for item in good], salt=_SALT, compress=True) if good else "",
    }


def _take(request: HttpRequest, bank: ItemBank, signed: str) -> HttpResponse:
    try:
        items = [ItemData(**values) for values in signing.loads(signed, salt=_SALT, max_age=_TABLE_VALID)]
    except (signing.BadSignature, TypeError):
        messages.error(request, _("Too much time has passed. Please choose the table again."))
        return redirect(address("bank_import", bank))
    try:
        done = services.take_table(bank, items, actor=request.user)
    except TooManyItems as error:
        messages.error(request, _("A bank has at most %(most)s items.") % {"most": error.facts["most"]})
    except (UnfitItem, NotPossibleNow):
        messages.error(request, _("Somebody changed the bank meanwhile. Please choose the table again."))
    else:
        added = ngettext("%(n)s item was added,", "%(n)s items were added,", done.added) % {"n": done.added}
        changed = ngettext("%(n)s was changed.", "%(n)s were changed.", done.changed) % {"n": done.changed}
        messages.success(request, f"{added} {changed}")
        return redirect(address("bank", bank))
    return redirect(address("bank_import", bank))


def _saved(form: ItemForm, save: Any) -> bool:
    try:
        save(form.data_of())
    except UnfitItem as error:
        for name, code in error.faults.items():
            form.refuse(name, code)
    except TooManyItems as error:
        form.add_error(None, _("A bank has at most %(most)s items.") % {"most": error.facts["most"]})
    except NotPossibleNow:
        form.add_error(None, _("The item was retired meanwhile."))
    else:
        return True
    return False


def _item_page(
    request: HttpRequest,
    institution: Institution,
    bank: ItemBank,
    form: ItemForm,
    heading: str,
    item: Item | None = None,
) -> HttpResponse:
    context = {
        "institution": institution,
        "bank": bank,
        "item": item,
        "form": form,
        "heading": heading,
        "editable": item is None or item.state == ItemState.ACTIVE,
        "crumbs": [crumb(institution), (bank.title, address("bank", bank)), (heading, "")],
        "cancel_url": address("bank", bank),
    }
    return render(request, "item_bank/item_form.html", context, status=422 if form.errors else 200)


def _item_or_404(bank: ItemBank, pk: int) -> Item:
    item = queries.item_of(bank, pk)
    if item is None:
        raise Http404
    return item
