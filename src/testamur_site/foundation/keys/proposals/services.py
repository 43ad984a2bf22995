"""Proposing, taking, declining. A proposal is taken by one conditional UPDATE in the transaction of what it allows: of two people who press
at once one carries it out, and whoever is killed between the two has done neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import Institution, tenant

from . import queries, rules
from .models import KeyProposal


class ProposalRefused(Exception):
    """The step is not possible now: `code` is `reason`, `open` (one of the same kind is open already), `closed`, or as `rules.refusal`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def propose(
    institution: Institution,
    kind: str,
    actor: Any,
    *,
    reason: str,
    target: str = "",
    facts: Mapping[str, Any] | None = None,
    urgent: bool = False,
) -> KeyProposal:
    """Propose a change of the institution's keys and tell the others who have the right to them by mail.

    `facts` are JSON values without personal data, for whoever carries out that kind. `urgent`: it only stops what is still to come. Raises
    ProposalRefused (`reason`, `open`).
    """
    reason = reason.strip()
    if not reason:
        raise ProposalRefused("reason")
    _lock(institution)
    now = timezone.now()
    with tenant(institution):
        expire(institution)
        row = KeyProposal(
            kind=kind,
            target=target,
            facts=dict(facts or {}),
            reason=reason[:2000],
            urgent=urgent,
            proposed_by=actor,
            proposed_at=now,
            expires_at=now + rules.HOLDS,
        )
        row.institution = institution
        found = queries.facts_of(row, actor)
        row.expires_at = rules.expiry(now, None if found.others else rules.alone_from(found))
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise ProposalRefused("open") from None
        audit.record(
            "key_proposal.made",
            row.public_id,
            institution=institution,
            actor=actor,
            facts={"kind": kind, "target": target, **row.facts},
        )
        _tell(institution, row, "proposed", actor)
    return row


@transaction.atomic
def take(institution: Institution, public_id: str, kind: str, actor: Any) -> KeyProposal:
    """Take an open proposal to carry it out, in the caller's transaction. Raises ProposalRefused as `queries.refusal`.

    The caller carries out what it says in the same transaction, or raises: then it is open again.
    """
    _lock(institution)
    with tenant(institution):
        row = queries.proposal(institution, public_id)
        if row is None or row.kind != kind:
            raise ProposalRefused("closed")
        if code := queries.refusal(row, actor):
            raise ProposalRefused(code)
        now, alone = timezone.now(), row.proposed_by_id == actor.pk
        mine = KeyProposal.objects.filter(pk=row.pk, state=KeyProposal.State.OPEN, expires_at__gt=now)
        if not mine.update(state=KeyProposal.State.DONE, decided_by=actor, decided_at=now, alone=alone):
            raise ProposalRefused("closed")
        audit.record(
            "key_proposal.carried_out",
            row.public_id,
            institution=institution,
            actor=actor,
            facts={"kind": row.kind, "target": row.target, "alone": alone, **row.facts},
        )
        row.refresh_from_db()
        _tell(institution, row, "carried_out", actor)
    return row


@transaction.atomic
def close(institution: Institution, public_id: str, actor: Any, *, note: str = "") -> KeyProposal:
    """Take back one's own open proposal, or decline that of somebody else. Raises ProposalRefused (`closed`)."""
    _lock(institution)
    with tenant(institution):
        expire(institution)
        row = KeyProposal.objects.select_related("proposed_by").filter(public_id=public_id).first()
        own = row is not None and row.proposed_by_id == actor.pk
        state = KeyProposal.State.CANCELLED if own else KeyProposal.State.DECLINED
        mine = KeyProposal.objects.filter(public_id=public_id, state=KeyProposal.State.OPEN)
        changed = mine.update(
            state=state, decided_by=actor, decided_at=timezone.now(), decision_note=note.strip()[:2000]
        )
        if row is None or not changed:
            raise ProposalRefused("closed")
        action = "key_proposal.taken_back" if own else "key_proposal.declined"
        audit.record(action, row.public_id, institution=institution, actor=actor, facts={"kind": row.kind})
        row.refresh_from_db()
        _tell(institution, row, str(state.value), actor)
    return row


def expire(institution: Institution) -> int:
    """Close what nobody carried out in time, in the caller's transaction; how many there were."""
    with tenant(institution):
        late = KeyProposal.objects.filter(state=KeyProposal.State.OPEN, expires_at__lte=timezone.now())
        ids = list(late.values_list("public_id", flat=True))
        if ids:
            late.update(state=KeyProposal.State.EXPIRED, decided_at=timezone.now())
            audit.record_many("key_proposal.expired", ids, institution=institution)
    return len(ids)


def _lock(institution: Institution) -> None:
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)


def _tell(institution: Institution, row: KeyProposal, event: str, actor: Any) -> None:
    """A mail to everybody else who has the right to the keys, and to the institution's own address where somebody acted alone."""
    address = reverse("keys:proposal", kwargs={"slug": institution.slug, "public_id": row.public_id})
    for keeper in queries.keepers(institution):
        if keeper.user_id != actor.pk:
            _mail(institution, row, event, keeper.user.email, keeper.user.language, address)
    if event == "carried_out" and row.alone and institution.email:
        _mail(institution, row, event, institution.email, (institution.languages or ["en"])[0], address)


def _mail(institution: Institution, row: KeyProposal, event: str, to: str, language: str, address: str) -> None:
    from .carrying_out import describe  # it takes proposals, and so it knows this module

    with translation.override(language or None):
        title = describe(row).title
    mail.send(
        to,
        "keys/mail/proposal",
        {
            "proposal": row,
            "title": title,
            "event": event,
            "name": institution.in_language("name", language),
            "address": address,
        },
        language,
        institution=institution,
    )
