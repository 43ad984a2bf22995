from __future__ import annotations

from typing import Any

from testamur_site.foundation.tenancy.api import Institution, tenant

from .models import DidHistory, DidMethod, DidService, DidVersion, PreparedUpdateKey


def services_of(institution: Institution) -> dict[str, dict[str, Any]]:
    """The services in the institution's DID document: fragment → content without `id`."""
    with tenant(institution):
        return {service.fragment: dict(service.content) for service in DidService.objects.all()}


def methods_of(institution: Institution) -> dict[str, dict[str, Any]]:
    """The further verification methods in the institution's DID document: fragment → content without `id` and `controller`."""
    with tenant(institution):
        return {method.fragment: dict(method.content) for method in DidMethod.objects.all()}


def history_of(institution: Institution) -> DidHistory | None:
    """The institution's did:webvh that goes on; None where there is none, or it was ended."""
    with tenant(institution):
        return DidHistory.objects.filter(ended_at=None).first()


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
