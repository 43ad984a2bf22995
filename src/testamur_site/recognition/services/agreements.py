"""Agreements: drafted, put in force, ended. Every step keeps the terms as they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..errors import Incomplete, WrongState
from ..models import Agreement, AgreementChange, plain
from ..rules import AgreementState, missing

TERMS = (
    "title",
    "partner_name",
    "partner_id",
    "direction",
    "achievements",
    "categories",
    "minimum_level",
    "target",
    "credits",
    "cap",
    "name_rule",
    "transcribes",
    "automatic",
    "valid_from",
    "valid_until",
    "note",
)
"""What a draft may say, and an agreement in force says for good."""


def draft(institution: Institution, terms: Mapping[str, Any], *, actor: Any = None) -> Agreement:
    """A new agreement that is not in force yet. `terms` by the names in TERMS."""
    with tenant(institution), transaction.atomic():
        made = Agreement.objects.create(institution=institution, **_known(terms))
        _note(made, "created", actor)
        return made


def change_terms(agreement: Agreement, terms: Mapping[str, Any], *, actor: Any = None) -> Agreement:
    """Change a draft. Raises WrongState for an agreement that is or was in force: what others rely on is not changed, it is ended and
    followed by another."""
    with tenant(agreement.institution), transaction.atomic():
        fresh = _locked(agreement)
        if fresh.state != AgreementState.DRAFT:
            raise WrongState(state=fresh.state)
        for name, value in _known(terms).items():
            setattr(fresh, name, value)
        Agreement.objects.filter(pk=fresh.pk).update(**{name: getattr(fresh, name) for name in TERMS})
        _note(fresh, "changed", actor)
        return fresh


def activate(agreement: Agreement, *, actor: Any = None) -> Agreement:
    """Put a draft in force. From now on it is public. Raises WrongState, Incomplete."""
    with tenant(agreement.institution), transaction.atomic():
        fresh = _locked(agreement)
        if fresh.state != AgreementState.DRAFT:
            raise WrongState(state=fresh.state)
        lacks = missing(fresh.terms, fresh.title)
        if lacks:
            raise Incomplete(missing=lacks)
        return _move(fresh, AgreementState.ACTIVE, "activated", actor)


def end(agreement: Agreement, *, actor: Any = None, reason: str = "") -> Agreement:
    """End it. What was recognised by it stays. Ending twice changes nothing; a draft is ended too, and never was public."""
    with tenant(agreement.institution), transaction.atomic():
        fresh = _locked(agreement)
        if fresh.state == AgreementState.ENDED:
            return fresh
        return _move(fresh, AgreementState.ENDED, "ended", actor, reason)


def _known(terms: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(terms) - set(TERMS)
    if unknown:
        raise TypeError(f"no terms of an agreement: {sorted(unknown)}")
    return dict(terms)


def _locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update(of=("self",)).select_related("institution").get(pk=agreement.pk)


def _move(agreement: Agreement, state: AgreementState, event: str, actor: Any, reason: str = "") -> Agreement:
    agreement.state = state
    Agreement.objects.filter(pk=agreement.pk).update(state=state)
    _note(agreement, event, actor, reason)
    return agreement


def _note(agreement: Agreement, event: str, actor: Any, reason: str = "") -> None:
    AgreementChange.objects.create(
        institution=agreement.institution,
        agreement=agreement,
        event=event,
        terms=as_json(agreement),
        reason=reason,
        by=actor,
        at=timezone.now(),
    )
    audit.record(
        f"agreement.{event}",
        f"agreement:{agreement.public_id}",
        institution=agreement.institution,
        actor=actor,
        facts={"direction": agreement.direction, "automatic": agreement.automatic},
    )


def as_json(agreement: Agreement) -> dict[str, Any]:
    """The terms as JSON values: days as 2026-03-01, credits as text."""
    said: dict[str, Any] = {}
    for name in TERMS:
        value = getattr(agreement, name)
        if name in ("credits", "cap"):
            value = plain(value)
        elif name == "target":
            value = value.public_id if value is not None else ""
        elif name in ("valid_from", "valid_until"):
            value = value.isoformat() if value is not None else ""
        said[name] = value
    return said
