"""Pure decisions of item banks: states, what an item must have, what an answer is worth, and in which order options are shown."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from testamur.assessment.adaptive.items import GREATEST_A, GREATEST_B, LEAST_A


class BankState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class ItemState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


class ItemKind(StrEnum):
    CHOICE = "choice"
    NUMBER = "number"


class SittingState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


class CalibrationState(StrEnum):
    QUEUED = "queued"
    PROPOSED = "proposed"
    APPLIED = "applied"
    DISCARDED = "discarded"


TIME = "time"
"""Why a sitting ended, beside the reasons of `testamur.assessment.adaptive.stop`."""

GRACE = timedelta(seconds=10)
"""An answer that was sent in time may arrive a little later."""

MOST_EXTRA_TIME = 300  # per cent

MAX_ITEMS = 2_000
MAX_TEXT = 4_000
MAX_OPTION = 500
OPTIONS = range(2, 9)
LANGUAGES = ("en", "ko")

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}\Z")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,12}(?:[.,][0-9]{0,9})?|[.,][0-9]{1,9})\Z")


@dataclass(frozen=True)
class ItemData:
    """An item as somebody wrote it."""

    key: str
    kind: str = ItemKind.CHOICE
    area: str = ""
    text: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[Mapping[str, str]] = ()
    right: int | None = None
    answer: str = ""
    tolerance: str = ""
    a: float = 1.0
    b: float = 0.0
    source: str = ""


def faults(data: ItemData) -> dict[str, str]:
    """What is wrong with an item: field → code. Empty where it can be asked."""
    found: dict[str, str] = {}
    if not _KEY.match(data.key):
        found["key"] = "key"
    languages = {tag for tag, text in data.text.items() if text.strip()}
    if not languages:
        found["text"] = "required"
    elif any(len(text) > MAX_TEXT for text in data.text.values()):
        found["text"] = "too_long"
    if not LEAST_A <= data.a <= GREATEST_A:
        found["a"] = "range"
    if not -GREATEST_B <= data.b <= GREATEST_B:
        found["b"] = "range"
    if len(data.area) > 60:
        found["area"] = "too_long"
    if len(data.source) > 200:
        found["source"] = "too_long"
    found |= _choice(data, languages) if data.kind == ItemKind.CHOICE else _number(data)
    if data.kind not in set(ItemKind):
        found["kind"] = "unknown"
    return found


def _choice(data: ItemData, languages: set[str]) -> dict[str, str]:
    if len(data.options) not in OPTIONS:
        return {"options": "count"}
    for tag in languages:
        shown = [option.get(tag, "").strip() for option in data.options]
        if not all(shown):
            return {"options": "language"}
        if any(len(text) > MAX_OPTION for text in shown):
            return {"options": "too_long"}
        if len(set(shown)) != len(shown):
            return {"options": "twice"}
    if data.right is None or not 0 <= data.right < len(data.options):
        return {"right": "right"}
    return {}


def _number(data: ItemData) -> dict[str, str]:
    found = {}
    if number_in(data.answer) is None:
        found["answer"] = "number"
    tolerance = number_in(data.tolerance or "0")
    if tolerance is None or tolerance < 0:
        found["tolerance"] = "number"
    return found


def number_in(text: str) -> Decimal | None:
    """The number that `text` writes, with a point or a comma; None where it is no number."""
    plain = text.strip().replace(" ", "").replace("\u2212", "-").replace("\u00a0", "")
    if not _NUMBER.match(plain):
        return None
    try:
        return Decimal(plain.replace(",", "."))
    except InvalidOperation:
        return None


def shown_order(count: int, seed: str, position: int) -> list[int]:
    """In which order the options of a choice are shown to this person: the same whenever the page is opened."""
    order = list(range(count))
    random.Random(f"options {seed} {position}").shuffle(order)  # noqa: S311 - a draw that can be repeated, no secret
    return order


def is_correct(kind: str, given: str, *, right: int | None, answer: str, tolerance: str) -> bool:
    """Whether `given` (the place of an option, or a number as typed) is right. "" is not."""
    if kind == ItemKind.CHOICE:
        return given != "" and right is not None and given == str(right)
    said, wanted = number_in(given), number_in(answer)
    if said is None or wanted is None:
        return False
    return abs(said - wanted) <= (number_in(tolerance or "0") or Decimal(0))


def over(ends_at: datetime | None, now: datetime) -> bool:
    """Whether the time is over, an answer on its way included."""
    return ends_at is not None and now > ends_at + GRACE


def with_extra(span: timedelta, percent: int) -> timedelta:
    """A span of time with so many per cent more."""
    return span * (100 + percent) / 100


def undecided(percent: Decimal, error: Decimal, pass_mark: Decimal) -> bool:
    """Whether the pass mark lies within nine tenths of the uncertainty of the per cent."""
    return abs(percent - pass_mark) < Decimal("1.645") * error
