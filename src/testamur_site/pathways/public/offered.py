"""What a published micro-credential would be in a learner's hands, before anybody has it: for trying a rule, and for planning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from testamur.pathways import Holding, holding_from_report
from testamur_site.catalogue.api import AchievementVersion, achievement_model


@dataclass(frozen=True, slots=True)
class _AsIfVerified:
    """The report that a credential of the version would get, as far as a holding is made of it."""

    subject: Mapping[str, Any]
    verdict: str = "valid"
    checks: Sequence[Any] = ()
    children: Sequence[Any] = field(default=())


def holding_of(version: AchievementVersion) -> Holding:
    """The holding of somebody who has a credential of this version. Made by the same reading as a real one; without days and grades."""
    achievement = achievement_model(version).to_json()
    said = {"id": achievement["id"], "issuer": {"id": version.institution.did}, "achievement": achievement}
    return holding_from_report(_AsIfVerified(said), str(achievement["id"]))
