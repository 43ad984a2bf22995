from __future__ import annotations

from typing import Any

from testamur_site.foundation.public_bytes.api import NUMBER, Compiled
from testamur_site.foundation.tenancy.api import Institution, tenant

from .models import DidHistory, DidMethod, DidService, DidVersion, PreparedUpdateKey

# What makes a DID document, which every verification of a credential of ours reads.
_WHY = "the institution stands in the condition"
_SERVICES = Compiled(
    lambda institution: DidService.objects.filter(institution=institution).values_list("fragment", "content"),
    _WHY,
    NUMBER,
)
_METHODS = Compiled(
    lambda institution: DidMethod.objects.filter(institution=institution).values_list("fragment", "content"),
    _WHY,
    NUMBER,
)
_HISTORY = Compiled(
    lambda institution: DidHistory.objects.filter(institution=institution, ended_at=None).order_by("pk")[:1],
    _WHY,
    NUMBER,
)


def services_of(institution: Institution) -> dict[str, dict[str, Any]]:
    """The services in the institution's DID document: fragment → content without `id`."""
    return dict(_SERVICES.rows(institution.pk))


def methods_of(institution: Institution) -> dict[str, dict[str, Any]]:
    """The further verification methods in the institution's DID document: fragment → content without `id` and `controller`."""
    return dict(_METHODS.rows(institution.pk))


def history_of(institution: Institution) -> DidHistory | None:
    """The institution's did:webvh that goes on; None where there is none, or it was ended."""
    found: DidHistory | None = _HISTORY.object(institution.pk)
    return found


def identifiers_of(institution: Institution) -> set[str]:
    """The identifiers under which the institution can issue: its did:web, and its did:webvh where one goes on."""
    history = history_of(institution)
    return {institution.did, *([history.did] if history is not None else [])}


def ended_identifiers(institution: Institution) -> set[str]:
    """The did:webvh that were ended, or given up."""
    return {history.did for history in ended_histories(institution)}


def ended_histories(institution: Institution) -> list[DidHistory]:
    with tenant(institution):
        return list(DidHistory.objects.exclude(ended_at=None).order_by("created_at", "pk"))


def versions_of(history: DidHistory) -> list[DidVersion]:
    """All versions of a history, the first one first."""
    with tenant(history.institution):
        return list(history.versions.order_by("number"))


def did_lines(institution: Institution) -> list[tuple[str, bytes]]:
    """Every version of every did:webvh that the institution has or had: the DID and the line without its line feed."""
    with tenant(institution):
        rows = DidVersion.objects.select_related("history").order_by("history_id", "number")
        return [(row.history.did, row.line.rstrip("\n").encode("utf-8")) for row in rows]


def issuing_did(institution: Institution) -> str:
    """The identifier that new credentials are issued under: the did:webvh where the institution chose it, else the did:web."""
    history = history_of(institution)
    return history.did if history is not None and history.chosen else institution.did


def prepared_key(institution: Institution) -> PreparedUpdateKey | None:
    with tenant(institution):
        return PreparedUpdateKey.objects.first()
