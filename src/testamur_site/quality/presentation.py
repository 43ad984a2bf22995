"""What pages show, in the reader's language: the programme as a whole, the outcome of every rule, what was said and decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur_site.catalogue import api as catalogue
from testamur_site.catalogue.api import AchievementVersion, in_language

from . import queries, rules, sentences
from .facts import programme_of
from .models import PanelMember, Proposal, Review
from .profiles import Finding, Outcome, Profile, Rule, questions

TONES = {Outcome.HOLDS: "passed", Outcome.FAILS: "failed", Outcome.UNDECIDED: "unknown"}


def words(text: Mapping[str, str]) -> str:
    return in_language(text, get_language() or "en")


@dataclass(frozen=True)
class RuleShown:
    words: str
    must: bool
    state: str
    sentence: str
    section: str


@dataclass(frozen=True)
class ProfileShown:
    """A profile with its rules; those that do not hold come first, then those that a person has to judge."""

    id: str
    name: str
    edition: str
    rules: tuple[RuleShown, ...]

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many rules hold, do not hold, and cannot be decided."""
        states = [rule.state for rule in self.rules]
        return states.count("passed"), states.count("failed"), states.count("unknown")

    @property
    def attention(self) -> list[RuleShown]:
        return [rule for rule in self.rules if rule.state != "passed"]

    @property
    def holding(self) -> list[RuleShown]:
        return [rule for rule in self.rules if rule.state == "passed"]


def rules_of(version: AchievementVersion, profile_ids: Iterable[str], review_on: date | None, today: date) -> Any:
    """The findings of the rules, as raw pairs and as shown."""
    found = queries.findings_of(programme_of(version, review_on, today), queries.profiles_of(profile_ids))
    return found, [profile_shown(profile, results) for profile, results in found]


def profile_shown(profile: Profile, results: Sequence[tuple[Rule, Finding]]) -> ProfileShown:
    return _sorted(
        profile, [_rule(rule, TONES[finding.outcome], sentences.found(finding)) for rule, finding in results]
    )


def outcomes_shown(profile_ids: Iterable[str], outcomes: Mapping[str, str]) -> list[ProfileShown]:
    """The outcomes of rules as they were kept with a decision: without sentences, which may have changed since."""
    shown = []
    for profile in queries.profiles_of(profile_ids):
        kept = [_rule(rule, TONES[Outcome(outcomes[rule.id])], "") for rule in profile.rules if rule.id in outcomes]
        if kept:
            shown.append(_sorted(profile, kept))
    return shown


def _sorted(profile: Profile, shown: Sequence[RuleShown]) -> ProfileShown:
    order = {"failed": 0, "unknown": 1, "passed": 2}
    ordered = sorted(shown, key=lambda one: (order[one.state], not one.must))
    return ProfileShown(profile.id, words(profile.name), profile.edition, tuple(ordered))


def _rule(rule: Rule, state: str, sentence: str) -> RuleShown:
    return RuleShown(words(rule.words), rule.severity == "must", state, sentence, rule.section)


def programme_shown(version: AchievementVersion) -> dict[str, Any]:
    """The programme as a whole, as a reviewer reads it: description, outcomes, assessment, tasks and rubrics."""
    d = version.description
    outcomes = {outcome.key: words(outcome.title) for outcome in d.outcomes if outcome.key}
    rubrics = {rubric.key: rubric for rubric in d.rubrics}
    tasks = [_task(task, rubrics.get(task.rubric), outcomes) for task in catalogue.tasks_of(version)]
    described: set[str] = set()
    for task in tasks:
        # A rubric that several tasks share is written out once.
        if task["rubric_key"] in described:
            task["criteria"] = []
        described.add(task["rubric_key"])
    return {
        "version": version,
        "shown": catalogue.present(d, institution_name=version.institution.name),
        "tasks": tasks,
    }


def _task(task: Any, rubric: Any, outcomes: Mapping[str, str]) -> dict[str, Any]:
    marking = task.marking
    facts = [
        _("Pass mark: %(mark)s %%") % {"mark": task.pass_mark},
        _("Attempts: %(count)s") % {"count": task.attempts},
        _("Assessors: %(count)s") % {"count": marking.assessors},
        _("Peer reviews: %(count)s") % {"count": marking.peers} if marking.peers != "0" else "",
        _("Industry validators: %(count)s") % {"count": marking.industry} if marking.industry != "0" else "",
        words(task.supervision.label) if task.supervision else "",
    ]
    return {
        "title": words(task.title),
        "instructions": words(task.instructions),
        "facts": [fact for fact in facts if fact],
        "rubric_key": task.rubric,
        "rubric": words(rubric.title) if rubric else "",
        "criteria": [
            {
                "name": words(criterion.name),
                "description": words(criterion.description),
                "outcomes": [outcomes.get(key, key) for key in criterion.outcomes],
                "levels": [
                    {
                        "name": words(level.name),
                        "points": level.points,
                        "description": words(level.description),
                        "least": level.key == criterion.must_pass,
                    }
                    for level in criterion.levels
                ],
            }
            for criterion in (rubric.criteria if rubric else ())
        ],
    }


def gates_shown(proposal: Proposal) -> list[dict[str, Any]]:
    policy = queries.gates_of(queries.policy_of(proposal.institution))
    found = rules.gates(policy, queries.voices_of(proposal), proposal.content_hash)
    return [
        {
            "kind": sentences.KINDS[gate.kind],
            "state": "pending" if gate.open else "passed",
            "needed": gate.needed,
            "found": gate.found,
            "against": gate.against,
        }
        for gate in found
    ]


def stages(proposal: Proposal, version: AchievementVersion | None) -> tuple[list[str], int]:
    """The way of a proposal in a few words, and where it is (from 1); 0 where it goes no further."""
    gates = rules.gates(
        queries.gates_of(queries.policy_of(proposal.institution)), queries.voices_of(proposal), proposal.content_hash
    )
    panel = [gate for gate in gates if gate.kind != rules.INTERNAL]
    labels = [_("Proposed"), _("Internal review"), *([_("External panel")] if panel else []), _("Decision")]
    labels += [_("Published"), _("Next review")]
    decision = 4 if panel else 3
    if version is None or proposal.state not in (Proposal.State.OPEN, Proposal.State.APPROVED):
        return labels, 0
    if proposal.state == Proposal.State.APPROVED:
        return labels, decision + (1 if version.state == AchievementVersion.State.DRAFT else 2)
    if any(gate.open for gate in gates if gate.kind == rules.INTERNAL):
        return labels, 2
    return labels, 3 if any(gate.open for gate in panel) else decision


def voice_shown(voice: Review | PanelMember, content_hash: str) -> dict[str, Any]:
    """What a reviewer or a panel member said. `current`: about the content that is proposed now."""
    kind = voice.kind if isinstance(voice, PanelMember) else rules.INTERNAL
    given = voice.answers
    return {
        "voice": voice,
        "kind": sentences.KINDS[kind],
        "current": voice.content_hash == content_hash,
        "recommendation": sentences.RECOMMENDATIONS.get(voice.recommendation, ""),
        "state": "passed" if voice.recommendation in rules.FAVOURABLE else "unknown",
        "answers": [
            {
                "question": words(question.words),
                "answer": sentences.ANSWERS[given[question.id]["answer"]],
                "note": given[question.id].get("note", ""),
            }
            for question in questions(kind)
            if question.id in given
        ],
    }


def standing_shown(record: queries.Record) -> dict[str, Any]:
    return {
        "state": sentences.TONES.get(record.standing, "inactive"),
        "word": sentences.STANDINGS[record.standing],
        "sentence": sentences.STANDING_SENTENCES[record.standing],
    }
