"""What the page of an award or a batch offers about its editions: nothing, where the deployment makes none."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from testamur_site.issuing.models import Award, Batch

from .. import queries

register = template.Library()


@register.inclusion_tag("issuing/blockcerts/_offer.html", takes_context=True)
def blockcerts_offer(context: template.Context, of: Award | Batch) -> dict[str, Any]:
    """A button beside the others of a page of an award or a batch."""
    institution, is_award = context["institution"], isinstance(of, Award)
    found = queries.offered_for(institution, award=of if is_award else None, batch=None if is_award else of)
    keys = {"slug": institution.slug, "public_id": of.public_id}
    return {
        "institution": institution,
        "can": context.get("can"),
        "state": found["state"],
        "address": reverse(f"issuing_blockcerts:{'of_award' if is_award else 'of_batch'}", kwargs=keys),
        "download": reverse("issuing_blockcerts:download", kwargs=keys) if is_award else "",
    }
