"""Does an award still stand after a credential that counted fell (was revoked, suspended, or found false)?

The rule is applied again, as on the day of the decision, to the same case without what fell: time alone takes nothing away here (that
is `validity`'s to do), only the fall does. If it holds by another use of the rest, it holds. If not, the first fall after which it
did not hold is named, and from that day the grace runs that the programme sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from testamur.errors import InputError
from testamur.pathways.dates import later
from testamur.pathways.decisions.record import DecisionRecord, summary
from testamur.pathways.decisions.rerun import Rerun
from testamur.pathways.engine.deciding import decide
from testamur.pathways.engine.decision import Decision, Outcome
from testamur.pathways.holdings import Case, Holding
from testamur.pathways.programme import Programme, Text
from testamur.pathways.reading import read_programme
from testamur.pathways.truth import Truth


class Stand(StrEnum):
    """How an award stands after a fall."""

    HOLDS = "holds"  # nothing that counted fell
    HOLDS_OTHERWISE = "holds otherwise"  # by another use of what is left
    GRACE = "grace"  # it does not hold; the time to mend it is running
    FALLEN = "fallen"  # it does not hold, and there is no time left or none was given
    UNDECIDED = "undecided"  # whether something that counted still stands is not known
    NEVER_HELD = "never held"  # the decision was not that it holds


@dataclass(frozen=True, slots=True)
class Fallen:
    """That a credential does not stand any more, or (`valid` None) that this is not known. `since` is the day from which, where it is
    known; `reason` a stable code."""

    credential: str
    since: date | None = None
    reason: str = ""
    valid: Truth = False


@dataclass(frozen=True, slots=True)
class Reevaluated:
    """What follows. `since` is the first day on which it does not hold, `until` the last day of grace; `by` the credentials whose fall
    mattered; `open` the requirements that are now open; `decision` the whole of it, to be explained in words; `text` what the programme
    tells the person."""

    stand: Stand
    decision: Decision
    since: date | None = None
    until: date | None = None
    by: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    text: Text | None = None


def fallen_of(again: Rerun, since: date | None = None) -> tuple[Fallen, ...]:
    """What `rerun` found to have fallen."""
    return tuple(Fallen(credential, since, reason) for credential, reason in sorted(again.fallen.items()))


def reevaluate(
    record: DecisionRecord, fallen: Sequence[Fallen], *, on: date, others: Iterable[Holding] = ()
) -> Reevaluated:
    """How the award of `record` stands on the day `on`, after `fallen`. `others` are further verified credentials of the person, held
    then or earned since, which may take the place of what fell.

    A fall without a day counts from `on`; one that lies after `on` has not happened. Raises InputError (`pathways.not_in_decision`) for a
    credential that the decision does not know, and ExtraMissing.
    """
    known = {holding.id for holding in record.case.holdings}
    if unknown := [entry.credential for entry in fallen if entry.credential not in known]:
        raise InputError(
            "The decision knows nothing of a credential that is said to have fallen.",
            code="pathways.not_in_decision",
            facts={"credentials": unknown},
        )
    programme = read_programme(record.rule)
    case = _joined(record.case, others)
    happened = [entry for entry in fallen if entry.since is None or entry.since <= on]
    decision = decide(programme, _without(case, happened))
    counted = {credential for credential, *_ in record.said.used}
    by = tuple(sorted(entry.credential for entry in happened if entry.credential in counted))
    if record.said.outcome != Outcome.HOLDS.value:
        return Reevaluated(Stand.NEVER_HELD, decision)
    if decision.outcome is Outcome.HOLDS and decision.chosen.award == record.said.award:
        stand = Stand.HOLDS_OTHERWISE if by else Stand.HOLDS
        if by and not any(entry.credential in by and entry.valid is False for entry in happened):
            # Only doubts, and it holds even without them.
            stand = Stand.HOLDS_OTHERWISE if summary(decision).used != record.said.used else Stand.HOLDS
        return Reevaluated(stand, decision, by=by)
    lacking = tuple(status.name for status in decision.chosen.statuses if status.missing)
    if decision.outcome is Outcome.UNDECIDED:
        return Reevaluated(Stand.UNDECIDED, decision, by=by, open=lacking)
    since = _since(programme, case, happened, record.said.award, on)
    rule = programme.default.reevaluation
    until = later(since, rule.grace) if rule is not None else None
    stand = Stand.GRACE if until is not None and on <= until else Stand.FALLEN
    return Reevaluated(stand, decision, since, until, by, lacking, rule.text if rule is not None else None)


def _joined(case: Case, others: Iterable[Holding]) -> Case:
    held = {holding.id: holding for holding in others}
    return replace(case, holdings=tuple({**held, **{holding.id: holding for holding in case.holdings}}.values()))


def _without(case: Case, fallen: Sequence[Fallen]) -> Case:
    """The case in which what fell does not stand. Nobody's word that it stands (an approval of "standing") survives the fall."""
    gone = {entry.credential: entry for entry in fallen}
    return replace(
        case,
        holdings=tuple(
            replace(holding, valid=gone[holding.id].valid, reason=gone[holding.id].reason)
            if holding.id in gone
            else holding
            for holding in case.holdings
        ),
        approvals=tuple(entry for entry in case.approvals if not (entry.of == "standing" and entry.credential in gone)),
    )


def _since(programme: Programme, case: Case, fallen: Sequence[Fallen], award: str, on: date) -> date:
    """The first day of a fall after which it did not hold: falls are put in the order of their days, and it can only get worse."""
    certain = [entry for entry in fallen if entry.valid is False]
    for day in sorted({entry.since or on for entry in certain}):
        until_then = [entry for entry in certain if (entry.since or on) <= day]
        decision = decide(programme, _without(case, until_then), explain=False)
        if decision.outcome is not Outcome.HOLDS or decision.chosen.award != award:
            return day
    return on
