"""A rubric as a table to read, in the reader's language."""

from __future__ import annotations

from typing import Any

from ...description.elements import Description, Rubric, RubricCriterion
from .plan import say


def rubric_shown(rubric: Rubric, description: Description | None = None) -> dict[str, Any]:
    """Criteria with their levels. Where all criteria have the same scale, its names and points head the columns."""
    outcomes = {o.key: (n, say(o.title)) for n, o in enumerate(description.outcomes if description else (), 1)}
    scales = {tuple((tuple(level.name.items()), level.points) for level in c.levels) for c in rubric.criteria}
    return {
        "key": rubric.key,
        "title": say(rubric.title),
        "description": say(rubric.description),
        "origin": rubric.origin,
        "scale": [_level(level) for level in rubric.criteria[0].levels] if len(scales) == 1 else None,
        "criteria": [_criterion(criterion, outcomes) for criterion in rubric.criteria],
    }


def _criterion(criterion: RubricCriterion, outcomes: dict[str, tuple[int, str]]) -> dict[str, Any]:
    must = next((say(level.name) for level in criterion.levels if level.key == criterion.must_pass), "")
    return {
        "name": say(criterion.name),
        "description": say(criterion.description),
        "weight": criterion.weight,
        "must": must,
        "outcomes": [outcomes[key] for key in criterion.outcomes if key in outcomes],
        "levels": [_level(level) for level in criterion.levels],
    }


def _level(level: Any) -> dict[str, str]:
    return {"name": say(level.name), "points": level.points, "description": say(level.description)}
