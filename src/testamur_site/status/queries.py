from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from testamur.status.bitstring_status_list import status_entry
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from . import rules
from .models import PublishedVersion, Purpose, StatusEntry, StatusList, StatusListPair
from .public import current
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


def issuers(institution: Institution, entries: Sequence[StatusEntry]) -> dict[int, str]:
    """The identifier that a credential with this entry is issued under, since a verifier wants the list to be of the same issuer: the
    entry's key → the DID."""
    pairs = StatusListPair.objects.filter(pk__in={entry.pair_id for entry in entries})
    named = dict(pairs.values_list("pk", "issuer"))
    return {entry.pk: named[entry.pair_id] or institution.did for entry in entries}


def published_list(public_id: str) -> bytes | None:
    """The signed list credential at `/status/<public_id>`, or None where there is no such list."""
    if "\x00" in public_id:  # PostgreSQL refuses it in any text
        return None
    if (known := current(public_id)) is not None:
        return known[0]
    with unscoped("a status list is public: every verifier may read it"):
        status_list = StatusList.objects.select_related("institution", "pair").filter(public_id=public_id).first()
    return None if status_list is None else publish(status_list, status_list.institution)


@dataclass(frozen=True, slots=True)
class ListVersion:
    """A list as it was published once. `content` are the signed bytes, `size` its number of entries."""

    public_id: str
    url: str
    purpose: str
    size: int
    version: int
    published_at: datetime
    content: bytes


def list_versions(institution: Institution) -> Iterator[ListVersion]:
    """Every version of every list of an institution that was ever published, oldest first, a few at a time."""
    last = 0
    while True:
        with tenant(institution):
            rows = PublishedVersion.objects.filter(pk__gt=last).select_related("status_list__pair").order_by("pk")
            some = list(rows[:50])
        for one in some:
            of, last = one.status_list, one.pk
            yield ListVersion(
                of.public_id, of.url, of.purpose, of.pair.size, one.version, one.published_at, bytes(one.content)
            )
        if not some:
            return


def carrier(entry: StatusEntry, version: int, purpose: str = Purpose.REVOCATION) -> str | None:
    """The key (of the log) of the first published list that says what changed in `version`; None until it is published. Inside a
    tenant."""
    found = (
        PublishedVersion.objects.filter(
            status_list__pair=entry.pair_id, status_list__purpose=purpose, version__gte=version
        )
        .order_by("pk")
        .values_list("status_list__public_id", "digest")
        .first()
    )
    return None if found is None else rules.log_key(*found)
