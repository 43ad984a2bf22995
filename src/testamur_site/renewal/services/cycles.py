"""What a version asks for before its credentials are renewed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import tenant

from ..errors import CycleFixed, NeverEnds
from ..models import Cycle
from ..rules import Terms, programme_of


def set_cycle(version: AchievementVersion, terms: Terms, *, actor: Any = None) -> Cycle:
    """Give a version its cycle, or change it while nothing was awarded by the version.

    The cycle is read as a programme first, so that what is kept can be decided. Raises NeverEnds, CycleFixed.
    """
    if not version.description.validity:
        raise NeverEnds(version=version.public_id)
    programme_of(terms)
    programme_of(terms, reinstatement=True)
    with tenant(version.institution), transaction.atomic():
        fresh = AchievementVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if fresh.locked_at is not None:
            raise CycleFixed(version=fresh.public_id)
        cycle, _ = Cycle.objects.update_or_create(
            version=fresh,
            defaults={
                "institution": version.institution,
                "total": terms.total,
                "unit": terms.unit,
                "categories": [
                    {"key": one.key, "name": one.name, "required": str(one.required)} for one in terms.categories
                ],
                "window_days": terms.window_days,
                "grace_days": terms.grace_days,
                "reinstatement_days": terms.reinstatement_days,
                "extra": terms.extra,
                "audit_share": terms.audit_share,
                "changed_at": timezone.now(),
                "changed_by": actor,
            },
        )
        audit.record(
            "renewal.cycle_set",
            f"version:{fresh.public_id}",
            institution=version.institution,
            actor=actor,
            facts={"total": str(terms.total), "categories": len(terms.categories), "audited": terms.audit_share},
        )
        return cycle
