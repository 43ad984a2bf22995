"""The form of a description, divided: which members of `Description` each section writes, and the token that guards it.

Two designers may work on one draft. Each section is saved on its own and carries the token of what it showed; when that is no
longer what is stored, the second is told and nothing is written.
"""

from __future__ import annotations

import hashlib
from typing import Any

from testamur import strict_json

from . import codec
from .elements import Description

SECTIONS: dict[str, tuple[str, ...]] = {
    "basics": (
        "title",
        "alternative_title",
        "description",
        "achievement_type",
        "programme_type",
        "languages",
        "thematic_areas",
        "tags",
    ),
    "outcomes": ("outcomes",),
    "workload": (
        "workload",
        "credits",
        "maximum_duration",
        "eqf_level",
        "cycle",
        "national_levels",
        "level_not_applicable",
        "partial_qualification",
    ),
    "learning": ("participation", "learning_setting", "activities"),
    "assessment": ("assessments",),
    "tasks": ("tasks", "assessed_award"),
    "rubrics": ("rubrics",),
    "quality": ("quality_assurance",),
    "conditions": (
        "prerequisites",
        "rpl",
        "integration",
        "integration_note",
        "further_information",
        "homepage",
        "validity",
    ),
    "criteria": ("criteria", "alignments"),
    "organisations": ("organisations", "awarding_bodies"),
    "partners": ("partners", "co_owners"),
    "image": ("image",),
}


def part(description: Description, section: str) -> dict[str, Any]:
    """The JSON of a section's members. Raises KeyError for an unknown section."""
    whole = codec.to_json(description)
    return {name: whole[name] for name in SECTIONS[section] if name in whole}


def token(description: Description, section: str) -> str:
    """A short name for what the section holds: equal exactly when the section is equal."""
    return hashlib.sha256(strict_json.jcs(part(description, section))).hexdigest()[:24]
