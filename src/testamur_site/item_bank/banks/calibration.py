"""Parameters from real answers: asked for by a person, computed by a worker, looked at and taken over by a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format

from testamur.assessment import adaptive
from testamur_site.foundation.audit.api import record
from testamur_site.foundation.jobs.api import enqueue

from ..errors import NotPossibleNow
from ..models import Asked, Calibration, Item, ItemBank
from ..rules import CalibrationState, ItemState, SittingState

JOB = "testamur_site.item_bank.jobs.calibrate"
OPEN = (CalibrationState.QUEUED, CalibrationState.PROPOSED)


@transaction.atomic
def ask(bank: ItemBank, *, actor: Any = None) -> Calibration:
    """Have the bank calibrated; the open calibration, where there is one. Raises NotPossibleNow (`no_answers`)."""
    found = bank.calibrations.filter(state__in=OPEN).first()
    if found is not None:
        return found
    if not _answers(bank):
        raise NotPossibleNow(why="no_answers")
    try:
        with transaction.atomic():
            made = Calibration.objects.create(institution=bank.institution, bank=bank, asked_by=actor)
    except IntegrityError:  # somebody else asked at the same moment
        return bank.calibrations.get(state__in=OPEN)
    enqueue(JOB, {"calibration": made.public_id})
    _audit("item_bank.calibration_asked", made, actor)
    return made


def run(calibration: Calibration) -> Calibration:
    """Compute it. Repeating it changes nothing."""
    if calibration.state != CalibrationState.QUEUED:
        return calibration
    bank = calibration.bank
    given = _answers(bank)
    items = list(Item.objects.filter(pk__in={item for _, item, _ in given}))
    found = adaptive.calibrate(
        [item.model for item in items],
        [adaptive.Response(str(sitting), str(item), correct) for sitting, item, correct in given],
    )
    keys = {str(item.pk): item.key for item in items if item.state == ItemState.ACTIVE}
    results = [
        {
            "item": int(one.item.key),
            "key": keys[one.item.key],
            "a": round(one.item.a, 4),
            "b": round(one.item.b, 4),
            "seA": None if one.se_a is None else round(one.se_a, 4),
            "seB": None if one.se_b is None else round(one.se_b, 4),
            "answers": one.answers,
            "findings": list(one.findings),
            "calibrated": one.calibrated,
        }
        for one in found
        if one.item.key in keys
    ]
    Calibration.objects.filter(pk=calibration.pk, state=CalibrationState.QUEUED).update(
        state=CalibrationState.PROPOSED,
        sittings=len({sitting for sitting, _, _ in given}),
        answers=len(given),
        results=sorted(results, key=lambda one: str(one["key"])),
        finished_at=timezone.now(),
    )
    return Calibration.objects.select_related("bank").get(pk=calibration.pk)


@transaction.atomic
def apply(calibration: Calibration, *, actor: Any = None) -> int:
    """Take over the parameters of the items that are calibrated; how many these are. Raises NotPossibleNow (`decided`)."""
    now = timezone.now()
    _decide(calibration, CalibrationState.APPLIED, actor)
    changed = 0
    for one in calibration.results:
        if one["calibrated"]:
            source = f"{date_format(now, 'Y-m-d')}, n = {one['answers']}"
            changed += Item.objects.filter(pk=one["item"], bank=calibration.bank, state=ItemState.ACTIVE).update(
                a=one["a"], b=one["b"], source=source
            )
    ItemBank.objects.filter(pk=calibration.bank_id).update(version=F("version") + 1, changed_at=now)
    _audit("item_bank.calibration_applied", calibration, actor, items=changed)
    return changed


@transaction.atomic
def discard(calibration: Calibration, *, actor: Any = None) -> None:
    """Leave everything as it is. Raises NotPossibleNow (`decided`)."""
    _decide(calibration, CalibrationState.DISCARDED, actor)
    _audit("item_bank.calibration_discarded", calibration, actor)


def _decide(calibration: Calibration, state: str, actor: Any) -> None:
    moved = Calibration.objects.filter(pk=calibration.pk, state=CalibrationState.PROPOSED).update(
        state=state, decided_by=actor, decided_at=timezone.now()
    )
    if not moved:
        raise NotPossibleNow(why="decided")


def _answers(bank: ItemBank) -> Sequence[tuple[int, int, bool]]:
    """(sitting, item, correct) of the sittings that ended. Every sitting is a person of its own: an ability may grow between two."""
    rows = Asked.objects.filter(sitting__bank=bank, sitting__state=SittingState.ENDED, correct__isnull=False)
    most = 400_000
    return [
        (sitting, item, bool(correct))
        for sitting, item, correct in rows.order_by("-pk").values_list("sitting_id", "item_id", "correct")[:most]
    ]


def _audit(action: str, calibration: Calibration, actor: Any, **facts: Any) -> None:
    bank = calibration.bank
    record(
        action,
        f"item_bank:{bank.public_id}",
        institution=bank.institution,
        actor=actor,
        facts={"calibration": calibration.public_id, **facts},
    )
