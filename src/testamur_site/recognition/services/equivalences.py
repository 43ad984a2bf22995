"""Equivalences: what the institution says to everybody about an achievement of another one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import MicroCredential
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..errors import CreditsMissing
from ..models import Equivalence


def publish(
    institution: Institution,
    *,
    issuer: str,
    issuer_name: str,
    achievement: str,
    name: str,
    target: MicroCredential | None,
    amount: Decimal | None,
    valid_until: date | None = None,
    note: str = "",
    actor: Any = None,
) -> Equivalence:
    """Say publicly that `achievement` of `issuer` counts as `target`, or as `amount` elective credits. It takes the place of an earlier
    one about the same. Raises CreditsMissing."""
    if target is None and not amount:
        raise CreditsMissing()
    with tenant(institution), transaction.atomic():
        Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
        if achievement:
            Equivalence.objects.filter(issuer=issuer, achievement=achievement, withdrawn_at=None).update(
                withdrawn_at=timezone.now()
            )
        made = Equivalence.objects.create(
            institution=institution,
            issuer=issuer,
            issuer_name=issuer_name,
            achievement=achievement,
            name=name,
            target=target,
            credits=amount,
            valid_until=valid_until,
            note=note,
            by=actor,
        )
        _record("equivalence.published", made, actor)
        return made


def withdraw(equivalence: Equivalence, *, actor: Any = None) -> None:
    """Say it no longer. What was recognised stays. Twice changes nothing."""
    with tenant(equivalence.institution), transaction.atomic():
        if Equivalence.objects.filter(pk=equivalence.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
            _record("equivalence.withdrawn", equivalence, actor)


def _record(action: str, equivalence: Equivalence, actor: Any) -> None:
    audit.record(
        action,
        f"equivalence:{equivalence.public_id}",
        institution=equivalence.institution,
        actor=actor,
        facts={"achievement": equivalence.achievement},
    )
