"""What is read."""

from __future__ import annotations

from django.db.models import QuerySet

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing.api import Award
from testamur_site.wallet.api import Deposit, DepositState, Holder, deposits_of

from .models import Cycle, Renewal

_WITH = ("institution", "cycle", "award", "award__version", "award__institution", "holder", "successor", "decided_by")


def cycle_of(version: AchievementVersion) -> Cycle | None:
    with tenant(version.institution):
        return Cycle.objects.filter(version=version).first()


def can_be_renewed(version: AchievementVersion) -> bool:
    """What issuing asks before it awards (TESTAMUR_CAN_BE_RENEWED)."""
    return cycle_of(version) is not None


def renewals(holder: Holder) -> list[Renewal]:
    """A holder's, of all institutions: what ends first comes first."""
    with unscoped("a holder renews credentials of several institutions"):
        return list(Renewal.objects.filter(holder=holder).select_related(*_WITH))


def own_renewal(holder: Holder, public_id: str) -> Renewal | None:
    with unscoped("a holder renews credentials of several institutions"):
        return Renewal.objects.filter(holder=holder, public_id=public_id).select_related(*_WITH).first()


def renewal_by_public_id(public_id: str) -> Renewal | None:
    with unscoped("a worker is told which renewal"):
        return Renewal.objects.filter(public_id=public_id).select_related(*_WITH).first()


def asked(institution: Institution) -> QuerySet[Renewal]:
    """What holders asked an institution for: the renewals that staff see."""
    with tenant(institution):
        return Renewal.objects.exclude(asked_at=None).select_related(*_WITH).order_by("-asked_at", "-pk")


def asked_one(institution: Institution, public_id: str) -> Renewal | None:
    return asked(institution).filter(public_id=public_id).first()


def countable(renewal: Renewal) -> list[Deposit]:
    """Credentials of the holder's wallet that could count: in force, and not the one that is renewed."""
    taken = {activity.award_id for activity in renewal.activities.all()}
    return [
        deposit
        for deposit in deposits_of(renewal.holder)
        if deposit.state == DepositState.CLAIMED
        and deposit.award.state == "issued"
        and deposit.award.micro_credential_id != renewal.award.micro_credential_id
        and deposit.award_id not in taken
    ]


def designable(institution: Institution) -> list[tuple[AchievementVersion, Cycle | None]]:
    """The versions of an institution that end after a time, with their cycles."""
    with tenant(institution):
        cycles = {one.version_id: one for one in Cycle.objects.all()}
        found = AchievementVersion.objects.select_related("micro_credential", "institution").exclude(state="retired")
        return [(one, cycles.get(one.pk)) for one in found.order_by("-created_at") if one.description.validity]


def newest(token: str) -> tuple[Award, Award] | None:
    """The first award whose `refreshService` has this token, and the newest of its line (itself where none took its place).

    What took the place of another and has another token is not of its line: its address was corrected, and it is somebody else's."""
    if not token:
        return None
    with unscoped("a refresh service is asked by whoever has a credential"):
        asked_for = Award.objects.filter(refresh_token=token).select_related("institution").order_by("pk").first()
        found = asked_for
        for _ in range(100):  # no chain is so long; and none is followed in a circle
            after = (
                Award.objects.filter(supersedes=found, refresh_token=token).select_related("institution").first()
                if found
                else None
            )
            if after is None or not after.published:
                break
            found = after
    return (asked_for, found) if asked_for is not None and found is not None else None


def refreshing(award: Award) -> bool:
    """Whether the holder lets whoever has a credential of this award's line fetch its newest copy: one refusal is enough."""
    with tenant(award.institution):
        return not Renewal.objects.filter(award__refresh_token=award.refresh_token, refreshing=False).exists()
