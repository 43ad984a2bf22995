"""What the programme page of the catalogue says of pathways. It is named in config.wiring; the catalogue does not know who answers."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from testamur_site.catalogue.api import AchievementVersion

from ..api import rule_of


def of_programme(version: AchievementVersion) -> list[tuple[str, str, str]]:
    """A heading, a link's words and its address, where the version is a microdegree."""
    if rule_of(version) is None:
        return []
    address = reverse("pathways_public:detail", args=[version.micro_credential.public_id])
    return [(_("Microdegree"), _("What it asks, and how to take part"), address)]
