"""Profiles of rules by jurisdiction: data that a quality officer can read, and the small pure functions that they name.

A profile is one TOML file here. Each rule has an id, a severity, a source, words in English and Korean, and the name of a check with its
parameters. `evaluators.py` holds the checks; `reading.py` reads and examines the files; `programme.py` is what a check may look at.
"""

from __future__ import annotations

from .evaluators import CHECKS, Finding, Outcome, evaluate
from .programme import Programme, TaskFacts
from .reading import KINDS, Profile, Question, Rule, profile, profiles, questions

__all__ = [
    "CHECKS",
    "KINDS",
    "Finding",
    "Outcome",
    "Profile",
    "Programme",
    "Question",
    "Rule",
    "TaskFacts",
    "evaluate",
    "profile",
    "profiles",
    "questions",
]
