"""What people ask for: switching editions on, editions of awards, another attempt. Each in one transaction with its
audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.chain.api import account_named
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.keys.api import KeyProposal, ProposalRefused, propose, set_method, set_service
from testamur_site.foundation.tenancy.api import Institution

from ..errors import IssuingError
from ..models import Award, Batch
from ..rules import AwardState
from . import documents, pipeline, queries, rules
from .models import Edition, EditionRequest


class NoChain(IssuingError):
    """The deployment makes no editions: its file names no chain for them."""

    code = "blockcerts.no_chain"


class NotSwitchedOn(IssuingError):
    """The institution has not switched editions on."""

    code = "blockcerts.off"


class NothingToDo(IssuingError):
    """All of these awards have an edition, or one on its way, or are not valid."""

    code = "blockcerts.nothing"


class TooMany(IssuingError):
    """More awards than share a transaction. Facts: most."""

    code = "blockcerts.too_many"


KIND = "blockcerts"
"""What is proposed about the institution's keys when editions are to be switched on (`foundation/keys`, four eyes)."""


def propose_switch_on(institution: Institution, actor: Any, *, reason: str) -> KeyProposal:
    """Propose that the institution gets an anchor key: a key that speaks for it, so another person carries it out. Raises NoChain,
    ProposalRefused (`open`: it is proposed already)."""
    if queries.chain() is None:
        raise NoChain
    return propose(institution, KIND, actor, reason=reason)


def carry_out(institution: Institution, _proposal: KeyProposal, actor: Any) -> None:
    """What was proposed, in the transaction of its being taken. Raises ProposalRefused."""
    try:
        switch_on(institution, actor=actor)
    except NoChain:
        raise ProposalRefused("gone") from None


@transaction.atomic
def switch_on(institution: Institution, *, actor: Any = None) -> None:
    """Make the institution's anchor key, and list it in its DID document, with the profile that the published verifier
    asks for. Again, it changes nothing. Raises NoChain."""
    if queries.chain() is None:
        raise NoChain
    account = account_named(rules.account_name(institution.public_id), institution)
    listed = set_method(
        institution, rules.ANCHOR_METHOD, {"type": "Multikey", "publicKeyMultibase": account.public_multikey}
    )
    service = {"type": "IssuerProfile", "serviceEndpoint": documents.profile_address(institution)}
    named = set_service(institution, rules.PROFILE_SERVICE, service)
    if listed or named:
        facts = {"account": account.address, "method": rules.ANCHOR_METHOD}
        audit.record("blockcerts.switched_on", "blockcerts:key", institution=institution, actor=actor, facts=facts)


@transaction.atomic
def request(
    institution: Institution, awards: Sequence[Award] = (), *, batch: Batch | None = None, actor: Any = None
) -> EditionRequest:
    """Editions of those of `awards`, or of all of `batch`, that are issued and have none, sharing one transaction. Raises
    NoChain, NotSwitchedOn, NothingToDo, TooMany."""
    chain = queries.chain()
    if chain is None:
        raise NoChain
    if not queries.switched_on(institution):
        raise NotSwitchedOn
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    of = Award.objects.filter(batch=batch) if batch is not None else Award.objects.filter(pk__in=[a.pk for a in awards])
    wanted = of.filter(state=AwardState.ISSUED, blockcerts_edition__isnull=True).order_by("pk")
    found = list(wanted.values_list("pk", flat=True)[: rules.MAX_EDITIONS + 1])
    if not found:
        raise NothingToDo
    if len(found) > rules.MAX_EDITIONS:
        raise TooMany(most=rules.MAX_EDITIONS)
    made = EditionRequest.objects.create(
        institution=institution, batch=batch, chain=chain.name, chain_id=chain.id, created_by=actor
    )
    Edition.objects.bulk_create(
        [Edition(institution=institution, award_id=pk, request=made) for pk in found], batch_size=400
    )
    facts = {"editions": len(found), "chain": chain.id}
    target = f"blockcerts:{made.public_id}"
    audit.record("blockcerts.requested", target, institution=institution, actor=actor, facts=facts)
    _queue(made)
    return made


@transaction.atomic
def try_again(made: EditionRequest, *, actor: Any = None) -> None:
    """Go on with a request that stands still; after a transaction that failed for good, with another one."""
    locked = EditionRequest.objects.select_for_update().get(pk=made.pk)
    if locked.state == EditionRequest.State.FINISHED:
        raise NothingToDo
    if locked.state == EditionRequest.State.FAILED and not pipeline.order_again(locked):
        raise NothingToDo
    facts = {"orders": locked.orders}
    target = f"blockcerts:{locked.public_id}"
    audit.record("blockcerts.tried_again", target, institution=locked.institution, actor=actor, facts=facts)
    _queue(locked)


def _queue(made: EditionRequest) -> None:
    enqueue("testamur_site.issuing.blockcerts.jobs.work", {"request": made.public_id}, institution=made.institution)
