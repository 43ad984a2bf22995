"""Who may finish under the version they began with, once it is replaced.

The rule is kept with the version that took the place (`earlier_learners`, `earlier_until`): it is what learners were told when it
happened. A later version makes its own rule for those who began under this one, and takes nothing back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from testamur_site.foundation.tenancy.api import unscoped

from .models import AchievementVersion


@dataclass(frozen=True)
class GrandfatheringRule:
    """`rule` is one of `AchievementVersion.EarlierLearners`; `until` the last day, None where it has none."""

    rule: str
    until: date | None
    replaced_by: int

    def may_finish(self, on: date) -> bool:
        """Whether somebody who began before may still finish on that day (the last day included)."""
        if self.rule == AchievementVersion.EarlierLearners.MOVE:
            return False
        return self.until is None or on <= self.until


def rule_for(version: AchievementVersion) -> GrandfatheringRule | None:
    """The rule for learners of this version; None while it is not replaced. Needs no active tenant."""
    if version.state != AchievementVersion.State.SUPERSEDED:
        return None
    with unscoped("what was published stays readable"):
        following = (
            AchievementVersion.objects.filter(micro_credential=version.micro_credential_id, number__gt=version.number)
            .exclude(state=AchievementVersion.State.DRAFT)
            .order_by("number")
            .first()
        )
    if following is None:
        return None
    return GrandfatheringRule(following.earlier_learners, following.earlier_until, following.number)


def may_finish(version: AchievementVersion, on: date) -> bool:
    """Whether somebody who is enrolled in this version may finish it on that day."""
    rule = rule_for(version)
    return rule is None or rule.may_finish(on)
