from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from testamur.status.bitstring_status_list import status_entry
from testamur_site.foundation.tenancy.api import unscoped

from .models import Purpose, StatusEntry, StatusList
from .services import publish


def credential_status(entries: Sequence[StatusEntry]) -> dict[int, dict[str, Any]]:
    """What stands in the credentials that hold `entries`: the entry's key → its `credentialStatus`.

    One BitstringStatusListEntry with the purpose "revocation", because the schema of Open Badges 3.0 takes one status object only;
    its `statusReference` is the suspension list, where the same index tells a suspension from a revocation (decision 0005).
    """
    urls: dict[tuple[int, str], str] = {}
    for found in StatusList.objects.defer("published").filter(pair__in={entry.pair_id for entry in entries}):
        urls[found.pair_id, found.purpose] = found.url
    return {
        entry.pk: status_entry(
            urls[entry.pair_id, Purpose.REVOCATION],
            entry.index,
            Purpose.REVOCATION.value,
            reference=urls[entry.pair_id, Purpose.SUSPENSION],
        )
        for entry in entries
    }


def published_list(public_id: str) -> bytes | None:
    """The signed list credential at `/status/<public_id>`, or None where there is no such list."""
    if "\x00" in public_id:  # PostgreSQL refuses it in any text
        return None
    with unscoped("a status list is public: every verifier may read it"):
        status_list = StatusList.objects.select_related("institution", "pair").filter(public_id=public_id).first()
    return None if status_list is None else publish(status_list, status_list.institution)
