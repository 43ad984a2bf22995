"""A rule as everybody reads it: rows of a table, places in a drawing, what each asks, what counts, and how much it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur.pathways import Programme
from testamur.pathways.conditions import Combined, Compare, Condition
from testamur.pathways.programme import Requirement

from ..presentation import INDENT, LEFT, ROW, WIDTH
from .naming import Component

_LONGEST = 34


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement. `x`, `y` its place in the drawing, `up` where the line from the requirement above comes from."""

    name: str
    asks: str
    about: str
    depth: int
    group: bool
    components: tuple[Component, ...]
    x: int
    y: int
    up: int | None
    short: str


@dataclass(frozen=True, slots=True)
class Amount:
    """The least and the most of something that whoever meets the rule has done. Equal where there is no choice."""

    least: Decimal
    most: Decimal

    def __str__(self) -> str:
        if self.least == self.most:
            return _short(self.least)
        return _("%(least)s to %(most)s") % {"least": _short(self.least), "most": _short(self.most)}


@dataclass(frozen=True, slots=True)
class Picture:
    rows: tuple[Row, ...]
    width: int
    height: int
    credits: str
    hours: Amount | None


def picture_of(
    programme: Programme, language: str, sentences: Mapping[str, str], components: Mapping[str, Component]
) -> Picture:
    """All awards of a programme, one below the other."""
    rows: list[Row] = []
    last: dict[int, int] = {}
    several = len(programme.default.awards) > 1

    def draw(requirement: Requirement, depth: int) -> None:
        y, title = 24 + len(rows) * ROW, _title(requirement, language)
        counting = _components(requirement, components)
        rows.append(
            Row(
                name=title,
                asks=sentences.get(requirement.name, ""),
                about=about(requirement, len(counting)),
                depth=depth,
                group=bool(requirement.children),
                components=counting,
                x=LEFT + min(depth, 4) * INDENT,
                y=y,
                up=last.get(depth - 1),
                short=title if len(title) <= _LONGEST - 2 * depth else title[: _LONGEST - 2 * depth - 1] + "…",
            )
        )
        last[depth] = y
        for child in requirement.children:
            draw(child, depth + 1)

    for award in programme.default.awards:
        draw(award.requires, 1 if several else 0)
    requires = programme.default.awards[0].requires
    return Picture(
        rows=tuple(rows),
        width=WIDTH,
        height=len(rows) * ROW + 8,
        credits=_credits(requires) if not several else "",
        hours=hours_of(requires, components) if not several else None,
    )


def about(requirement: Requirement, named: int) -> str:
    """What a requirement asks, in a few words: the drawing has no room for more."""
    children = len(requirement.children)
    if requirement.kind == "all":
        return ngettext("the one below", "all %(number)s below", children) % {"number": children}
    if requirement.kind == "choose":
        return _("%(least)s of %(number)s") % {"least": requirement.choose, "number": children}
    if requirement.kind == "condition":
        return _("a fact about the person")
    if size := _credits(requirement):
        return size
    if requirement.count is not None and requirement.count.low:
        number = requirement.count.low
        if named > 1:
            return _("%(least)s of %(number)s") % {"least": number, "number": named}
        return ngettext("%(number)s credential", "%(number)s credentials", number) % {"number": number}
    if named:
        return ngettext("this one", "each of these %(number)s", named) % {"number": named}
    return ""


def hours_of(requirement: Requirement, components: Mapping[str, Component]) -> Amount | None:
    """Hours of work that a requirement stands for, by what the catalogue says of the micro-credentials that it names; None where that
    cannot be summed."""
    if requirement.children:
        parts = [hours_of(child, components) for child in requirement.children if child.kind != "condition"]
        if not parts or any(part is None for part in parts):
            return None
        known = [part for part in parts if part is not None]
        if requirement.kind == "all":
            return Amount(sum((p.least for p in known), Decimal(0)), sum((p.most for p in known), Decimal(0)))
        chosen = min(requirement.choose, len(known))
        return _chosen([p.least for p in known], [p.most for p in known], chosen)
    named = _components(requirement, components)
    hours = [component.hours for component in named if component.hours is not None]
    if not named or len(hours) != len(named) or (requirement.credits and requirement.credits.low):
        return None
    each = sum(portion.count == 1 for portion in requirement.including) == len(named)
    number = requirement.count.low if requirement.count and requirement.count.low else len(named) if each else None
    return _chosen(hours, hours, number) if number and number <= len(hours) else None


def _chosen(least: Sequence[Decimal], most: Sequence[Decimal], number: int) -> Amount:
    return Amount(sum(sorted(least)[:number], Decimal(0)), sum(sorted(most, reverse=True)[:number], Decimal(0)))


def addresses_in(condition: Condition | None) -> frozenset[str]:
    """The achievements that a condition names as ones that pass."""
    if isinstance(condition, Compare) and condition.subject == "achievement":
        return frozenset(
            str(each)
            for how, operand in condition.tests
            if how == "is" and isinstance(operand, frozenset)
            for each in operand
        )
    if isinstance(condition, Combined) and condition.how != "not":
        return frozenset().union(*(addresses_in(each) for each in condition.parts))
    return frozenset()


def _components(requirement: Requirement, components: Mapping[str, Component]) -> tuple[Component, ...]:
    found = addresses_in(requirement.where)
    return tuple(sorted((components[each] for each in found if each in components), key=lambda one: one.title))


def _credits(requirement: Requirement) -> str:
    if requirement.credits is None or not requirement.credits.low:
        return ""
    return f"{_short(Decimal(requirement.credits.low) / 100)} {_unit(requirement.unit)}"


def _unit(unit: str) -> str:
    return _("credits") if unit == "credits" else unit


def _title(requirement: Requirement, language: str) -> str:
    title: Mapping[str, Any] = requirement.title
    return str(title.get(language) or title.get("en") or next(iter(title.values()), "") or requirement.name)


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}"
