"""The rules in words: what each asks, and what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..description.vocabulary import in_language
from ..public.presentation import duration_words, language_name
from .rules import Finding, RuleState, Severity

# Each rule: its name, and the sentence for one thing that it found.
RULE_TEXTS: dict[str, tuple[Any, Any]] = {
    "hours_per_ects": (
        _("Hours and ECTS fit: 25 to 30 hours a point"),
        _("%(hours)s hours for %(points)s ECTS are %(each)s hours a point. Change the hours or the points."),
    ),
    "credits_agree": (
        _("Credits in different units stand for the same work"),
        _("%(first)s and %(second)s stand for different amounts of work."),
    ),
    "activities_add_up": (
        _("The activities add up to the workload"),
        _("The activities come to %(sum)s hours, the workload says %(hours)s."),
    ),
    "level_and_cycle": (
        _("EQF level and QF-EHEA cycle fit"),
        _("EQF level %(level)s does not belong to the cycle “%(cycle)s”."),
    ),
    "national_level": (
        _("National level and EQF level fit"),
        _("%(name)s was referenced to EQF level %(eqf)s, but level %(level)s is stated."),
    ),
    "level_inflation": (
        _("The outcomes ask for what the level promises"),
        _("EQF level %(level)s is stated, but no outcome asks for more than remembering or understanding."),
    ),
    "outcomes_differ": (
        _("No outcome is there twice"),
        _("Outcome %(number)s says nearly the same as outcome %(other)s."),
    ),
    "outcomes_have_skills": (
        _("Every outcome is linked to a skill of a framework"),
        _("“%(outcome)s” is linked to no skill, so job portals will not find it."),
    ),
    "like_another": (
        _("It is not the same as another micro-credential of yours"),
        _("“%(title)s” has nearly the same title and outcomes (%(share)s alike)."),
    ),
    "has_tasks": (
        _("There are tasks to decide on"),
        _("An award needs a decision on tasks, but there is no task. Add one, or award by form and table."),
    ),
    "tasks_have_rubrics": (
        _("Every task has a rubric to judge it by"),
        _("“%(task)s” has no rubric with criteria, so nobody could mark it."),
    ),
    "criteria_have_levels": (
        _("Every criterion has at least two levels"),
        _("“%(criterion)s” in “%(rubric)s” has fewer than two levels, so it cannot tell works apart."),
    ),
    "outcomes_are_assessed": (
        _("Every outcome is assessed by a criterion"),
        _("“%(outcome)s” is assessed by no criterion of any task. An award would claim what nobody looked at."),
    ),
    "criteria_show_outcomes": (
        _("Every criterion shows an outcome"),
        _("“%(criterion)s” in “%(task)s” counts, but shows none of the outcomes."),
    ),
    "levels_are_described": (
        _("Every level says what a work of that level is like"),
        _(
            "“%(criterion)s” in “%(rubric)s” has levels without a description. Two assessors will read them differently."
        ),
    ),
    "rubrics_are_used": (_("Every rubric is used by a task"), _("“%(rubric)s” is used by no task.")),
    "peers_do_not_certify": (
        _("Peers alone do not decide"),
        _(
            "In “%(task)s” peers make %(share)s per cent of the mark. In simulations up to one pass or fail in six is wrong that way."
        ),
    ),
    "supervision_agrees": (
        _("Task and assessment say the same about supervision"),
        _("“%(task)s” says “%(here)s”, its assessment says “%(there)s”."),
    ),
    "due_in_time": (
        _("Tasks are due within the longest time the programme may take"),
        _("“%(task)s” is due after %(due)s, but the programme may take %(duration)s at most."),
    ),
    "plan_is_translated": (
        _("Tasks and rubrics are written in every language you promise"),
        _("Something in the tasks or rubrics is not written in %(language)s yet."),
    ),
    "partners_have_a_part": (
        _("It is said what each partner does"),
        _("It is not said which part “%(organisation)s” has."),
    ),
    "validators_have_partners": (
        _("Industry validators come from a partner that is named"),
        _("“%(task)s” is judged by industry validators, but no partner is named."),
    ),
}

SEVERITIES: dict[Severity, Any] = {
    Severity.ERROR: _("must be mended before publishing"),
    Severity.WARNING: _("look at it"),
    Severity.HINT: _("could be better"),
}


@dataclass(frozen=True)
class RuleShown:
    """A rule in words. `state` is `passed`, `failed`, `unknown` (could not be judged) or `weak` (a hint or warning)."""

    name: str
    state: str
    severity: str
    severity_words: str
    sentences: tuple[str, ...]
    source: str
    url: str


def rules_shown(states: Sequence[RuleState], links: Mapping[str, str]) -> list[RuleShown]:
    """`links` are the addresses of the sections where a rule is mended."""
    return [_shown(state, links) for state in states]


def _shown(state: RuleState, links: Mapping[str, str]) -> RuleShown:
    rule = state.rule
    if state.findings is None:
        outcome = "unknown"
    elif not state.findings:
        outcome = "passed"
    else:
        outcome = "failed" if rule.severity is Severity.ERROR else "weak"
    return RuleShown(
        str(RULE_TEXTS[rule.key][0]),
        outcome,
        str(rule.severity),
        str(SEVERITIES[rule.severity]),
        tuple(dict.fromkeys(sentence(finding) for finding in state.findings or ())),
        rule.source,
        links.get(rule.section, ""),
    )


def sentence(finding: Finding) -> str:
    """What was found, in the reader's language."""
    language = (get_language() or "en").split("-")[0]
    return str(RULE_TEXTS[finding.rule][1]) % {
        name: _said(name, value, language) for name, value in finding.facts.items()
    }


def _said(name: str, value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return in_language(value, language) or "…"
    if name == "language":
        return language_name(value)
    if name in {"due", "duration"}:
        return duration_words(value)
    return str(value)
