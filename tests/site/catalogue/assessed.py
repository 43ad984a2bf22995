"""A small assessed description: two outcomes, one rubric with two criteria, two tasks. Tests change one thing in it."""

from __future__ import annotations

from dataclasses import replace

from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.description.elements import (
    Description,
    LearningOutcome,
    MarkingScheme,
    Rubric,
    RubricCriterion,
    RubricLevel,
    Task,
)

LEVELS = (
    RubricLevel("weak", {"en": "Weak", "ko": "미흡"}, "0", {"en": "No claim can be made out."}),
    RubricLevel("sound", {"en": "Sound", "ko": "적절"}, "2", {"en": "The claim is stated and supported."}),
    RubricLevel("strong", {"en": "Strong", "ko": "우수"}, "4.5", {"en": "The claim is tested against objections."}),
)

RUBRIC = Rubric(
    key="report",
    title={"en": "Report", "ko": "보고서"},
    criteria=(
        RubricCriterion("argument", {"en": "Argument"}, outcomes=("o1",), weight="2", must_pass="sound", levels=LEVELS),
        RubricCriterion("data", {"en": "Use of data"}, outcomes=("o1", "o2"), levels=LEVELS),
    ),
)

ASSESSED: Description = replace(
    DESCRIPTION,
    outcomes=(
        LearningOutcome({"en": "Judge a figure", "ko": "수치를 판단합니다"}, key="o1"),
        LearningOutcome({"en": "Analyse a table", "ko": "표를 분석합니다"}, key="o2"),
    ),
    rubrics=(RUBRIC,),
    tasks=(
        Task(
            "essay",
            {"en": "Essay", "ko": "에세이"},
            {"en": "Write **two pages**."},
            rubric="report",
            pass_mark="60",
            due_after="P14D",
            marking=MarkingScheme(assessors="2", peers="3", peer_weight="30"),
        ),
        Task("talk", {"en": "Talk"}, rubric="report", evidence=("video", "link")),
    ),
    assessed_award=True,
)


def with_criterion(**changed: object) -> Description:
    """ASSESSED with a changed first criterion."""
    first = replace(RUBRIC.criteria[0], **changed)  # type: ignore[arg-type]
    return replace(ASSESSED, rubrics=(replace(RUBRIC, criteria=(first, *RUBRIC.criteria[1:])),))


def with_task(**changed: object) -> Description:
    """ASSESSED with a changed first task."""
    return replace(ASSESSED, tasks=(replace(ASSESSED.tasks[0], **changed), *ASSESSED.tasks[1:]))  # type: ignore[arg-type]
