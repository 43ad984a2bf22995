"""Reading a JSON tree while keeping account of every leaf that was taken over.

Who imports a file wants to know what did *not* arrive. So the tree is not simply read: each read crosses its leaf off a
ledger, and what remains on the ledger at the end is reported by its path. Nothing can be lost silently, not even what
the format will add next year.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
_WIRING = "urn:"  # identifiers like urn:epass:note:1 only tie the nodes of one document together
_IDENTIFIED = ("Concept", "ConceptScheme")


class Ledger:
    """The leaves (strings, numbers, booleans) of a JSON tree that nobody has read yet.

    Left out from the start: `type`, and identifiers that only wire the document together.
    """

    def __init__(self, tree: Any) -> None:
        self._open: dict[Path, Any] = dict(_leaves(tree, ()))

    def cross_off(self, path: Path) -> None:
        self._open.pop(path, None)

    def open_leaves(self) -> list[tuple[str, Any]]:
        """`(path, value)` of what is left, the path written like `specifiedBy/learningOutcome/0/title/en`."""
        return [("/".join(map(str, path)), value) for path, value in self._open.items()]


def _leaves(value: Any, path: Path, kind: Any = None) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name in {"type", "@context"}:
                continue
            if name == "id" and str(member).startswith(_WIRING) and value.get("type") not in _IDENTIFIED:
                continue
            yield from _leaves(member, (*path, name), value.get("type"))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index), kind)
    elif value is not None:
        yield path, value


class Node:
    """A place in the tree. Reading a value through it crosses the value off the ledger."""

    def __init__(self, value: Any, path: Path, ledger: Ledger) -> None:
        self.value = value
        self.path = path
        self.ledger = ledger

    def all(self, name: str) -> list[Node]:
        """The nodes of a member that may be absent, a single value or an array."""
        member = self.value.get(name) if isinstance(self.value, dict) else None
        if member is None:
            return []
        if isinstance(member, list):
            return [Node(item, (*self.path, name, index), self.ledger) for index, item in enumerate(member)]
        return [Node(member, (*self.path, name), self.ledger)]

    def first(self, *names: str) -> Node:
        """The first node along a chain of members; an absent one is a node whose value is None."""
        node = self
        for name in names:
            node = next(iter(node.all(name)), Node(None, (*node.path, name), self.ledger))
        return node

    def read(self) -> str:
        """A leaf as text ('' when there is none)."""
        if self.value is None or isinstance(self.value, dict | list):
            return ""
        self.ledger.cross_off(self.path)
        return str(self.value)

    def read_boolean(self) -> bool | None:
        if not isinstance(self.value, bool):
            return None
        self.ledger.cross_off(self.path)
        return self.value

    def read_if(self, expected: str) -> None:
        """Cross the leaf off when it only repeats what is known already."""
        if self.value == expected:
            self.ledger.cross_off(self.path)

    def string(self, name: str) -> str:
        return self.first(name).read()
