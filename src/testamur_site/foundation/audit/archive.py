"""The audit trail of an institution that leaves: every entry with its hashes, so that the chain goes on where it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from testamur_site.foundation.tenancy.api import Institution, NotAnArchive, as_json, from_json, tenant

from .models import AuditEntry
from .rules import ACTION, GENESIS, ChainReport, Entry, check_chain

_ENTRY = ("sequence", "recorded_at", "actor", "action", "target", "facts", "previous_hash", "entry_hash")


def archived_entries(institution: Institution) -> Iterator[dict[str, Any]]:
    """Every entry, from the first."""
    after = 0
    while True:
        with tenant(institution):
            rows = list(AuditEntry.objects.filter(sequence__gt=after).order_by("sequence")[:500])
        if not rows:
            return
        yield from (as_json(row, _ENTRY) for row in rows)
        after = rows[-1].sequence


def check_entries(institution: str, rows: Iterable[Mapping[str, Any]]) -> ChainReport:
    """Whether entries that were read are a whole chain of the institution of that public identifier. Raises NotAnArchive."""

    def entries() -> Iterator[tuple[Entry, str, str]]:
        for row in rows:
            values = from_json(AuditEntry, row, _ENTRY)
            if not ACTION.match(values["action"]):
                raise NotAnArchive("action")
            previous, digest = values.pop("previous_hash"), values.pop("entry_hash")
            yield Entry(institution=institution, **values), previous, digest

    return check_chain(entries())


def adopt_entries(institution: Institution, rows: Iterable[Mapping[str, Any]]) -> int | None:
    """Take some entries over, in their order and in the caller's transaction, after those that are here already; how many were new.

    None where the chain here has gone another way: two histories are never mixed. The entries must have been checked by `check_entries`.
    Raises NotAnArchive.
    """
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    with tenant(institution):
        last = AuditEntry.objects.order_by("-sequence").first()
        length, head = (last.sequence, last.entry_hash) if last else (0, GENESIS)
        fresh = []
        for row in rows:
            values = from_json(AuditEntry, row, _ENTRY)
            if values["sequence"] <= length - len(fresh):
                if not AuditEntry.objects.filter(sequence=values["sequence"], entry_hash=values["entry_hash"]).exists():
                    return None
                continue
            if values["sequence"] != length + 1 or values["previous_hash"] != head:
                return None
            fresh.append(AuditEntry(institution=institution, **values))
            length, head = values["sequence"], values["entry_hash"]
        AuditEntry.objects.bulk_create(fresh)
    return len(fresh)
