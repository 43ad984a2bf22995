"""Does the programme hold? The whole decision, from a programme and a case."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from testamur.pathways.conditions import World, holds
from testamur.pathways.dates import later
from testamur.pathways.engine.awarding import Awarding, merged
from testamur.pathways.engine.decision import AwardDecision, Decision, Outcome, Standing
from testamur.pathways.engine.eligibility import allowed_overrides, approved, candidates, world_of
from testamur.pathways.holdings import Case
from testamur.pathways.programme import Alternative, Programme, Rules, Text
from testamur.pathways.reading.programmes import rules_of

_MOST_CHOICES = 16


def decide(programme: Programme, case: Case, *, explain: bool = True) -> Decision:
    """The decision on `programme` for the person of `case`.

    1. Choose the values of the programme's tables; where a fact is missing, every value that it may be.
    2. Hold every credential against every clause.
    3. For each award find the best assignment (see `problem`); where the choices of 1 disagree it is undecided.
    4. Hold against what follows an assignment: claim, stages, what cancels, validity, withdrawal.

    The same programme and case give the same decision. `explain=False` leaves out the search for the fewest waivers. Raises
    ExtraMissing.
    """
    choices = list(itertools.islice(choices_of(programme, World(case, programme.scales)), _MOST_CHOICES + 1))
    all_tried = len(choices) <= _MOST_CHOICES
    each = [_decided(programme, rules_for(programme, choice), case, explain=explain) for choice in choices]
    rules = rules_for(programme, choices[0])
    awards = [merged([decisions[index] for decisions in each], all_tried=all_tried) for index in range(len(each[0]))]
    if len(choices) > 1:
        names = [name for name in programme.values if len({str(choice[name]) for choice in choices}) > 1]
        awards = [
            replace(award, unknown=(*award.unknown, *(("value", name, "") for name in names)))
            if award.outcome is Outcome.UNDECIDED
            else award
            for award in awards
        ]
    chosen = _highest(awards)
    world = world_of(programme, rules, case)
    standing, until = standing_of(rules, world)
    withdrawn = standing is Standing.WITHDRAWN
    if rules.validity is not None and standing is None and chosen.outcome is Outcome.HOLDS:
        # Since when it is valid is not known, so neither is whether it has lapsed.
        unknown = (*chosen.unknown, ("fact", str(rules.validity.starts.base), ""))
        undecided = replace(chosen, outcome=Outcome.UNDECIDED, unknown=unknown)
        awards = [undecided if award is chosen else award for award in awards]
        chosen = undecided
    outcome = chosen.outcome
    if outcome is not Outcome.DOES_NOT_HOLD and standing in (Standing.CANCELLED, Standing.LAPSED, Standing.WITHDRAWN):
        outcome = Outcome.DOES_NOT_HOLD
    return Decision(
        programme=programme.id,
        version=programme.version,
        digest=programme.digest,
        on=case.on,
        outcome=outcome,
        chosen=chosen,
        awards=tuple(awards),
        values={name: str(value) for name, value in choices[0].items()} if len(choices) == 1 else {},
        consequences=tuple(
            (statement.name, statement.text)
            for statement in rules.consequences
            if (outcome is Outcome.HOLDS or statement.always) and holds(statement.when, None, world) is True
        ),
        standing=standing,
        until=until,
        lapse=rules.validity.lapse if rules.validity and standing is Standing.LAPSED else {},
        reclassified=tuple(_reclassified(rules, chosen, world)) if withdrawn else (),
        appeal_until=later(case.on, rules.appeal.within) if rules.appeal and outcome is Outcome.DOES_NOT_HOLD else None,
        appeal_to=rules.appeal.to if rules.appeal else {},
        rejected_overrides=allowed_overrides(rules, case)[1],
    )


def choices_of(programme: Programme, world: World) -> Iterator[dict[str, Any]]:
    """Every combination of values that the facts allow: one, unless a fact that decides is missing."""
    names = list(programme.values)
    for combination in itertools.product(*(list(_possible(programme.values[name], world)) for name in names)):
        yield dict(zip(names, combination, strict=True))


def _possible(alternatives: tuple[Alternative, ...], world: World) -> Iterator[Any]:
    for alternative in alternatives:
        truth = holds(alternative.when, None, world)
        if truth is not False:
            yield alternative.value
        if truth is True:
            return
    # No entry fits for certain. Where the list ends without an entry for everybody, its last value stands in and the conditions decide.
    if all(holds(alternative.when, None, world) is False for alternative in alternatives):
        yield alternatives[-1].value


def rules_for(programme: Programme, choice: dict[str, Any]) -> Rules:
    return rules_of(programme, choice) if choice else programme.default


def _decided(programme: Programme, rules: Rules, case: Case, *, explain: bool) -> list[AwardDecision]:
    overrides, _ = allowed_overrides(rules, case)
    world = world_of(programme, rules, case)
    awarding = Awarding(programme, rules, world, candidates(rules, world, overrides), overrides, explain=explain)
    return [_afterwards(awarding.decide(award), programme, rules, case) for award in rules.awards]


def _afterwards(decision: AwardDecision, programme: Programme, rules: Rules, case: Case) -> AwardDecision:
    """What is asked once it is known what counts: the claim in time, the gates that people open, what cancels, the audit and
    the debits."""
    if decision.outcome is not Outcome.HOLDS:
        return decision
    used = {entry.credential for entry in decision.used}
    counted = [holding for holding in case.holdings if holding.id in used]
    world = world_of(programme, rules, case, _days(counted))
    late: list[str] = []
    unknown: list[tuple[str, str, str]] = []
    for statement in (*rules.claim, *rules.cancelled_unless):
        truth = holds(statement.when, None, world)
        if truth is False and statement.otherwise == "refer":
            truth = None
        if truth is None and not approved(case, statement.name):
            unknown.append(("claim", statement.name, ""))
        elif truth is False:
            late.append(statement.name)
    for stage in rules.stages:
        approval = approved(case, stage.name)
        if approval is None:
            unknown.append(("stage", stage.name, stage.by))
        elif stage.review_every is not None and (
            approval.on is None or later(approval.on, stage.review_every) < case.on
        ):
            unknown.append(("review", stage.name, stage.by))
    outcome = Outcome.DOES_NOT_HOLD if late else Outcome.UNDECIDED if unknown else Outcome.HOLDS
    audited = [
        holding.id
        for holding in counted
        if any(holds(statement.when, holding, world) is not False for statement in rules.audit)
    ]
    return replace(
        decision,
        outcome=outcome,
        late=tuple(late),
        unknown=(*decision.unknown, *unknown),
        audit=tuple(audited),
        debits=tuple(sorted(used)) if rules.consume_on_use and outcome is Outcome.HOLDS else (),
    )


def _days(counted: list[Any]) -> dict[str, date]:
    """The named days that come from what was counted."""
    awarded = [holding.dates["awarded"] for holding in counted if "awarded" in holding.dates]
    started = [holding.dates.get("started", holding.dates.get("awarded")) for holding in counted]
    known = [day for day in started if day is not None]
    days = {"last_counted": max(awarded)} if awarded else {}
    return {**days, "first_counted": min(known)} if known else days


def _highest(awards: list[AwardDecision]) -> AwardDecision:
    return awards[highest_of([award.outcome for award in awards])]


def highest_of(outcomes: Sequence[Outcome]) -> int:
    """Which of several awards, the highest first, is the decision: the highest that holds. One above it that is undecided stays in the
    list; without one that holds, the first undecided, else the last."""
    for outcome in (Outcome.HOLDS, Outcome.UNDECIDED):
        if outcome in outcomes:
            return outcomes.index(outcome)
    return len(outcomes) - 1


def standing_of(rules: Rules, world: World) -> tuple[Standing | None, date | None]:
    """How the award stands on the day of the decision: withdrawn, cancelled, or by its validity."""
    if rules.withdrawal and world.fact("withdrawn") is True:
        return Standing.WITHDRAWN, None
    if any(
        holds(statement.when, None, world) is False and statement.otherwise == "refuse"
        for statement in rules.cancelled_unless
    ):
        return Standing.CANCELLED, None
    if rules.validity is None:
        return None, None
    starts = rules.validity.starts.resolve(lambda name: world.day(name, None))
    if starts is None:
        return None, None
    until = later(starts, rules.validity.lasts)
    if world.case.on <= until:
        return Standing.ACTIVE, until
    return (Standing.GRACE if world.case.on <= later(until, rules.validity.grace) else Standing.LAPSED), until


def _reclassified(rules: Rules, chosen: AwardDecision, world: World) -> Iterator[tuple[Text, Decimal]]:
    """What becomes of what was counted: each credential goes to the first class that takes it."""
    amounts = {entry.credential: entry.amount for entry in chosen.used}
    sums: list[Decimal] = [Decimal(0) for _ in rules.withdrawal]
    for holding in world.case.holdings:
        if holding.id not in amounts:
            continue
        for index, entry in enumerate(rules.withdrawal):
            if holds(entry.where, holding, world) is True:
                sums[index] += amounts[holding.id]
                break
    for entry, total in zip(rules.withdrawal, sums, strict=True):
        yield entry.as_, total
