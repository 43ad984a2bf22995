"""Conditions, from plain values to the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from testamur.pathways import dates
from testamur.pathways.conditions import (
    AS_NAMED,
    DATES,
    ORDERS,
    TEXTS,
    Approved,
    Combined,
    Compare,
    Condition,
    Earlier,
    UsedIn,
)
from testamur.pathways.dates import Duration, Moment, NotATime
from testamur.pathways.reading.mistakes import Mistake
from testamur.pathways.reading.source import Path, Places

_ORDERED = ("at_least", "at_most", "more_than", "less_than")
_DATED = ("from", "until", "after", "before")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?%?\Z")
_EPOCH = dates.day("1970-01-01")


class Reading:
    """What the readers share: the places, the mistakes found so far, and the names that the programme defines."""

    def __init__(
        self,
        places: Places,
        lists: Mapping[str, frozenset[str]],
        scales: Mapping[str, tuple[str, ...]],
        unit: str,
        *,
        as_named: bool = False,
    ) -> None:
        self.places = places
        self.lists = lists
        self.scales = scales
        self.unit = unit
        self._versions = AS_NAMED if as_named else ""
        self.mistakes: list[Mistake] = []

    def wrong(self, path: Path, code: str, **facts: Any) -> None:
        self.mistakes.append(self.places.mistake(path, code, **facts))

    def moment(self, value: Any, path: Path) -> Moment:
        try:
            return dates.moment(str(value))
        except NotATime as error:
            self.wrong(path, error.code, text=error.text)
            return Moment(_EPOCH)

    def duration(self, value: Any, path: Path) -> Duration:
        try:
            return dates.duration(str(value))
        except NotATime as error:
            self.wrong(path, error.code, text=error.text)
            return Duration()

    def texts(self, value: Any, path: Path) -> frozenset[str]:
        if isinstance(value, dict):
            if value["list"] not in self.lists:
                self.wrong((*path, "list"), "no_list", name=value["list"])
            return self.lists.get(value["list"], frozenset())
        return frozenset(value if isinstance(value, list) else [value])

    def achievement(self, named: frozenset[str]) -> Compare:
        """It is one of these achievements, or a later version of one, unless the programme counts versions as they are named."""
        return Compare("achievement", self._versions, (("is", named),))

    def condition(self, value: Mapping[str, Any], path: Path) -> Condition:
        """The condition in `value`: several keys must all be true."""
        parts = tuple(self._part(key, value[key], (*path, key)) for key in value)
        return parts[0] if len(parts) == 1 else Combined("all", parts)

    def optional(self, value: Mapping[str, Any], key: str, path: Path) -> Condition | None:
        return self.condition(value[key], (*path, key)) if key in value else None

    def _part(self, key: str, value: Any, path: Path) -> Condition:
        if key in ("all", "any"):
            return Combined(key, tuple(self.condition(part, (*path, index)) for index, part in enumerate(value)))
        if key == "not":
            return Combined("not", (self.condition(value, path),))
        if key == "earlier":
            return Earlier(self.condition(value, path))
        if key == "approved":
            return Approved(value)
        if key == "used_in":
            return self.used_in(value, path)
        if key == "achievement":
            return self.achievement(self.texts(value, path))
        if key == "version":
            return Compare(key, tests=self._tests(_as_texts(value), path))
        if key in TEXTS:
            return Compare(key, tests=(("is", self.texts(value, path)),))
        if key in DATES:
            return Compare(key, tests=self._tests(value, path))
        name = value.get("name") or value.get("scale") or value.get("framework") or value.get("unit") or ""
        if key == "credits" and not name:
            name = self.unit
        scale = value.get("scale", name if key in ("grade", "level") else "")
        self._words_of(value, scale or name or key, path)
        return Compare(key, name, self._tests(value, path), scale)

    def of_facts(self, value: Mapping[str, Any], path: Path) -> Condition:
        """The condition in `value` where there is no credential to ask: it may ask for facts only."""
        self._only_facts(value, path)
        return self.condition(value, path)

    def _only_facts(self, value: Mapping[str, Any], path: Path) -> None:
        for key, inner in value.items():
            if key in ("all", "any"):
                for index, part in enumerate(inner):
                    self._only_facts(part, (*path, key, index))
            elif key == "not":
                self._only_facts(inner, (*path, key))
            elif key != "fact":
                self.wrong((*path, key), "facts_only", key=key)

    def _words_of(self, value: Mapping[str, Any], scale: str, path: Path) -> None:
        """A word can be "at least" another only where their order is known."""
        order = self.scales.get(scale) or ORDERS.get(scale, ())
        for how in _ORDERED:
            word = value.get(how)
            if isinstance(word, str) and word not in order and not _NUMBER.match(word):
                self.wrong((*path, how), "no_scale_word", word=word, scale=scale)

    def _tests(self, value: Mapping[str, Any], path: Path) -> tuple[tuple[str, Any], ...]:
        tests: list[tuple[str, Any]] = []
        for how, operand in value.items():
            if how in ("is", "is_not"):
                tests.append((how, frozenset(operand if isinstance(operand, list) else [operand])))
            elif how in _ORDERED:
                tests.append((how, self._operand(operand)))
            elif how in _DATED:
                tests.append((how, self.moment(operand, (*path, how))))
            elif how == "in_windows":
                windows = [
                    tuple(self.moment(day, (*path, how, index, end)) for end, day in enumerate(window))
                    for index, window in enumerate(operand)
                ]
                tests.append(("windows", tuple(windows)))
            elif how == "without_words":
                tests.append((how, frozenset(word.casefold() for word in operand)))
        if not tests:
            self.wrong(path, "no_comparison")
        return tuple(tests)

    @staticmethod
    def _operand(value: Any) -> Any:
        """A percentage is the share that it writes: 80% is 0.8."""
        if isinstance(value, str) and value.endswith("%") and value[:-1].replace(".", "", 1).isdigit():
            return Decimal(value[:-1]) / 100
        return value

    def used_in(self, value: Mapping[str, Any], path: Path) -> UsedIn:
        tests = tuple(
            (name, self.texts(value[name], (*path, name)))
            for name in ("programme", "kind", "level", "institution")
            if name in value
        )
        unless = tuple(
            self.used_in(item, (*path, "except", index)) for index, item in enumerate(value.get("except", ()))
        )
        return UsedIn(tests, unless, value.get("consumed"))


def _as_texts(value: Mapping[str, Any]) -> dict[str, Any]:
    """A version is a text, also where the rule writes a number: 2 is “2”."""

    def text(given: Any) -> Any:
        return [str(each) for each in given] if isinstance(given, list) else str(given)

    return {how: text(given) if how in ("is", "is_not") else given for how, given in value.items()}
