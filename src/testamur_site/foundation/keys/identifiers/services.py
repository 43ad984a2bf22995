"""Services of the DID document. The history as did:webvh is written in `histories.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur import strict_json
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..telling import tell
from .models import DidService

MAX_CONTENT_BYTES = 60_000
_FRAGMENT = re.compile(r"[a-z][a-z0-9-]{0,58}[a-z0-9]", re.ASCII)


@transaction.atomic
def set_service(institution: Institution, fragment: str, content: Mapping[str, Any] | None) -> bool:
    """Put a service into the institution's DID document, or take it out with `None`; whether anything changed.

    `content` is the entry without its `id`: `type` and `serviceEndpoint` (DID Core 1.0 §5.4). A change is recorded in the public log like
    one of the keys. The caller writes the audit entry: only it knows why. Raises ValueError for what could not stand in a document.
    """
    if not _FRAGMENT.fullmatch(fragment):
        raise ValueError(f"A service cannot be named {fragment!r}.")
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    with tenant(institution):
        found = DidService.objects.filter(fragment=fragment).first()
        if content is None:
            changed = found is not None
            DidService.objects.filter(fragment=fragment).delete()
        else:
            written = dict(content)
            if "id" in written or not {"type", "serviceEndpoint"} <= written.keys():
                raise ValueError("A service has a type and a serviceEndpoint, and its id is made of its fragment.")
            if len(strict_json.jcs(written)) > MAX_CONTENT_BYTES:
                raise ValueError("A service of this length is not read by verifiers.")
            changed = found is None or found.content != written
            if changed:
                DidService.objects.update_or_create(
                    fragment=fragment, defaults={"content": written, "changed_at": timezone.now()}
                )
    if changed:
        tell(institution)
    return changed
