"""What level was reached, read off the findings: for the verdict, and for whoever shows a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from testamur.verification.report import Check, Outcome, Report
from testamur.verification.transparency.log_policy import Level

_CHECKS = {Level.LOGGED: "log.inclusion", Level.WITNESSED: "log.witnesses", Level.ANCHORED: "log.anchor"}
_NOT_ASKED = ("log.witnesses_not_named",)
_SIGNED_BY_KEY = "issuer.bound_to_key"


@dataclass(frozen=True, slots=True)
class Rung:
    """One level. `outcome` is None where it was not asked about."""

    level: Level
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """`level` is the highest that was reached (None: not even signed); `awarded` is what the credential says, `recorded` since when it is
    publicly recorded at the latest (ISO 8601, None where nobody knows); `late`: the record is younger than the credential says it is."""

    rungs: tuple[Rung, ...]
    level: Level | None
    awarded: str | None = None
    recorded: str | None = None
    late: bool = False


def level_of(checks: Iterable[Check]) -> Level:
    """The level that these findings of `log.…` reach, the credential being signed. A rung that was not asked about is stepped over, one
    that was not reached is not."""
    by_name = {check.name: check for check in checks}
    reached = Level.SIGNED
    for level, name in _CHECKS.items():
        outcome = _outcome(by_name.get(name))
        if outcome is Outcome.PASSED:
            reached = level
        elif outcome is not None or level is Level.LOGGED:
            break
    return reached


def ladder_of(report: Report) -> Ladder | None:
    """The ladder of a report; None where nothing was found about a record."""
    by_name = {check.name: check for check in report.checks if check.name.startswith("log.")}
    if not by_name.keys() & set(_CHECKS.values()):
        return None
    rungs = [Rung(Level.SIGNED, _signed(report))]
    rungs += [Rung(level, _outcome(by_name.get(name))) for level, name in _CHECKS.items()]
    signed = rungs[0].outcome is Outcome.PASSED
    facts: dict[str, Any] = dict(by_name["log.recorded"].facts) if "log.recorded" in by_name else {}
    return Ladder(
        tuple(rungs),
        level_of(by_name.values()) if signed else None,
        facts.get("awarded"),
        facts.get("recorded"),
        late="log.recorded" in by_name and by_name["log.recorded"].code == "log.recorded_late",
    )


def _signed(report: Report) -> Outcome:
    proofs = [check for check in report.checks if check.name in ("proof", "issuer.binding")]
    outcomes = {
        Outcome.PASSED if check.code == _SIGNED_BY_KEY else check.outcome
        for check in proofs
        if check.required or check.code == _SIGNED_BY_KEY
    }
    if Outcome.FAILED in outcomes:
        return Outcome.FAILED
    return Outcome.PASSED if outcomes == {Outcome.PASSED} else Outcome.UNKNOWN


def _outcome(check: Check | None) -> Outcome | None:
    return None if check is None or check.code in _NOT_ASKED else check.outcome
