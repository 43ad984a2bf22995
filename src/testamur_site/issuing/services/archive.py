"""What of the awards goes along when an institution leaves: every award that was signed, with the bytes that its holder has.

Awards that are still on their way stay behind: whoever moves finishes or discards them first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.tenancy.api import (
    Carried,
    Institution,
    NotAnArchive,
    as_json,
    from_json,
    tenant,
    unscoped,
)
from testamur_site.status import api as status

from ..blockcerts.models import Edition, EditionRequest
from ..models import Award, Batch, PreparedCredential, Revocation, RevocationRules, StatusChange
from ..rules import PUBLISHED, AwardState, may_become

AT_ONCE = 200
TABLES = (
    Carried(Batch, only={"finished_at__isnull": False}),
    Carried(RevocationRules),
    Carried(Revocation),
    Carried(
        EditionRequest,
        without={"transaction": "a row of the deployment that paid; the edition holds the proof, with its transaction"},
        only={"state": EditionRequest.State.FINISHED},
    ),
    Carried(Edition, only={"finished__isnull": False}),
)
"""Beside the awards. Of Blockcerts editions those that are finished, byte for byte."""
LATER = {Award: ("batch", "decision"), StatusChange: ("revocation", "successor")}
"""What of the awards refers to rows that are taken over after them."""
_AWARD = (
    *("public_id", "line", "recipient_name", "recipient_email", "language", "award_key", "awarded_date"),
    *("valid_from", "valid_until", "results", "evidence", "earned", "state", "content_hash", "endorsed_hash"),
    *("key_id", "refresh_token", "reason_code", "reason_note", "created_at", "issued_at", "changed_at"),
)
_CHANGE = (
    *("public_id", "change", "reason_code", "note", "evidence", "list_version", "changed_at"),
    *("objection", "objection_note", "objected_at", "answer_note", "answered_at"),
)
_PREPARED = ("digest", "key_id", "prepared_at", "signed_at", "content", "signed")


def archived_awards(institution: Institution, after: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every signed award with its primary key, in their order, those after `after`.

    `version` and `supersedes` are public identifiers, `status` is the place in the lists, `prepared` the bytes, `changes` what was said
    about it afterwards.
    """
    while True:
        with tenant(institution):
            rows = list(
                Award.objects.filter(pk__gt=after, state__in=PUBLISHED)
                .select_related("version", "supersedes", "prepared")
                .prefetch_related("changes")
                .order_by("pk")[:AT_ONCE]
            )
        if not rows:
            return
        places = status.archived_entries(institution, [row.status_entry_id for row in rows if row.status_entry_id])
        for row in rows:
            yield (
                row.pk,
                {
                    **as_json(row, _AWARD),
                    "version": row.version.public_id,
                    "supersedes": row.supersedes.public_id if row.supersedes else None,
                    "status": places.get(row.status_entry_id or 0),
                    "prepared": as_json(row.prepared, _PREPARED) if hasattr(row, "prepared") else None,
                    "changes": [as_json(change, _CHANGE) for change in reversed(row.changes.all())],
                },
            )
        after = rows[-1].pk


def conflicting(institution: Institution | None, public_id: str, signed: bytes) -> bool | None:
    """Whether an award of that name is here already with other bytes, or at another institution; None where there is none at all."""
    with unscoped("an identifier that is taken is a conflict, whoever has it"):
        found = Award.objects.filter(public_id=public_id).select_related("prepared").first()
    if found is None:
        return None
    if institution is None or found.institution_id != institution.pk:
        return True
    return not hasattr(found, "prepared") or bytes(found.prepared.signed or b"") != signed


def adopt_award(institution: Institution, values: Mapping[str, Any], *, with_status: bool) -> Award | None:
    """Take an award over, in the caller's transaction; None where it is here already: then what became of it since is taken over. Raises
    NotAnArchive.

    `with_status`: its status list is published here from now on; otherwise its bits stay with the address that it names.
    """
    stated = from_json(Award, {"refresh_token": "", **values}, _AWARD)  # older archives do not have it
    if stated["state"] not in PUBLISHED:
        raise NotAnArchive("state")
    with tenant(institution):
        here = Award.objects.filter(public_id=stated["public_id"]).first()
        if here is not None:
            _bring_forward(institution, here, stated, values["changes"])
            return None
        version = AchievementVersion.objects.get(public_id=values["version"])
        before = values.get("supersedes")
        entry = status.adopt_entry(institution, values["status"]) if with_status and values.get("status") else None
        award = Award.objects.create(
            institution=institution,
            version=version,
            micro_credential_id=version.micro_credential_id,
            supersedes=Award.objects.get(public_id=before) if before else None,
            status_entry=entry,
            **stated,
        )
        if values["prepared"] is not None:
            prepared = from_json(PreparedCredential, values["prepared"], _PREPARED)
            PreparedCredential.objects.create(institution=institution, award=award, **prepared)
        _take_changes(institution, award, values["changes"])
    return award


def _bring_forward(
    institution: Institution, award: Award, stated: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]
) -> None:
    """What was revoked, suspended or replaced after an earlier exit was taken over; left alone, it would be good again where the name
    leads here. Only forward: an exit that is older than what is here takes nothing back. A key that it gave up is free."""
    state = AwardState(stated["state"])
    if not may_become(award.state, state):
        return
    said = {name: stated[name] for name in ("state", "award_key", "reason_code", "reason_note", "changed_at")}
    Award.objects.filter(pk=award.pk).update(**said)
    if award.status_entry_id is not None:
        say = status.set_suspended if state is AwardState.SUSPENDED else status.set_revoked
        say(institution, [award.status_entry_id])
    _take_changes(institution, award, changes)


def _take_changes(institution: Institution, award: Award, changes: Sequence[Mapping[str, Any]]) -> None:
    for change in changes:
        found = from_json(StatusChange, change, _CHANGE)
        StatusChange.objects.get_or_create(
            public_id=found.pop("public_id"), defaults={"institution": institution, "award": award, **found}
        )
