from __future__ import annotations

from django.db.models import QuerySet

from testamur_site.foundation.tenancy.api import Institution, tenant

from .models import AuditEntry
from .rules import ChainReport, Entry, check_chain

_CHAINED = ("sequence", "recorded_at", "actor", "action", "target", "facts", "previous_hash", "entry_hash")


def entries(institution: Institution, *, action: str = "", actor: str = "", target: str = "") -> QuerySet[AuditEntry]:
    """The institution's entries, newest first. `action` matches its beginning ("award" finds "award.revoked")."""
    with tenant(institution):
        rows = AuditEntry.objects.order_by("-sequence")
    if action:
        rows = rows.filter(action__startswith=action)
    if actor:
        rows = rows.filter(actor=actor)
    if target:
        rows = rows.filter(target=target)
    return rows


def actions(institution: Institution) -> list[str]:
    """The kinds of action that occur, in alphabetical order."""
    with tenant(institution):
        return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())


def verify_chain(institution: Institution) -> ChainReport:
    """Compute every hash again, from the first entry to the last."""
    with tenant(institution):
        rows = AuditEntry.objects.order_by("sequence").values_list(*_CHAINED)
    return check_chain(
        (Entry(institution.public_id, *content), previous, digest)
        for *content, previous, digest in rows.iterator(chunk_size=2000)
    )
