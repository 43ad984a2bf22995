"""What the clock does: begin a renewal for each credential that can be renewed, remind, and let lapse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import tenant, unscoped
from testamur_site.issuing.api import Award
from testamur_site.wallet.api import Deposit, DepositState, Holder

from ..models import Cycle, Renewal
from ..rules import Phase, RenewalState, last_day, phase_of, reminder_for
from .telling import tell

AT_ONCE = 200


def begin(deposit: Deposit) -> Renewal | None:
    """The renewal of a claimed credential that is in force, ends, and has a cycle; made once. None for others."""
    award, holder = deposit.award, deposit.holder
    if holder is None or deposit.state != DepositState.CLAIMED or award.state != "issued" or award.valid_until is None:
        return None
    with tenant(award.institution), transaction.atomic():
        cycle = Cycle.objects.filter(version=award.version_id).first()
        if cycle is None:
            return None
        found, _ = Renewal.objects.get_or_create(
            award=award,
            defaults={
                "institution": award.institution,
                "cycle": cycle,
                "holder": holder,
                "begins": _begins(award),
                "refreshing": not Renewal.objects.filter(successor=award, refreshing=False).exists(),
                "ends": award.valid_until.date(),  # kept as the last second of a day, UTC
            },
        )
        return found


def _begins(award: Award) -> date:
    """The day after its renewal was asked for, where this credential is a successor, so that nothing done since is lost; else its first."""
    before = Renewal.objects.filter(successor=award).first()
    if before is None or before.asked_at is None:
        return award.awarded_date
    return timezone.localdate(before.asked_at) + timedelta(days=1)


def look_at(renewal: Renewal, today: date | None = None) -> None:
    """What a day brings to a renewal: a reminder, the beginning of grace, or its lapse. Each is told once."""
    today = today or timezone.localdate()
    if renewal.state != RenewalState.OPEN:
        return
    with tenant(renewal.institution), transaction.atomic():
        award = Award.objects.get(pk=renewal.award_id)
        if award.state not in ("issued", "suspended"):
            Renewal.objects.filter(pk=renewal.pk, state=RenewalState.OPEN).update(state=RenewalState.CLOSED)
            return
        terms = renewal.cycle.terms
        phase = phase_of(terms, renewal.ends, today)
        days = reminder_for(renewal.ends, today)
        if days is not None:
            tell(renewal, "reminder", f"reminder:{days}", days=(renewal.ends - today).days)
        elif phase in (Phase.GRACE, Phase.REINSTATEMENT):
            until = last_day(terms, renewal.ends)
            tell(renewal, "grace", phase.value, until=until, reinstatement=phase is Phase.REINSTATEMENT)
        elif phase is Phase.OVER:
            lapsed = Renewal.objects.filter(pk=renewal.pk, state=RenewalState.OPEN).update(state=RenewalState.LAPSED)
            if lapsed:
                tell(renewal, "lapsed", "lapsed")
                audit.record(
                    "renewal.lapsed", f"renewal:{renewal.public_id}", institution=renewal.institution, facts={}
                )


def of_holder(holder: Holder, deposits: list[Deposit]) -> list[Renewal]:
    """Begin what can be begun of a holder's deposits."""
    made = (begin(deposit) for deposit in deposits if deposit.holder_id == holder.pk)
    return [renewal for renewal in made if renewal is not None]


def look_at_all(today: date | None = None) -> Iterator[int]:
    """Look at every credential that can be renewed, some at a time; the number looked at so far."""
    done, after = 0, 0
    while True:
        with unscoped("the platform reminds the holders of all institutions"):
            some = list(
                Deposit.objects.filter(pk__gt=after, state=DepositState.CLAIMED)
                .exclude(holder=None)
                .exclude(award__refresh_token="")
                .exclude(award__valid_until=None)
                .select_related("holder", "award", "award__institution", "award__version")
                .order_by("pk")[:AT_ONCE]
            )
        if not some:
            return
        for deposit in some:
            renewal = begin(deposit) or _of(deposit.award)
            if renewal is not None:
                look_at(renewal, today)
        done, after = done + len(some), some[-1].pk
        yield done


def _of(award: Award) -> Renewal | None:
    with tenant(award.institution):
        return Renewal.objects.filter(award=award).select_related("cycle", "institution", "holder", "award").first()
