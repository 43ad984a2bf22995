"""The sentences for the codes of `rules.py` and `errors.py`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# Why nobody can enrol (`rules.Refusal`), to somebody who wants to.
REFUSALS: dict[str, Any] = {
    "cancelled": _("It does not take place."),
    "not_open": _("Enrolment has not begun."),
    "closed": _("Enrolment is closed."),
    "over": _("It is over."),
    "too_late": _("The last day to enrol was %(day)s."),
    "full": _("All seats are taken."),
}

# What does not fit in a form (`rules.faults`, and what the services refuse).
FAULTS: dict[str, Any] = {
    "ends_before_start": _("The last day is before the first. Choose a later one, or leave it empty."),
    "enrol_after_end": _("Enrolment would end after the last day. Choose an earlier day."),
    "seats_out_of_range": _("Enter a number from 1 to 100,000, or leave it empty if seats are not counted."),
    "fewer_than_taken": _("%(taken)s learners are enrolled. There cannot be fewer seats than that."),
    "price_missing": _("Enter an amount, or choose another kind of price."),
    "price_out_of_range": _("Enter an amount above zero, or choose “Free of charge”."),
    "currency_missing": _("Choose the currency."),
    "range_upside_down": _("The highest amount must be above the lowest."),
    "over": _("This day is over. Move it before you open enrolment."),
}


def refusal(code: str, **facts: Any) -> str:
    """Why nobody can enrol; `day` is the last day to enrol, in words."""
    return str(REFUSALS[code]) % facts


def fault(code: str, **facts: Any) -> str:
    return str(FAULTS[code]) % facts
