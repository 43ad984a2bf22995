"""Whether the desk is open."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..models import Desk


def change_desk(institution: Institution, *, is_open: bool, days: int, words: str, actor: Any = None) -> Desk:
    """Open or close the desk. Requests that were sent stay, whatever is changed."""
    with tenant(institution), transaction.atomic():
        desk, _ = Desk.objects.update_or_create(
            institution=institution, defaults={"open": is_open, "days": days, "words": words}
        )
        audit.record(
            "recognition.desk_changed",
            f"institution:{institution.public_id}",
            institution=institution,
            actor=actor,
            facts={"open": is_open, "days": days},
        )
        return desk
