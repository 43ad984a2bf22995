"""Rubrics: criteria × levels, what a set of levels scores, and whether that passes."""

from testamur.assessment.rubrics.model import Criterion, Level, Rubric
from testamur.assessment.rubrics.scoring import Score, score

__all__ = ["Criterion", "Level", "Rubric", "Score", "score"]
