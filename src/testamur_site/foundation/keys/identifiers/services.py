"""Services and further methods of the DID document. The history as did:webvh is written in `histories.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur import strict_json
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..telling import tell
from .models import DidMethod, DidService

MAX_CONTENT_BYTES = 60_000
_FRAGMENT = re.compile(r"[a-z][a-z0-9-]{0,58}[a-z0-9]", re.ASCII)


def set_service(institution: Institution, fragment: str, content: Mapping[str, Any] | None) -> bool:
    """Put a service into the institution's DID document, or take it out with `None`; whether anything changed.

    `content` is the entry without its `id`: `type` and `serviceEndpoint` (DID Core 1.0 §5.4). A text in it that begins with `#` is written
    below the identifier whose document it stands in. A change is recorded in the public log like one of the keys. The caller writes the
    audit entry: only it knows why. Raises ValueError for what could not stand in a document.
    """
    if content is not None and ("id" in content or not {"type", "serviceEndpoint"} <= content.keys()):
        raise ValueError("A service has a type and a serviceEndpoint, and its id is made of its fragment.")
    return _set(DidService, institution, fragment, content)


def set_method(institution: Institution, fragment: str, content: Mapping[str, Any] | None) -> bool:
    """Put a further verification method into the institution's DID document, or take it out with `None`; whether anything changed.

    For a key whose private half another capability keeps. `content` is the entry without `id` and `controller`: `type` and one form of the
    public key (Controlled Identifiers 1.0 §2.2). Otherwise as `set_service`; a fragment of a signing key ("key-1") is refused.
    """
    if fragment.startswith("key-"):
        raise ValueError("Fragments that begin with key- belong to the signing keys.")
    if content is not None and ({"id", "controller"} & content.keys() or "type" not in content):
        raise ValueError("A method has a type, and its id and controller are made of its fragment.")
    return _set(DidMethod, institution, fragment, content)


@transaction.atomic
def _set(
    table: type[DidService | DidMethod], institution: Institution, fragment: str, content: Mapping[str, Any] | None
) -> bool:
    if not _FRAGMENT.fullmatch(fragment):
        raise ValueError(f"Nothing in a DID document is named {fragment!r} here.")
    if content is not None and len(strict_json.jcs(dict(content))) > MAX_CONTENT_BYTES:
        raise ValueError("An entry of this length is not read by verifiers.")
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    with tenant(institution):
        found = table.objects.filter(fragment=fragment).first()
        changed = (found.content if found is not None else None) != (None if content is None else dict(content))
        if content is None:
            table.objects.filter(fragment=fragment).delete()
        elif changed:
            table.objects.update_or_create(
                fragment=fragment, defaults={"content": dict(content), "changed_at": timezone.now()}
            )
    if changed:
        tell(institution)
    return changed
