"""What of the status lists goes along when an institution leaves: the pairs, and which index each credential has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from testamur_site.foundation.tenancy.api import Institution, NotAnArchive, as_json, from_json, tenant

from .models import Purpose, StatusEntry, StatusList, StatusListPair

_LIST = ("public_id", "purpose", "version")


def archived_pairs(institution: Institution) -> Iterator[dict[str, Any]]:
    """Each pair with its two lists. A pair is named by its list of the purpose "revocation"."""
    with tenant(institution):
        for pair in StatusListPair.objects.order_by("pk").iterator(100):
            lists = StatusList.objects.filter(pair=pair).defer("published").order_by("purpose")
            yield {
                "size": pair.size,
                "allocated": pair.allocated,
                "issuer": getattr(pair, "issuer", ""),
                "lists": [as_json(each, _LIST) for each in lists],
            }


def archived_entries(institution: Institution, entries: Sequence[int]) -> dict[int, dict[str, Any]]:
    """For each entry (primary keys, some hundreds) the pair's name, its index and its bits."""
    with tenant(institution):
        rows = list(StatusEntry.objects.filter(pk__in=entries))
        names = dict(
            StatusList.objects.filter(pair__in={row.pair_id for row in rows}, purpose=Purpose.REVOCATION).values_list(
                "pair_id", "public_id"
            )
        )
    return {
        row.pk: {
            "list": names[row.pair_id],
            "index": row.index,
            "revoked": row.revoked,
            "suspended": row.suspended,
        }
        for row in rows
    }


def adopt_pair(institution: Institution, values: Mapping[str, Any]) -> bool:
    """Take a pair over under its old names, in the caller's transaction; whether it was new. Raises NotAnArchive."""
    lists = [from_json(StatusList, each, _LIST) for each in values["lists"]]
    if {each["purpose"] for each in lists} != set(Purpose.values):
        raise NotAnArchive("lists")
    with tenant(institution):
        if StatusList.objects.filter(public_id__in=[each["public_id"] for each in lists]).exists():
            return False
        further = {"issuer": values.get("issuer", "")} if hasattr(StatusListPair, "issuer") else {}
        pair = StatusListPair.objects.create(
            institution=institution, size=int(values["size"]), allocated=int(values["allocated"]), **further
        )
        for each in lists:
            # One more: the bits are published anew, by the new key.
            StatusList.objects.create(institution=institution, pair=pair, **{**each, "version": each["version"] + 1})
    return True


def adopt_entry(institution: Institution, values: Mapping[str, Any]) -> StatusEntry:
    """The entry at that place, made where it is missing. Raises NotAnArchive where its list was not adopted."""
    with tenant(institution):
        named = StatusList.objects.filter(public_id=values["list"], purpose=Purpose.REVOCATION).first()
        if named is None:
            raise NotAnArchive("list")
        entry, _ = StatusEntry.objects.get_or_create(
            pair_id=named.pair_id,
            index=int(values["index"]),
            defaults={
                "institution": institution,
                "revoked": bool(values["revoked"]),
                "suspended": bool(values["suspended"]),
            },
        )
    return entry
