"""All changes of banks and items, each in one transaction with its audit entry. Inside `tenant(institution)`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from testamur.errors import InputError
from testamur_site.foundation.audit.api import record
from testamur_site.foundation.tenancy.api import Institution

from ..errors import NotPossibleNow, TooManyItems, UnfitItem, UnfitSettings
from ..models import Item, ItemBank
from ..rules import MAX_ITEMS, BankState, ItemData, ItemState, faults

SETTINGS = (
    "title", "description", "minimum", "maximum", "standard_error", "exposure", "minutes", "seconds_each", "areas",
)  # fmt: skip
_CONTENT = ("kind", "area", "text", "options", "right", "answer", "tolerance")


@transaction.atomic
def create(institution: Institution, values: Mapping[str, Any], *, actor: Any = None) -> ItemBank:
    """A new bank, as a draft. `values` are those of SETTINGS. Raises UnfitSettings."""
    bank = ItemBank(institution=institution, created_by=actor, **{k: v for k, v in values.items() if k in SETTINGS})
    _refuse_unfit(bank)
    bank.save()
    _audit("item_bank.created", bank, actor)
    return bank


@transaction.atomic
def edit(bank: ItemBank, values: Mapping[str, Any], *, actor: Any = None) -> ItemBank:
    """Change the settings; sittings that are running keep theirs. Raises UnfitSettings."""
    bank = _for_update(bank)
    changed = sorted(name for name in SETTINGS if name in values and getattr(bank, name) != values[name])
    for name in changed:
        setattr(bank, name, values[name])
    _refuse_unfit(bank)
    if changed:
        bank.changed_at = timezone.now()
        bank.version += 1
        bank.save()
        _audit("item_bank.edited", bank, actor, {"changed": changed})
    return bank


@transaction.atomic
def open_bank(bank: ItemBank, *, actor: Any = None) -> ItemBank:
    """Let it be sat. Raises NotPossibleNow (`too_few_items` with how many are needed) where it could not even fill the shortest test."""
    bank = _for_update(bank)
    if bank.items.filter(state=ItemState.ACTIVE).count() < bank.minimum:
        raise NotPossibleNow(why="too_few_items", least=bank.minimum)
    return _move(bank, BankState.OPEN, "item_bank.opened", actor)


@transaction.atomic
def close(bank: ItemBank, *, actor: Any = None) -> ItemBank:
    """Let nobody begin any more; who has begun carries on."""
    return _move(_for_update(bank), BankState.CLOSED, "item_bank.closed", actor)


@transaction.atomic
def discard(bank: ItemBank, *, actor: Any = None) -> None:
    """Delete a bank that nobody has sat. Raises NotPossibleNow (`sat`)."""
    bank = _for_update(bank)
    if bank.tests or bank.sittings.exists():
        raise NotPossibleNow(why="sat")
    _audit("item_bank.discarded", bank, actor)
    bank.delete()


@transaction.atomic
def add_item(bank: ItemBank, data: ItemData, *, actor: Any = None) -> Item:
    """A new item. Raises UnfitItem (`key`: `taken` where the bank has one of that key), TooManyItems."""
    bank = _for_update(bank)
    if bank.items.filter(key=data.key).exists():
        raise UnfitItem({**faults(data), "key": "taken"})
    _refuse_more(bank, 1)
    item = _save(bank, data, version=1)
    _changed(bank)
    _audit("item_bank.item_added", bank, actor, {"item": item.key})
    return item


@transaction.atomic
def edit_item(item: Item, data: ItemData, *, actor: Any = None) -> Item:
    """Change an item; the key stays. Where somebody was given it and its content changes, a new version takes its place, whose
    parameters are provisional unless `data.source` names another source than before. Raises UnfitItem."""
    bank = _for_update(item.bank)
    item = Item.objects.select_related("bank").get(pk=item.pk)
    if item.state != ItemState.ACTIVE:
        raise NotPossibleNow(why="retired")
    if found := faults(data):
        raise UnfitItem(found)
    before = data_of(item)
    if before == data:
        return item
    new_content = any(getattr(before, name) != getattr(data, name) for name in _CONTENT)
    if new_content and item.given:
        _retire(item)
        source = data.source if data.source != item.source else ""
        changed = _save(bank, ItemData(**{**vars(data), "key": item.key, "source": source}), version=item.version + 1)
    else:
        changed = _save(bank, ItemData(**{**vars(data), "key": item.key}), version=item.version, row=item)
    _changed(bank)
    _audit("item_bank.item_edited", bank, actor, {"item": item.key, "version": changed.version})
    return changed


@transaction.atomic
def retire_item(item: Item, *, actor: Any = None) -> Item:
    """Give it to nobody any more; its answers stay. Repeating it changes nothing."""
    bank = _for_update(item.bank)
    item = Item.objects.select_related("bank").get(pk=item.pk)
    if item.state == ItemState.ACTIVE:
        _retire(item)
        _changed(bank)
        _audit("item_bank.item_retired", bank, actor, {"item": item.key})
    return item


@transaction.atomic
def bring_back(item: Item, *, actor: Any = None) -> Item:
    """Give a retired item again. Raises NotPossibleNow (`replaced`) where a newer version is given."""
    bank = _for_update(item.bank)
    if bank.items.filter(key=item.key, state=ItemState.ACTIVE).exclude(pk=item.pk).exists():
        raise NotPossibleNow(why="replaced")
    if Item.objects.filter(pk=item.pk, state=ItemState.RETIRED).update(state=ItemState.ACTIVE, retired_at=None):
        _changed(bank)
        _audit("item_bank.item_brought_back", bank, actor, {"item": item.key})
    return Item.objects.select_related("bank").get(pk=item.pk)


@dataclass(frozen=True)
class Imported:
    """How many items a table added, changed and left as they were."""

    added: int
    changed: int
    same: int


@transaction.atomic
def take_table(bank: ItemBank, items: Iterable[ItemData], *, actor: Any = None) -> Imported:
    """Add the items of a table, or change those that are there by their key: all or nothing. Raises UnfitItem, TooManyItems."""
    bank = _for_update(bank)
    there = {item.key: item for item in bank.items.filter(state=ItemState.ACTIVE)}
    wanted = list(items)
    _refuse_more(bank, sum(data.key not in there for data in wanted))
    added = changed = same = 0
    for data in wanted:
        if data.key not in there:
            retired = bank.items.filter(key=data.key).order_by("-version").first()
            _save(bank, data, version=retired.version + 1 if retired else 1)
            added += 1
        elif data_of(there[data.key]) == data:
            same += 1
        else:
            edit_item(there[data.key], data, actor=actor)
            changed += 1
    if added or changed:
        _changed(bank)
        _audit("item_bank.imported", bank, actor, {"added": added, "changed": changed})
    return Imported(added, changed, same)


def data_of(item: Item) -> ItemData:
    """The item as it is written."""
    return ItemData(
        key=item.key,
        kind=item.kind,
        area=item.area,
        text=dict(item.text),
        options=[dict(option) for option in item.options],
        right=item.right,
        answer=item.answer,
        tolerance=item.tolerance,
        a=item.a,
        b=item.b,
        source=item.source,
    )


def _save(bank: ItemBank, data: ItemData, *, version: int, row: Item | None = None) -> Item:
    if found := faults(data):
        raise UnfitItem(found)
    choice = bool(data.options)
    values = {
        **vars(data),
        "text": dict(data.text),
        "options": [dict(option) for option in data.options],
        "right": data.right if choice else None,
        "answer": "" if choice else data.answer,
        "tolerance": "" if choice else data.tolerance,
        "version": version,
    }
    if row is None:
        return Item.objects.create(institution=bank.institution, bank=bank, **values)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return row


def _retire(item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(state=ItemState.RETIRED, retired_at=timezone.now())
    item.state = ItemState.RETIRED


def _changed(bank: ItemBank) -> None:
    ItemBank.objects.filter(pk=bank.pk).update(version=F("version") + 1, changed_at=timezone.now())


def _move(bank: ItemBank, state: str, action: str, actor: Any) -> ItemBank:
    if bank.state != state:
        bank.state = state
        bank.save(update_fields=["state"])
        _audit(action, bank, actor)
    return bank


def _for_update(bank: ItemBank) -> ItemBank:
    return ItemBank.objects.select_for_update(of=("self",)).select_related("institution").get(pk=bank.pk)


def _refuse_unfit(bank: ItemBank) -> None:
    try:
        rules = bank.rules
    except (InputError, TypeError, ValueError) as error:
        raise UnfitSettings(why="numbers") from error
    limits = ((bank.minutes, 1, 480), (bank.seconds_each, 10, 3_600))
    if any(value is not None and not low <= value <= high for value, low, high in limits) or len(rules.areas) > 20:
        raise UnfitSettings(why="limits")


def _refuse_more(bank: ItemBank, more: int) -> None:
    if bank.items.filter(state=ItemState.ACTIVE).count() + more > MAX_ITEMS:
        raise TooManyItems(most=MAX_ITEMS)


def _audit(action: str, bank: ItemBank, actor: Any, facts: Mapping[str, Any] | None = None) -> None:
    record(action, f"item_bank:{bank.public_id}", institution=bank.institution, actor=actor, facts=facts)
