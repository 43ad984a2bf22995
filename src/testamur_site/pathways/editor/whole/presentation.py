"""The parts of a programme that only the text shows, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

PART_WORDS: dict[str, Any] = {
    "id": _("Identifier of the rule"),
    "version": _("Version of the rule"),
    "awarding_body": _("Awarding body"),
    "description": _("Description"),
    "sources": _("Sources"),
    "recorded_on": _("Where it is recorded"),
    "scales": _("Scales of grades and levels"),
    "lists": _("Lists of identifiers"),
    "values": _("Values for each cohort"),
    "conversions": _("Conversions of units"),
    "counts_if": _("What counts at all"),
    "equivalent": _("Equivalent micro-credentials"),
    "substitutions": _("Substitutions"),
    "overlap": _("Overlap with other programmes"),
    "consume_on_use": _("Debiting what is used"),
    "overrides": _("Who may decide by hand"),
    "claim": _("Conditions of the claim"),
    "cancelled_unless": _("On what the award stands"),
    "consequences": _("What follows from it"),
    "stages": _("Gates that a body opens"),
    "withdrawal": _("Where somebody withdraws"),
    "audit": _("What is examined"),
    "appeal": _("Appeal"),
}
