"""What an institution asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, rules
from ..errors import refuse
from ..models import Policy


@transaction.atomic
def set_policy(
    institution: Institution,
    *,
    requires_approval: str,
    stop_when_overdue: bool = False,
    profiles: Sequence[str] = ("eu",),
    reviews: int = 1,
    panel: Sequence[str] = (),
    review_months: int = 24,
    decider_apart: bool = False,
    endorse: bool = True,
    actor: Any,
) -> Policy:
    """Say what is asked for from now on; proposals under way are decided by the new policy.

    `requires_approval` is "none", "assessed" or "all" (see the catalogue's PublishingPolicy). Raises QualityError: `policy.profiles`
    (unknown, or none), `policy.panel`, `policy.reviews` (0 to 5), `policy.months` (1 to 60), `policy.publishing`.
    """
    for code, fits in (
        (
            "policy.profiles",
            bool(profiles) and len(queries.profiles_of(profiles)) == len(set(profiles)) == len(profiles),
        ),
        ("policy.panel", set(panel) <= set(rules.PANEL_KINDS)),
        ("policy.reviews", 0 <= reviews <= 5),
        ("policy.months", 1 <= review_months <= rules.LONGEST_REVIEW_MONTHS),
        ("policy.publishing", requires_approval in catalogue.PublishingPolicy.Requires.values),
    ):
        if not fits:
            raise refuse(code)
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    policy = queries.policy_of(institution)
    before = _facts(policy) if policy.pk else None
    policy.profiles, policy.reviews = list(profiles), reviews
    policy.panel = [kind for kind in rules.PANEL_KINDS if kind in panel]
    policy.review_months, policy.decider_apart, policy.endorse = review_months, decider_apart, endorse
    catalogue.set_publishing_policy(
        institution, requires_approval=requires_approval, stop_when_overdue=stop_when_overdue, actor=actor
    )
    if _facts(policy) != before:
        policy.save()
        target = f"institution:{institution.public_id}"
        audit.record("quality.policy_changed", target, institution=institution, actor=actor, facts=_facts(policy))
    return policy


def _facts(policy: Policy) -> dict[str, Any]:
    names = ("profiles", "reviews", "panel", "review_months", "decider_apart", "endorse")
    return {name: getattr(policy, name) for name in names}
