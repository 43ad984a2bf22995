"""What is read. Inside a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from testamur_site.catalogue.api import Offering
from testamur_site.enrolment.api import Enrolment, EnrolmentState, Submission, enrolments

from .models import Calibration, ExtraTime, Item, ItemBank, Sitting
from .rules import ItemState, SittingState, undecided


@dataclass(frozen=True)
class TestOutcome:
    """What a test came to. `method` are JSON values without personal data: how the result came about."""

    __test__ = False

    percent: Decimal
    passed: bool
    method: Mapping[str, Any] = field(default_factory=dict)


def banks() -> QuerySet[ItemBank]:
    """All banks, each with `active` (items that are given), `provisional` (of these) and `ended` (sittings)."""
    given = Item.objects.filter(state=ItemState.ACTIVE)
    return ItemBank.objects.annotate(
        active=_count(given),
        provisional=_count(given.filter(source="")),
        ended=_count(Sitting.objects.filter(state=SittingState.ENDED)),
    ).order_by("title", "pk")


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many of `rows` a bank has; counted apart, for joined tables would be multiplied with each other."""
    of_bank = rows.filter(bank=OuterRef("pk")).order_by().values("bank").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(of_bank), 0)


def bank_by_public_id(public_id: str) -> ItemBank | None:
    return banks().select_related("institution").filter(public_id=public_id).first()


def items_of(bank: ItemBank, *, retired: bool = False, query: str = "") -> QuerySet[Item]:
    """The items of a bank: those that are given, or with `retired` those that are no more; with `query` those whose name, area or text
    holds it."""
    rows = bank.items.filter(state=ItemState.RETIRED if retired else ItemState.ACTIVE)
    if query:
        rows = rows.filter(
            Q(key__icontains=query)
            | Q(area__icontains=query)
            | Q(text__en__icontains=query)
            | Q(text__ko__icontains=query)
        )
    return rows.order_by("area", "key", "-version")


def item_of(bank: ItemBank, pk: int) -> Item | None:
    return bank.items.select_related("bank").filter(pk=pk).first()


def open_calibration(bank: ItemBank) -> Calibration | None:
    return bank.calibrations.filter(state__in=["queued", "proposed"]).first()


def calibration_by_public_id(public_id: str) -> Calibration | None:
    return Calibration.objects.select_related("bank", "bank__institution").filter(public_id=public_id).first()


def sittings_of(enrolment: Enrolment, task_key: str) -> list[Sitting]:
    """The tests of one learner at one task, the newest first."""
    return list(
        Sitting.objects.select_related("bank", "submission")
        .filter(submission__enrolment=enrolment, submission__task_key=task_key)
        .order_by("-begun_at")
    )


@dataclass(frozen=True)
class Standing:
    """How one learner stands with a test: the latest sitting, if any, how many items it asked, and the extra time in per cent."""

    enrolment: Enrolment
    sitting: Sitting | None
    asked: int
    extra_time: int


def standings(offering: Offering, task_key: str) -> list[Standing]:
    """Everybody who takes part in an offering, in the order of their names. Three queries."""
    enrolled = list(enrolments(offering).filter(state__in=[EnrolmentState.ENROLLED, EnrolmentState.COMPLETED]))
    sittings = {
        one.submission.enrolment_id: one
        for one in Sitting.objects.select_related("submission", "bank")
        .filter(submission__enrolment__in=enrolled, submission__task_key=task_key)
        .annotate(count=Count("asked"))
        .order_by("begun_at")
    }
    extra = dict(ExtraTime.objects.filter(enrolment__in=enrolled).values_list("enrolment_id", "percent"))
    found = [
        Standing(one, sittings.get(one.pk), getattr(sittings.get(one.pk), "count", 0), extra.get(one.pk, 0))
        for one in enrolled
    ]
    return sorted(found, key=lambda one: (one.enrolment.learner.name, one.enrolment.pk))


def test_outcome(submission: Submission) -> TestOutcome | None:
    """What the test behind a submission came to; None where there is none, or it has not ended."""
    sitting = Sitting.objects.select_related("bank").filter(submission=submission, state=SittingState.ENDED).first()
    if sitting is None or sitting.percent is None or sitting.percent_error is None or sitting.pass_mark is None:
        return None
    return TestOutcome(
        percent=sitting.percent,
        passed=bool(sitting.passed),
        method={
            "formula": "adaptive test",
            "model": "two-parameter logistic",
            "itemBank": sitting.bank.public_id,
            "itemBankVersion": sitting.bank_version,
            "items": sitting.asked.count(),
            "theta": round(sitting.theta, 4),
            "standardError": round(sitting.error, 4),
            "percentStandardError": str(sitting.percent_error),
            "passMark": str(sitting.pass_mark),
            "stoppedBecause": sitting.ended_because,
            "provisional": sitting.provisional,
            "undecided": undecided(sitting.percent, sitting.percent_error, sitting.pass_mark),
        },
    )


test_outcome.__test__ = False  # type: ignore[attr-defined]  # its name begins as those do that pytest collects
