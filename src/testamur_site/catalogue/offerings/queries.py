"""What is read of offerings. Staff queries run inside a tenant; the public ones say why they look across all institutions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from testamur_site.foundation.tenancy.api import unscoped

from ..description.search import words
from ..models import MicroCredential
from .models import Offering

PAGE_SIZE = 30
_RELATED = ("version", "version__micro_credential", "version__institution", "institution")


def staff_list(query: str, state: str, page: str | int) -> Page[Offering]:
    """The institution's offerings, latest start first; `state` filters when it is one of theirs."""
    rows = Offering.objects.select_related(*_RELATED).order_by("-starts_on", "-pk")
    if state in Offering.State.values:
        rows = rows.filter(state=state)
    for word in words(query):
        rows = rows.filter(Q(version__search_text__contains=word) | Q(place__icontains=word))
    return Paginator(rows, PAGE_SIZE).get_page(page)


def state_counts() -> dict[str, int]:
    """How many offerings the institution has in each state."""
    return {state: Offering.objects.filter(state=state).count() for state in Offering.State.values}


def offerable() -> list[MicroCredential]:
    """The institution's micro-credentials that can be offered now, with their versions."""
    return list(
        MicroCredential.objects.filter(state=MicroCredential.State.PUBLISHED)
        .prefetch_related("versions")
        .order_by("-changed_at", "-pk")
    )


def own_offering(public_id: str) -> Offering | None:
    """One of the active institution's; None for another's or none."""
    if not _possible(public_id):
        return None
    return Offering.objects.select_related(*_RELATED).filter(public_id=public_id).first()


def offering_by_public_id(public_id: str) -> Offering | None:
    """An offering that was ever open, of any institution: the address a learner enrols at. Needs no active tenant."""
    if not _possible(public_id):
        return None
    with unscoped("what is offered is public"):
        return (
            Offering.objects.select_related(*_RELATED)
            .filter(public_id=public_id)
            .exclude(state=Offering.State.DRAFT)
            .first()
        )


def open_offerings(micro_credential: MicroCredential, today: date | None = None) -> list[Offering]:
    """Those one can enrol in or at least sees (full, enrolment over), by start; not those that have ended. Needs no active tenant."""
    today = today or timezone.localdate()
    with unscoped("what is offered is public"):
        return list(_current(today).filter(version__micro_credential=micro_credential))


def seats_taken() -> int:
    """Of all open offerings: another number whenever somebody enrols or withdraws. Needs no active tenant."""
    with unscoped("what is offered is public"):
        return Offering.objects.filter(state=Offering.State.OPEN).aggregate(sum=Sum("seats_taken"))["sum"] or 0


def next_of(micro_credentials: Iterable[int], today: date | None = None) -> dict[int, Offering]:
    """For each micro-credential (primary key) the next offering one can still enrol in; seats aside. Needs no active tenant."""
    today = today or timezone.localdate()
    found: dict[int, Offering] = {}
    with unscoped("what is offered is public"):
        rows = _current(today).filter(version__micro_credential__in=list(micro_credentials))
        for offering in rows.filter(Q(enrol_until__isnull=True) | Q(enrol_until__gte=today)):
            found.setdefault(offering.version.micro_credential_id, offering)
    return found


def open_of(micro_credentials: Iterable[int], today: date | None = None) -> dict[int, list[Offering]]:
    """All that `open_offerings` gives, for many micro-credentials (primary keys) in one query. Needs no active tenant."""
    found: dict[int, list[Offering]] = {}
    with unscoped("what is offered is public"):
        rows = _current(today or timezone.localdate())
        for offering in rows.filter(version__micro_credential__in=list(micro_credentials)):
            found.setdefault(offering.version.micro_credential_id, []).append(offering)
    return found


def all_open(most: int, today: date | None = None) -> list[Offering]:
    """What can be enrolled in now, of all institutions, with seats: by start, at most so many. Needs no active tenant."""
    today = today or timezone.localdate()
    with unscoped("what is offered is public"):
        rows = _current(today).filter(Q(enrol_until__isnull=True) | Q(enrol_until__gte=today))
        return list(rows.filter(Q(seats__isnull=True) | Q(seats__gt=F("seats_taken")))[:most])


def _current(today: date) -> QuerySet[Offering]:
    """Open offerings that are not over."""
    return (
        Offering.objects.select_related(*_RELATED)
        .filter(state=Offering.State.OPEN)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        .order_by("starts_on", "pk")
    )


def _possible(public_id: str) -> bool:
    """Whether it can be one of our identifiers at all; PostgreSQL would stumble over a NUL in a question about another."""
    return public_id.isascii() and public_id.isprintable() and len(public_id) <= 40
