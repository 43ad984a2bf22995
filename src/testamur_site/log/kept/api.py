"""The door of what is kept of other logs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from testamur.errors import TestamurError
from testamur.log import Proof
from testamur_site.foundation.tenancy.api import Institution, NotAnArchive, tenant, unscoped

from .models import KeptProof, KeptService

__all__ = ["forget", "keep", "keep_service", "proof_of", "service_of"]

MAX_BYTES = 64 * 1024
MOST_LOGS, MOST_CUT_OFFS = 60, 250  # what verifiers read of a service, with room for our own


def keep(institution: Institution, subject: str, content: bytes) -> None:
    """Keep a proof, in the caller's transaction, once. Raises NotAnArchive for what is none."""
    try:
        if len(content) > MAX_BYTES:
            raise NotAnArchive("logProof")
        Proof.from_bytes(content)
    except TestamurError:
        raise NotAnArchive("logProof") from None
    with tenant(institution):
        KeptProof.objects.get_or_create(subject=subject, defaults={"institution": institution, "content": content})


def proof_of(subject: str) -> bytes | None:
    with unscoped("a proof is as public as what it is about"):
        found = KeptProof.objects.filter(subject=subject).values_list("content", flat=True).first()
    return None if found is None else bytes(found)


def forget(subject: str) -> int:
    """Delete the proof, whose salt opens what the other log says about a person; how many there were."""
    with unscoped("a person is forgotten wherever they stand"):
        return KeptProof.objects.filter(subject=subject).delete()[0]


def keep_service(institution: Institution, content: Mapping[str, Any], own: Collection[str]) -> bool:
    """Keep what the service TransparencyLog of a DID document says of logs other than our `own`, in the caller's transaction; whether there
    was anything. Raises NotAnArchive for what is no such service."""
    endpoint = content.get("serviceEndpoint")
    if content.get("type") != "TransparencyLog" or not isinstance(endpoint, Mapping):
        raise NotAnArchive("services")
    origins = [one for one in _texts(endpoint.get("origin"), MOST_LOGS) if one not in own]
    if not origins:
        return False
    kept = {
        "origin": origins,
        "vkey": [one for one in _texts(endpoint.get("vkey"), 4 * MOST_LOGS) if one.partition("+")[0] in origins],
        "cutOffs": [one for one in map(_cut_off, _list(endpoint.get("cutOffs", []))) if one["origin"] in origins],
    }
    with tenant(institution):
        KeptService.objects.update_or_create(institution=institution, defaults={"endpoint": kept})
    return True


def service_of(institution: Institution) -> dict[str, list[Any]]:
    """What is kept: `origin`, `vkey` and `cutOffs`, each perhaps empty."""
    with tenant(institution):
        found = KeptService.objects.values_list("endpoint", flat=True).first()
    return dict(found) if found is not None else {"origin": [], "vkey": [], "cutOffs": []}


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_CUT_OFFS:
        raise NotAnArchive("services")
    return value


def _texts(value: Any, most: int) -> list[str]:
    if (
        not isinstance(value, list)
        or len(value) > most
        or not all(isinstance(one, str) and len(one) < 4000 for one in value)
    ):
        raise NotAnArchive("services")
    return value


def _cut_off(value: Any) -> dict[str, Any]:
    """One cut-off, as `cut_offs.rules.notice` makes it."""
    match value:
        case {"key": str(key), "origin": str(origin), "index": int(index), "reason": str(reason)} if index >= 0:
            return {"key": key[:100], "origin": origin, "index": index, "reason": reason[:40]}
    raise NotAnArchive("services")
