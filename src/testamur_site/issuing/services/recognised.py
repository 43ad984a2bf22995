"""Awards by recognition: somebody learned it elsewhere, and the institution says that it counts as this."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from testamur_site.catalogue.api import AchievementVersion, lock_version
from testamur_site.foundation.tenancy.api import tenant

from ..models import Award
from ..rules import AwardData
from . import common
from .awards import complete, queue, refuse_errors


def refuse_recognition(
    version: AchievementVersion, data: AwardData, *, amount: Decimal | None = None, reason: str = ""
) -> None:
    """Raises what `award_recognition` would raise, StoppedByQuality and RefusedByLints, and writes nothing."""
    with tenant(version.institution):
        common.refuse_stopped(version)
        refuse_errors(version, data, earned=_earned(amount, reason))


def award_recognition(
    version: AchievementVersion,
    data: AwardData,
    *,
    key: str,
    amount: Decimal | None = None,
    reason: str = "",
    actor: Any = None,
) -> Award:
    """Award one learner by a version whose learning was recognised, and issue at once. The same `key` gives the award that was made before.

    `amount` is the number of credits that were recognised, where that is not what the version is worth; `reason` stands in the credential
    as its narrative. What it rests on is the evidence of `data`. Raises StoppedByQuality and RefusedByLints; then nothing was written.
    """
    institution = version.institution
    earned = _earned(amount, reason)
    with tenant(institution):
        known = Award.objects.filter(
            micro_credential=version.micro_credential_id, award_key__endswith=f"|again|recognition-{key}"
        ).first()
        if known is None:
            common.refuse_stopped(version)
            refuse_errors(version, data, earned=earned)
        with transaction.atomic():
            common.lock(institution)
            award = Award.objects.filter(
                micro_credential=version.micro_credential_id, award_key__endswith=f"|again|recognition-{key}"
            ).first()
            if award is None:
                version = lock_version(version, actor=actor)
                award = common.new_award(
                    version,
                    data,
                    award_key=common.again(data.email, f"recognition-{key}"),
                    actor=actor,
                    earned=earned,
                    **common.pinned(version),
                )
                award.save(force_insert=True)
                common.record(
                    "award.decided", [award], institution=institution, actor=actor, facts={"recognition": key}
                )
                queue(award)
        return complete(institution, award)


def _earned(amount: Decimal | None, reason: str) -> dict[str, str]:
    return {"narrative": reason} | ({"credits": f"{amount.normalize():f}"} if amount is not None else {})
