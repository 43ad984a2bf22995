"""What a language has to bring: a table for each kind of thing that is said. A new language is one more of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from testamur.verification.report import Outcome, Question, Verdict


@dataclass(frozen=True, slots=True)
class Language:
    """All words of the report in one language. `findings` must have every code of the catalogue; a test sees to it."""

    tag: str
    findings: Mapping[str, str]
    next_steps: Mapping[str, str]
    names: Mapping[str, str]
    questions: Mapping[Question, str]
    outcomes: Mapping[Outcome, str]
    verdicts: Mapping[Verdict, str]
    verdict_sentences: Mapping[Verdict, str]
    reasons: Mapping[str, str]
    other_reason: str
    rules: Mapping[str, str]
    other_rule: str
    words: Mapping[str, str]
