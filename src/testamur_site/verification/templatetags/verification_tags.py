"""{% load verification_tags %}: values of a report in a page."""

from __future__ import annotations

import json

from django import template

from testamur_site.verification import presentation

register = template.Library()


@register.filter
def plain(value: object) -> str:
    """A fact as text: words as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def link(value: object) -> str:
    """An address that may be followed, or nothing."""
    return presentation.safe_link(value)
