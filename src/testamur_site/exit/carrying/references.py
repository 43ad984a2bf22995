"""What a row is called outside of the database that it lies in, and which row here is called so.

Rows of the tables that are carried have an identity: the name of the database in which they were made, and their number there. It stays
the same through every move (`AdoptedRow`). Everything else is called by what it is called anyway: awards and versions by their public
identifiers, a learner by one of the institution's credentials that they hold, and staff by their public identifier, which means nobody
where they are not members.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from testamur_site.foundation.tenancy.api import Institution, members, tenant
from testamur_site.status import api as status
from testamur_site.wallet import api as wallet

from ..models import AdoptedRow, Origin
from .tables import carried

_PUBLIC = {
    "tenancy.Institution": "public_id",
    "accounts.User": "public_id",
    "catalogue.MicroCredential": "public_id",
    "catalogue.AchievementVersion": "public_id",
    "issuing.Award": "public_id",
    "log.Shard": "origin",
}
_OF_NOBODY = ("tenancy.Institution", "accounts.User", "log.Shard")
"""Tables that belong to no institution."""
_IDENTITY = re.compile(r"[0-9a-f]{16}\.[1-9][0-9]{0,17}")

Named = dict[int, Any]


def origin() -> str:
    """The name of this database."""
    found, _ = Origin.objects.get_or_create(pk=1)
    return found.name


def is_identity(value: object) -> bool:
    return isinstance(value, str) and _IDENTITY.fullmatch(value) is not None


def names(institution: Institution, model: type[models.Model], numbers: Sequence[int]) -> Named:
    """What rows of `model` (some hundreds, by their primary keys) are called; those that have no name outside are missing."""
    label = model._meta.label
    if not numbers:
        return {}
    if label == "wallet.Holder":
        return dict(wallet.holder_names(institution, numbers))
    if label == "status.StatusEntry":
        return dict(status.archived_entries(institution, numbers))
    with tenant(institution):
        if label in _PUBLIC:
            return dict(model._default_manager.filter(pk__in=numbers).values_list("pk", _PUBLIC[label]))
        if label not in _carried():
            return {}
        known = AdoptedRow.objects.filter(table=label, number__in=numbers).values_list("number", "identity")
        here = origin()
        return {**{number: f"{here}.{number}" for number in numbers}, **dict(known)}


def rows(
    institution: Institution, model: type[models.Model], called: Iterable[Any], *, same_address: bool
) -> Callable[[Any], int | None]:
    """Which row (its primary key) each name means here: a function that answers None for a name that means none."""
    label = model._meta.label
    wanted = [name for name in called if name is not None]
    if label == "status.StatusEntry":
        return lambda name: _entry(institution, name) if same_address and name is not None else None
    texts = {name for name in wanted if isinstance(name, str)}
    found = _found(institution, model, label, texts) if texts else {}
    return lambda name: found.get(name) if isinstance(name, str) else None


def _found(institution: Institution, model: type[models.Model], label: str, texts: set[str]) -> Mapping[str, int]:
    if label == "wallet.Holder":
        return wallet.holders_named(institution, sorted(texts))
    if label == "accounts.User":  # never anybody who is not a member: an import attributes nothing to strangers
        return {row.user.public_id: row.user_id for row in members(institution) if row.user.public_id in texts}
    with tenant(institution):
        if label in _PUBLIC:
            column = _PUBLIC[label]
            return dict(model._default_manager.filter(**{f"{column}__in": texts}).values_list(column, "pk"))
        return adopted(institution, model, texts) if label in _carried() else {}


def adopted(institution: Institution, model: type[models.Model], identities: Iterable[str]) -> dict[str, int]:
    """The rows of a carried table that have these identities here, by them: taken over before, or made here in the first place."""
    wanted, here = set(identities), f"{origin()}."
    with tenant(institution):
        found = dict(
            AdoptedRow.objects.filter(table=model._meta.label, identity__in=wanted).values_list("identity", "number")
        )
        own = {
            int(name.removeprefix(here)): name
            for name in wanted - found.keys()
            if name.startswith(here) and is_identity(name)
        }
        if own:
            there = model._default_manager.filter(pk__in=own).values_list("pk", flat=True)
            found.update({own[number]: number for number in there})
    return found


def _entry(institution: Institution, name: Any) -> int:
    number: int = status.adopt_entry(institution, name).pk
    return number


def _carried() -> set[str]:
    return {table.label for table in carried()}
