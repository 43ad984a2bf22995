"""Help with writing learning outcomes: what a reader would stumble over. A hint, never a verdict.

A list of verbs knows no context. Against outcomes that people classified, such lists agree with them only moderately
(F1 .44 to .77, Cohen's kappa .40 to .67 on 21,380 objectives: Li, Rakovic, Poh, Gašević and Chen, “Automatic Classification of
Learning Objectives Based on Bloom's Taxonomy”, EDM 2022). So nothing is refused or counted on the strength of a finding.
"""

from testamur.assessment.outcomes.linting import LEVELS, Finding, lint, main_verb, suggested_verbs
from testamur.assessment.outcomes.words import about, sentence

__all__ = ["LEVELS", "Finding", "about", "lint", "main_verb", "sentence", "suggested_verbs"]
