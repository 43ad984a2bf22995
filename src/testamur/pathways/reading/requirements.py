"""The tree of requirements, from plain values to the model."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from testamur.pathways.conditions import Condition
from testamur.pathways.programme import HUNDREDTHS, Distinct, Mean, Portion, Range, Requirement, Within
from testamur.pathways.reading.conditions import Reading
from testamur.pathways.reading.source import Path

_KINDS = ("condition", "all", "any", "choose")
_OF_CREDENTIALS = ("from", "all_of", "credits", "count", "including", "at_most", "same", "distinct", "mean", "within")


class Requirements:
    """Reads requirements; remembers their names, because a decision speaks of them by name."""

    def __init__(self, reading: Reading, pools: frozenset[str], *, divisible: bool = False) -> None:
        self._reading = reading
        self._pools = pools
        self._divisible = divisible
        self._names: dict[str, Path] = {}
        self._after: list[tuple[str, Path]] = []

    def read(self, value: Mapping[str, Any], path: Path, name: str = "") -> Requirement:
        """The requirement in `value`; `name` is what it is called where it has no name of its own."""
        wrong = self._reading.wrong
        name = self._named(value.get("name", name), path)
        kinds = [kind for kind in _KINDS if kind in value]
        if len(kinds) > 1 or (kinds and ("from" in value or "all_of" in value)):
            wrong(path, "several_things", name=name)
        kind = kinds[0] if kinds else "take"
        if kind == "condition" and (wide := [key for key in _OF_CREDENTIALS if key in value]):
            wrong((*path, wide[0]), "takes_nothing", name=name, key=wide[0])
        if kind != "take" and (wide := [key for key in ("shares", "divisible") if key in value]):
            wrong((*path, wide[0]), "only_of_credentials", key=wide[0])
        if kind == "take" and not any(key in value for key in _OF_CREDENTIALS):
            wrong(path, "requires_nothing", name=name)
        including = tuple(self._portions(value, "including", path)) + tuple(
            Portion(each, self._reading.achievement(frozenset({each})), count=1) for each in value.get("all_of", ())
        )
        where = self._reading.optional(value, "from", path)
        if where is None and "all_of" in value:
            where = self._reading.achievement(frozenset(value["all_of"]))
        size, count = self._range(value, "credits", HUNDREDTHS, path), self._range(value, "count", 1, path)
        if (
            kind == "take"
            and not (including or "mean" in value or "distinct" in value)
            and not _low(size)
            and not _low(count)
        ):
            wrong(path, "met_by_nothing", name=name)
        of, least, most = self._children(value, kind, path)
        self._after += [(other, (*path, "after")) for other in _list(value.get("after"))]
        if (pool := value.get("shares", "")) and pool not in self._pools:
            wrong((*path, "shares"), "no_pool", name=pool)
        return Requirement(
            name=name,
            kind="choose" if kind in ("any", "choose") else kind,  # type: ignore[arg-type]
            title=_text(value.get("title")),
            children=of,
            choose=least,
            choose_at_most=most,
            where=where,
            condition=self._reading.of_facts(value["condition"], (*path, "condition"))
            if "condition" in value
            else None,
            otherwise=value.get("otherwise", "refuse"),
            refer_to=value.get("refer_to", ""),
            unit=value.get("unit", self._reading.unit),
            credits=size,
            count=count,
            including=including,
            at_most=tuple(self._portions(value, "at_most", path)),
            same=tuple(_list(value.get("same"))),
            distinct=tuple(self._distinct(value, path)),
            mean=tuple(self._mean(value, path)),
            within=self._within(value, path),
            after=tuple(_list(value.get("after"))),
            pool=pool,
            divisible=value.get("divisible", self._divisible),
        )

    def finish(self) -> None:
        """What can only be said once every name is known."""
        for name, path in self._after:
            if name not in self._names:
                self._reading.wrong(path, "no_requirement", name=name)

    def _named(self, name: str, path: Path) -> str:
        name = name or " ".join(["requirement", *(str(part + 1) for part in path if isinstance(part, int))])
        if name in self._names:
            self._reading.wrong(path, "name_twice", name=name)
        self._names[name] = path
        return name

    def _children(
        self, value: Mapping[str, Any], kind: str, path: Path
    ) -> tuple[tuple[Requirement, ...], int, int | None]:
        if kind not in ("all", "any", "choose"):
            return (), 0, None
        chosen = value["choose"] if kind == "choose" else {}
        inside = (*path, "choose", "of") if kind == "choose" else (*path, kind)
        of = chosen.get("of") or value[kind]
        children = tuple(self.read(child, (*inside, index)) for index, child in enumerate(of))
        least = int(chosen.get("at_least", 1)) if kind != "all" else len(children)
        most = chosen.get("at_most")
        if least > len(children):
            self._reading.wrong(path, "too_few_inside", least=least, number=len(children))
        if most is not None and most < least:
            self._reading.wrong(path, "least_above_most", least=least, most=most)
        return children, least, most

    def _range(self, value: Mapping[str, Any], key: str, scale: int, path: Path) -> Range | None:
        if key not in value:
            return None
        given = value[key]
        bounds = given if isinstance(given, dict) else {"min": given}
        low, high = (self.amount(bounds[end], scale, (*path, key)) if end in bounds else None for end in ("min", "max"))
        if low is not None and high is not None and low > high:
            self._reading.wrong((*path, key), "range", least=bounds["min"], most=bounds["max"])
        return Range(low, high)

    def amount(self, value: Any, scale: int, path: Path) -> int:
        """`value` in whole parts of which `scale` make one. Two decimals are the finest amount there is."""
        if isinstance(value, str):
            try:
                value = Decimal(value)
            except ArithmeticError:
                self._reading.wrong(path, "no_amount", text=value[:40])
                return 0
        scaled = Decimal(value) * scale
        if scaled != scaled.to_integral_value():
            self._reading.wrong(path, "too_fine", value=value)
        return int(scaled)

    def portion(self, given: Mapping[str, Any], path: Path, name: str) -> Portion:
        bounds = [key for key in ("credits", "count", "share") if key in given]
        if len(bounds) != 1:
            self._reading.wrong(path, "one_bound")
        return Portion(
            name=given.get("name", name),
            where=self._reading.optional(given, "where", path),
            credits=self.amount(given["credits"], HUNDREDTHS, (*path, "credits")) if "credits" in given else None,
            count=self.amount(given["count"], 1, (*path, "count")) if "count" in given else None,
            share=self._share(given.get("share"), path),
            published_share=self._share(given.get("published_share"), path),
            per=given.get("per", ""),
        )

    def _portions(self, value: Mapping[str, Any], key: str, path: Path) -> list[Portion]:
        portions = []
        for index, given in enumerate(value.get(key, ())):
            inside = (*path, key, index)
            if key == "including" and "per" in given:
                self._reading.wrong(inside, "per")
            portions.append(self.portion(given, inside, f"{key} {index + 1}"))
        return portions

    def _share(self, value: Any, path: Path) -> Fraction | None:
        if value is None:
            return None
        share = Fraction(value[:-1]) / 100 if isinstance(value, str) and value.endswith("%") else Fraction(str(value))
        if share > 1:
            self._reading.wrong(path, "above_whole", value=value)
        return share

    def _distinct(self, value: Mapping[str, Any], path: Path) -> list[Distinct]:
        given = value.get("distinct")
        if given is None:
            return []
        least, most = given.get("at_least"), given.get("at_most")
        if least is not None and most is not None and least > most:
            self._reading.wrong((*path, "distinct"), "least_above_most", least=least, most=most)
        return [Distinct(given["of"], least, most)]

    def _mean(self, value: Mapping[str, Any], path: Path) -> list[Mean]:
        given = value.get("mean")
        if given is None:
            return []
        return [
            Mean(
                scale=given["scale"],
                at_least=self.amount(given["at_least"], HUNDREDTHS, (*path, "mean", "at_least")),
                weights=given.get("weights", "credits"),
                over=given.get("over", "counted"),
                where=self._reading.optional(given, "where", (*path, "mean")),
            )
        ]

    def _within(self, value: Mapping[str, Any], path: Path) -> Within | None:
        given = value.get("within")
        if given is None:
            return None
        period = self._reading.duration(given["period"], (*path, "within", "period"))
        return Within(period, given.get("from", "started"), given.get("to", "awarded"))


def _low(given: Range | None) -> bool:
    return given is not None and bool(given.low)


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _text(value: Any) -> Mapping[str, str]:
    return value if isinstance(value, dict) else {"en": value} if value else {}


def clause_condition(reading: Reading, value: Mapping[str, Any], path: Path) -> tuple[Condition, Condition | None]:
    """The `where` and the `applies_to` of a clause."""
    return reading.condition(value["where"], (*path, "where")), reading.optional(value, "applies_to", path)
