"""Facets and their values in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ..description.eu_vocabularies import MODES
from ..description.isced import FIELDS_OF_EDUCATION
from ..description.vocabulary import Concept, Text, in_language
from ..offerings.presentation import amount
from ..public.presentation import language_name, term
from .facets import ECTS, band_edges
from .index import Index
from .stacking import INTO

_BROAD = {
    concept.uri.rpartition("/")[2]: concept
    for concept in FIELDS_OF_EDUCATION
    if len(concept.uri.rpartition("/")[2]) == 2
}


def facet_names() -> dict[str, str]:
    """What each facet is called."""
    return {
        "skill": _("Skill"),
        "subject": _("Subject area"),
        "level": _("EQF level"),
        "length": pgettext("how long learning takes", "Length"),
        "credits": _("Credits"),
        "mode": _("Form of participation"),
        "start": pgettext("when learning begins", "Start"),
        "price": _("Price"),
        "language": _("Language"),
        "institution": _("Institution"),
        "assessed": _("How it is assessed"),
        "stackable": _("Counts towards"),
        "type": _("Kind of achievement"),
    }


def sorts() -> dict[str, str]:
    return {
        "best": _("Best match"),
        "newest": _("Newest"),
        "start": _("Soonest start"),
        "shortest": _("Least work"),
        "title": _("Title"),
    }


# The order of values that have one; all others are shown by how many there are.
ORDERED = {"level", "length", "credits", "price", "start", "stackable"}


def value_words(index: Index, facet: str, value: str, language: str) -> str:
    """A value as people read it."""
    known: Text = index.words.get(facet, {}).get(value, {})
    fixed = _FIXED.get(facet, {})
    if value in fixed:
        return str(fixed[value])
    if facet == "level":
        return _("EQF level %(level)s") % {"level": value}
    if facet == "language":
        return language_name(value, language)
    if facet == "subject":
        return term(_BROAD.get(value), language).partition(" ")[2] or value
    if facet == "length":
        return _between(value, lambda edge: _("%(n)s hours") % {"n": edge})
    if facet == "credits":
        system, _colon, band = value.partition(":")
        unit = "ECTS" if system == ECTS else in_language(known, language) or system
        return _between(band, lambda edge: f"{edge} {unit}")
    if facet == "price":
        currency, _colon, band = value.partition(":")
        return _between(band, lambda edge: amount(Decimal(edge), currency)) if _colon else value
    if facet in {"mode", "assessed"}:
        # A European term in our translation, else the words of whoever described it.
        concept = Concept("" if value.startswith("~") else value, known)
        return term(MODES.get(value) or concept, language) or value.removeprefix("~")
    return in_language(known, language) or value.removeprefix("~")


def alone(index: Index, facet: str, value: str, language: str) -> str:
    """A value as people read it where the name of its facet does not stand above it."""
    said = value_words(index, facet, value, language)
    return _("Counts towards “%(title)s”") % {"title": said} if value.startswith(INTO) else said


def sort_key(facet: str, value: str, count: int) -> tuple[Any, ...]:
    """By size where values have one, otherwise those that lead furthest first."""
    if facet in _FIXED and value in _FIXED[facet]:
        return 0, list(_FIXED[facet]).index(value), ""
    if facet in {"length", "credits", "price"}:
        group, _colon, band = value.rpartition(":")
        low = band_edges(band)[0]
        return 1, group, int(low) if _is_edge(low) else 0
    if facet == "level":
        return 1, value, ""
    return 1, -count, value


def _is_edge(text: str) -> bool:
    """A value comes out of an address as well: what is no edge of ours is shown as it is, and counts nothing."""
    return text.isascii() and text.isdigit() and len(text) <= 12


def _between(band: str, said: Callable[[str], str]) -> str:
    low, high = band_edges(band)
    if not (_is_edge(low) and (not high or _is_edge(high))):
        return band
    if not high:
        return _("over %(amount)s") % {"amount": said(low)}
    if low == "0":
        return _("up to %(amount)s") % {"amount": said(high)}
    return _("%(least)s to %(most)s") % {"least": low if said(low).startswith(low) else said(low), "most": said(high)}


_FIXED: dict[str, dict[str, Any]] = {
    "length": {"unknown": gettext_lazy("Not given in hours")},
    "start": {
        "open": gettext_lazy("One can enrol now"),
        "any_time": gettext_lazy("At any time, at one's own pace"),
        "month": gettext_lazy("Within a month"),
        "quarter": gettext_lazy("Within three months"),
        "half_year": gettext_lazy("Within half a year"),
        "none": gettext_lazy("No date yet"),
    },
    "price": {
        "free": gettext_lazy("Free of charge"),
        "sliding": gettext_lazy("Each pays what they can"),
        "on_request": gettext_lazy("Price on request"),
    },
    "stackable": {
        "yes": gettext_lazy("Can be part of something larger"),
        "no": gettext_lazy("Stands alone"),
    },
    "type": {
        "MicroCredential": gettext_lazy("Micro-credential"),
        "Course": gettext_lazy("Course"),
        "Certificate": gettext_lazy("Certificate"),
        "Certification": gettext_lazy("Certification"),
        "Competency": gettext_lazy("Competency"),
        "LearningProgram": gettext_lazy("Learning programme"),
        "Badge": gettext_lazy("Badge"),
    },
}
