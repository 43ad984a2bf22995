"""When one can enrol, and which dates, prices and seats fit together. Pure.

States of an offering:   draft → open ⇄ closed → cancelled, and draft → cancelled
  1. A draft is seen by staff only. Opening needs a published version and dates that are not over.
  2. Closing ends enrolment; who is enrolled carries on. It may be opened again.
  3. Cancelling is final: the run does not take place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

MAY_BECOME = {
    "draft": frozenset({"open", "cancelled"}),
    "open": frozenset({"closed", "cancelled"}),
    "closed": frozenset({"open", "cancelled"}),
    "cancelled": frozenset[str](),
}

# ISO 4217 codes that a form offers, the deployment's usual ones first; the amounts are what people read.
CURRENCIES = (
    "EUR", "KRW", "USD", "GBP", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "HKD", "HUF", "IDR", "INR", "JPY", "MYR",
    "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "VND", "ZAR",
)  # fmt: skip
LARGEST_PRICE = Decimal("9999999999.99")
MOST_SEATS = 100_000


class Refusal(StrEnum):
    """Why nobody can enrol; in the order in which it is said."""

    CANCELLED = "cancelled"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    OVER = "over"
    TOO_LATE = "too_late"
    FULL = "full"


@dataclass(frozen=True)
class Enrolling:
    """What enrolling depends on. `enrol_until` and `ends_on` are the last days, included."""

    state: str
    enrol_until: date | None
    ends_on: date | None
    seats: int | None
    seats_taken: int


def refusal(offering: Enrolling, today: date) -> str:
    """The first reason why nobody can enrol today (`Refusal`), '' when there is none."""
    by_state = {"cancelled": Refusal.CANCELLED, "draft": Refusal.NOT_OPEN, "closed": Refusal.CLOSED}
    if offering.state in by_state:
        return by_state[offering.state]
    if offering.ends_on is not None and offering.ends_on < today:
        return Refusal.OVER
    if offering.enrol_until is not None and offering.enrol_until < today:
        return Refusal.TOO_LATE
    if offering.seats is not None and offering.seats_taken >= offering.seats:
        return Refusal.FULL
    return ""


def may_become(state: str, after: str) -> bool:
    return after in MAY_BECOME.get(state, frozenset())


@dataclass(frozen=True)
class Terms:
    """What staff say of an offering. Prices are amounts of `currency` (ISO 4217); see `models.Offering`."""

    starts_on: date
    self_paced: bool = False
    ends_on: date | None = None
    enrol_until: date | None = None
    seats: int | None = None
    price_kind: str = "free"
    price: Decimal | None = None
    price_to: Decimal | None = None
    currency: str = ""
    mode: str = ""
    language_tags: str = ""
    place: str = ""
    note: str = ""


def faults(terms: Terms) -> dict[str, str]:
    """What does not fit: name of the member → code. The sentences are in `texts.py`."""
    found: dict[str, str] = {}
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        found["ends_on"] = "ends_before_start"
    if terms.enrol_until is not None and terms.ends_on is not None and terms.enrol_until > terms.ends_on:
        found["enrol_until"] = "enrol_after_end"
    if terms.seats is not None and not 1 <= terms.seats <= MOST_SEATS:
        found["seats"] = "seats_out_of_range"
    return {**found, **_price_faults(terms)}


def _price_faults(terms: Terms) -> dict[str, str]:
    found: dict[str, str] = {}
    if terms.price_kind not in {"fixed", "sliding"}:
        return found
    if terms.price is None:
        found["price"] = "price_missing"
    elif not 0 <= terms.price <= LARGEST_PRICE or (terms.price_kind == "fixed" and terms.price == 0):
        found["price"] = "price_out_of_range"
    if terms.currency not in CURRENCIES:
        found["currency"] = "currency_missing"
    if terms.price_kind == "sliding":
        if terms.price_to is None:
            found["price_to"] = "price_missing"
        elif terms.price_to > LARGEST_PRICE or (terms.price is not None and terms.price_to <= terms.price):
            found["price_to"] = "range_upside_down"
    return found


def settled(terms: Terms) -> Terms:
    """The same without what its kind of price does not have, so that nothing hidden is stored."""
    if terms.price_kind == "sliding":
        return terms
    if terms.price_kind == "fixed":
        return _replaced(terms, price_to=None)
    return _replaced(terms, price=None, price_to=None, currency="")


def _replaced(terms: Terms, **members: object) -> Terms:
    return Terms(**{**vars(terms), **members})  # type: ignore[arg-type]
