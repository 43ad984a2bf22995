"""Awards of microdegrees: made because a rule held, exactly one for each time that it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from testamur_site.catalogue.api import AchievementVersion, lock_version
from testamur_site.foundation.tenancy.api import tenant

from ..models import Award
from ..rules import AwardData, AwardState
from . import common
from .awards import complete, queue, refuse_errors, same, succeed


def award_pathway(version: AchievementVersion, data: AwardData, *, key: str, actor: Any = None) -> Award:
    """Award one learner by a version whose rule holds, and issue at once. The same `key` gives the award that was made before.

    The version may have been replaced or retired since the learner joined: who began under it finishes under it. Raises StoppedByQuality
    and RefusedByLints; then nothing was written.
    """
    institution = version.institution
    award_key = common.again(data.email, f"pathway-{key}")
    with tenant(institution):
        common.refuse_stopped(version)
        refuse_errors(version, data)
        with transaction.atomic():
            common.lock(institution)
            award = Award.objects.filter(
                micro_credential=version.micro_credential_id, award_key__endswith=f"|again|pathway-{key}"
            ).first()
            if award is None:
                version = lock_version(version, actor=actor)
                award = common.new_award(version, data, award_key=award_key, actor=actor, **common.decided(version))
                award.save(force_insert=True)
                common.record(
                    "award.decided", [award], institution=institution, actor=actor, facts={"participant": key}
                )
                queue(award)
        return complete(institution, award)


def redecide_pathway(award: Award, evidence: Sequence[Mapping[str, str]], *, actor: Any = None) -> Award:
    """Issue the same award with another decision, where the rule holds by another use of what is left; it takes the place of `award`.

    Raises NotAllowedNow, BeingCorrected and RefusedByLints; then nothing was written.
    """
    return succeed(award, replace(same(award), evidence=list(evidence)), {AwardState.ISSUED}, "award.corrected", actor)
