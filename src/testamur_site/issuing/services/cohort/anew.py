"""Awards that wait for their signature under an identifier of the institution that was ended meanwhile.

An award's status entry is of a list of the identifier that it is to be issued under (`status.allocate`). Where that was ended, no verifier
takes a key from it: what is signed under it is refused by everybody from the first day. So those awards begin again.
"""

from __future__ import annotations

from collections.abc import Sequence

from testamur_site.foundation.keys.api import ended_identifiers
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.status import api as status

from ...models import Award, PreparedCredential
from ...rules import UNSIGNED, AwardState
from .. import common


def leave_ended(institution: Institution, awards: Sequence[int], writing: common.Writing) -> None:
    """Let those of `awards` (primary keys) that are not signed and belong to an ended identifier begin again, without a status entry; they
    get one of the identifier that is issued under now. Inside a tenant."""
    ended = ended_identifiers(institution)
    if not ended or not _belonging_to(institution, ended, awards):
        return
    with writing():
        common.lock(institution)
        found = _belonging_to(institution, ended, awards)
        PreparedCredential.objects.filter(award__in=found, signed=None).delete()
        Award.objects.filter(pk__in=[award.pk for award in found], state__in=UNSIGNED).update(
            state=AwardState.QUEUED, status_entry=None
        )
        common.record("award.identifier_changed", found, institution=institution)


def _belonging_to(institution: Institution, ended: set[str], awards: Sequence[int]) -> list[Award]:
    rows = Award.objects.filter(pk__in=awards, state__in=UNSIGNED).exclude(status_entry=None)
    waiting = list(rows.select_related("status_entry").order_by("pk"))
    issuers = status.issuers(institution, [award.status_entry for award in waiting if award.status_entry is not None])
    return [award for award in waiting if issuers[award.status_entry_id or 0] in ended]
