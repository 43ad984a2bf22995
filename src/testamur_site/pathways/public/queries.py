"""What everybody may read: the microdegrees that can be joined."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from testamur_site.catalogue.api import AchievementVersion, MicroCredential
from testamur_site.foundation.tenancy.api import unscoped

from ..api import Rule

ON_A_PAGE = 30


def open_microdegrees(page: str | int) -> Page[Rule]:
    """The rules by which somebody would join now, of all institutions, the newest first. Needs no active tenant."""
    with unscoped("what is published is public"):
        found = Paginator(_published(), ON_A_PAGE).get_page(page)
        found.object_list = list(found.object_list)
        return found


def published_rules() -> list[Rule]:
    """All of them. Needs no active tenant."""
    with unscoped("what is published is public"):
        return list(_published())


def _published() -> QuerySet[Rule]:
    rows = Rule.objects.filter(
        version__state=AchievementVersion.State.PUBLISHED,
        version__micro_credential__state=MicroCredential.State.PUBLISHED,
    )
    return rows.select_related("version", "version__micro_credential", "institution").order_by(
        "-version__published_at", "-pk"
    )
