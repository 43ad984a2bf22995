"""Renewals: the same award with a new validity, in a credential that takes the place of the old one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from testamur_site.foundation.tenancy.api import tenant

from ..documents import end_of
from ..errors import BeingCorrected
from ..models import Award
from ..rules import AwardState
from .awards import complete, same, succeed


def renew(award: Award, valid_until: date, *, actor: Any = None) -> Award:
    """Issue the successor that is valid from now until `valid_until`; `award` becomes superseded when it is signed. Its day stays the one
    on which it was first awarded.

    Renewing again until the same day gives the successor that was made before. Raises NotAllowedNow (revoked, suspended), BeingCorrected
    (something else took its place), RefusedByLints; then nothing was written.
    """
    with tenant(award.institution):
        made = _made(award, valid_until)
        if made is None:
            try:
                return succeed(
                    award, replace(same(award), valid_until=valid_until), {AwardState.ISSUED}, "award.renewed", actor
                )
            except BeingCorrected:  # somebody was faster
                made = _made(award, valid_until)
                if made is None:
                    raise
        return complete(award.institution, made)


def _made(award: Award, valid_until: date) -> Award | None:
    found = Award.objects.filter(supersedes=award.pk).first()
    if found is not None and found.valid_until != end_of(valid_until):
        raise BeingCorrected(award=award.public_id)
    return found
