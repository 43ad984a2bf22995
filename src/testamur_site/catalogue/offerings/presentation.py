"""An offering in the reader's language: dates, price, seats, and whether one can enrol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_name
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from testamur_site.foundation.design_system.api import day

from ..description.eu_vocabularies import MODES
from ..public.presentation import language_name, term
from . import texts
from .models import Offering


@dataclass(frozen=True)
class OfferingShown:
    """Empty strings stand for what is not given. `refusal` is a sentence, '' when one can enrol; `enrol_url` is '' where it cannot
    be done on this site. `start` and `end` are dates for sorting and for machines."""

    offering: Offering
    when: str
    enrol_until: str
    price: str
    seats: str
    few_left: bool
    mode: str
    languages: str
    place: str
    note: str
    refusal: str
    enrol_url: str

    @property
    def can_enrol(self) -> bool:
        return not self.refusal and bool(self.enrol_url)


def shown(offering: Offering, today: date | None = None) -> OfferingShown:
    today = today or timezone.localdate()
    refused = refusal(offering, today)
    left = offering.seats_left
    return OfferingShown(
        offering=offering,
        when=when(offering),
        enrol_until=day(offering.enrol_until) if offering.enrol_until else "",
        price=price(offering),
        seats=seats(offering),
        few_left=left is not None and 0 < left <= 5,
        mode=mode_words(offering.mode),
        languages=", ".join(language_name(tag) for tag in offering.languages),
        place=offering.place,
        note=offering.note,
        refusal=refused,
        enrol_url=enrol_url(offering) if not refused else "",
    )


def refusal(offering: Offering, today: date | None = None) -> str:
    """Why nobody can enrol, as a sentence; '' when one can."""
    code = offering.refusal(today or timezone.localdate())
    return texts.refusal(code, day=day(offering.enrol_until)) if code else ""


def when(offering: Offering) -> str:
    """`4 January 2027 – 19 March 2027`, or from when one may begin."""
    first, last = day(offering.starts_on), day(offering.ends_on) if offering.ends_on else ""
    if offering.self_paced:
        if last:
            return _("Begin whenever you like, from %(first)s to %(last)s") % {"first": first, "last": last}
        return _("Begin whenever you like, from %(first)s on") % {"first": first}
    return f"{first} – {last}" if last else first


def price(offering: Offering) -> str:
    """`Free of charge`, `€120`, `€50 – €120, each pays what they can`, `Price on request`."""
    if offering.price_kind == Offering.Price.FREE:
        return _("Free of charge")
    if offering.price_kind == Offering.Price.ON_REQUEST or offering.price is None:
        return _("Price on request")
    least = amount(offering.price, offering.currency)
    if offering.price_kind == Offering.Price.SLIDING and offering.price_to is not None:
        return _("%(least)s – %(most)s, each pays what they can") % {
            "least": least,
            "most": amount(offering.price_to, offering.currency),
        }
    return least


def amount(value: Decimal, currency: str) -> str:
    """An amount as people write it; cents only where there are some."""
    whole = value == value.to_integral_value()
    return format_currency(value, currency, "¤#,##0" if whole else None, locale=_locale(), currency_digits=not whole)


def currency_name(code: str) -> str:
    return get_currency_name(code, locale=_locale())


def seats(offering: Offering) -> str:
    """`12 of 30 seats left`; '' where seats are not counted."""
    left = offering.seats_left
    if left is None:
        return ""
    return ngettext("%(left)s of %(seats)s seat left", "%(left)s of %(seats)s seats left", offering.seats or 0) % {
        "left": left,
        "seats": offering.seats,
    }


def mode_words(uri: str) -> str:
    return term(MODES.get(uri), (get_language() or "en").split("-")[0])


def enrol_url(offering: Offering) -> str:
    """Where a learner enrols. Enrolment is a higher capability: '' in a deployment without it."""
    return address_if_any("enrolment:enrol", offering.public_id)


def address_if_any(name: str, *arguments: str) -> str:
    """The address of a page of a capability that may not be there."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def _locale() -> Locale:
    language = (get_language() or "en").split("-")[0]
    try:
        return Locale.parse({"en": "en_GB", "ko": "ko_KR"}.get(language, language))
    except UnknownLocaleError:
        return Locale.parse("en_GB")
