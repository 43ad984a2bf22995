"""What a decision stood on, kept so that it can be taken again: the rule's own bytes, the case, the parts, and what came out.

A record says no more of the person than the decision needs. Of a programme that holds, it keeps the credentials that count and those
without which something else would come out; the others are not named. Of the facts it keeps those that the rule can ask for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from testamur.errors import InputError
from testamur.pathways.decisions.case_values import asked_facts
from testamur.pathways.engine.deciding import decide
from testamur.pathways.engine.decision import Decision, Outcome
from testamur.pathways.holdings import Case, Holding
from testamur.pathways.programme import Programme
from testamur.pathways.reading import read_programme


@dataclass(frozen=True, slots=True)
class Part:
    """One document that the decision stood on: its SHA-256 (hexadecimal), media type, the credentials that it brought, and its bytes
    where it is embedded (`content`; None where it stands by its digest alone)."""

    digest: str
    media_type: str
    credentials: tuple[str, ...]
    name: str = ""
    content: bytes | None = None


def part_of(
    content: bytes, holdings: Iterable[Holding], *, media_type: str = "application/json", embed: bool = True
) -> Part:
    """The part that the document `content` is, which brought `holdings`."""
    holdings = tuple(holdings)
    return Part(
        digest=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        credentials=tuple(holding.id for holding in holdings),
        name=next((holding.name for holding in holdings if holding.name), ""),
        content=content if embed else None,
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """What came out, in the words of a decision. `used` are (credential, requirement, amount, unit)."""

    outcome: str
    award: str
    counted: Decimal
    unit: str
    labels: tuple[str, ...] = ()
    used: tuple[tuple[str, str, Decimal, str], ...] = ()
    vector: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision, whole: `rule` is the programme's text as its author published it, byte for byte; `left_out` the number of
    credentials that were held and did not matter."""

    rule: bytes
    programme: str
    version: str
    case: Case
    said: Summary
    parts: tuple[Part, ...] = ()
    left_out: int = 0

    @property
    def rule_digest(self) -> str:
        return hashlib.sha256(self.rule).hexdigest()

    @property
    def on(self) -> date:
        return self.case.on


def make_record(rule: bytes, case: Case, parts: Iterable[Part] = ()) -> DecisionRecord:
    """Decide `rule` for `case` and record it. `parts` are the documents from which the holdings of the case came.

    1. Decide on everything that is held. 2. If it holds, decide again on what counted alone, and keep only that where the same comes out.
    3. Keep the facts that the rule can ask for, and the parts of the credentials that are kept.

    Raises NotAProgramme, InputError (a part that names a credential twice) and ExtraMissing.
    """
    programme = read_programme(rule)
    case = replace(case, facts={name: value for name, value in case.facts.items() if name in asked_facts(programme)})
    decision = decide(programme, case, explain=True)
    kept, decision = _needed(programme, case, decision)
    held = {holding.id for holding in kept.holdings}
    needed = tuple(
        replace(part, credentials=tuple(credential for credential in part.credentials if credential in held))
        for part in parts
        if held.intersection(part.credentials)
    )
    named = [credential for part in needed for credential in part.credentials]
    if len(named) != len(set(named)):
        raise InputError("Two documents bring the same credential; hand in one of them.", code="pathways.part_twice")
    return DecisionRecord(
        rule=bytes(rule),
        programme=programme.id,
        version=programme.version,
        case=kept,
        said=summary(decision),
        parts=needed,
        left_out=len(case.holdings) - len(kept.holdings),
    )


def summary(decision: Decision) -> Summary:
    """What came out of `decision`, as a record keeps it."""
    chosen = decision.chosen
    return Summary(
        outcome=decision.outcome.value,
        award=chosen.award,
        counted=chosen.counted,
        unit=chosen.unit,
        labels=chosen.labels,
        used=tuple((used.credential, used.requirement, used.amount, used.unit) for used in chosen.used),
        vector=chosen.vector,
    )


def _needed(programme: Programme, case: Case, decision: Decision) -> tuple[Case, Decision]:
    """The smallest case that is known to give the same decision, and that decision."""
    if decision.outcome is not Outcome.HOLDS:
        return case, decision
    used = {entry.credential for entry in decision.chosen.used}
    smaller = replace(
        case,
        holdings=tuple(holding for holding in case.holdings if holding.id in used),
        approvals=tuple(entry for entry in case.approvals if not entry.credential or entry.credential in used),
        overrides=tuple(entry for entry in case.overrides if not entry.credential or entry.credential in used),
    )
    if len(smaller.holdings) == len(case.holdings) or _looks_at_others(programme):
        return case, decision
    again = decide(programme, smaller)
    one, other = summary(decision), summary(again)
    same = replace(one, used=()) == replace(other, used=()) and again.standing is decision.standing
    return (smaller, again) if same else (case, decision)


def _looks_at_others(programme: Programme) -> bool:
    """Whether a mean is taken over everything that is held: then what does not count decides too."""
    stack = [programme.document]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if value.get("over") == "held":
                return True
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return False
