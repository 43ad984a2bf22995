"""Who takes part, and what was decided by hand for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import MicroCredential
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.wallet.api import Holder

from .. import queries
from ..errors import NotOpen, WrongState
from ..models import Allowance, Participant
from ..rules import IN_FORCE, ParticipantState


def look_again(participant: Participant, *, key: str | None = None, priority: int = 0) -> None:
    """Queue an evaluation, in the transaction of what changed. Evaluating once too often changes nothing."""
    enqueue(
        "testamur_site.pathways.jobs.evaluate",
        {"participant": participant.public_id},
        key=key,
        institution=participant.institution,
        priority=priority,
    )


def join(holder: Holder, micro_credential: MicroCredential) -> Participant:
    """Take part in a published microdegree. Joining is the learner's consent that the institution sees what the rule looks at.
    Joining twice is joining once. Raises NotOpen."""
    institution: Institution = micro_credential.institution
    with tenant(institution), transaction.atomic():
        rule = queries.open_rule(micro_credential)
        if rule is None:
            raise NotOpen(micro_credential=micro_credential.public_id)
        participant, made = Participant.objects.get_or_create(
            micro_credential=micro_credential,
            holder=holder,
            left_at=None,
            defaults={"institution": institution, "rule": rule},
        )
        if made:
            audit.record("pathway.joined", f"participant:{participant.public_id}", institution=institution, facts={})
            look_again(participant)
        return participant


def leave(participant: Participant, *, actor: Any = None) -> None:
    """End taking part: the institution sees nothing more, and what it saw is emptied. A microdegree that was awarded stays awarded.
    Leaving twice changes nothing."""
    with tenant(participant.institution), transaction.atomic():
        fresh = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
        if fresh.left_at is not None:
            return
        values: dict[str, Any] = {"left_at": timezone.now(), "shown": {}, "facts": {}}
        if fresh.state not in IN_FORCE:
            values["state"] = ParticipantState.LEFT
        Participant.objects.filter(pk=fresh.pk).update(**values)
        audit.record(
            "pathway.left", f"participant:{fresh.public_id}", institution=participant.institution, actor=actor, facts={}
        )


def state_facts(participant: Participant, facts: Mapping[str, str | int | float | bool], *, actor: Any) -> None:
    """State what the rule asks about the person (days as 2026-03-01). The values are the institution's word; they are not audited, their
    names are."""
    with tenant(participant.institution), transaction.atomic():
        fresh = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
        if fresh.left_at is not None:
            raise WrongState(state=ParticipantState.LEFT)
        Participant.objects.filter(pk=fresh.pk).update(facts=dict(facts))
        audit.record(
            "pathway.facts_stated",
            f"participant:{fresh.public_id}",
            institution=participant.institution,
            actor=actor,
            facts={"names": sorted(facts)},
        )
        look_again(fresh)


def allow(
    participant: Participant,
    of: str,
    *,
    actor: Any,
    reason: str,
    does: str = "",
    credential: str = "",
    role: str = "",
    on: date | None = None,
) -> Allowance:
    """Decide by hand: approve what the rule leaves to a person, or (`does`: waive, accept, refuse) decide against it where it lets `role`
    do that. The name of `actor` and the reason will stand in the credential."""
    with tenant(participant.institution), transaction.atomic():
        fresh = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
        if fresh.left_at is not None:
            raise WrongState(state=ParticipantState.LEFT)
        allowance = Allowance.objects.create(
            institution=participant.institution,
            participant=fresh,
            does=does,
            of=of,
            credential=credential,
            by_name=actor.name,
            role=role,
            reason=reason,
            on=on or timezone.localdate(),
            given_by=actor,
        )
        audit.record(
            "pathway.allowed",
            f"participant:{fresh.public_id}",
            institution=participant.institution,
            actor=actor,
            facts={"does": does or "approve", "of": of},
        )
        look_again(fresh)
        return allowance


def withdraw_allowance(allowance: Allowance, *, actor: Any) -> None:
    """Take back what was decided by hand. It stays on record; a microdegree that was awarded with it is evaluated anew."""
    with tenant(allowance.institution), transaction.atomic():
        changed = Allowance.objects.filter(pk=allowance.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
        if changed:
            audit.record(
                "pathway.allowance_withdrawn",
                f"participant:{allowance.participant.public_id}",
                institution=allowance.institution,
                actor=actor,
                facts={"does": allowance.does or "approve", "of": allowance.of},
            )
            look_again(allowance.participant)
