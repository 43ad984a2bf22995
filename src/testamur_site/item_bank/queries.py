"""What is read. Inside a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from testamur_site.enrolment.api import Enrolment, Submission

from .models import Calibration, Item, ItemBank, Sitting
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
    active = Q(items__state=ItemState.ACTIVE)
    return ItemBank.objects.annotate(
        active=Count("items", filter=active, distinct=True),
        provisional=Count("items", filter=active & Q(items__source=""), distinct=True),
        ended=Count("sittings", filter=Q(sittings__state=SittingState.ENDED), distinct=True),
    ).order_by("title", "pk")


def bank_by_public_id(public_id: str) -> ItemBank | None:
    return banks().select_related("institution").filter(public_id=public_id).first()


def items_of(bank: ItemBank, *, retired: bool = False) -> QuerySet[Item]:
    """The items of a bank: those that are given, or with `retired` those that are no more."""
    state = ItemState.RETIRED if retired else ItemState.ACTIVE
    return bank.items.filter(state=state).order_by("area", "key", "-version")


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
