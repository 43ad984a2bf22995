"""{% load verification_tags %}: values of a report in a page."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from testamur_site.verification import presentation
from testamur_site.verification.report_html.report import render

register = template.Library()


@register.simple_tag(takes_context=True)
def report(context: template.Context) -> SafeString:
    """The `report` of the page, with what the page has beside it: `source`, `offer` or `address`, `report_json`."""
    return render(
        context["report"],
        source=context.get("source") or "",
        offer=context.get("offer") or "",
        as_json=context.get("report_json") or "",
        address=context.get("address") or "",
    )


@register.filter
def link(value: object) -> str:
    """An address that may be followed, or nothing."""
    return presentation.safe_link(value)
