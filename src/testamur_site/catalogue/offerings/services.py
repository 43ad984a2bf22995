"""All changes of offerings, each in one transaction with its audit entry. Inside `tenant(institution)`, as the catalogue's own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from testamur_site.foundation.audit.api import record

from ..errors import VersionLocked
from ..finding import entries
from ..models import AchievementVersion, MicroCredential
from . import rules
from .errors import NotOffered, TooFewSeats, UnfitTerms, WrongState
from .models import Offering
from .rules import Terms


@transaction.atomic
def create(version: AchievementVersion, terms: Terms, *, actor: Any = None) -> Offering:
    """A new offering of a published version, as a draft. Raises NotOffered, UnfitTerms."""
    _refuse_unoffered(version)
    offering = Offering(institution=version.institution, version=version)
    _write(offering, terms)
    _audit("offering.created", offering, actor, {"version": version.public_id})
    return offering


@transaction.atomic
def edit(offering: Offering, terms: Terms, *, actor: Any = None) -> Offering:
    """Change what is said of an offering. Raises WrongState for a cancelled one, UnfitTerms, TooFewSeats."""
    offering = _for_update(offering)
    if offering.state == Offering.State.CANCELLED:
        raise WrongState(offering, offering.state)
    if terms.seats is not None and terms.seats < offering.seats_taken:
        raise TooFewSeats(offering.seats_taken)
    before = terms_of(offering)
    _write(offering, terms)
    entries.refresh(offering.version.micro_credential)
    after = terms_of(offering)
    changed = sorted(name for name, value in vars(before).items() if getattr(after, name) != value)
    if changed:
        _audit("offering.edited", offering, actor, {"changed": changed})
    return offering


@transaction.atomic
def open_for_enrolment(offering: Offering, *, actor: Any = None, today: date | None = None) -> Offering:
    """Show it and let learners enrol. Raises WrongState, NotOffered (retired since), UnfitTerms (its dates are over)."""
    offering = _for_update(offering)
    if not rules.may_become(offering.state, Offering.State.OPEN):
        raise WrongState(offering, Offering.State.OPEN)
    if offering.version.micro_credential.state != MicroCredential.State.PUBLISHED:
        raise NotOffered(offering.public_id)
    today = today or timezone.localdate()
    for member in ("ends_on", "enrol_until"):
        last = getattr(offering, member)
        if last is not None and last < today:
            raise UnfitTerms({member: "over"})
    return _move(offering, Offering.State.OPEN, "offering.opened", actor)


@transaction.atomic
def close(offering: Offering, *, actor: Any = None) -> Offering:
    """End enrolment; who is enrolled carries on. Raises WrongState."""
    offering = _for_update(offering)
    if not rules.may_become(offering.state, Offering.State.CLOSED):
        raise WrongState(offering, Offering.State.CLOSED)
    return _move(offering, Offering.State.CLOSED, "offering.closed", actor)


@transaction.atomic
def cancel(offering: Offering, *, actor: Any = None) -> Offering:
    """Say that it does not take place. Final. Raises WrongState when it was cancelled before."""
    offering = _for_update(offering)
    if not rules.may_become(offering.state, Offering.State.CANCELLED):
        raise WrongState(offering, Offering.State.CANCELLED)
    return _move(offering, Offering.State.CANCELLED, "offering.cancelled", actor)


@transaction.atomic
def discard(offering: Offering, *, actor: Any = None) -> None:
    """Delete a draft that nobody has seen. Raises WrongState for any other."""
    offering = _for_update(offering)
    if offering.state != Offering.State.DRAFT or offering.seats_taken:
        raise WrongState(offering, "")
    _audit("offering.discarded", offering, actor, {})
    offering.delete()


@transaction.atomic
def move_to_current_version(offering: Offering, *, actor: Any = None) -> Offering:
    """Let an offering in which nobody is enrolled follow the newest published version. Raises VersionLocked once somebody is."""
    offering = _for_update(offering)
    current = offering.version.micro_credential.versions.filter(state=AchievementVersion.State.PUBLISHED).first()
    if current is None or current.pk == offering.version_id:
        return offering
    # The seat is the promise: from the first one on the version is what the learner was told.
    moved = Offering.objects.filter(pk=offering.pk, seats_taken=0).update(version=current, changed_at=timezone.now())
    if not moved:
        raise VersionLocked(offering.version)
    offering.version = current
    _audit("offering.edited", offering, actor, {"changed": ["version"], "version": current.public_id})
    return offering


def take_seat(offering: Offering, *, today: date | None = None) -> bool:
    """Take one seat, in the caller's transaction: False when nobody can enrol any more (`offering.refusal(today)` says why).

    One conditional UPDATE, so two learners never get the last seat. Call it once for each enrolment, together with the row that
    makes the enrolment unique.
    """
    today = today or timezone.localdate()
    taken = (
        Offering.objects.filter(pk=offering.pk, state=Offering.State.OPEN)
        .filter(Q(seats__isnull=True) | Q(seats_taken__lt=F("seats")))
        .filter(Q(enrol_until__isnull=True) | Q(enrol_until__gte=today))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        .update(seats_taken=F("seats_taken") + 1)
    )
    offering.refresh_from_db(fields=["state", "seats", "seats_taken", "enrol_until", "ends_on"])
    return bool(taken)


def give_back_seat(offering: Offering) -> bool:
    """Give one seat back, in the caller's transaction; False when none was taken. Whatever the state: who withdraws frees a place."""
    given = Offering.objects.filter(pk=offering.pk, seats_taken__gt=0).update(seats_taken=F("seats_taken") - 1)
    offering.refresh_from_db(fields=["seats_taken"])
    return bool(given)


def terms_of(offering: Offering) -> Terms:
    """What is stored, as staff said it."""
    return Terms(**{name: getattr(offering, name) for name in Terms.__dataclass_fields__})


def _write(offering: Offering, terms: Terms) -> None:
    if found := rules.faults(terms):
        raise UnfitTerms(found)
    settled = vars(rules.settled(terms))
    for name, value in settled.items():
        setattr(offering, name, value)
    if offering.pk is None:
        offering.save()
    else:
        # Never `seats_taken`: learners may be enrolling at this moment.
        offering.save(update_fields=[*settled, "changed_at"])


def _move(offering: Offering, state: str, action: str, actor: Any) -> Offering:
    offering.state = state
    offering.save(update_fields=["state", "changed_at"])
    entries.refresh(offering.version.micro_credential)
    _audit(action, offering, actor, {"seats_taken": offering.seats_taken})
    return offering


def _for_update(offering: Offering) -> Offering:
    return (
        Offering.objects.select_for_update(of=("self",))
        .select_related("version", "version__micro_credential", "version__institution", "institution")
        .get(pk=offering.pk)
    )


def _refuse_unoffered(version: AchievementVersion) -> None:
    offered = version.micro_credential.state == MicroCredential.State.PUBLISHED
    if not offered or version.state != AchievementVersion.State.PUBLISHED:
        raise NotOffered(version.public_id)


def _audit(action: str, offering: Offering, actor: Any, facts: dict[str, Any]) -> None:
    record(
        action,
        f"offering:{offering.public_id}",
        institution=offering.institution,
        actor=actor,
        facts={"micro_credential": offering.version.micro_credential.public_id, **facts},
    )
