"""Sitting a test: begin, answer, end. Each function is one transaction and may be repeated.

1. `begin` opens the draft of the attempt in enrolment (which knows deadlines and attempts) and asks the first item.
2. `answer` takes the answer to the item that is open, and to no other: there is no going back.
3. After each answer the ability is estimated; the rules say whether that is enough, else the next item is chosen.
4. When it ends, the result is written down and the attempt is handed in, with a record of the test as its evidence.

The row of the sitting is the lock. An item that was shown stays the one to be answered, however often the page is opened.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from testamur.assessment import adaptive
from testamur_site.catalogue.api import Task
from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.api import Enrolment, EnrolmentError
from testamur_site.foundation.audit.api import record

from ..errors import NoAnswer, NotDeclared, NoTest, OtherItem, SittingEnded
from ..models import Asked, ExtraTime, Item, ItemBank, Sitting
from ..rules import (
    MOST_EXTRA_TIME,
    TIME,
    BankState,
    ItemKind,
    ItemState,
    SittingState,
    is_correct,
    number_in,
    over,
    with_extra,
)
from ..sentences import record_of

HUNDREDTH = Decimal("0.01")


def bank_of(task: Task) -> ItemBank:
    """The bank that a task is a test from. Raises NoTest."""
    bank = ItemBank.objects.filter(public_id=task.item_bank).first() if task.item_bank else None
    if bank is None:
        raise NoTest(why="no_bank")
    return bank


@transaction.atomic
def begin(
    enrolment: Enrolment, task_key: str, *, declared: bool, language: str = "en", now: datetime | None = None
) -> Sitting:
    """Begin the test, or come back to the one that is running. `declared`: the learner has said that they take it themselves.

    Raises NoTest, NotDeclared, and what enrolment refuses (NotTakingPart, Closed, AlreadySubmitted, NoAttemptLeft, NoSuchTask).
    """
    now = now or timezone.now()
    task = enrolment_api.task_for(enrolment, task_key, now=now).task
    bank = bank_of(task)
    draft = enrolment_api.begin_draft(enrolment, task_key, now=now)
    found = Sitting.objects.filter(submission=draft).first()
    if found is not None:
        return found
    if bank.state != BankState.OPEN:
        raise NoTest(why="not_open")
    if not bank.items.filter(state=ItemState.ACTIVE).exists():
        raise NoTest(why="empty")
    if not declared:
        raise NotDeclared
    extra = extra_time_of(enrolment)
    whole = with_extra(timedelta(minutes=bank.minutes), extra) if bank.minutes else None
    try:
        with transaction.atomic():
            sitting = Sitting.objects.create(
                institution=bank.institution,
                submission=draft,
                bank=bank,
                bank_version=bank.version,
                rules=asdict(bank.rules),
                language=language,
                tests_before=bank.tests,
                begun_at=now,
                minutes=bank.minutes,
                seconds_each=bank.seconds_each,
                extra_time=extra,
                ends_at=now + whole if whole is not None else None,
            )
    except IntegrityError:  # opened twice at once
        return Sitting.objects.get(submission=draft)
    ItemBank.objects.filter(pk=bank.pk).update(tests=F("tests") + 1)
    _audit("test.begun", sitting)
    _go_on(sitting, now)
    return sitting


def extra_time_of(enrolment: Enrolment) -> int:
    """How many per cent more time a learner has."""
    found = ExtraTime.objects.filter(enrolment=enrolment).values_list("percent", flat=True).first()
    return found or 0


@transaction.atomic
def grant_extra_time(enrolment: Enrolment, percent: int, *, actor: Any = None) -> None:
    """Give a learner so many per cent more time in all tests of an enrolment (0: as everybody), in one that is running too."""
    percent = max(0, min(percent, MOST_EXTRA_TIME))
    ExtraTime.objects.update_or_create(
        enrolment=enrolment,
        defaults={
            "institution": enrolment.institution,
            "percent": percent,
            "granted_by": actor,
            "granted_at": timezone.now(),
        },
    )
    for sitting in Sitting.objects.select_for_update(of=("self",)).filter(
        submission__enrolment=enrolment, state=SittingState.RUNNING
    ):
        sitting.extra_time = percent
        if sitting.minutes:
            sitting.ends_at = sitting.begun_at + with_extra(timedelta(minutes=sitting.minutes), percent)
        sitting.save(update_fields=["extra_time", "ends_at"])
    record(
        "test.extra_time",
        f"enrolment:{enrolment.public_id}",
        institution=enrolment.institution,
        actor=actor,
        facts={"percent": percent},
    )


@transaction.atomic
def refresh(sitting: Sitting, *, now: datetime | None = None) -> Sitting:
    """What the clock has done since: the time of the item, or of the whole test, may be over."""
    now = now or timezone.now()
    sitting = _for_update(sitting)
    if sitting.running:
        _pass_time(sitting, now)
    elif not sitting.handed_in:
        _hand_in(sitting, now)
    return sitting


@transaction.atomic
def answer(
    sitting: Sitting, position: int, given: str, *, skipped: bool = False, now: datetime | None = None
) -> Sitting:
    """Take the answer to the item at `position`. `given` is the place of the option (from 0) or a number as typed; with `skipped` the
    learner does not know, which counts as wrong.

    Raises SittingEnded, OtherItem (answered before, in another window), NoAnswer.
    """
    now = now or timezone.now()
    sitting = _for_update(sitting)
    if sitting.running:
        _pass_time(sitting, now)
    if not sitting.running:
        raise SittingEnded
    asked = open_item(sitting)
    if asked is None or asked.position != position:
        raise OtherItem
    said = "" if skipped else _read(asked.item, given)
    item = asked.item
    right = is_correct(item.kind, said, right=item.right, answer=item.answer, tolerance=item.tolerance)
    _take(asked, said, right, now)
    _go_on(sitting, now)
    return sitting


def open_item(sitting: Sitting) -> Asked | None:
    """The item that waits for its answer."""
    return sitting.asked.select_related("item").filter(answered_at=None).order_by("position").first()


def _read(item: Item, given: str) -> str:
    said = given.replace("\x00", "").strip()[:40]
    if item.kind == ItemKind.CHOICE:
        if not (said.isascii() and said.isdigit() and int(said) < len(item.options)):
            raise NoAnswer(kind=item.kind)
        return str(int(said))
    if number_in(said) is None:
        raise NoAnswer(kind=item.kind)
    return said


def _pass_time(sitting: Sitting, now: datetime) -> None:
    if over(sitting.ends_at, now):
        _end(sitting, TIME, now)
        return
    asked = open_item(sitting)
    if asked is not None and over(asked.due_at, now):
        _take(asked, "", False, now)
        _go_on(sitting, now)
    elif asked is None:
        _go_on(sitting, now)  # a worker was stopped between two steps


def _take(asked: Asked, said: str, right: bool, now: datetime) -> None:
    moved = Asked.objects.filter(pk=asked.pk, answered_at=None).update(answered_at=now, answer=said, correct=right)
    if not moved:
        raise OtherItem


def _answers(sitting: Sitting) -> list[adaptive.Answer]:
    return [
        adaptive.Answer(adaptive.Item(str(one.item_id), one.a, one.b, one.item.area), bool(one.correct))
        for one in sitting.asked.select_related("item").exclude(answered_at=None)
    ]


def _rules(sitting: Sitting) -> adaptive.Rules:
    return adaptive.Rules(**sitting.rules)


def _go_on(sitting: Sitting, now: datetime) -> None:
    """Estimate, and ask the next item or end."""
    answers = _answers(sitting)
    ability = adaptive.estimate(answers)
    rules = _rules(sitting)
    bank = {item.pk: item for item in _given_items(sitting, rules, len(answers))}
    asked = {answer.item.key for answer in answers}
    reason = adaptive.stop(ability, len(answers), len(bank.keys() | {int(key) for key in asked}), rules)
    chosen = None
    if not reason:
        # Items that are being asked may have been retired since: the library needs them for the shares of the areas.
        pool = [item.model for item in bank.values()]
        pool += [answer.item for answer in answers if int(answer.item.key) not in bank]
        chosen = adaptive.select(
            pool,
            asked,
            ability,
            rules,
            seed=sitting.seed,
            given={str(item.pk): item.given for item in bank.values()},
            tests=sitting.tests_before,
        )
    if chosen is None:
        _end(sitting, reason or "exhausted", now)
        return
    item = bank[int(chosen.key)]
    each = with_extra(timedelta(seconds=sitting.seconds_each), sitting.extra_time) if sitting.seconds_each else None
    Asked.objects.create(
        institution=sitting.institution,
        sitting=sitting,
        position=len(answers) + 1,
        item=item,
        a=item.a,
        b=item.b,
        shown_at=now,
        due_at=now + each if each is not None else None,
    )
    Item.objects.filter(pk=item.pk).update(given=F("given") + 1)
    Sitting.objects.filter(pk=sitting.pk).update(theta=ability.theta, error=ability.se)


def _given_items(sitting: Sitting, rules: adaptive.Rules, answered: int) -> list[Item]:
    """The items that may be given: those of the bank; not those of this person's earlier tests, while enough others are left."""
    active = list(sitting.bank.items.filter(state=ItemState.ACTIVE))
    earlier = Asked.objects.filter(
        sitting__submission__enrolment=sitting.submission.enrolment, sitting__bank=sitting.bank
    )
    seen = set(earlier.exclude(sitting=sitting).values_list("item_id", flat=True))
    own = set(sitting.asked.values_list("item_id", flat=True))
    fresh = [item for item in active if item.pk not in seen or item.pk in own]
    unasked = sum(item.pk not in own for item in fresh)
    return fresh if unasked >= rules.maximum - answered else active


def _end(sitting: Sitting, reason: str, now: datetime) -> None:
    answers = _answers(sitting)
    ability = adaptive.estimate(answers)
    whole = list(sitting.bank.items.filter(state=ItemState.ACTIVE)) or [one.item for one in sitting.asked.all()]
    share = adaptive.expected_percent([item.model for item in whole], ability)
    percent = Decimal(str(share.theta)).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
    task = enrolment_api.task_for(sitting.submission.enrolment, sitting.submission.task_key, now=now).task
    pass_mark = Decimal(task.pass_mark or "50")
    used = {one.item_id for one in sitting.asked.all()}
    sitting.state = SittingState.ENDED
    sitting.ended_at, sitting.ended_because = now, reason
    sitting.theta, sitting.error = ability.theta, ability.se
    sitting.percent = percent
    sitting.percent_error = Decimal(str(share.se)).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
    sitting.pass_mark, sitting.passed = pass_mark, percent >= pass_mark
    sitting.provisional = Item.objects.filter(pk__in=used | {item.pk for item in whole}, source="").exists()
    # What was shown and not answered when the time was over is no answer: it counts neither way.
    sitting.asked.filter(answered_at=None).delete()
    sitting.save()
    _audit("test.ended", sitting, items=len(answers), because=reason)
    _hand_in(sitting, now)


def _hand_in(sitting: Sitting, now: datetime) -> None:
    """Hand the attempt in, with a record of the test. What enrolment refuses now (the task has closed) is tried again later, and the
    learner's page says so."""
    try:
        with transaction.atomic():
            draft = enrolment_api.submission_by_public_id(sitting.submission.public_id)
            if draft is None:
                return
            if not draft.handed_in:
                title, text = record_of(sitting)
                item = enrolment_api.add_text(draft.enrolment.learner, text, title)
                draft = enrolment_api.add_to_draft(draft, item)
                draft = enrolment_api.submit(draft, declared=True, tested=True, now=now)
            sitting.handed_in = True
            Sitting.objects.filter(pk=sitting.pk).update(handed_in=True)
    except EnrolmentError:
        sitting.handed_in = False


def counts_of(bank: ItemBank) -> Counter[str]:
    """How many sittings are running and ended."""
    return Counter(bank.sittings.values_list("state", flat=True))


def _for_update(sitting: Sitting) -> Sitting:
    return (
        Sitting.objects.select_for_update(of=("self",))
        .select_related(
            "institution",
            "bank",
            "submission__enrolment__offering",
            "submission__enrolment__learner",
            "submission__enrolment__version__institution",
        )
        .get(pk=sitting.pk)
    )


def _audit(action: str, sitting: Sitting, **facts: object) -> None:
    record(
        action,
        f"submission:{sitting.submission.public_id}",
        institution=sitting.institution,
        facts={"item_bank": sitting.bank.public_id, "version": sitting.bank_version, **facts},
    )
