"""{% load quality_tags %}: a language map in the reader's language, and which look the state of a proposal has."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext as _

from ..presentation import words

register = template.Library()
_LOOKS = {
    "open": "pending",
    "returned": "required",
    "approved": "passed",
    "declined": "refused",
    "withdrawn": "cancelled",
    "ended": "superseded",
}


@register.filter
def in_words(text: Mapping[str, str]) -> str:
    return words(text) or _("Untitled")


@register.filter
def look(state: str) -> str:
    """The state of the design system that looks like this state of a proposal."""
    return _LOOKS.get(state, "inactive")
