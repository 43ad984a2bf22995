"""Versions beside each other: what was different, in words a registrar can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .. import texts
from ..models import AchievementVersion
from ..public.presentation import duration_words, language_name
from ..rules import Difference, differences

MAX_SHOWN = 200

_NAMES: dict[str, Any] = {
    "title": _("Title"),
    "alternative_title": _("Other or short title"),
    "description": _("Description"),
    "achievement_type": _("Kind of achievement"),
    "programme_type": _("Type of programme"),
    "languages": _("Languages"),
    "thematic_areas": _("Fields of education (ISCED-F)"),
    "tags": _("Keywords"),
    "outcomes": _("Learning outcome"),
    "skills": _("Skill"),
    "reusability": _("How widely it can be used"),
    "workload": _("Workload"),
    "credits": _("Credits"),
    "points": _("Credit points"),
    "system": _("Credit system"),
    "maximum_duration": _("Longest time it may take"),
    "eqf_level": _("EQF level"),
    "cycle": _("QF-EHEA cycle"),
    "national_levels": _("National level"),
    "level": _("Level"),
    "level_not_applicable": _("A level does not apply"),
    "partial_qualification": _("Part of a larger qualification"),
    "participation": _("Form of participation"),
    "learning_setting": _("Learning setting"),
    "activities": _("Learning activity"),
    "assessments": _("Assessment"),
    "type": _("Type"),
    "mode": _("Form"),
    "grading_title": _("Grading scheme"),
    "grading_description": _("How it is graded"),
    "supervision": _("Supervision and identity verification"),
    "results": _("Result"),
    "allowed_values": _("Possible values"),
    "required_value": _("Needed to pass"),
    "minimum": _("Lowest number"),
    "maximum": _("Highest number"),
    "tasks": _("Task"),
    "instructions": _("Instructions"),
    "template": _("Text that learners begin with"),
    "rubric": _("Rubric"),
    "rubrics": _("Rubric"),
    "levels": _("Level"),
    "weight": _("Weight"),
    "must_pass": _("Lowest level that passes"),
    "pass_mark": _("Mark needed to pass, in per cent"),
    "evidence": _("What may be handed in"),
    "evidence_minimum": _("Pieces of evidence at least"),
    "due_after": _("Due after the beginning"),
    "attempts": _("Attempts"),
    "group": _("Done in groups"),
    "assessment": _("Assessment"),
    "marking": _("Marking"),
    "assessors": _("Assessors for each submission"),
    "blind": _("The second assessor does not see the first mark"),
    "peers": _("Reviews by peers"),
    "peer_weight": _("Share of the peers in the mark, in per cent"),
    "industry": _("Industry validators for each submission"),
    "self_assessment": _("Self-assessment"),
    "anonymous": _("Marked without names"),
    "moderate_from": _("A moderator decides from this difference, in per cent points"),
    "item_bank": _("Item bank"),
    "assessed_award": _("Awarded on a decision"),
    "quality_assurance": _("Quality assurance"),
    "body": _("Who assures the quality"),
    "prerequisites": _("Prerequisites"),
    "rpl": _("Recognition of prior learning"),
    "integration": _("Integration and stackability"),
    "integration_note": _("What it counts towards"),
    "further_information": _("Further information"),
    "homepage": _("Website"),
    "validity": _("How long an award is valid"),
    "criteria": _("Criteria"),
    "alignments": _("Alignment"),
    "organisations": _("Organisation"),
    "organisation": _("Organisation"),
    "order": _("Order"),
    "awarding_bodies": _("Awarding body"),
    "partners": _("Partner"),
    "part": _("Part in the programme"),
    "co_owners": _("Co-owner"),
    "assessed_by": _("Assessed by"),
    "directed_by": _("Directed by"),
    "awarded_by": _("Awarded by"),
    "image": _("Image"),
    "name": _("Name"),
    "url": _("Address"),
    "framework": _("Framework"),
    "start": _("From"),
    "end": _("Until"),
    "symbol": _("Symbol"),
    "shape": _("Shape"),
    "primary": _("Main colour"),
    "accent": _("Accent colour"),
    "alternative_text": _("Description of the image"),
    "country": _("Country"),
    "address": _("Address"),
}
# Members that only carry others: their names would say nothing to a reader.
_SILENT = {"concept", "label", "uri", "scheme", "notation", "source", "key", "origin"}


@dataclass(frozen=True)
class Change:
    """One change in words; an empty side means: not there."""

    where: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """A version and what it changed against the one before it (None for the first)."""

    version: AchievementVersion
    changes: list[Change] | None
    more: int
    earlier: str = ""  # what becomes of learners who began before


def steps(versions: Sequence[AchievementVersion]) -> list[Step]:
    """`versions` newest first, as `queries.versions` gives them."""
    found = []
    for version, earlier in zip(versions, [*versions[1:], None], strict=True):
        if earlier is None:
            found.append(Step(version, None, 0))
            continue
        all_changes = changes(earlier.content, version.content)
        if version.image_id != earlier.image_id and not any(
            c.where.startswith(str(_NAMES["image"])) for c in all_changes
        ):
            all_changes.append(Change(str(_NAMES["image"]), "…", "…"))
        rule = texts.rule_for_earlier(version.earlier_learners, version.earlier_until)
        found.append(Step(version, all_changes[:MAX_SHOWN], max(0, len(all_changes) - MAX_SHOWN), rule))
    return found


def changes(before: Any, after: Any) -> list[Change]:
    """The differences of two JSON descriptions (or parts of them) in the reader's language, each once."""
    return list(dict.fromkeys(_change(difference) for difference in _merged(differences(before, after))))


def _merged(found: list[Difference]) -> list[Difference]:
    """A concept that changed is one change, not one for its address, one for each label and one for its scheme."""
    labels = {d.path[: d.path.index("label")] for d in found if "label" in d.path}
    return [d for d in found if not (d.path and d.path[-1] in {"uri", "scheme", "notation"} and d.path[:-1] in labels)]


def _change(difference: Difference) -> Change:
    return Change(_where(difference.path), _value(difference.before), _value(difference.after))


def _where(path: tuple[str | int, ...]) -> str:
    """`outcomes, 0, title, en` → "Learning outcome 1 · Title (English)"."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int):
            if parts:
                parts[-1] = f"{parts[-1]} {step + 1}"
        elif step in _NAMES:
            parts.append(str(_NAMES[step]))
        elif step not in _SILENT and parts:
            name = language_name(step)
            parts[-1] = f"{parts[-1]} ({name if name != step else step.replace('_', ' ')})"
    return " · ".join(parts)


def _value(value: Any) -> str:
    """A JSON value in one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if isinstance(value, list):
        return ", ".join(filter(None, map(_value, value)))
    if isinstance(value, dict):
        language = (get_language() or "en").split("-")[0]
        words = value.get("title") or value.get("name") or value.get("label") or value
        if isinstance(words, dict):
            chosen = words.get(language) or words.get("en") or next(iter(words.values()), "")
            return _value(chosen)
        return str(words)
    return duration_words(str(value))[:600]
