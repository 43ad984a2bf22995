"""A case as plain values: the inverse of `reading.cases.case_from`, so that what a decision stood on can be written down and read again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from testamur.errors import InputError
from testamur.pathways.holdings import Case, Holding
from testamur.pathways.programme import Programme
from testamur.pathways.truth import Truth

_TEXTS = ("name", "issuer", "type", "language", "mode", "term", "identity", "supervision", "reason", "approver")
_VALID: Mapping[Truth, bool | str] = {True: True, False: False, None: "unknown"}
_WORD = re.compile(r"[^\W\d]\w*")


def case_values(case: Case) -> dict[str, Any]:
    """`case` in the values of a case file, which JSON can write. Raises InputError for a number that JSON cannot keep exactly."""
    return _present(
        {
            "on": case.on.isoformat(),
            "facts": {name: _scalar(value) for name, value in sorted(case.facts.items())},
            "credentials": [holding_values(holding) for holding in case.holdings],
            "approvals": [
                _present(
                    {
                        "of": approval.of,
                        "by": approval.by,
                        "reason": approval.reason,
                        "on": approval.on.isoformat() if approval.on else None,
                        "credential": approval.credential,
                    }
                )
                for approval in case.approvals
            ],
            "overrides": [
                _present(
                    {
                        name: getattr(override, name)
                        for name in ("does", "requirement", "credential", "by", "role", "reason")
                    }
                )
                for override in case.overrides
            ],
        }
    )


def holding_values(holding: Holding) -> dict[str, Any]:
    """One credential in the values of a case file."""
    return _present(
        {
            "id": holding.id,
            "achievement": holding.achievement,
            "code": sorted(holding.codes),
            "version": holding.version,
            "continues": sorted(holding.continues),
            **{name: getattr(holding, name) for name in _TEXTS},
            "credits": {unit: _number(amount) for unit, amount in sorted(holding.credits.items())},
            "level": {name: _scalar(value) for name, value in sorted(holding.levels.items())},
            "grade": {name: _scalar(value) for name, value in sorted(holding.grades.items())},
            **{name: day.isoformat() for name, day in sorted(holding.dates.items())},
            "category": sorted(holding.categories),
            "skill": sorted(holding.skills),
            "attendance": None if holding.attendance is None else _number(holding.attendance),
            "attempt": holding.attempt,
            "source": holding.source,
            "uses": list(map(_use, holding.uses)),
            "attributes": {name: _scalar(value) for name, value in sorted(holding.attributes.items())},
        }
    ) | {"valid": _VALID[holding.valid]}


def asked_facts(programme: Programme) -> frozenset[str]:
    """Every word that stands in the rule, among them the names of all facts that it can ask for. A fact that no rule names has no
    place in a record."""
    return frozenset(_words({name: value for name, value in programme.document.items() if name != "tests"}))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield from _WORD.findall(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)


def _use(use: Any) -> dict[str, Any]:
    return _present({name: getattr(use, name) for name in ("programme", "kind", "level", "institution")}) | (
        {"consumed": True} if use.consumed else {}
    )


def _scalar(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _number(value)
    return value.isoformat() if isinstance(value, date) else value


def _number(value: Decimal) -> int | float:
    if value == value.to_integral_value():
        return int(value)
    written = float(value)
    if Decimal(repr(written)) != value:
        raise InputError(f"The number {value} has more digits than JSON keeps.", code="pathways.number_not_kept")
    return written


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, ())}
