"""The draft as its page shows it: nested panels, what is wrong with the text, and the rule read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.pathways import NotAProgramme
from testamur.pathways.reading import said

from ..api import RuleRefused, read_rule
from ..presentation import reader_language
from ..public.naming import Component, aloud, names_for
from .models import RuleDraft
from .shapes.pools import pools_of
from .shapes.requirement import fields_of, kind_of, titles_of
from .shapes.whole import further_parts
from .tree import CannotChange, Path, RuleTree, group_of, inside_of, written
from .whole.presentation import PART_WORDS

KINDS: dict[str, Any] = {
    "all": gettext_lazy("All of these"),
    "any": gettext_lazy("Any one of these"),
    "choose": gettext_lazy("A number of these"),
    "take": gettext_lazy("So many of the credentials that fit"),
    "each": gettext_lazy("Every one of the chosen micro-credentials"),
    "condition": gettext_lazy("A fact about the person"),
}
REFUSALS: dict[str, Any] = {
    "no_such_part": gettext_lazy("This requirement is not there any more. Nothing was changed."),
    "last_one": gettext_lazy("A group needs a requirement. Add another one first, or remove the group."),
    "no_group": gettext_lazy("There is no group to move it to."),
    "first": gettext_lazy("It cannot be moved further."),
    "unreadable": gettext_lazy("The text cannot be changed by the form. Mend it in the text first."),
}
_AROUND = 1  # lines before and after one with a mistake


@dataclass(frozen=True, slots=True)
class Panel:
    """One requirement. `rest` names what only the text shows."""

    place: str
    anchor: str
    title: str
    kind: str
    word: str
    asks: str
    rest: tuple[str, ...]
    components: tuple[Component, ...]
    can_move: frozenset[str]
    children: tuple[Panel, ...]

    @property
    def of_person(self) -> bool:
        """Whether it is one of those that hold for every award, which ask for facts only."""
        return self.place.startswith("conditions")

    @property
    def is_group(self) -> bool:
        return self.kind in ("all", "any", "choose")


@dataclass(frozen=True, slots=True)
class Mistake:
    """`around` are the lines of the text about it: number, text, whether it is the one."""

    line: int
    message: str
    around: tuple[tuple[int, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything about a text. `tree` is None where the form cannot show it. `rest` are the parts of it that have a page as text (key and
    word), `absent` those that could be added."""

    tree: RuleTree | None
    panels: tuple[Panel, ...]
    asked: tuple[Panel, ...]
    mistakes: tuple[Mistake, ...]
    trials: tuple[Mapping[str, Any], ...]
    lines: tuple[tuple[int, str], ...]
    title: str
    rest: tuple[tuple[str, Any], ...]
    absent: tuple[tuple[str, Any], ...]
    pools: tuple[str, ...]
    tests: int

    @property
    def valid(self) -> bool:
        return not self.mistakes and not self.trials


def shown(draft: RuleDraft, language: str, *, text: str | None = None) -> Shown:
    """The draft, or `text` in its place, as it stands."""
    text = draft.text if text is None else text
    mistakes, trials = problems(text, language)
    try:
        tree: RuleTree | None = RuleTree(text)
    except (NotAProgramme, CannotChange):
        tree = None
    components, names = names_for(tree.values, language) if tree is not None else ({}, {})
    lines: Sequence[tuple[int, str]] = ()
    sentences: Mapping[str, str] = {}
    if not mistakes:
        lines, sentences = aloud(text, language, names)
    return Shown(
        tree=tree,
        panels=tuple(_panel(tree, root, language, sentences, components) for root in tree.roots()) if tree else (),
        asked=tuple(_panel(tree, root, language, sentences, components) for root in tree.asked()) if tree else (),
        mistakes=mistakes,
        trials=trials,
        lines=tuple(lines),
        title=title_of(tree.values, language) if tree is not None else "",
        rest=tuple((key, PART_WORDS[key]) for key in further_parts(tree.values) if key in PART_WORDS) if tree else (),
        absent=tuple((key, word) for key, word in PART_WORDS.items() if tree and key not in tree.values),
        pools=tuple(row["name"] for row in pools_of(tree.values)[0]) if tree is not None else (),
        tests=len(tests) if tree is not None and isinstance(tests := tree.values.get("tests"), list) else 0,
    )


def first_mistake(refused: RuleRefused) -> str:
    """The first mistake of a refused text, in the reader's language."""
    first = refused.facts["mistakes"][0]
    return said(first["code"], first["facts"], reader_language())


def problems(text: str, language: str) -> tuple[tuple[Mistake, ...], tuple[Mapping[str, Any], ...]]:
    """Every mistake with its line, or the tests of its own that fail, in the reader's language."""
    try:
        read_rule(text)
    except RuleRefused as refused:
        numbered = text.splitlines()
        mistakes = tuple(
            Mistake(one["line"], said(one["code"], one["facts"], language), _lines_around(numbered, one["line"]))
            for one in refused.facts.get("mistakes", ())
        )
        trials = tuple(
            {
                "name": one["name"],
                "differences": [said(each["code"], each["facts"], language) for each in one["faults"]],
            }
            for one in refused.facts.get("trials", ())
        )
        return mistakes, trials
    return (), ()


def _lines_around(lines: Sequence[str], line: int) -> tuple[tuple[int, str, bool], ...]:
    if not 0 < line <= len(lines):
        return ()
    first, last = max(1, line - _AROUND), min(len(lines), line + _AROUND)
    return tuple((number, lines[number - 1][:200], number == line) for number in range(first, last + 1))


def _panel(
    tree: RuleTree, path: Path, language: str, sentences: Mapping[str, str], components: Mapping[str, Component]
) -> Panel:
    value = tree.value(path)
    seen, rest = fields_of(value)
    inside = inside_of(value, path)
    children = range(len(tree.value(inside))) if inside else ()
    name = str(value.get("name", ""))
    return Panel(
        place=written(path),
        anchor="at-" + "-".join(map(str, path)),
        title=title_of(value, language) or name or _("Requirement"),
        kind=kind_of(value),
        word=str(KINDS[kind_of(value)]),
        asks=sentences.get(name, ""),
        rest=tuple(rest),
        components=tuple(components[each] for each in seen.get("achievement", ()) if each in components),
        can_move=_moves(tree, path),
        children=tuple(_panel(tree, (*inside, at), language, sentences, components) for at in children if inside),
    )


def _moves(tree: RuleTree, path: Path) -> frozenset[str]:
    if not isinstance(path[-1], int):
        return frozenset()
    siblings, at, group = tree.value(path[:-1]), path[-1], group_of(path)
    found = {"up"} if at else set()
    if at + 1 < len(siblings):
        found.add("down")
    if len(siblings) > 1 or not group:
        found.add("remove")
    if len(siblings) > 1:
        if at and inside_of(siblings[at - 1], ()) is not None:
            found.add("in")
        if group and isinstance(group[-1], int) and group not in tree.roots():
            found.add("out")
    return frozenset(found)


def title_of(value: Mapping[str, Any], language: str) -> str:
    titles = titles_of(value)
    return titles[f"title_{language}"] or titles["title_en"] or titles["title_ko"]
