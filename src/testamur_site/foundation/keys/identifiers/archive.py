"""What of an institution's keys goes along when it leaves: public halves, services, the history of its did:webvh. Never a private half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from testamur_site.foundation.tenancy.api import Institution, as_json, from_json, tenant

from ..models import SigningKey
from .models import DidHistory, DidMethod, DidService, DidVersion

ELSEWHERE = "elsewhere:"
"""Where the private half of a key lies, or lay, that was taken over: not here, so that nothing of it was ever sealed here."""

_KEY = ("purpose", "fragment", "algorithm", "public_multikey", "created_at", "retired_at", "withdrawn_at")
_NAMED = ("fragment", "content", "changed_at")
_HISTORY = ("did", "portable", "next_key_hash", "chosen", "first_chosen_at", "ended_at", "created_at")
_VERSION = ("number", "version_id", "line", "made_at")


def archived(institution: Institution) -> dict[str, Any]:
    """Everything in the institution's DID documents, past and present."""
    with tenant(institution):
        return {
            "keys": [as_json(key, _KEY) for key in SigningKey.objects.order_by("created_at", "pk").defer("sealed")],
            "services": [as_json(service, _NAMED) for service in DidService.objects.all()],
            "methods": [as_json(method, _NAMED) for method in DidMethod.objects.all()],
            "histories": [
                {
                    **as_json(history, _HISTORY),
                    "versions": [as_json(version, _VERSION) for version in history.versions.order_by("number")],
                }
                for history in DidHistory.objects.order_by("created_at", "pk")
            ],
        }


def adopt(institution: Institution, values: Mapping[str, Any], *, histories: bool) -> int:
    """Take over what `archived` gave, in the caller's transaction; how many keys were new. Repeating it changes nothing.

    Every key comes as a retired one: what it signed stays valid, it signs no more. `histories`: also those of did:webvh, for an institution
    that keeps its address; another address begins with the institution's own move (did:webvh v1.0 §3.6.3).
    Raises NotAnArchive.
    """
    now, new = timezone.now(), 0
    with tenant(institution):
        for found in values["keys"]:
            key = from_json(SigningKey, found, _KEY)
            key["retired_at"] = key["retired_at"] or now
            _, made = SigningKey.objects.get_or_create(
                fragment=key.pop("fragment"),
                defaults={**key, "institution": institution, "sealed": b"", "sealed_with": "", "uri": ELSEWHERE},
            )
            new += made
        for model, name in ((DidService, "services"), (DidMethod, "methods")) if histories else ():
            for found in values[name]:
                named = from_json(model, found, _NAMED)
                model.objects.get_or_create(
                    fragment=named.pop("fragment"), defaults={**named, "institution": institution}
                )
        for found in values["histories"] if histories else ():
            stated = from_json(DidHistory, found, _HISTORY)
            history, _ = DidHistory.objects.get_or_create(
                did=stated.pop("did"), defaults={**stated, "institution": institution}
            )
            for line in found["versions"]:
                version = from_json(DidVersion, line, _VERSION)
                DidVersion.objects.get_or_create(
                    history=history, number=version.pop("number"), defaults={**version, "institution": institution}
                )
    return new
