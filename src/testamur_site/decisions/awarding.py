"""What an award is made of: everything a credential says about how it was earned, gathered from the decision and the work it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from testamur_site.assessment import api as assessment
from testamur_site.catalogue.api import AchievementVersion, Concept, Task, tasks_of
from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.api import Enrolment, EvidenceItem

from . import rules
from .errors import NotAwardable
from .models import Appeal, Decision, Exhibit, MisconductCase, PriorLearningClaim
from .rules import Route, TaskStanding


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence as far as a credential names it: never its content or its file name, and its address only where the learner
    allowed it. `sha256` is hexadecimal, over the bytes that were handed in; of an address that is not named, over the address; '' of one
    that is, because nobody fixes what stands there."""

    kind: str
    title: str
    sha256: str
    url: str = ""
    media_type: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Assessors:
    """Those of one organisation who assessed a piece of work in one role (staff, peer, industry, moderator). `count` people."""

    name: str
    role: str
    url: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """How one task was shown: what was reached, on which evidence, judged by whom, under which supervision.

    `levels` maps criteria to levels. `supervision` is a concept of the EU list or None, `identity_level` an address of the same list or ''.
    """

    task: Task
    percent: Decimal
    levels: Mapping[str, str]
    route: Route = Route.ASSESSMENT
    attempt: int = 1
    handed_in: date | None = None
    agreed: date | None = None
    moderated: bool = False
    provisional: bool = False  # a test whose questions have estimated difficulties
    authorship_declared: date | None = None
    deduction: Decimal = Decimal(0)
    pieces: Sequence[Piece] = ()
    assessors: Sequence[Assessors] = ()
    supervision: Concept | None = None
    identity_level: str = ""


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """Everything of a pass that its credential states, and to whom it goes."""

    decision: Decision
    version: AchievementVersion
    name: str
    email: str
    language: str
    awarded: date
    percent: Decimal | None
    tasks: Sequence[TaskFacts]
    starts: date | None = None
    ends: date | None = None
    transcript_line: str = ""
    earlier: Sequence[str] = field(
        default_factory=tuple
    )  # public ids of the decisions of this enrolment before this one


def award_facts(decision: Decision) -> AwardFacts:
    """Gather the facts of a pass. Call it inside the institution's tenant, in the transaction that makes the award.

    Raises NotAwardable (facts: why): not_a_pass, superseded, not_final, appeal, case, learner_gone, results. This is the gate:
    whatever asks for an award asks here, and gets none unless a decision in force carries it.
    """
    decision = Decision.objects.select_related(
        "institution",
        "superseded_by",
        "enrolment__learner",
        "enrolment__offering",
        "enrolment__version__institution",
        "enrolment__version__micro_credential",
        "enrolment__version__image",
    ).get(pk=decision.pk)
    if why := refusal(decision):
        raise NotAwardable(why=why)
    enrolment, learner = decision.enrolment, decision.enrolment.learner
    designed = {task.key: task for task in tasks_of(enrolment.version)}
    earlier = Decision.objects.filter(enrolment=enrolment, number__lt=decision.number).values_list(
        "public_id", flat=True
    )
    return AwardFacts(
        decision=decision,
        version=enrolment.version,
        name=learner.name,
        email=learner.email,
        language=learner.language,
        awarded=decision.decided_at.date(),
        percent=decision.percent,
        tasks=tuple(_task(enrolment, designed[one.task], one) for one in decision.tasks),
        starts=enrolment.offering.starts_on,
        ends=enrolment.offering.ends_on,
        transcript_line=decision.transcript_line,
        earlier=tuple(earlier),
    )


def refusal(decision: Decision, now: datetime | None = None) -> str:
    """Why this decision makes no award (now), as a code; '' when it does."""
    enrolment = decision.enrolment
    if not decision.is_pass:
        return "not_a_pass"
    if decision.successor is not None:
        return "superseded"
    # What a pass rests on is looked at again: a decision that its results do not carry makes no award, however it came about.
    if rules.propose(decision.tasks).outcome is not rules.Outcome.PASS:
        return "results"
    if not enrolment.learner.name or not enrolment.learner.email:
        return "learner_gone"
    if MisconductCase.objects.filter(enrolment=enrolment, state__in=sorted(rules.OPEN_CASE)).exists():
        return "case"
    if decision.final_at > decision.decided_at:
        if decision.final_at > (now or timezone.now()):
            return "not_final"
        if Appeal.objects.filter(decision=decision, state__in=sorted(rules.OPEN_APPEAL)).exists():
            return "appeal"
    return ""


def _task(enrolment: Enrolment, task: Task, standing: TaskStanding) -> TaskFacts:
    common: dict[str, Any] = {
        "task": task,
        "percent": standing.counted,
        "levels": standing.levels,
        "route": standing.route,
        "deduction": standing.deduction,
        "identity_level": enrolment.learner.identity_level,
    }
    if standing.route is Route.RECOGNITION:
        return _recognised(enrolment, standing, common)
    submission = enrolment_api.submission_by_public_id(standing.submission)
    result = assessment.result_of(submission) if submission is not None else None
    if submission is None or result is None:
        raise NotAwardable(why="results")
    declared = submission.authorship_declared_at
    return TaskFacts(
        **common,
        attempt=submission.attempt,
        handed_in=submission.submitted_at.date() if submission.submitted_at else None,
        agreed=result.agreed_at.date() if result.agreed_at else None,
        moderated="moderated" in result.method,
        provisional="provisional" in standing.doubts,
        authorship_declared=declared.date() if declared else None,
        pieces=tuple(_piece(item) for item in enrolment_api.evidence_of(submission)),
        assessors=tuple(
            Assessors(one["name"], one["role"], one.get("url", ""), one.get("count", 1))
            for one in assessment.assessor_organisations(submission)
        ),
        supervision=task.supervision,
    )


def _recognised(enrolment: Enrolment, standing: TaskStanding, common: dict[str, Any]) -> TaskFacts:
    claim = PriorLearningClaim.objects.filter(enrolment=enrolment, public_id=standing.claim).first()
    if claim is None:
        raise NotAwardable(why="results")
    items = [one.item for one in Exhibit.objects.select_related("item").filter(claim=claim)]
    institution = enrolment.institution
    return TaskFacts(
        **common,
        handed_in=claim.claimed_at.date(),
        agreed=claim.decided_at.date() if claim.decided_at else None,
        pieces=tuple(_piece(item) for item in items),
        assessors=(
            Assessors(institution.in_language("name", enrolment.learner.language), "staff", institution.homepage),
        ),
    )


def _piece(item: EvidenceItem) -> Piece:
    if item.public and item.url:
        return Piece(item.kind, item.title, "", item.url)
    digest = item.sha256 or hashlib.sha256(item.url.encode()).hexdigest()
    return Piece(item.kind, item.title, digest, "", item.media_type, item.size)
