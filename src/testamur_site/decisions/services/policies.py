"""How an institution decides."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..models import DecisionPolicy


def set_policy(
    institution: Institution, *, actor: Any = None, micro_credential: Any = None, **values: Any
) -> DecisionPolicy:
    """Write the policy of the institution, or of one micro-credential. What was decided before keeps the dates it was given."""
    with tenant(institution), transaction.atomic():
        policy, _ = DecisionPolicy.objects.update_or_create(
            institution=institution, micro_credential=micro_credential, defaults=values
        )
        target = f"micro-credential:{micro_credential.public_id}" if micro_credential else institution.public_id
        audit.record("decision.policy_changed", target, institution=institution, actor=actor, facts=values)
        return policy
