"""The tests that a programme carries in itself: cases with what must come out, so that whoever edits the rule sees what it
changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from testamur.errors import InputError
from testamur.pathways.engine.deciding import decide
from testamur.pathways.engine.decision import Decision, State
from testamur.pathways.programme import Programme
from testamur.pathways.reading.cases import case_from, fault_of
from testamur.pathways.reading.sentences import Fault

DEFAULT_DAY = date(2026, 1, 1)  # of a test that names no day: what a test says must not depend on when it runs


@dataclass(frozen=True, slots=True)
class Trial:
    """One embedded test: its name, and what came out differently (nothing, where it passed)."""

    name: str
    faults: tuple[Fault, ...]

    @property
    def passed(self) -> bool:
        return not self.faults

    @property
    def differences(self) -> tuple[str, ...]:
        """What came out differently, in English; each fault says itself in another language."""
        return tuple(fault.said() for fault in self.faults)


def trials(programme: Programme) -> Iterator[Trial]:
    """Run every embedded test of `programme`."""
    for test in programme.tests:
        try:
            case = case_from(test, unit=programme.unit, on=DEFAULT_DAY)
            decision = decide(programme, case)
        except (InputError, ValueError) as error:
            yield Trial(test["name"], (fault_of(error),))
            continue
        yield Trial(test["name"], tuple(_differences(test["expect"], decision)))


def _differences(expected: Mapping[str, Any], decision: Decision) -> Iterator[Fault]:
    found = found_in(decision)
    for key, wanted in expected.items():
        actual = found[key]
        if isinstance(wanted, dict):
            for name, value in wanted.items():
                # A credential may be refused for several reasons, or used in several requirements: the one that is expected is among them.
                values = actual.get(name, ())
                if _number(value) not in [_number(each) for each in values]:
                    yield Fault.of("expected_of", key=key, name=name, expected=value, found=values)
        elif isinstance(wanted, list):
            if sorted(wanted) != sorted(actual):
                yield Fault.of("expected", key=key, expected=wanted, found=actual)
        elif _number(wanted) != _number(actual):
            yield Fault.of("expected", key=key, expected=wanted, found=actual)


def _number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, (int, Decimal)) else value


def found_in(decision: Decision) -> dict[str, Any]:
    """A decision in the words of `expect`."""
    chosen = decision.chosen
    used: dict[str, list[str]] = {}
    refused: dict[str, list[str]] = {}
    missing: dict[str, list[Decimal]] = {}
    for entry in chosen.used:
        used.setdefault(entry.credential, []).append(entry.requirement)
    for refusal in chosen.refused:
        refused.setdefault(refusal.credential, []).extend(
            [refusal.name, refusal.kind] if refusal.kind != "undecided" else [f"undecided: {refusal.name}"]
        )
    for status in chosen.statuses:
        for lacking in status.missing:
            missing.setdefault(lacking.of, []).append(lacking.amount)
    return {
        "outcome": decision.outcome.value,
        "award": chosen.award if chosen.outcome.value == "holds" else "none",
        "counted": chosen.counted,
        "count": len(used),
        "used": used,
        "refused": refused,
        "open": [status.name for status in chosen.statuses if status.state is State.OPEN and status.missing],
        "impossible": [
            status.name for status in chosen.statuses if status.state is State.IMPOSSIBLE and status.missing
        ],
        "missing": missing,
        "labels": list(chosen.labels),
        "consequences": [name for name, _ in decision.consequences],
        "reclassified": {text.get("en", next(iter(text.values()))): [amount] for text, amount in decision.reclassified},
        "state": decision.standing.value if decision.standing else "",
        "audit": list(chosen.audit),
        "debits": list(chosen.debits),
        "undecided": sorted({name for _, name, _ in chosen.unknown}),
    }
