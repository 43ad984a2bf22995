"""Carrying out what was proposed, each kind by whoever knows how.

Keys know four kinds. Higher capabilities name theirs in TESTAMUR_KEY_ACTIONS: kind → the paths of `carry_out(institution, proposal,
actor)` and of `describe(institution, proposal) -> Described`. All of it happens in one transaction with the taking of the proposal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from testamur.proofs.keys import PrivateKey
from testamur_site.foundation.tenancy.api import Institution

from .. import queries as keys
from .. import services
from ..identifiers import histories
from . import sentences
from .models import KeyProposal
from .sentences import Described
from .services import ProposalRefused, propose, take

ROTATE, WITHDRAW, END_HISTORY, ABANDON = "rotate", "withdraw", "end_history", "abandon_history"


def propose_rotation(institution: Institution, actor: Any, *, reason: str) -> KeyProposal:
    """Propose that a new signing key is made. Raises ProposalRefused."""
    return propose(institution, ROTATE, actor, reason=reason)


def propose_withdrawal(institution: Institution, fragment: str, actor: Any, *, reason: str) -> KeyProposal:
    """Propose that a retired key is taken out of the DID document. Raises ProposalRefused (also `gone`: it still signs, or is not
    listed)."""
    if keys.retired_key(institution, fragment) is None:
        raise ProposalRefused("gone")
    return propose(institution, WITHDRAW, actor, reason=reason, target=fragment)


def propose_end_of_history(institution: Institution, actor: Any, *, reason: str) -> KeyProposal:
    """Propose that the institution's did:webvh is ended. Raises ProposalRefused (also `gone`: there is none)."""
    if histories.queries.history_of(institution) is None:
        raise ProposalRefused("gone")
    return propose(institution, END_HISTORY, actor, reason=reason)


def propose_to_abandon(institution: Institution, actor: Any, *, reason: str) -> KeyProposal:
    """Propose that the institution's did:webvh is given up, because its update key is lost. Raises ProposalRefused (also `gone`)."""
    if histories.queries.history_of(institution) is None:
        raise ProposalRefused("gone")
    return propose(institution, ABANDON, actor, reason=reason)


def describe(proposal: KeyProposal) -> Described:
    """What the proposal is and what follows from it, in the reader's language."""
    if proposal.kind in sentences.KINDS:
        return sentences.described(proposal)
    described: Described = _of_others(proposal.kind, "describe")(proposal.institution, proposal)
    return described


def writes_history(proposal: KeyProposal) -> bool:
    """Whether carrying it out has to be written into the institution's did:webvh, so that its keys are asked for."""
    if proposal.kind in (END_HISTORY, ABANDON):
        return proposal.kind == END_HISTORY
    return histories.must_follow(proposal.institution)


@transaction.atomic
def carry_out(
    institution: Institution,
    proposal: KeyProposal,
    actor: Any,
    *,
    ceremony: histories.Ceremony | None = None,
    present: PrivateKey | None = None,
) -> KeyProposal:
    """Carry out an open proposal. `ceremony` where the history goes along, `present` where it ends.

    Raises ProposalRefused, CeremonyRefused, and as the keys do; then nothing was done and the proposal is open as before.
    """
    taken = take(institution, proposal.public_id, proposal.kind, actor)
    if taken.kind == END_HISTORY:
        if present is None:
            raise histories.CeremonyRefused("needed")
        histories.end(institution, present, actor)
        return taken
    if taken.kind == ABANDON:
        histories.abandon(institution, actor)
        return taken
    if taken.kind == ROTATE:
        services.rotate(institution, actor)
    elif taken.kind == WITHDRAW:
        if not services.withdraw(institution, taken.target, actor):
            raise ProposalRefused("gone")
    else:
        _of_others(taken.kind, "carry_out")(institution, taken, actor)
    histories.follow_change(institution, ceremony, actor)
    return taken


def _of_others(kind: str, step: str) -> Callable[..., Any]:
    step_of: Callable[..., Any] = import_string(settings.TESTAMUR_KEY_ACTIONS[kind][step])
    return step_of
