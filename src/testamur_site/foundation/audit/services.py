from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.tenancy.api import Institution, insert_rows, tenant

from .models import AuditEntry
from .rules import ACTION, GENESIS, Entry, linked, personal_data_in


def record(
    action: str,
    target: str,
    *,
    institution: Institution,
    actor: Any = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Write down one change, in the transaction of the change itself: if this fails, the change fails too.

    `action` is dotted and lower-case ("award.revoked"), `target` a public identifier, `actor` the person who is signed in or None
    for the platform itself, `facts` JSON values without personal data.

    Raises ValueError for an ill-formed action, for an e-mail address in the facts, and outside a transaction.
    """
    record_many(action, [target], institution=institution, actor=actor, facts=facts)


def record_many(
    action: str,
    targets: Sequence[str],
    *,
    institution: Institution,
    actor: Any = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """One entry for each target, with the same facts, for the price of one. See `record`."""
    if not ACTION.match(action):
        raise ValueError(f"An audit action looks like 'award.revoked', not {action!r}.")
    facts = dict(facts or {})
    if personal_data_in(facts) or personal_data_in(list(targets)):
        raise ValueError("An audit entry must not hold an e-mail address: it can never be deleted.")
    if not transaction.get_connection().in_atomic_block:
        raise ValueError("An audit entry belongs into the transaction of the change it records.")
    # One writer per institution at a time, otherwise two entries would follow the same one. SQLite has locked already (IMMEDIATE).
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    with tenant(institution):
        last = AuditEntry.objects.order_by("-sequence").values_list("sequence", "entry_hash").first()
        length, head = last or (0, GENESIS)
        first = Entry(
            institution=institution.public_id,
            sequence=length + 1,
            recorded_at=timezone.now(),
            actor=getattr(actor, "public_id", "") or "",
            action=action,
            target="",
            facts=facts,
        )
        names = [str(target) for target in targets]
        insert_rows(
            AuditEntry,
            ("sequence", "target", "previous_hash", "entry_hash"),
            (
                (sequence, target, previous, digest)
                for (sequence, target), (previous, digest) in zip(
                    enumerate(names, first.sequence), linked(first, names, head), strict=True
                )
            ),
            recorded_at=first.recorded_at,
            actor=first.actor,
            action=action,
            facts=facts,
        )
