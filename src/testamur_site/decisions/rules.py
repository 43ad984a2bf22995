"""What follows from the results, without a database: the proposal for a decision, who may decide, and in what order things happen.

A proposal
  1. Every task has a standing: agreed (marked, or recognised from prior learning), open, or never handed in.
  2. A task is passed when its per cent, after a deduction, reaches its pass mark, no criterion is below the level that must be reached,
     and nobody declared it void. The programme is passed when every task is; the weights give the overall per cent that is stated.
  3. While a task is open nothing is proposed. Where tasks failed, a further attempt is proposed if every one of them has one left.
  Each step leaves a finding (code and facts), so that the learner reads why it fell as it did.

A case of misconduct
  suspected → heard → found → closed        (closed: a consequence was imposed)
      └────────┴──────→ dismissed           (nothing was found)

An appeal
  lodged → in_review → upheld | partly | rejected
     └────────┴──────→ withdrawn            (by the learner)

A claim of prior learning
  claimed → judged → recognised | refused
     └────────┴────→ withdrawn              (by the learner)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

HUNDREDTH = Decimal("0.01")
CLOSE = Decimal(2)
"""A result this near to its pass mark (per cent points) is looked at by a person one by one."""


DOUBTS = ("undecided", "provisional")


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - an outcome, no password
    FAIL = "fail"
    RESUBMIT = "resubmit"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class Standing(StrEnum):
    """How far a task is for one learner."""

    OPEN = "open"  # not handed in yet, or being marked
    AGREED = "agreed"
    MISSING = "missing"  # never handed in, and the time for it is over


class Route(StrEnum):
    ASSESSMENT = "assessment"
    RECOGNITION = "recognition"  # of prior learning


@dataclass(frozen=True, slots=True)
class TaskStanding:
    """One task of one learner. Numbers are per cent; `attempts` are how many the task allows, `attempt` the number of the last one.

    `levels` maps criteria to the levels reached, `failed` are the criteria below the level that must be reached. `submission`, `result`
    and `claim` are public ids; work that was marked again has another result, even where that says the same.
    """

    task: str
    standing: Standing = Standing.OPEN
    percent: Decimal | None = None
    pass_mark: Decimal = Decimal(50)
    weight: Decimal = Decimal(1)
    attempts: int = 1
    attempt: int = 0
    levels: Mapping[str, str] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    deduction: Decimal = Decimal(0)
    void: bool = False
    route: Route = Route.ASSESSMENT
    submission: str = ""
    result: str = ""
    claim: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def counted(self) -> Decimal:
        """What counts after the deduction: from 0 to 100, to the hundredth."""
        if self.void or self.percent is None:
            return Decimal(0)
        return max(self.percent - self.deduction, Decimal(0)).quantize(HUNDREDTH, ROUND_HALF_UP)

    @property
    def passed(self) -> bool:
        agreed = self.standing is Standing.AGREED and not self.void
        return agreed and self.counted >= self.pass_mark and not self.failed

    @property
    def attempts_left(self) -> int:
        """Void work gives no further attempt, or misconduct would be a way to one; and what was never handed in cannot be given back."""
        if self.void or self.standing is Standing.MISSING:
            return 0
        return max(self.attempts - self.attempt, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One step of the reasoning: a stable code and its facts (keys and numbers, nothing personal)."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Proposal:
    """`outcome` None: it cannot be decided yet, and the findings say why. `percent` is the weighted mean, None while a task is open."""

    outcome: Outcome | None
    findings: tuple[Finding, ...]
    percent: Decimal | None = None
    resubmit: tuple[str, ...] = ()


def propose(tasks: Sequence[TaskStanding]) -> Proposal:
    """What follows from the standings of all tasks. Pure: the same standings give the same proposal."""
    findings = [finding for task in tasks for finding in _reasons(task)]
    if not tasks:
        return Proposal(None, (Finding("no_tasks"),))
    still_open = [task for task in tasks if task.standing is Standing.OPEN]
    if still_open:
        return Proposal(None, (*findings, Finding("outcome.open", {"open": len(still_open), "of": len(tasks)})))
    percent = overall(tasks)
    findings.append(Finding("overall", {"percent": text_of(percent)}))
    failed = [task for task in tasks if not task.passed]
    if not failed:
        return Proposal(Outcome.PASS, (*findings, Finding("outcome.pass", {"tasks": len(tasks)})), percent)
    if all(task.attempts_left for task in failed):
        keys = tuple(task.task for task in failed)
        return Proposal(
            Outcome.RESUBMIT, (*findings, Finding("outcome.resubmit", {"tasks": list(keys)})), percent, keys
        )
    facts = {"tasks": [task.task for task in failed if not task.attempts_left]}
    return Proposal(Outcome.FAIL, (*findings, Finding("outcome.fail", facts)), percent)


def overall(tasks: Sequence[TaskStanding]) -> Decimal:
    """The mean of what counts of each task by their weights, to the hundredth; by equal weights where all are 0."""
    weights = [task.weight for task in tasks]
    if not sum(weights):
        weights = [Decimal(1)] * len(tasks)
    total = sum((task.counted * weight for task, weight in zip(tasks, weights, strict=True)), Decimal(0))
    return (total / sum(weights)).quantize(HUNDREDTH, ROUND_HALF_UP)


def _reasons(task: TaskStanding) -> list[Finding]:
    facts: dict[str, Any] = {"task": task.task}
    if task.standing is Standing.OPEN:
        return [Finding("task.open", facts)]
    if task.standing is Standing.MISSING:
        return [Finding("task.missing", facts)]
    found = []
    if task.route is Route.RECOGNITION:
        found.append(Finding("task.recognised", facts))
    if task.void:
        return [*found, Finding("task.void", facts)]
    if task.deduction:
        found.append(Finding("task.reduced", facts | {"points": text_of(task.deduction)}))
    judged = facts | {"percent": text_of(task.counted), "pass_mark": text_of(task.pass_mark)}
    found.append(Finding("task.reached" if task.counted >= task.pass_mark else "task.below", judged))
    found += [Finding("task.must_pass", facts | {"criterion": criterion}) for criterion in task.failed]
    found += [Finding(f"task.{doubt}", facts) for doubt in task.doubts]
    if not task.passed:
        code = "attempts.left" if task.attempts_left else "attempts.used"
        found.append(Finding(code, facts | {"left": task.attempts_left, "of": task.attempts}))
    return found


def below_must_pass(levels: Mapping[str, str], ladders: Mapping[str, tuple[Sequence[str], str]]) -> tuple[str, ...]:
    """The criteria whose level is below the one that must be reached. `ladders`: criterion → (its levels in ascending order, the key of
    the lowest that passes, '' for none). A criterion without a level counts as not reached."""
    failed = []
    for criterion, (ladder, least) in ladders.items():
        if not least or least not in ladder:
            continue
        reached = levels.get(criterion, "")
        if reached not in ladder or list(ladder).index(reached) < list(ladder).index(least):
            failed.append(criterion)
    return tuple(failed)


def text_of(number: Decimal) -> str:
    """Without needless zeros: "72.5", "50"."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def digest(tasks: Sequence[TaskStanding]) -> str:
    """A fingerprint of the standings: who confirms a proposal confirms these and no others."""
    return hashlib.sha256(json.dumps(snapshot(tasks), sort_keys=True).encode()).hexdigest()


def snapshot(tasks: Sequence[TaskStanding]) -> list[dict[str, Any]]:
    """The standings as JSON values, as a decision keeps them for ever."""
    return [
        {
            "task": task.task,
            "standing": task.standing.value,
            "percent": None if task.percent is None else text_of(task.percent),
            "counted": text_of(task.counted),
            "passMark": text_of(task.pass_mark),
            "weight": text_of(task.weight),
            "attempts": task.attempts,
            "attempt": task.attempt,
            "levels": dict(sorted(task.levels.items())),
            "failed": list(task.failed),
            "deduction": text_of(task.deduction),
            "void": task.void,
            "passed": task.passed,
            "route": task.route.value,
            "submission": task.submission,
            "result": task.result,
            "claim": task.claim,
            "doubts": list(task.doubts),
        }
        for task in tasks
    ]


def restored(kept: Iterable[Mapping[str, Any]]) -> tuple[TaskStanding, ...]:
    """The standings that `snapshot` wrote down."""
    return tuple(
        TaskStanding(
            task=one["task"],
            standing=Standing(one["standing"]),
            percent=None if one["percent"] is None else Decimal(one["percent"]),
            pass_mark=Decimal(one["passMark"]),
            weight=Decimal(one["weight"]),
            attempts=one["attempts"],
            attempt=one["attempt"],
            levels=dict(one["levels"]),
            failed=tuple(one["failed"]),
            deduction=Decimal(one["deduction"]),
            void=one["void"],
            route=Route(one["route"]),
            submission=one["submission"],
            result=one["result"],
            claim=one["claim"],
            doubts=tuple(one.get("doubts", ())),
        )
        for one in kept
    )


def permitted(proposal: Proposal) -> tuple[Outcome, ...]:
    """What a person may decide, what is proposed first. A pass follows from the results and from nothing else: nobody can grant one that
    they do not carry, and nobody can refuse one that they do."""
    if proposal.outcome is Outcome.RESUBMIT:
        return (Outcome.RESUBMIT, Outcome.FAIL)
    if proposal.outcome is Outcome.FAIL:
        return (Outcome.FAIL, Outcome.RESUBMIT)
    return (Outcome.PASS,) if proposal.outcome is Outcome.PASS else ()


def as_decided(proposal: Proposal, outcome: Outcome) -> tuple[Finding, ...]:
    """The findings of a decision. Where a person departed from the proposal, what belongs to the other outcome is left out, and that it
    would have been another one is said: the reason for it is the person's, in words."""
    if outcome is proposal.outcome or proposal.outcome is None:
        return proposal.findings
    kept = [one for one in proposal.findings if not one.code.startswith(("outcome.", "attempts."))]
    return (*kept, Finding("outcome.departed", {"proposed": proposal.outcome.value}))


def exceptions(tasks: Sequence[TaskStanding], proposal: Proposal) -> tuple[str, ...]:
    """Why a board should look at this learner one by one, as codes; nothing where the results speak for themselves."""
    found = []
    if any(task.standing is Standing.AGREED and abs(task.counted - task.pass_mark) <= CLOSE for task in tasks):
        found.append("close")
    if any(task.failed for task in tasks):
        found.append("must_pass")
    found += [doubt for doubt in DOUBTS if any(doubt in task.doubts for task in tasks)]
    if any(task.void or task.deduction for task in tasks):
        found.append("misconduct")
    if any(task.standing is Standing.MISSING for task in tasks):
        found.append("missing")
    if any(task.route is Route.RECOGNITION for task in tasks):
        found.append("recognised")
    if proposal.outcome in (Outcome.FAIL, Outcome.RESUBMIT):
        found.append(proposal.outcome.value)
    return tuple(found)


class CaseState(StrEnum):
    SUSPECTED = "suspected"
    HEARD = "heard"
    FOUND = "found"
    DISMISSED = "dismissed"
    CLOSED = "closed"


class Consequence(StrEnum):
    """In ascending gravity."""

    WARNING = "warning"
    MARK_REDUCED = "mark_reduced"
    TASK_VOID = "task_void"
    EXCLUSION = "exclusion"


class AppealState(StrEnum):
    LODGED = "lodged"
    IN_REVIEW = "in_review"
    UPHELD = "upheld"
    PARTLY = "partly"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Ground(StrEnum):
    """What an appeal may rest on. Disagreement with a judgement that was fairly made is none."""

    PROCEDURE = "procedure"
    MARKING = "marking"
    CIRCUMSTANCES = "circumstances"
    BIAS = "bias"
    MISCONDUCT_FINDING = "misconduct_finding"


class ClaimState(StrEnum):
    CLAIMED = "claimed"
    JUDGED = "judged"
    RECOGNISED = "recognised"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPEN_CASE = frozenset({CaseState.SUSPECTED, CaseState.HEARD, CaseState.FOUND})
OPEN_APPEAL = frozenset({AppealState.LODGED, AppealState.IN_REVIEW})
OPEN_CLAIM = frozenset({ClaimState.CLAIMED, ClaimState.JUDGED})

_CASE: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.SUSPECTED: frozenset({CaseState.HEARD, CaseState.DISMISSED}),
    CaseState.HEARD: frozenset({CaseState.FOUND, CaseState.DISMISSED}),
    CaseState.FOUND: frozenset({CaseState.CLOSED}),
}
_APPEAL: Mapping[AppealState, frozenset[AppealState]] = {
    AppealState.LODGED: frozenset({AppealState.IN_REVIEW, AppealState.WITHDRAWN}),
    AppealState.IN_REVIEW: frozenset(
        {AppealState.UPHELD, AppealState.PARTLY, AppealState.REJECTED, AppealState.WITHDRAWN}
    ),
}
_CLAIM: Mapping[ClaimState, frozenset[ClaimState]] = {
    ClaimState.CLAIMED: frozenset({ClaimState.JUDGED, ClaimState.WITHDRAWN}),
    ClaimState.JUDGED: frozenset({ClaimState.RECOGNISED, ClaimState.REFUSED, ClaimState.WITHDRAWN}),
}


def before(then: CaseState | AppealState | ClaimState) -> list[str]:
    """The states from which one may move to `then`, for conditional updates."""
    order: Mapping[Any, frozenset[Any]] = (
        _CASE if isinstance(then, CaseState) else _APPEAL if isinstance(then, AppealState) else _CLAIM
    )
    return [state.value for state, following in order.items() if then in following]


def final_from(decided_at: datetime, appeal_days: int, *, at_once: bool) -> datetime:
    """When nothing but an appeal that was lodged in time can change a decision any more."""
    return decided_at if at_once else end_of_window(decided_at, appeal_days)


def end_of_window(decided_at: datetime, days: int) -> datetime:
    return decided_at + timedelta(days=days)


def no_appeal(outcome: str, until: datetime, now: datetime, *, current: bool, appealed: bool) -> str:
    """Why this decision cannot be appealed against, as a code; '' when it can. A decision may be appealed against once."""
    if not current:
        return "appeal.superseded"
    if appealed:
        return "appeal.already"
    if outcome == Outcome.WITHDRAWN:
        return "appeal.withdrawn"
    return "appeal.too_late" if now > until else ""


def default_until(today: date, days: int) -> date:
    """Until when a task is to be handed in again, where nobody says otherwise."""
    return today + timedelta(days=days)
