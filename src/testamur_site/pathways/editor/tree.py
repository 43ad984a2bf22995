"""The text of a rule as a tree of which one part can be changed while everything else stays as its author wrote it. No Django.

Two readers read the same text. The library's own says what it means, within its bounds; ruamel.yaml keeps comments, order and quotes for
writing. A text that would not come out of the second as it went in is not changed here at all (`CannotChange`): it is edited as text.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from testamur.pathways import NotAProgramme
from testamur.pathways.reading import read_values

Path = tuple[str | int, ...]
GROUPS = ("all", "any", "choose")
WHOLE: Path = ("",)
"""The place of the whole, as a form names it."""
_WIDTH = 4_000  # lines are the author's


class CannotChange(Exception):
    """The part cannot be changed this way. `code`: `no_such_part`, `last_one`, `no_group`, `first`, `unreadable`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RuleTree:
    """A readable text. `values` is what it says, as plain values; the methods change one part, and `text()` writes it.

    Raises NotAProgramme where the text is not plain YAML or JSON, and CannotChange("unreadable") where it cannot be written back.
    """

    def __init__(self, text: str) -> None:
        self.values, _ = read_values(text)
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        self._yaml.width = _WIDTH
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        try:
            self._document = self._yaml.load(text)
            back, _ = read_values(self.text())
        except (YAMLError, NotAProgramme, ValueError, TypeError, RecursionError) as error:
            raise CannotChange("unreadable") from error
        if back != self.values or not isinstance(self.values, dict):
            raise CannotChange("unreadable")

    def text(self) -> str:
        out = io.StringIO()
        self._yaml.dump(self._document, out)
        return out.getvalue()

    # --- finding ----------------------------------------------------------------------------------------------------------------------

    def value(self, path: Path) -> Any:
        """What stands there, as plain values. Raises CannotChange("no_such_part")."""
        return _walk(self.values, path)

    def part(self, path: Path) -> Any:
        """What stands there, to be changed in place."""
        return _walk(self._document, path)

    @property
    def document(self) -> CommentedMap:
        """The whole text, to be changed in place."""
        whole: CommentedMap = self._document
        return whole

    def part_text(self, key: str) -> str:
        """One part of the whole as text, with its comments."""
        out = io.StringIO()
        self._yaml.dump(CommentedMap({key: self._document[key]}), out)
        return out.getvalue()

    def set_part(self, key: str, text: str) -> None:
        """Put a text in the place of one part; an empty one takes it out. Raises NotAProgramme for what is not readable, and
        CannotChange("no_such_part") for a text that says something else or more."""
        if not text.strip():
            self._document.pop(key, None)
            return
        part = RuleTree(text)
        if list(part.values) != [key]:
            raise CannotChange("no_such_part")
        if key in self._document:
            self._document[key] = part.document[key]
        else:
            place = next((list(self._document).index(root[0]) for root in self.roots()), len(self._document))
            self._document.insert(place, key, part.document[key])

    def roots(self) -> list[Path]:
        """The first requirement of each award."""
        if isinstance(self.values.get("requires"), Mapping):
            return [("requires",)]
        awards = self.values.get("awards")
        if not isinstance(awards, list):
            return []
        return [
            ("awards", at, "requires")
            for at, award in enumerate(awards)
            if isinstance(award, Mapping) and isinstance(award.get("requires"), Mapping)
        ]

    def asked(self) -> list[Path]:
        """The requirements of facts that hold for every award (`conditions`)."""
        conditions = self.values.get("conditions")
        return [("conditions", at) for at in range(len(conditions))] if isinstance(conditions, list) else []

    def requirements(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """Every requirement with its place, from above; those of the person last."""
        for root in (*self.roots(), *self.asked()):
            yield from self._below(root)

    def _below(self, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        value = self.value(path)
        if not isinstance(value, Mapping):
            return
        yield path, value
        if inside := inside_of(value, path):
            for at in range(len(self.value(inside))):
                yield from self._below((*inside, at))

    def names(self) -> list[str]:
        return [str(value["name"]) for _, value in self.requirements() if value.get("name")]

    def requirement(self, path: Path) -> Mapping[str, Any]:
        """The requirement at `path`. Raises CannotChange("no_such_part") where no requirement stands."""
        if path not in [each for each, _ in self.requirements()]:
            raise CannotChange("no_such_part")
        found: Mapping[str, Any] = self.value(path)
        return found

    # --- changing ---------------------------------------------------------------------------------------------------------------------

    def add(self, path: Path) -> Path:
        """A further requirement at the end of a group: one credential, whichever. The place of it."""
        inside = inside_of(self.requirement(path), path)
        if inside is None:
            raise CannotChange("no_group")
        made = self._fact() if path[0] == "conditions" else CommentedMap(name=self.fresh_name("requirement"), count=1)
        self.part(inside).append(made)
        return (*inside, len(self.part(inside)) - 1)

    def ask(self, path: Path) -> Path:
        """A further requirement of a fact: at the end of a group, or (WHOLE) of what is asked of the person. The place of it."""
        if path == WHOLE:
            document = self.document
            if not isinstance(document.get("conditions"), CommentedSeq):
                place = next((list(document).index(root[0]) for root in self.roots()), len(document))
                document.insert(place, "conditions", CommentedSeq())
            document["conditions"].append(self._fact())
            return ("conditions", len(document["conditions"]) - 1)
        inside = inside_of(self.requirement(path), path)
        if inside is None:
            raise CannotChange("no_group")
        self.part(inside).append(self._fact())
        return (*inside, len(self.part(inside)) - 1)

    def _fact(self) -> CommentedMap:
        fact = CommentedMap(fact=CommentedMap({"name": "fact", "is": True}))
        fact.fa.set_flow_style()
        return CommentedMap(name=self.fresh_name("condition"), condition=fact)

    def remove(self, path: Path) -> None:
        self.requirement(path)
        siblings = self._siblings(path)
        if len(siblings) == 1 and len(path) == 2:  # the last that is asked of the person
            gone = {str(value.get("name")) for _, value in self._below(path)}
            del self.document[path[0]]
            self._forget(gone)
            return
        if len(siblings) == 1:
            raise CannotChange("last_one")
        gone = {str(value.get("name")) for _, value in self._below(path)}
        del siblings[path[-1]]
        _enough(self.part(group_of(path)))
        self._forget(gone)

    def move(self, path: Path, by: int) -> None:
        self.requirement(path)
        self._siblings(path)
        self.move_in(path[:-1], int(path[-1]), by)

    def move_in(self, path: Path, at: int, by: int) -> None:
        """Move one entry of the list at `path`, with its comment. Raises CannotChange("first")."""
        entries = self.part(path)
        if not 0 <= at + by < len(entries):
            raise CannotChange("first")
        _insert(entries, at + by, *_take(entries, at))

    def enclose(self, path: Path) -> Path:
        """Put a requirement into a group of its own, of which all are asked. The place of the group."""
        self.requirement(path)
        holder, key = self.part(path[:-1]), path[-1]
        group = CommentedMap(name=self.fresh_name("group"))
        group["all"] = CommentedSeq([holder[key]])
        holder[key] = group
        return path

    def inward(self, path: Path) -> None:
        """Into the group that stands before it."""
        self.requirement(path)
        siblings, at = self._siblings(path), int(path[-1])
        before = siblings[at - 1] if at else None
        inside = inside_of(before, ()) if isinstance(before, Mapping) else None
        if inside is None:
            raise CannotChange("no_group")
        target = _walk(before, inside)
        _insert(target, len(target), *_take(siblings, at))
        _enough(self.part(group_of(path)))

    def outward(self, path: Path) -> None:
        """Out of its group, behind it."""
        self.requirement(path)
        siblings, group = self._siblings(path), group_of(path)
        if not group or not isinstance(group[-1], int):
            raise CannotChange("no_group")
        if len(siblings) == 1:
            raise CannotChange("last_one")
        taken = _take(siblings, int(path[-1]))
        _enough(self.part(group))
        _insert(self.part(group[:-1]), group[-1] + 1, *taken)

    def fresh_name(self, stem: str) -> str:
        """A name that no requirement has."""
        taken, number = set(self.names()), 1
        while (name := stem if number == 1 else f"{stem} {number}") in taken:
            number += 1
        return name

    def _forget(self, gone: set[str]) -> None:
        """Nothing comes after what is no longer there."""
        self.values, _ = read_values(self.text())
        for path, _value in list(self.requirements()):
            part = self.part(path)
            after = part.get("after")
            if isinstance(after, str) and after in gone:
                del part["after"]
            elif isinstance(after, list) and any(name in gone for name in after):
                part["after"] = CommentedSeq([name for name in after if name not in gone])
                if not part["after"]:
                    del part["after"]

    def _siblings(self, path: Path) -> Any:
        if not isinstance(path[-1], int):
            raise CannotChange("last_one")
        return self.part(path[:-1])


CHANGES: dict[str, Callable[[RuleTree, Path], Any]] = {
    "add": RuleTree.add,
    "ask": RuleTree.ask,
    "remove": RuleTree.remove,
    "up": lambda tree, path: tree.move(path, -1),
    "down": lambda tree, path: tree.move(path, 1),
    "group": RuleTree.enclose,
    "in": RuleTree.inward,
    "out": RuleTree.outward,
}


def inside_of(value: Mapping[str, Any], path: Path) -> Path | None:
    """Where the requirements inside a group stand; None for what is no group."""
    for kind in ("all", "any"):
        if isinstance(value.get(kind), list):
            return (*path, kind)
    chosen = value.get("choose")
    if isinstance(chosen, Mapping) and isinstance(chosen.get("of"), list):
        return (*path, "choose", "of")
    return None


def written(path: Path) -> str:
    """A place as it stands in a form: `requires/all/0`."""
    return "/".join(map(str, path))


def read(place: str) -> Path:
    """The place that a form names; whether something stands there is asked by who uses it."""
    parts = place[:1_000].split("/")
    return tuple(int(part) if part.isascii() and part.isdigit() and len(part) < 6 else part for part in parts)


def group_of(path: Path) -> Path:
    """The place of the group in which a requirement stands."""
    return path[:-3] if len(path) > 2 and path[-3:-1] == ("choose", "of") else path[:-2]


def _walk(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError) as error:
            raise CannotChange("no_such_part") from error
    return value


def _take(siblings: CommentedSeq, at: int) -> tuple[Any, Any]:
    """Take one out of a list, with the comment that stands behind it: the list keeps comments by number."""
    taken, comment = siblings[at], siblings.ca.items.get(at)
    del siblings[at]
    return taken, comment


def _insert(siblings: CommentedSeq, at: int, value: Any, comment: Any) -> None:
    siblings.insert(at, value)
    if comment is not None:
        siblings.ca.items[at] = comment


def _enough(group: Any) -> None:
    """Of a group that became smaller no more are asked than there are."""
    chosen = group.get("choose")
    if isinstance(chosen, CommentedMap):
        for bound in ("at_least", "at_most"):
            if isinstance(chosen.get(bound), int) and chosen[bound] > len(chosen["of"]):
                chosen[bound] = len(chosen["of"])
