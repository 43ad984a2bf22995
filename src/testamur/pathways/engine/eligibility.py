"""Which credentials count at all, and by which clause one does not.

Every credential is held against every clause of the programme; the answers are kept apart, so that a refusal names its clause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from testamur.pathways.conditions import Condition, World, holds
from testamur.pathways.holdings import Approval, Case, Holding, Override
from testamur.pathways.programme import Programme, Rules
from testamur.pathways.truth import Truth, all_of

Ask = Callable[[Condition | None, Holding, World], Truth]  # `holds`, or one that remembers

STANDING = "standing"  # the name of what every programme asks: that the credential is genuine and valid today
CONSUMED = "consumed"
REFUSED_BY_HAND = "refused by hand"
APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one clause says of one credential. `detail` is a word for the sentence: the reason of an invalid credential, who
    refused …"""

    clause: str
    truth: Truth
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A credential with the answers of all clauses."""

    holding: Holding
    answers: tuple[Answer, ...]

    @property
    def counts(self) -> Truth:
        return all_of(answer.truth for answer in self.answers)

    @property
    def refused_by(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.truth is False)

    @property
    def undecided_by(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.truth is None)


def world_of(programme: Programme, rules: Rules, case: Case, days: dict[str, date] | None = None) -> World:
    """What conditions may look at, with the achievements that each credential stands for by a substitution that is in force."""
    world = World(case, programme.scales, days or {})
    stands_for: dict[str, frozenset[str]] = {}
    for holding in case.holdings:
        replaced = {
            substitution.stands_for
            for substitution in rules.substitutions
            if holds(substitution.accept, holding, world) is not False
            and (not substitution.approval or approved(case, substitution.name, holding.id))
        }
        if replaced:
            stands_for[holding.id] = frozenset(replaced)
    return World(case, programme.scales, days or {}, stands_for)


def approved(case: Case, name: str, credential: str = "") -> Approval | None:
    """The approval of `name` for this credential, or for the case as a whole."""
    return next(
        (
            approval
            for approval in case.approvals
            if approval.of == name and approval.credential in ("", credential) and approval.by and approval.reason
        ),
        None,
    )


def candidates(rules: Rules, world: World, overrides: tuple[Override, ...], ask: Ask = holds) -> tuple[Candidate, ...]:
    """Every credential of the case with its answers; `overrides` are those that the programme allows. `ask` answers conditions; a batch
    has one that remembers."""
    refused = {override.credential: override for override in overrides if override.does == "refuse"}
    return tuple(candidate_of(holding, rules, world, refused.get(holding.id), ask) for holding in world.case.holdings)


def candidate_of(holding: Holding, rules: Rules, world: World, refused: Override | None, ask: Ask = holds) -> Candidate:
    """One credential with its answers; `refused` is who refused it by hand."""
    return Candidate(holding, tuple(_answers(holding, rules, world, refused, ask)))


def _answers(holding: Holding, rules: Rules, world: World, refused: Override | None, ask: Ask) -> Iterator[Answer]:
    vouched = holding.valid is None and approved(world.case, STANDING, holding.id) is not None
    yield Answer(STANDING, True if vouched else holding.valid, holding.reason)
    if refused is not None:
        yield Answer(REFUSED_BY_HAND, False, refused.reason)
    if rules.consume_on_use:
        spent = next((use for use in holding.uses if use.consumed), None)
        yield Answer(CONSUMED, spent is None, spent.programme if spent else "")
    for clause in rules.clauses:
        concerned = ask(clause.applies_to, holding, world)
        if concerned is False:
            continue
        truth = ask(clause.where, holding, world)
        if truth is False and concerned is None:
            truth = None
        if truth is False and clause.otherwise == "refer":
            truth = None
        if truth is None and approved(world.case, clause.name, holding.id):
            truth = True
        yield Answer(clause.name, truth)
    for overlap in rules.overlaps:
        if overlap.times is not None:
            times = sum(1 for use in holding.uses if overlap.where.matches(use))
            yield Answer(overlap.name, times <= overlap.times, str(times))


def allowed_overrides(rules: Rules, case: Case) -> tuple[tuple[Override, ...], tuple[Override, ...]]:
    """The overrides that count, and those that do not: one counts if the programme allows its kind and role and it has a name
    and a reason."""
    counted: list[Override] = []
    rejected: list[Override] = []
    for override in case.overrides:
        fits = (
            override.does in rules.override_kinds
            and override.role in rules.override_roles
            and bool(override.by.strip())
            and bool(override.reason.strip())
            and (override.does == "refuse" or bool(override.requirement))
            and (override.does == "waive" or bool(override.credential))
        )
        (counted if fits else rejected).append(override)
    return tuple(counted), tuple(rejected)
