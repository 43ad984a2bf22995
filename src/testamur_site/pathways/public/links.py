"""What the catalogue says of pathways: a link on a programme's page, and what a part counts towards. Both are named in config.wiring; the
catalogue does not know who answers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from testamur_site.catalogue.api import AchievementVersion

from ..api import rule_of
from . import queries
from .naming import versions_in


def of_programme(version: AchievementVersion) -> list[tuple[str, str, str]]:
    """A heading, a link's words and its address, where the version is a microdegree."""
    if rule_of(version) is None:
        return []
    address = reverse("pathways_public:detail", args=[version.micro_credential.public_id])
    return [(_("Microdegree"), _("What it asks, and how to take part"), address)]


def named_by_rules() -> dict[str, dict[str, Mapping[str, str]]]:
    """Public identifier of a version that the rule of a published microdegree names → the microdegrees, with their titles.

    What a rule takes by its subject or its level is not here: that is an open door, not a promise.
    """
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    for rule in queries.published_rules():
        for version in _named(rule.text):
            whole = rule.version
            found.setdefault(version, {})[whole.micro_credential.public_id] = whole.description.title
    return found


@lru_cache(maxsize=512)
def _named(text: str) -> tuple[str, ...]:
    """The catalogue is read again with every change; a rule is not."""
    return versions_in(text)
