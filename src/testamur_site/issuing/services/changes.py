"""What is kept about a change of status: who, when, why, by which version of the status list. And whether one person may make it alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from testamur_site.foundation.tenancy.api import Institution
from testamur_site.status import api as status

from ..errors import NeedsSecondPerson
from ..models import Award, Revocation, RevocationRules, StatusChange
from ..revocations.rules import Change
from ..rules import Why


def rules_of(institution: Institution) -> RevocationRules:
    """What the institution asks for before it revokes. Inside a tenant."""
    return RevocationRules.objects.filter(institution=institution).first() or RevocationRules(institution=institution)


def refuse_alone(institution: Institution, revocation: Revocation | None, *, cohort: bool) -> None:
    """Raises NeedsSecondPerson where the institution asks for one, and no approved revocation stands behind this."""
    rules = rules_of(institution)
    if revocation is None and (rules.second_person_cohort if cohort else rules.second_person_single):
        raise NeedsSecondPerson()


def note(
    institution: Institution,
    awards: Sequence[Award],
    change: Change,
    why: Why,
    versions: status.Versions,
    *,
    actor: Any = None,
    revocation: Revocation | None = None,
) -> None:
    """One row for each award, in the transaction of the change. `versions` is what the status list answered to it."""
    pairs = _pairs([award.status_entry_id for award in awards if award.status_entry_id is not None])
    by, order = getattr(actor, "pk", None), revocation.pk if revocation is not None else None
    # By keys and not by objects: of a hundred thousand rows half of the time would go into remembering who is whose.
    StatusChange.objects.bulk_create(
        [
            StatusChange(
                institution_id=institution.pk,
                award_id=award.pk,
                change=change,
                reason_code=why.reason,
                note=why.note,
                evidence=why.evidence,
                list_version=versions.get((pairs.get(award.status_entry_id or 0, 0), status.Purpose.REVOCATION)),
                revocation_id=order,
                changed_by_id=by,
            )
            for award in awards
        ],
        batch_size=400,
    )


def _pairs(entries: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(entries), 400):
        rows = status.StatusEntry.objects.filter(pk__in=entries[start : start + 400])
        found.update(rows.values_list("pk", "pair"))
    return found
