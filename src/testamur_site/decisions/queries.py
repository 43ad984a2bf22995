"""What is read: how far a learner is, what was decided, what waits for somebody. Inside a tenant, as staff views and learner views are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from testamur_site.assessment import api as assessment
from testamur_site.catalogue.api import NoSuchTask, Offering, Task, rubric_of, tasks_of
from testamur_site.enrolment import api as enrolment_api
from testamur_site.enrolment.api import Enrolment, Learner, Submission, TaskState
from testamur_site.foundation.tenancy.api import unscoped

from . import rules
from .models import Appeal, Decision, DecisionPolicy, MisconductCase, PriorLearningClaim, Proposal
from .rules import CaseState, ClaimState, Consequence, Outcome, Route, Standing, TaskStanding

PAGE_SIZE = 50
_WITH = (
    "institution",
    "enrolment",
    "enrolment__learner",
    "enrolment__offering",
    "enrolment__version",
    "enrolment__version__institution",
    "enrolment__version__micro_credential",
    "superseded_by",
    "supersedes",
    "decided_by",
)


def standings(enrolment: Enrolment) -> tuple[TaskStanding, ...]:
    """How every task of the pinned version stands for this learner, in the order of the design.

    1. A recognised claim of prior learning stands for its task. One that is not decided yet keeps the task open.
    2. Otherwise the last attempt that was handed in, once its result is agreed. Work that was returned keeps the task open until the
       learner hands in again or may not any more; then the old result stands, and no attempt is left.
    3. What was never handed in is open until the task closes, and missing from then on.
    4. Consequences of misconduct that are in force are applied to the work they were imposed on.
    """
    claims = {
        claim.task_key: claim
        for claim in PriorLearningClaim.objects.filter(enrolment=enrolment).exclude(
            state__in=[ClaimState.REFUSED, ClaimState.WITHDRAWN]
        )
    }
    cases = list(MisconductCase.objects.filter(enrolment=enrolment, state=CaseState.CLOSED, lifted_at=None))
    far = {found.task.key: found for found in enrolment_api.tasks_for(enrolment)}
    return tuple(
        _standing(enrolment, task, far[task.key], claims.get(task.key), cases) for task in tasks_of(enrolment.version)
    )


def proposed(enrolment: Enrolment) -> Proposal | None:
    """What follows from the results as they are now, not saved; None where results are still to come, the learner takes no part, or
    exactly these results were decided upon."""
    fresh = enrolment_api.enrolment_by_public_id(enrolment.public_id)
    if fresh is None or fresh.state not in ("enrolled", "completed"):
        return None
    tasks = standings(fresh)
    proposal = rules.propose(tasks)
    fingerprint = rules.digest(tasks)
    current = current_decision(fresh)
    if proposal.outcome is None or (current is not None and current.digest == fingerprint):
        return None
    return Proposal(
        institution=fresh.institution,
        enrolment=fresh,
        outcome=proposal.outcome.value,
        percent=proposal.percent,
        standings=rules.snapshot(tasks),
        findings=[finding.to_json() for finding in proposal.findings],
        exceptions=list(rules.exceptions(tasks, proposal)),
        digest=fingerprint,
    )


def _standing(
    enrolment: Enrolment,
    task: Task,
    far: enrolment_api.TaskStanding,
    claim: PriorLearningClaim | None,
    cases: Sequence[MisconductCase],
) -> TaskStanding:
    designed = {
        "task": task.key,
        "pass_mark": number(task.pass_mark, Decimal(50)),
        "weight": number(task.weight, Decimal(1)),
        "attempts": far.attempts.allowed,
        "attempt": far.attempts.used,
    }
    if claim is not None and claim.state == ClaimState.RECOGNISED:
        return TaskStanding(
            **designed,
            standing=Standing.AGREED,
            percent=claim.percent,
            levels=dict(claim.levels),
            failed=rules.below_must_pass(claim.levels, ladders(enrolment, task.key)),
            route=Route.RECOGNITION,
            claim=claim.public_id,
        )
    last = last_handed_in(enrolment, task.key)
    closed = far.state is TaskState.CLOSED
    if claim is not None or (last is None and not closed):
        return TaskStanding(**designed)
    if last is None:
        return TaskStanding(**designed, standing=Standing.MISSING)
    result = assessment.result_of(last)
    if result is None or not result.agreed or (far.state is not TaskState.SUBMITTED and not closed):
        return TaskStanding(**designed, submission=last.public_id)
    if far.state is not TaskState.SUBMITTED:
        designed["attempt"] = far.attempts.allowed
    deduction, void = _consequences(cases, last)
    return TaskStanding(
        **designed,
        standing=Standing.AGREED,
        percent=result.percent,
        levels=dict(result.levels),
        failed=rules.below_must_pass(result.levels, ladders(enrolment, task.key)),
        deduction=deduction,
        void=void,
        submission=last.public_id,
        result=result.public_id,
        doubts=tuple(doubt for doubt in rules.DOUBTS if result.method.get(doubt)),
    )


def _consequences(cases: Sequence[MisconductCase], submission: Submission) -> tuple[Decimal, bool]:
    """The per cent points taken off a piece of work, and whether it is void. Whoever is excluded has nothing that counts."""
    deduction, void = Decimal(0), False
    for case in cases:
        if case.consequence == Consequence.EXCLUSION:
            void = True
        elif case.submission_id == submission.pk:
            void = void or case.consequence == Consequence.TASK_VOID
            deduction += case.points if case.consequence == Consequence.MARK_REDUCED else 0
    return min(deduction, Decimal(100)), void


def last_handed_in(enrolment: Enrolment, task_key: str) -> Submission | None:
    """The newest attempt that was handed in and not taken back."""
    handed_in = enrolment_api.submissions_of(enrolment, task_key).filter(state__in=["submitted", "returned"])
    return handed_in.order_by("-attempt").first()


def is_handed_in(submission: str) -> bool:
    """Whether this work (a public id) lies with those who mark: it was handed in, and not given back since."""
    found = enrolment_api.submission_by_public_id(submission) if submission else None
    return found is not None and found.state == "submitted"


def ladders(enrolment: Enrolment, task_key: str) -> dict[str, tuple[list[str], str]]:
    """For each criterion of a task's rubric: its levels in ascending order, and the lowest that passes."""
    try:
        rubric = rubric_of(enrolment.version, task_key)
    except NoSuchTask:
        return {}
    return {one.key: ([level.key for level in one.levels], one.must_pass) for one in rubric.criteria}


def number(text: str, otherwise: Decimal) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return otherwise
    return found if found.is_finite() else otherwise


def policy_for(micro_credential: int | None) -> DecisionPolicy:
    """The policy of a micro-credential (primary key), else the institution's, else the defaults as an unsaved row."""
    rows = list(DecisionPolicy.objects.filter(Q(micro_credential=micro_credential) | Q(micro_credential=None)))
    rows.sort(key=lambda row: row.micro_credential_id is None)
    return rows[0] if rows else DecisionPolicy()


def decisions() -> QuerySet[Decision]:
    return Decision.objects.select_related(*_WITH)


def decision_by_public_id(public_id: str) -> Decision | None:
    """A decision by its public identifier, of whatever institution: for jobs, and for those above."""
    with unscoped("a job carries the public id of a decision"):
        return decisions().filter(public_id=public_id).first()


def current_decision(enrolment: Enrolment) -> Decision | None:
    """The decision in force: the last one."""
    return decisions().filter(enrolment=enrolment).order_by("-number").first()


def history(enrolment: Enrolment) -> list[Decision]:
    """All decisions of an enrolment, the newest first."""
    return list(decisions().filter(enrolment=enrolment).order_by("-number"))


def board(offering: Offering) -> list[Proposal]:
    """What waits to be decided in an offering: what needs a look one by one first, then by the learner's name."""
    waiting = Proposal.objects.select_related("enrolment__learner", "enrolment__version").filter(
        enrolment__offering=offering
    )
    rows = [row for row in waiting if row.outcome]
    asked = MisconductCase.objects.filter(enrolment__offering=offering, state__in=sorted(rules.OPEN_CASE))
    in_question = set(asked.values_list("enrolment", flat=True))
    for row in rows:
        if row.enrolment_id in in_question:
            row.exceptions = ["case", *row.exceptions]
    return sorted(rows, key=lambda row: (not row.exceptions, row.enrolment.learner.name.casefold(), row.pk))


def decided(offering: Offering) -> list[Decision]:
    """The decisions in force in an offering, by the learners' names."""
    found = decisions().filter(enrolment__offering=offering, superseded_by=None)
    return sorted(found, key=lambda one: (one.enrolment.learner.name.casefold(), one.pk))


def offerings_to_decide() -> list[Offering]:
    """The offerings that have proposals or decisions, those with something to decide first; each with `waiting` and `decided`."""
    waiting: dict[int, int] = {}
    done: dict[int, int] = {}
    for pk in Proposal.objects.exclude(outcome="").values_list("enrolment__offering", flat=True):
        waiting[pk] = waiting.get(pk, 0) + 1
    for pk in Decision.objects.filter(superseded_by=None).values_list("enrolment__offering", flat=True):
        done[pk] = done.get(pk, 0) + 1
    found = list(
        Offering.objects.select_related("version", "version__institution").filter(pk__in=waiting.keys() | done.keys())
    )
    for one in found:
        one.waiting, one.decided = waiting.get(one.pk, 0), done.get(one.pk, 0)
    return sorted(found, key=lambda one: (not one.waiting, one.starts_on, one.pk))


def appeals(state: str = "", page: str | int = 1) -> Page[Appeal]:
    """The institution's appeals, those that wait by their deadline first."""
    rows = Appeal.objects.select_related(*(f"decision__{name}" for name in _WITH[1:6]), "taken_by", "decided_by")
    if state == "open":
        rows = rows.filter(state__in=sorted(rules.OPEN_APPEAL)).order_by("answer_by", "pk")
    elif state == "closed":
        rows = rows.exclude(state__in=sorted(rules.OPEN_APPEAL))
    return Paginator(rows, PAGE_SIZE).get_page(page)


def cases(state: str = "", page: str | int = 1) -> Page[MisconductCase]:
    rows = MisconductCase.objects.select_related(
        "enrolment__learner", "enrolment__version", "enrolment__version__institution", "submission"
    )
    if state == "open":
        rows = rows.filter(state__in=sorted(rules.OPEN_CASE)).order_by("reported_at", "pk")
    elif state == "closed":
        rows = rows.exclude(state__in=sorted(rules.OPEN_CASE))
    return Paginator(rows, PAGE_SIZE).get_page(page)


def claims(state: str = "", page: str | int = 1) -> Page[PriorLearningClaim]:
    rows = PriorLearningClaim.objects.select_related(
        "enrolment__learner", "enrolment__version", "enrolment__version__institution"
    )
    if state == "open":
        rows = rows.filter(state__in=sorted(rules.OPEN_CLAIM)).order_by("claimed_at", "pk")
    elif state == "closed":
        rows = rows.exclude(state__in=sorted(rules.OPEN_CLAIM))
    return Paginator(rows, PAGE_SIZE).get_page(page)


def open_counts() -> dict[str, int]:
    """How much waits for somebody, for the tabs and the dashboard."""
    return {
        "proposals": Proposal.objects.exclude(outcome="").count(),
        "appeals": Appeal.objects.filter(state__in=sorted(rules.OPEN_APPEAL)).count(),
        "cases": MisconductCase.objects.filter(state__in=sorted(rules.OPEN_CASE)).count(),
        "claims": PriorLearningClaim.objects.filter(state__in=sorted(rules.OPEN_CLAIM)).count(),
    }


def transcript(learner: Learner) -> list[Decision]:
    """The learner's passes in force at this institution, the newest first: the lines of the transcript."""
    return list(
        decisions()
        .filter(enrolment__learner=learner, outcome=Outcome.PASS, superseded_by=None)
        .order_by("-decided_at", "-pk")
    )


def involved(enrolment: Enrolment) -> set[int]:
    """The people (primary keys of users) who marked, moderated, judged, reported or decided anything of this learner's results."""
    people: set[int | None] = set(markers(enrolment))
    people |= set(Decision.objects.filter(enrolment=enrolment).values_list("decided_by", flat=True))
    for case in MisconductCase.objects.filter(enrolment=enrolment):
        people |= {case.reported_by_id, case.found_by_id, case.imposed_by_id}
    for claim in PriorLearningClaim.objects.filter(enrolment=enrolment):
        people |= {claim.judged_by_id, claim.decided_by_id}
    people |= set(Appeal.objects.filter(decision__enrolment=enrolment).values_list("decided_by", flat=True))
    return {pk for pk in people if pk is not None}


def markers(enrolment: Enrolment) -> set[int]:
    """The people who marked or moderated anything the learner handed in, or judged a claim of theirs."""
    found = PriorLearningClaim.objects.filter(enrolment=enrolment).values_list("judged_by", flat=True)
    people = {pk for pk in found if pk is not None}
    for submission in Submission.objects.filter(enrolment=enrolment):
        people |= assessment.assessors_of(submission)
    return people
