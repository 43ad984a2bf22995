from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from .models import Institution, Logo, Membership
from .scope import tenant, unscoped


def institution_by_slug(slug: str) -> Institution | None:
    return Institution.objects.filter(slug=slug).first()


def membership_of(user: Any, institution: Institution) -> Membership | None:
    """The person's membership of `institution`, or None (also for an anonymous visitor)."""
    if not getattr(user, "is_authenticated", False):
        return None
    with tenant(institution):
        return Membership.objects.filter(user=user).first()


def memberships(user: Any) -> list[Membership]:
    """All memberships of one person, with their institutions, by the institution's name."""
    with unscoped("a person sees every institution they belong to"):
        return list(Membership.objects.filter(user=user).select_related("institution").order_by("institution__name"))


def members(institution: Institution) -> QuerySet[Membership]:
    """The people of one institution, by name."""
    with tenant(institution):
        return Membership.objects.select_related("user").order_by("user__name", "user__email")


def logo(institution: Institution) -> Logo | None:
    with tenant(institution):
        return Logo.objects.first()
