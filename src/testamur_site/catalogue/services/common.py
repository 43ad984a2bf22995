"""What the services share: the locked row, and the audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur_site.foundation.audit.api import record

from ..models import AchievementVersion, MicroCredential


def for_update(version: AchievementVersion) -> AchievementVersion:
    """The row as it is stored now, held until the transaction ends."""
    return (
        AchievementVersion.objects.select_for_update(of=("self",))
        .select_related("micro_credential", "institution", "image")
        .get(pk=version.pk)
    )


def audit(action: str, micro_credential: MicroCredential, actor: Any, facts: Mapping[str, Any]) -> None:
    record(
        action,
        f"micro-credential:{micro_credential.public_id}",
        institution=micro_credential.institution,
        actor=actor,
        facts=facts,
    )
