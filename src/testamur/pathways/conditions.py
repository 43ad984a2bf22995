"""Conditions: what a rule asks of a credential or of a fact, and how it is answered with yes, no or not known.

One form for both: a `Compare` names a subject and how its value must compare. The answer is not known where the value is
absent; that is the whole point, for a rule that takes absent for zero decides what nobody said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from testamur.pathways import dates
from testamur.pathways.dates import Moment
from testamur.pathways.holdings import Case, Holding, Scalar, Use
from testamur.pathways.truth import Truth, all_of, any_of, negated

DATES = ("awarded", "started", "completed", "enrolled", "valid_until")
TEXTS = ("achievement", "issuer", "category", "skill", "type", "language", "mode", "term", "source", "id")
AS_NAMED = "as named"
_WORD = re.compile(r"[\w'-]+")

# The orders that stand behind "at least" where a programme defines none of its own, least first.
ORDERS: Mapping[str, tuple[str, ...]] = {
    "identity": ("none", "name_check", "account", "identity_document", "digital_certificate"),
    "supervision": ("none", "recorded", "online", "onsite"),
}


@dataclass(frozen=True, slots=True)
class Compare:
    """`subject` is what is looked at (`achievement`, `grade`, `fact` …), `name` which one (a scale, a framework, a fact).

    `tests` are (comparison, operand): `is` and `is_not` with a set of values; `at_least`, `at_most`, `more_than`, `less_than`
    with a number or a word of `scale`; `from`, `until`, `after`, `before` with a Moment; `windows` with pairs of Moments;
    `without_words` with a set of words. An `achievement` of the name AS_NAMED is that very version, and no later one.
    """

    subject: str
    name: str = ""
    tests: tuple[tuple[str, Any], ...] = ()
    scale: str = ""


@dataclass(frozen=True, slots=True)
class UsedIn:
    """The credential counts in another programme that passes all of `tests` (`programme`, `kind`, `level`, `institution`: sets
    of values)."""

    tests: tuple[tuple[str, frozenset[str]], ...] = ()
    unless: tuple[UsedIn, ...] = ()
    consumed: bool | None = None

    def matches(self, use: Use) -> bool:
        if any(other.matches(use) for other in self.unless):
            return False
        if self.consumed is not None and use.consumed is not self.consumed:
            return False
        return all(getattr(use, name) in values for name, values in self.tests)


@dataclass(frozen=True, slots=True)
class Approved:
    """Somebody who is named approved the credential (recognised prior learning, a transfer)."""

    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another valid credential that passes `where` is held, and was awarded before this one was begun (or awarded, where no
    beginning is known)."""

    where: Condition


@dataclass(frozen=True, slots=True)
class Combined:
    """`all`, `any` or `not` of `parts`."""

    how: str
    parts: tuple[Condition, ...]


Condition = Compare | UsedIn | Approved | Earlier | Combined


@dataclass(frozen=True, slots=True)
class World:
    """Everything a condition may look at: the case, the programme's scales and extra named days. `stands_for` adds achievements
    to a holding."""

    case: Case
    scales: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    stands_for: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def fact(self, name: str) -> Scalar | None:
        return self.case.facts.get(name)

    def day(self, name: str, holding: Holding | None) -> date | None:
        """The day of that name: the credential's, the person's, or that of the decision."""
        if holding is not None and name in holding.dates:
            return holding.dates[name]
        if holding is not None and isinstance(of_it := holding.attributes.get(name), (str, date)):
            return as_day(of_it)
        if name == "decision":
            return self.case.on
        if name in self.days:
            return self.days[name]
        return as_day(self.case.facts.get(name))


def as_day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            return dates.day(value)
        except ValueError:
            return None
    return None


def holds(condition: Condition | None, holding: Holding | None, world: World) -> Truth:
    """Whether `condition` is met by `holding` (None where it asks only for facts)."""
    match condition:
        case None:
            return True
        case Combined(how="all", parts=parts):
            return all_of(holds(part, holding, world) for part in parts)
        case Combined(how="any", parts=parts):
            return any_of(holds(part, holding, world) for part in parts)
        case Combined(parts=parts):
            return negated(all_of(holds(part, holding, world) for part in parts))
        case UsedIn():
            return holding is not None and any(condition.matches(use) for use in holding.uses)
        case Approved(wanted=wanted):
            return holding is not None and bool(holding.approver) is wanted
        case Earlier(where=where):
            return _earlier(where, holding, world)
        case Compare():
            value = _value(condition, holding, world)
            return (
                None
                if value is None
                else all_of(_test(*test, value, condition, holding, world) for test in condition.tests)
            )


def _earlier(where: Condition, holding: Holding | None, world: World) -> Truth:
    if holding is None:
        return False
    begun = holding.dates.get("started") or holding.dates.get("awarded")

    def answers(other: Holding) -> Truth:
        ended = other.dates.get("awarded")
        before: Truth = None if begun is None or ended is None else ended <= begun
        return all_of((other.valid, holds(where, other, world), before))

    return any_of(answers(other) for other in world.case.holdings if other.id != holding.id)


def _value(asked: Compare, holding: Holding | None, world: World) -> Any:
    """The value that is compared: a set of texts, a number, a word, a day; None where it is absent."""
    if asked.subject == "fact":
        return world.day(asked.name, None) if asked.name == "decision" else world.fact(asked.name)
    if holding is None:
        return None
    match asked.subject:
        case "achievement":
            named = frozenset({holding.achievement}) | holding.codes | world.stands_for.get(holding.id, frozenset())
            return named if asked.name == AS_NAMED else named | holding.continues
        case "category":
            return holding.categories
        case "source":  # what stands for something else is a substitution, besides how it was come by
            return frozenset({holding.source}) | ({"substitution"} if world.stands_for.get(holding.id) else frozenset())
        case "skill":
            return holding.skills
        case "grade":
            return holding.grades.get(asked.name)
        case "level":
            return holding.levels.get(asked.name)
        case "credits":
            return holding.credits.get(asked.name)
        case "attribute":
            return holding.attributes.get(asked.name)
        case subject if subject in DATES:
            return holding.dates.get(subject)
        case subject:
            value = getattr(holding, subject)
            return None if value == "" else value


def _test(how: str, operand: Any, value: Any, asked: Compare, holding: Holding | None, world: World) -> Truth:
    match how:
        case "is":
            return _is(value, operand)
        case "is_not":
            return not _is(value, operand)
        case "at_least" | "at_most" | "more_than" | "less_than":
            difference = _compared(value, operand, _order(asked, world))
            if difference is None:
                return None
            return {
                "at_least": difference >= 0,
                "at_most": difference <= 0,
                "more_than": difference > 0,
                "less_than": difference < 0,
            }[how]
        case "from" | "until" | "after" | "before":
            return _dated(how, as_day(value), operand, holding, world)
        case "windows":
            return any_of(
                all_of(
                    (
                        _dated("from", as_day(value), first, holding, world),
                        _dated("until", as_day(value), last, holding, world),
                    )
                )
                for first, last in operand
            )
        case _:  # without_words
            return not ({word.casefold() for word in _WORD.findall(str(value))} & operand) and not any(
                " " in phrase and phrase in str(value).casefold() for phrase in operand
            )


def _is(value: Any, operand: frozenset[Any]) -> bool:
    if isinstance(value, frozenset):
        return bool(value & operand)
    if isinstance(value, date):
        return value in operand or value.isoformat() in operand
    if isinstance(value, bool):
        return any(value is other for other in operand)
    return any(value == other and not isinstance(other, bool) for other in operand)


def _order(asked: Compare, world: World) -> Sequence[str]:
    name = asked.scale or asked.name or asked.subject
    return world.scales.get(name) or ORDERS.get(name, ())


def _compared(value: Any, operand: Any, order: Sequence[str]) -> int | None:
    """-1, 0 or 1; None where the two cannot be compared (a word that the scale does not have, a number against a word)."""
    if order and str(value) in order and str(operand) in order:
        first, second = order.index(str(value)), order.index(str(operand))
        return (first > second) - (first < second)
    one, other = _number(value), _number(operand)
    return None if one is None or other is None else (one > other) - (one < other)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, Decimal)):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", value):
        return Decimal(value)
    return None


def _dated(how: str, value: date | None, operand: Moment, holding: Holding | None, world: World) -> Truth:
    bound = operand.resolve(lambda name: world.day(name, holding))
    if value is None or bound is None:
        return None
    return {"from": value >= bound, "until": value <= bound, "after": value > bound, "before": value < bound}[how]
