"""From codes and facts to sentences in the reader's language. Made late, never stored.

Each refusal says what is so and what to do next. A registrar should be able to read it aloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from testamur_site.catalogue.api import in_language
from testamur_site.foundation.design_system.api import day

from .profiles import Finding, profiles
from .rules import INTERNAL, Recommendation, Refusal, Standing, Step

KINDS = {
    INTERNAL: pgettext_lazy("gate", "Internal review"),
    "peer": pgettext_lazy("gate", "Peer of another institution"),
    "industry": pgettext_lazy("gate", "Industry"),
    "quality_body": pgettext_lazy("gate", "Quality body"),
}

RECOMMENDATIONS = {
    Recommendation.APPROVE: _("Approve"),
    Recommendation.WITH_CONDITIONS: _("Approve with conditions"),
    Recommendation.CHANGE: _("Return for changes"),
    Recommendation.DECLINE: _("Decline"),
}

ANSWERS = {
    "yes": pgettext_lazy("answer of a reviewer", "Yes"),
    "partly": pgettext_lazy("answer of a reviewer", "Partly"),
    "no": pgettext_lazy("answer of a reviewer", "No"),
    "cannot_judge": pgettext_lazy("answer of a reviewer", "I cannot judge this"),
}

STEPS = {
    Step.PROPOSED: _("Proposed for approval"),
    Step.PROPOSED_AGAIN: _("Proposed again after changes"),
    Step.RETURNED: _("Returned for changes"),
    Step.APPROVED: pgettext_lazy("of a proposal", "Approved"),
    Step.DECLINED: pgettext_lazy("of a proposal", "Declined"),
    Step.WITHDRAWN: _("Proposal taken back"),
    Step.APPROVAL_WITHDRAWN: _("Approval withdrawn"),
    Step.REPLACED: _("Followed by a newer approval"),
    Step.RETIRED: _("Programme retired"),
}

STANDINGS = {
    Standing.NOT_REQUIRED: pgettext_lazy("standing", "No approval required"),
    Standing.NOT_PROPOSED: pgettext_lazy("standing", "Not yet proposed"),
    Standing.IN_REVIEW: pgettext_lazy("standing", "In review"),
    Standing.RETURNED: pgettext_lazy("standing", "Returned for changes"),
    Standing.DECLINED: pgettext_lazy("standing", "Not approved"),
    Standing.CHANGED: pgettext_lazy("standing", "Changed since the approval"),
    Standing.APPROVED: pgettext_lazy("standing", "Approved"),
    Standing.CONDITIONAL: pgettext_lazy("standing", "Approved with conditions"),
    Standing.CONDITION_OVERDUE: pgettext_lazy("standing", "Condition overdue"),
    Standing.OVERDUE: pgettext_lazy("standing", "Review overdue"),
    Standing.WITHDRAWN: pgettext_lazy("standing", "Approval withdrawn"),
    Standing.RETIRED: pgettext_lazy("standing", "Retired"),
}

TONES = {
    Standing.APPROVED: "passed",
    Standing.CONDITIONAL: "passed",
    Standing.CHANGED: "unknown",
    Standing.OVERDUE: "unknown",
    Standing.CONDITION_OVERDUE: "unknown",
    Standing.DECLINED: "failed",
    Standing.WITHDRAWN: "failed",
    Standing.IN_REVIEW: "pending",
    Standing.RETURNED: "pending",
    Standing.RETIRED: "retired",
}
"""The state of the design system whose icon and tone a standing has; all others are quiet."""

STANDING_SENTENCES = {
    Standing.NOT_REQUIRED: _(
        "The institution publishes this programme without an approval of its own quality process."
    ),
    Standing.NOT_PROPOSED: _("Nobody has proposed this version for approval yet."),
    Standing.IN_REVIEW: _("This version is being reviewed. Nothing has been decided yet."),
    Standing.RETURNED: _("Changes were asked for. It will be reviewed again after them."),
    Standing.DECLINED: _("This version was not approved."),
    Standing.CHANGED: _(
        "The content was changed after the approval, so the approval does not hold for it. It has to be proposed again."
    ),
    Standing.APPROVED: _("This version was approved, and its next review is not due yet."),
    Standing.CONDITIONAL: _("This version was approved; conditions are still to be fulfilled."),
    Standing.CONDITION_OVERDUE: _("This version was approved, but a condition was not fulfilled in time."),
    Standing.OVERDUE: _("This version was approved, but its next review has not taken place in time."),
    Standing.WITHDRAWN: _("The approval of this version was withdrawn."),
    Standing.RETIRED: _("This programme was retired. What was awarded stays valid."),
}

_REFUSALS: Mapping[str, Any] = {
    "person.unknown": _("Nobody is signed in. Sign in and try again."),
    "four_eyes.proposed": _("You proposed this yourself. Somebody else has to review it and to decide."),
    "four_eyes.edited": _("You worked on this version yourself. Somebody else has to review it and to decide."),
    "four_eyes.reviewed": _(
        "You reviewed this yourself, and your institution wants another person to decide. Ask a colleague."
    ),
    "four_eyes.fulfilled": _("You said yourself that this condition is fulfilled. Somebody else has to accept it."),
    "proposal.state": _(
        "This is not possible any more: somebody decided or took it back meanwhile. Load the page to see how it stands."
    ),
    "proposal.same": _("Exactly this content is proposed already. Make the changes first, then propose it again."),
    "content.changed": _(
        "The programme was changed after it was proposed. Ask its authors to propose it again; "
        "then this can be decided on what it says now."
    ),
    "content.not_seen": _(
        "The programme was proposed again while you had the page open. Read it once more, then decide."
    ),
    "version.gone": _("The draft was discarded. There is nothing left to decide."),
    "version.state": _("This version was replaced or retired. Propose the version that is offered now."),
    "version.incomplete": _(
        "Mandatory elements are missing. Fill them in first; the meter on the programme's page says which."
    ),
    "reason.missing": _("Give a reason in a few words. It is kept with the decision."),
    "reason.long": _("The reason is too long: at most %(limit)s characters."),
    "recommendation.missing": _("Choose a recommendation."),
    "answers.unknown": _("Choose one of the answers offered."),
    "gate.open": _("%(kind)s: %(needed)s in favour needed, %(found)s so far."),
    "rules.failing": _(
        "Rules that must hold do not: %(rules)s. Have the programme changed, or say why you accept the deviation."
    ),
    "review.date": _(
        "The next review must be on a day after today, at the latest on %(latest)s by your institution's policy."
    ),
    "conditions.many": _(
        "At most %(limit)s conditions are possible. If there is more to do, return the programme for changes."
    ),
    "conditions.date": _("A condition must be due after today and not later than the next review, %(review)s."),
    "condition.state": _(
        "This is not possible any more: somebody answered meanwhile. Load the page to see how it stands."
    ),
    "endorsement.key": _(
        "The approval cannot be signed: the institution's key cannot be used now. Nothing was decided. Tell the operator of the platform."
    ),
    "evidence.url": _("The address must begin with https:// or http://."),
    "panel.email": _("This is not an e-mail address that mail can be sent to."),
    "panel.kind": _("Choose what the person stands for."),
    "panel.inside": _("This person belongs to your institution. A member of the panel comes from outside."),
    "panel.many": _("Your institution has invited %(limit)s people today. Please go on tomorrow; nothing is lost."),
    "panel.answered": _("This has been answered already. An answer is not changed afterwards."),
    "panel.withdrawn": _(
        "This invitation was withdrawn or replaced by a newer one. Look for a newer mail, or ask the institution."
    ),
    "panel.decided": _(
        "The institution has decided meanwhile, or asked for changes first. If it needs your answer, you will get a new link."
    ),
    "panel.expired": _("This link has expired. Ask the institution for a new one."),
    "policy.profiles": _("Choose at least one profile of rules."),
    "policy.panel": _("Choose among the kinds of panel member offered."),
    "policy.reviews": _("Between 0 and 5 internal reviews are possible."),
    "policy.months": _("The period between two reviews is 1 to 60 months."),
    "policy.publishing": _("Say which micro-credentials need an approval."),
    "award.withdrawn": _(
        "The approval of this programme was withdrawn, so nothing can be awarded by it. "
        "Have it approved again, or award by another version."
    ),
    "award.overdue": _(
        "The review of this programme was due on %(date)s, and your institution awards nothing while a review is overdue. "
        "Ask the quality officer to review it."
    ),
    "award.condition_overdue": _(
        "A condition of this programme's approval was due on %(date)s, and your institution awards nothing while it is overdue. "
        "Have it fulfilled and accepted first."
    ),
}

FINDINGS: Mapping[str, Any] = {
    "element.present": _("It is described."),
    "element.missing": _("It is missing in the description."),
    "element.unknown": _("It cannot be told whether it is described."),
    "credits.none": _("No credits of this kind are stated, so this cannot be decided."),
    "credits.fits": _("%(value)s credits."),
    "credits.few": _("%(value)s credits; at least %(least)s are needed."),
    "credits.many": _("%(value)s credits; at most %(most)s are possible."),
    "workload.none": _("The workload is not stated in hours, so this cannot be decided."),
    "contact.none": _("Not every activity says its type and its hours, so contact hours cannot be counted."),
    "hours_per_credit.fits": _("%(value)s hours for each credit."),
    "hours_per_credit.few": _("%(value)s hours for each credit; at least %(least)s are needed."),
    "hours_per_credit.many": _("%(value)s hours for each credit; at most %(most)s are possible."),
    "contact_per_credit.fits": _("%(value)s contact hours for each credit."),
    "contact_per_credit.few": _("%(value)s contact hours for each credit; at least %(least)s are needed."),
    "contact_per_credit.many": _("%(value)s contact hours for each credit; at most %(most)s are possible."),
    "hours.fits": _("%(value)s hours."),
    "hours.few": _("%(value)s hours; at least %(least)s are needed."),
    "hours.many": _("%(value)s hours; at most %(most)s are possible."),
    "level.none": _("No level is stated, so this cannot be decided."),
    "level.other": _("The level is stated in another framework; a person has to compare it."),
    "level.fits": _("Level %(value)s."),
    "level.few": _("Level %(value)s; at least %(least)s is needed."),
    "level.many": _("Level %(value)s; at most %(most)s is possible."),
    "review.none": _("The date of the next review has not been set yet."),
    "review.fits": _("Review after %(value)s months."),
    "review.few": _("Review after %(value)s months; at least %(least)s are needed."),
    "review.many": _("Review after %(value)s months; at most %(most)s are possible."),
    "title.none": _("There is no title yet."),
    "title.free": _("The title holds none of these words."),
    "title.words": _("The title holds: %(words)s."),
    "title.names": _("The title names: %(names)s."),
    "title.judge_names": _(
        "No organisation of the programme stands in the title. Whether a person or a product does, a person has to judge."
    ),
    "assessed.none": _("There is no assessment."),
    "assessed.attendance": _("Only attendance is counted."),
    "assessed.yes": _("There is an assessment."),
    "outcomes.none": _("There are no learning outcomes."),
    "outcomes.no_rubric": _(
        "There are no tasks with a rubric, so it cannot be told which outcome is assessed by what."
    ),
    "outcomes.not_assessed": _("No criterion looks at: %(outcomes)s."),
    "outcomes.assessed": _("Each outcome is looked at by a criterion."),
    "outcomes.fits": _("%(value)s learning outcomes."),
    "outcomes.few": _("%(value)s learning outcomes; at least %(least)s are needed."),
    "outcomes.many": _("%(value)s learning outcomes; at most %(most)s are possible."),
    "outcomes.linked": _("Each outcome is linked to a skill."),
    "outcomes.not_linked": _("Outcomes without a linked skill: %(missing)s."),
    "supervision.stated": _("It is stated for each assessment."),
    "supervision.missing": _("Assessments and tasks for which it is not stated: %(missing)s."),
    "quality.no_body": _("No body stands behind the quality assurance."),
    "quality.not_described": _("Its quality assurance is not described."),
    "quality.described": _("Body and processes are described."),
    "judgement": _("A person has to judge this."),
}


def refused(refusal: Refusal) -> str:
    """Why a step is not possible, and what to do."""
    facts = {name: _shown(name, value) for name, value in refusal.facts.items()}
    return str(_REFUSALS[refusal.code]) % facts


@dataclass(frozen=True, slots=True)
class AwardRefused:
    """Why nothing may be awarded now: `code`, `facts` without personal data, and `sentence` in the reader's language."""

    refusal: Refusal

    @property
    def code(self) -> str:
        return self.refusal.code

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.refusal.facts

    @property
    def sentence(self) -> str:
        return refused(self.refusal)


def found(finding: Finding) -> str:
    """What a check found."""
    facts = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in finding.facts.items()
    }
    return str(FINDINGS[finding.code]) % facts


def rule_words(rule_id: str) -> str:
    """A rule in the reader's language; its id where it is in no profile any more."""
    language = get_language() or "en"
    return next(
        (in_language(rule.words, language) for one in profiles() for rule in one.rules if rule.id == rule_id), rule_id
    )


def _shown(name: str, value: Any) -> Any:
    if name == "kind":
        return KINDS.get(value, value)
    if name == "rules":
        return " ".join(rule_words(one) for one in value)
    return day(value) if name in ("latest", "review", "date") else value
