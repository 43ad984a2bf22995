"""The catalogue of everything a check can find: one row for each code.

A code stands for one finding, so it decides the rest: the check's name, the question it answers, its outcome, whether it is
required, and the W3C problem type where one exists. Checks never build a `Check` by hand; they say `found("dates.expired",
until=…)`, and the catalogue refuses a code it does not know or facts it does not expect. The sentences, the reference page and the
translations are tested for completeness against this table.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from testamur.verification.codes import further, genuine, recorded
from testamur.verification.codes.row import Code
from testamur.verification.report import Check, check_of

__all__ = ["CODES", "Code", "found"]

_LONGEST_FACT = 1_000  # characters
_MOST_ITEMS = 20

_TABLE = [*genuine.TABLE, *further.TABLE, *recorded.TABLE]

CODES: MappingProxyType[str, Code] = MappingProxyType({row.code: row for row in _TABLE})
_ROWS = {
    row.code: (row.name, row.question, row.outcome, frozenset(row.facts), row.required, row.problem) for row in _TABLE
}
# A finding without facts is always the same one.
_WITHOUT_FACTS = {
    row.code: check_of(row.name, row.question, row.outcome, row.code, {}, row.required, row.problem)
    for row in _TABLE
    if not row.facts
}
if len(CODES) != len(_TABLE):  # pragma: no cover - a mistake in the table above
    raise RuntimeError("a code stands twice in the catalogue")


def found(code: str, *, required: bool | None = None, **facts: Any) -> Check:
    """The check that says `code` with exactly the facts that the catalogue names.

    `required` may only take the requirement away (a profile that does not ask this), never add one. Raises LookupError for an
    unknown code and TypeError for facts that the catalogue does not expect: both are mistakes of the caller, not of a document.
    """
    if not facts and required is None and code in _WITHOUT_FACTS:
        return _WITHOUT_FACTS[code]
    name, question, outcome, expected, always, problem = _ROWS[code]
    if facts.keys() != expected:
        raise TypeError(f"{code} carries the facts {sorted(expected)}, not {sorted(facts)}")
    for fact, value in facts.items():
        if type(value) is not str or len(value) > _LONGEST_FACT:
            facts[fact] = _bounded(value)
    return check_of(name, question, outcome, code, facts, always and required is not False, problem)


def _bounded(value: Any) -> Any:
    """A fact of bearable length: a document decides what stands in it, and a report is stored and passed around."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_FACT else value[:_LONGEST_FACT] + "…"
    if isinstance(value, list):
        return [_bounded(item) for item in value[:_MOST_ITEMS]]
    return value
