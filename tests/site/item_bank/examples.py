"""A bank of sixty items, a task that is a test from it, and learners who answer as their ability lets them."""

from __future__ import annotations

import math
import random
from typing import Any

from tests.site.enrolment import examples

from testamur.assessment import adaptive
from testamur_site.catalogue.api import Task
from testamur_site.enrolment.models import Enrolment
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.item_bank.banks import services as banks
from testamur_site.item_bank.models import Asked, ItemBank, Sitting
from testamur_site.item_bank.rules import ItemData
from testamur_site.item_bank.sitting import services as sitting_services

SETTINGS: dict[str, Any] = {"title": "Reading figures", "minimum": 4, "maximum": 8, "standard_error": 0.4}


def choice(key: str = "q1", **values: Any) -> ItemData:
    given: dict[str, Any] = {
        "key": key,
        "area": "percent",
        "text": {"en": "What is 20 % of 50?", "ko": "50의 20%는 얼마입니까?"},
        "options": [{"en": text, "ko": text} for text in ("5", "10", "20", "25")],
        "right": 1,
        "a": 1.2,
        "b": -0.5,
    }
    return ItemData(**{**given, **values})


def number(key: str = "n1", **values: Any) -> ItemData:
    given = {
        "key": key,
        "kind": "number",
        "area": "rates",
        "text": {"en": "Half of 7?"},
        "answer": "3.5",
        "tolerance": "0.05",
    }
    return ItemData(**{**given, **values})


def items(count: int = 60) -> list[ItemData]:
    chance = random.Random(1)
    made = []
    for place in range(count):
        values = {"a": math.exp(chance.gauss(0.1, 0.3)), "b": chance.gauss(0, 1.2)}
        make = choice if place % 3 else number
        made.append(
            make(f"item{place:03}", text={"en": f"Question {place}?", "ko": f"{place}번 문항입니까?"}, **values)
        )
    return made


def open_bank(institution: Institution, count: int = 60, **settings: Any) -> ItemBank:
    with tenant(institution):
        bank = banks.create(institution, {**SETTINGS, **settings})
        banks.take_table(bank, items(count))
        return banks.open_bank(bank)


def test_task(bank: ItemBank, **values: Any) -> Task:
    given = {
        "key": "quiz",
        "title": {"en": "Quiz", "ko": "퀴즈"},
        "item_bank": bank.public_id,
        "pass_mark": "50",
        "attempts": "2",
        "evidence": ("text",),
    }
    return Task(**{**given, **values})


test_task.__test__ = False  # type: ignore[attr-defined]


def learner_of(bank: ItemBank, email: str = "mina@example.org", **task: Any) -> Enrolment:
    """Somebody enrolled in a programme whose one task is a test from the bank."""
    version = examples.assessed_version(bank.institution, test_task(bank, **task))
    return examples.enrolled(examples.open_offering(version), email=email)


def right_answer(asked: Asked) -> str:
    return str(asked.item.right) if asked.item.kind == "choice" else asked.item.answer


def wrong_answer(asked: Asked) -> str:
    return str((asked.item.right + 1) % len(asked.item.options)) if asked.item.kind == "choice" else "999"


def sit(enrolment: Enrolment, theta: float, seed: int = 1, key: str = "quiz") -> Sitting:
    """The whole test of somebody of this ability. Inside a tenant."""
    chance = random.Random(seed)
    sitting = sitting_services.begin(enrolment, key, declared=True)
    while sitting.running:
        asked = sitting_services.open_item(sitting)
        assert asked is not None
        knows = chance.random() < adaptive.Item("x", asked.a, asked.b).probability(theta)
        sitting = sitting_services.answer(
            sitting, asked.position, right_answer(asked) if knows else wrong_answer(asked)
        )
    return sitting
