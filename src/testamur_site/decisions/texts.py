"""Outcomes, reasons, grounds and refusals in words, in the reader's language. Made late from codes and facts, never stored.

A reason is worded so that a registrar could read it aloud to the learner: what was reached, what was needed, what follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from testamur_site.catalogue.api import AchievementVersion, NoSuchTask, in_language, rubric_of, tasks_of

from .errors import DecisionError, NotAwardable
from .models import Decision
from .rules import AppealState, CaseState, ClaimState, Consequence, Finding, Ground, Outcome

OUTCOMES = {
    Outcome.PASS: _("Passed"),
    Outcome.FAIL: _("Not passed"),
    Outcome.RESUBMIT: _("To be handed in again"),
    Outcome.WITHDRAWN: _("Withdrawn"),
    Outcome.VOID: _("Void"),
}

OUTCOME_STATES = {
    Outcome.PASS: "passed",
    Outcome.FAIL: "failed",
    Outcome.RESUBMIT: "pending",
    Outcome.WITHDRAWN: "inactive",
    Outcome.VOID: "revoked",
}
"""What each outcome looks like (a state of the design system); the word is always ours."""

OUTCOME_SENTENCES = {
    Outcome.PASS: _("You have passed. Every task reached what it asks for."),
    Outcome.FAIL: _("You have not passed. Below stands what was missing."),
    Outcome.RESUBMIT: _("You have not passed yet, and can hand in again what was missing."),
    Outcome.WITHDRAWN: _("You do not take part any more."),
    Outcome.VOID: _("The results do not count because of what was found about your work."),
}

EXCEPTIONS = {
    "case": _("a question of misconduct is open"),
    "close": _("close to the pass mark"),
    "must_pass": _("a criterion below the level that is needed"),
    "undecided": _("within the uncertainty of a test"),
    "provisional": _("a test with provisional difficulties"),
    "misconduct": _("a consequence of misconduct"),
    "missing": _("a task was never handed in"),
    "recognised": _("prior learning was recognised"),
    "fail": _("would not pass"),
    "resubmit": _("would hand in again"),
}
"""Why a board should look at somebody one by one."""

CASE_STATES = {
    CaseState.SUSPECTED: _("Waits for the learner's account"),
    CaseState.HEARD: _("The learner was heard"),
    CaseState.FOUND: _("Found, consequence to be decided"),
    CaseState.DISMISSED: _("Dismissed"),
    CaseState.CLOSED: _("Closed"),
}

CASE_STATES_TO_LEARNERS = CASE_STATES | {
    CaseState.SUSPECTED: _("Waits for your account"),
    CaseState.HEARD: _("You were heard"),
    CaseState.FOUND: _("Found, what follows is not decided yet"),
}

CONSEQUENCES = {
    Consequence.WARNING: _("Warning"),
    Consequence.MARK_REDUCED: _("Mark reduced"),
    Consequence.TASK_VOID: _("Work void"),
    Consequence.EXCLUSION: _("Exclusion from the programme"),
}

CONSEQUENCE_HELP = {
    Consequence.WARNING: _("It stays on record; the results stay as they are."),
    Consequence.MARK_REDUCED: _(
        "Per cent points are taken off the mark of the work, and the results are decided upon anew."
    ),
    Consequence.TASK_VOID: _(
        "The work counts as not done, without a further attempt. An award that was made is taken back at once."
    ),
    Consequence.EXCLUSION: _("The learner takes no further part. An award that was made is taken back at once."),
}

APPEAL_STATES = {
    AppealState.LODGED: _("Lodged"),
    AppealState.IN_REVIEW: _("Being looked into"),
    AppealState.UPHELD: _("Upheld"),
    AppealState.PARTLY: _("Partly upheld"),
    AppealState.REJECTED: _("Rejected"),
    AppealState.WITHDRAWN: pgettext_lazy("of an appeal or a claim", "Taken back"),
}

GROUNDS = {
    Ground.PROCEDURE: _("The rules were not followed"),
    Ground.MARKING: _("The marks do not fit the work and the criteria"),
    Ground.CIRCUMSTANCES: _("Circumstances that nobody could know of at the time"),
    Ground.BIAS: _("Somebody was biased or had a conflict of interest"),
    Ground.MISCONDUCT_FINDING: _("What was found about my work is wrong, or its consequence too hard"),
}

CLAIM_STATES = {
    ClaimState.CLAIMED: _("Waits for an assessor"),
    ClaimState.JUDGED: _("Waits for the decision"),
    ClaimState.RECOGNISED: _("Recognised"),
    ClaimState.REFUSED: _("Not recognised"),
    ClaimState.WITHDRAWN: pgettext_lazy("of an appeal or a claim", "Taken back"),
}

STATES = {
    **dict.fromkeys((CaseState.SUSPECTED, CaseState.HEARD, CaseState.FOUND), "pending"),
    CaseState.DISMISSED: "done",
    CaseState.CLOSED: "done",
    AppealState.LODGED: "pending",
    AppealState.IN_REVIEW: "running",
    AppealState.UPHELD: "passed",
    AppealState.PARTLY: "passed",
    AppealState.REJECTED: "failed",
    AppealState.WITHDRAWN: "inactive",
    ClaimState.CLAIMED: "pending",
    ClaimState.JUDGED: "running",
    ClaimState.RECOGNISED: "passed",
    ClaimState.REFUSED: "failed",
}
"""What the states of cases, appeals and claims look like."""

_FINDINGS = {
    "no_tasks": _("The programme has no tasks, so nothing can be decided."),
    "task.open": _("%(task)s: no agreed result yet."),
    "task.missing": _("%(task)s: nothing was handed in, and the time for it is over."),
    "task.recognised": _("%(task)s: shown by prior learning, which was recognised."),
    "task.void": _("%(task)s: the work does not count, because of what was found about it."),
    "task.reduced": _("%(task)s: %(points)s per cent points were taken off, because of what was found about the work."),
    "task.reached": _("%(task)s: %(percent)s per cent; %(pass_mark)s were needed. Reached."),
    "task.below": _("%(task)s: %(percent)s per cent; %(pass_mark)s were needed. Not reached."),
    "task.must_pass": _(
        "%(task)s: “%(criterion)s” is below the level that must be reached, whatever the other criteria bring."
    ),
    "task.undecided": _("%(task)s: the pass mark lies within the uncertainty of the test, so look at it closely."),
    "task.provisional": _("%(task)s: the difficulties of the test's questions are provisional."),
    "attempts.used": _("%(task)s: no further attempt is left."),
    "overall": _("Overall, by the weights of the tasks: %(percent)s per cent."),
    "outcome.pass": _("Every task is passed, so the programme is passed."),
    "outcome.resubmit": _("What was not reached can be handed in again: %(tasks)s."),
    "outcome.fail": _("Not passed, and no further attempt is left: %(tasks)s."),
    "outcome.departed": _("By the results alone it would have been: %(proposed)s."),
    "outcome.withdrawn": _("The learner does not take part any more."),
    "outcome.void": _("What was decided before is void: %(consequence)s."),
}

_ERRORS = {
    "decision.changed": _("The results have changed since you looked. Look at them as they are now, then decide."),
    "decision.not_open": _(
        "There is nothing to decide: results are still to come, or exactly these were decided upon."
    ),
    "decision.not_permitted": _(
        "The results do not carry that. A pass follows from the marks alone; where a mark is wrong, have it looked at "
        "again by moderation or an appeal."
    ),
    "decision.not_independent": _(
        "You had a part in this already (you marked, reported or decided, or it is about you). Ask somebody who had none."
    ),
    "decision.reason": _("Say why. The learner reads it."),
    "decision.case_open": _("A question of misconduct is open. Close it first; until then nobody is passed."),
    "decision.state": _("That is not possible any more: somebody was faster. Look at how it stands now."),
    "decision.too_long": _("The text is longer than %(limit)s characters. Shorten it."),
    "decision.too_many_pieces": _("More than %(limit)s pieces of evidence are too many. Choose those that matter."),
    "decision.not_yours": _("That piece of evidence is not yours, or it was deleted. Choose another one."),
    "decision.nothing_to_resubmit": _("Choose at least one task that was handed in and not passed."),
    "decision.until_past": _("The new date must lie in the future."),
    "decision.unfit": _("What was filled in does not fit together. Look through it again."),
    "appeal.superseded": _(
        "Another decision has taken this one's place. If you disagree with that one, appeal against it."
    ),
    "appeal.already": _("You have appealed against this decision. It can be appealed against once."),
    "appeal.withdrawn": _("There is nothing to appeal against: you left the programme."),
    "appeal.too_late": _("The time to appeal is over. If something kept you from it, write to your institution."),
    "appeal.no_ground": _("Choose at least one ground."),
    "appeal.rejected_changes": _("An appeal that is rejected changes nothing. Choose no tasks, or uphold it."),
    "appeal.upheld_changes_nothing": _(
        "An appeal that is upheld must change something: choose what is marked again, handed in again or taken back."
    ),
    "appeal.again_twice": _("Choose for each task one of the two: marked again, or handed in again."),
    "appeal.no_such_work": _("For one of these tasks nothing was handed in, so there is nothing to look at again."),
    "appeal.no_such_case": _("That consequence was taken back already, or is none of this learner's."),
    "misconduct.not_independent": _("You reported this, so somebody else has to find on it."),
    "misconduct.too_early": _(
        "The learner has until %(until)s to answer. Nothing can be found before they were heard."
    ),
    "misconduct.points": _("Give per cent points between 0 and 100, for “mark reduced” and for nothing else."),
    "misconduct.no_work": _("This is about no single piece of work. Choose a warning or an exclusion."),
    "misconduct.not_their_work": _("That work is not this learner's."),
    "claim.no_such_task": _("There is no such task in your programme."),
    "claim.no_rubric": _(
        "This task is a test without criteria, so prior learning cannot be judged by it. Take the test."
    ),
    "claim.handed_in": _("You have handed in work for this task. Take it back first, or let it be marked."),
    "claim.no_evidence": _("Choose at least one piece of evidence."),
    "claim.already": _("You have claimed this task. Wait for the answer, or take the claim back."),
    "claim.levels": _("Choose a level in every criterion."),
    "claim.not_independent": _("You judged this claim, so somebody else has to decide."),
    "claim.not_carried": _(
        "The levels that were judged do not reach what the task asks for, so it cannot be recognised. Refuse it with a reason."
    ),
}
_UNKNOWN = _("That is not possible now.")

NOT_AWARDED = {
    "not_a_pass": _("Nothing is awarded, because the decision is not a pass."),
    "superseded": _("Nothing is awarded by this decision: another one has taken its place."),
    "not_final": _("The award is made by itself when the time to appeal is over."),
    "appeal": _("The award waits until the appeal is answered."),
    "case": _("The award waits until the question of misconduct is closed."),
    "learner_gone": _("The learner's name or address was deleted, so nothing can be awarded."),
    "results": _("The results behind this decision do not carry an award. Decide anew."),
}


def not_awarded(error: NotAwardable) -> str:
    """Why a decision makes no award (now)."""
    return str(NOT_AWARDED.get(error.facts.get("why", ""), _UNKNOWN))


def outcome(value: str) -> str:
    return str(OUTCOMES[Outcome(value)])


def outcome_words(decision: Decision) -> str:
    """What was decided, as a sentence to the learner."""
    return str(OUTCOME_SENTENCES[Outcome(decision.outcome)])


def reasons_words(decision: Decision) -> list[str]:
    """Why it was decided so, one sentence each; the words of whoever decided first."""
    said = [decision.reason] if decision.reason else []
    return [*said, *reasons(decision.reasons, decision.enrolment.version)]


def reasons(findings: Iterable[Finding], version: AchievementVersion) -> list[str]:
    """Why it fell as it did, one sentence each."""
    return [reason(finding, version) for finding in findings]


def reason(finding: Finding, version: AchievementVersion) -> str:
    facts: dict[str, Any] = dict(finding.facts)
    if finding.code == "attempts.left":
        sentence = ngettext(
            "%(task)s: %(left)s further attempt is left.",
            "%(task)s: %(left)s further attempts are left.",
            facts["left"],
        )
    else:
        sentence = str(_FINDINGS.get(finding.code, _UNKNOWN))
    if "criterion" in facts:
        facts["criterion"] = criterion_name(version, facts.get("task", ""), facts["criterion"])
    if "task" in facts:
        facts["task"] = task_title(version, facts["task"])
    if isinstance(facts.get("tasks"), list):
        facts["tasks"] = ", ".join(task_title(version, key) for key in facts["tasks"])
    if "proposed" in facts:
        facts["proposed"] = OUTCOMES[Outcome(facts["proposed"])]
    if "consequence" in facts:
        facts["consequence"] = CONSEQUENCES[Consequence(facts["consequence"])]
    return sentence % facts


def of_error(error: DecisionError) -> str:
    """Why a step was refused, and what to do."""
    facts: dict[str, Any] = dict(error.facts)
    if "until" in facts:
        facts["until"] = _moment(facts["until"])
    try:
        return str(_ERRORS.get(error.code, _UNKNOWN)) % facts
    except KeyError:
        return str(_UNKNOWN)


def task_title(version: AchievementVersion, key: str) -> str:
    title = next((task.title for task in tasks_of(version) if task.key == key), {})
    return in_language(title, get_language() or "en") or key


def criterion_name(version: AchievementVersion, task: str, key: str) -> str:
    return _named(version, task, key)[0]


def level_name(version: AchievementVersion, task: str, criterion: str, key: str) -> str:
    return _named(version, task, criterion)[1].get(key, key)


def _named(version: AchievementVersion, task: str, criterion: str) -> tuple[str, Mapping[str, str]]:
    """A criterion's name and those of its levels, by their keys."""
    language = get_language() or "en"
    try:
        rubric = rubric_of(version, task)
    except NoSuchTask:
        return criterion, {}
    for one in rubric.criteria:
        if one.key == criterion:
            names = {level.key: in_language(level.name, language) or level.key for level in one.levels}
            return in_language(one.name, language) or criterion, names
    return criterion, {}


def _moment(text: str) -> str:
    return day(datetime.fromisoformat(text).date())


def day(value: date) -> str:
    return date_format(value, "j F Y" if (get_language() or "en").startswith("en") else "DATE_FORMAT")
