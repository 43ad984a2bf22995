"""Put the demonstration's micro-credentials into an institution: described, illustrated and published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from testamur_site.foundation.design_system.api import compose_badge_svg, render_png
from testamur_site.foundation.tenancy.api import Institution, tenant

from .. import services
from ..description.elements import Description
from ..models import AchievementVersion, MicroCredential
from . import circular_economy, consortium, data_literacy, digital_credentials, responsible_ai


def create_demo(institution: Institution, *, actor: Any = None) -> list[MicroCredential]:
    """The demonstration's micro-credentials, published, the EU's own sample first. Running it again changes nothing.

    Needs no active tenant. A later run finds what an earlier one made by the English title.
    """
    with tenant(institution):
        # Newest first in the catalogue: the first of the list is made last.
        wanted = [digital_credentials.DESCRIPTION, data_literacy.DESCRIPTION, circular_economy.DESCRIPTION]
        made = [_known(institution, d) or _publish(institution, d, actor) for d in reversed(wanted)]
        return list(reversed(made))


def create_assessed_demo(institution: Institution, *, actor: Any = None, publish: bool = True) -> MicroCredential:
    """The demonstration's micro-credential that is awarded on a decision (*Responsible AI at work*).

    With `publish` False it stays a draft, for a story that begins with its approval. Running it again gives the same one back.
    Needs no active tenant.
    """
    with tenant(institution):
        known = _known(institution, responsible_ai.DESCRIPTION)
        return known or _made(institution, responsible_ai.DESCRIPTION, actor, publish=publish)


def create_consortium_courses(
    institution: Institution, titles: Sequence[str], *, actor: Any = None
) -> list[MicroCredential]:
    """Courses of the demonstration's consortium, by their English titles, published at one of its institutions. Running it again gives the
    same ones back. Needs no active tenant."""
    courses = {one.title["en"]: one for one in (consortium.URBAN_ENERGY, consortium.CITIZENS, consortium.HERITAGE)}
    with tenant(institution):
        wanted = [courses[title] for title in titles]
        return [_known(institution, d) or _publish(institution, d, actor) for d in wanted]


def create_microdegree_draft(institution: Institution, *, actor: Any = None) -> AchievementVersion:
    """The draft of the consortium's microdegree (*Cities in transition*): its rule is attached before it is published. Needs no active
    tenant."""
    with tenant(institution):
        made = _known(institution, consortium.MICRODEGREE) or _made(
            institution, consortium.MICRODEGREE, actor, publish=False
        )
        return AchievementVersion.objects.select_related("institution", "micro_credential").get(micro_credential=made)


def _known(institution: Institution, description: Description) -> MicroCredential | None:
    """What an earlier run made of a description, found by the English title. Inside a tenant."""
    versions = AchievementVersion.objects.select_related("micro_credential").filter(institution=institution)
    for version in versions.exclude(state="superseded"):
        if version.description.title.get("en") == description.title["en"]:
            return version.micro_credential
    return None


def _publish(institution: Institution, description: Description, actor: Any) -> MicroCredential:
    return _made(institution, description, actor, publish=True)


def _made(institution: Institution, description: Description, actor: Any, *, publish: bool) -> MicroCredential:
    # Drawn before the transaction begins: nobody else should wait for a picture.
    image = replace(description.image, primary=institution.primary_colour, accent=institution.accent_colour)
    svg = compose_badge_svg(description.title["en"], image.symbol, image.primary, image.accent, image.shape)
    png = render_png(svg)
    with transaction.atomic():
        described = replace(description, image=image)
        made = services.create(institution, described, actor=actor, source="demonstration", png=png, svg=svg)
        if publish:
            services.publish(made.versions.get(), actor=actor)
    made.refresh_from_db()
    return made
