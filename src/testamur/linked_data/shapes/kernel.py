"""What is done once for each document of a compiled shape: filling templates, hashing blank nodes, putting both in order.

`plan` says what has to be done and prepares it; here it is done, as quickly as Python can, and quicker where this module was compiled
(`accelerated`). It is one source for both: without a compiler it runs as it stands here.

A template is a text with `%b` for its holes and the function that picks what fills them from one list (`filling`): the values, then the
labels of the blank nodes, then the groups.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from testamur.linked_data.shapes.skeleton import Unshaped

COMPILED: bool = False  # the other form says otherwise
MAX_REMEMBERED: int = 1_024
"""Hashes of blank nodes that are kept for each node, and states of the hash for each layout."""
_TRIAL: int = 64  # after so many values a node whose values hardly repeat is no longer remembered


class Hashing:
    """How the hash of one blank node is made: from one template, or from lines that have to be sorted first (`lines`)."""

    def __init__(self, node: int, text: bytes, picks: Callable[[list[bytes]], Any] | None, lines: list[Any]) -> None:
        self.node = node
        self.text = text
        self.picks = picks
        self.lines = lines
        # Scores and dates repeat over a cohort, names do not: what was picked → the hash.
        self.remembered: dict[Any, bytes] | None = None if lines else {}
        self.asked = 0
        self.found = 0


class Group:
    """Lines of one subject and predicate whose order depends on the values. `labels` picks what decides it where only labels do."""

    def __init__(self, lines: list[Any], counted: bool, labels: Callable[[list[bytes]], Any] | None) -> None:
        self.lines = lines
        self.counted = counted
        self.labels = labels
        self.remembered: dict[Any, bytes] = {}


class Layout:
    """The named subjects in one order. `head` are the lines before the first hole for a value: `decided` picks the labels in them.

    `bounds` say when the order is this one: for each subject with a hole its text's number and the names before and after it.
    """

    def __init__(
        self,
        head: tuple[bytes, Callable[[list[bytes]], Any] | None],
        decided: Callable[[list[bytes]], Any] | None,
        rest: tuple[bytes, Callable[[list[bytes]], Any] | None],
        bounds: list[tuple[int, bytes, bytes]],
    ) -> None:
        self.head_text, self.head_picks = head
        self.decided = decided
        self.rest_text, self.rest_picks = rest
        self.bounds = bounds
        self.states: dict[Any, Any] = {}

    def holds(self, filling: list[bytes]) -> bool:
        """Is this the order for these values?"""
        before = b""
        for text, lower, upper in self.bounds:
            subject = filling[text] + b">"
            if subject <= lower or subject >= upper or subject <= before:
                return False
            before = subject
        return True


class Renderer:
    """Fills one plan. `layout_for` finds the layout where the last one does not hold, `labelled` makes a blank node's template."""

    def __init__(
        self,
        hash_name: str,
        constant: dict[bytes, int],
        hashings: list[Any],
        groups: list[Any],
        labels: list[bytes],
        blank: list[Any],
        layout_for: Callable[[list[bytes]], Any],
        labelled: Callable[[int, int], Any],
    ) -> None:
        self.new_hash: Callable[..., Any] = getattr(hashlib, hash_name)
        self.constant = constant
        self.hashings = hashings
        self.groups = groups
        self.labels = labels
        self.count = len(labels)
        self.ranks = sorted(range(self.count), key=labels.__getitem__)
        self.blank = blank
        self.layout_for = layout_for
        self.labelled = labelled
        self.layout: Any = None

    def render(self, filling: list[bytes]) -> bytes:
        """The canonical N-Quads. `filling` are the texts as N-Quads spells them, in UTF-8; the list is used up.

        Raises `Unshaped` for an ambiguity.
        """
        order = self._label(filling)
        layout = self._laid_out(filling)
        parts = [_filled(layout.head_text, layout.head_picks, filling)]
        self._rest(filling, order, layout, parts)
        return b"".join(parts)

    def digest(self, filling: list[bytes]) -> bytes:
        """The hash of what `render` gives. What stands before the first value is hashed once for each way it is labelled."""
        order = self._label(filling)
        layout = self._laid_out(filling)
        decided = layout.decided
        key = None if decided is None else decided(filling)
        states = layout.states
        state = states.get(key)
        if state is None:
            state = self.new_hash(_filled(layout.head_text, layout.head_picks, filling))
            if len(states) >= MAX_REMEMBERED:
                states.clear()
            states[key] = state
        state = state.copy()
        parts: list[bytes] = []
        self._rest(filling, order, layout, parts)
        state.update(b"".join(parts))
        digest: bytes = state.digest()
        return digest

    def _label(self, filling: list[bytes]) -> list[int]:
        """Adds labels and groups to `filling`. The nodes in the order of their hashes."""
        by_hash = self.constant.copy()
        new_hash = self.new_hash
        for hashing in self.hashings:
            by_hash[_hash_of(hashing, filling, new_hash)] = hashing.node
        count = self.count
        if len(by_hash) != count:
            raise Unshaped
        order = [by_hash[digest] for digest in sorted(by_hash)]
        labels = self.labels.copy()
        for rank in range(count):
            labels[order[rank]] = self.labels[rank]
        filling += labels
        for group in self.groups:
            filling.append(_in_order(group, filling))
        return order

    def _laid_out(self, filling: list[bytes]) -> Any:
        layout = self.layout
        if layout is None or not layout.holds(filling):
            layout = self.layout_for(filling)
            self.layout = layout
        return layout

    def _rest(self, filling: list[bytes], order: list[int], layout: Any, parts: list[bytes]) -> None:
        parts.append(_filled(layout.rest_text, layout.rest_picks, filling))
        for rank in self.ranks:
            node = order[rank]
            template = self.blank[node][rank]
            if template is None:
                template = self.labelled(node, rank)
            text, picks = template
            parts.append(text if picks is None else text % picks(filling))


def _filled(text: bytes, picks: Callable[[list[bytes]], Any] | None, filling: list[bytes]) -> bytes:
    return text if picks is None else text % picks(filling)


def _hash_of(hashing: Any, filling: list[bytes], new_hash: Callable[..., Any]) -> bytes:
    digest: bytes | None
    if hashing.lines:
        lines = [_filled(text, picks, filling) for text, picks in hashing.lines]
        lines.sort()
        digest = new_hash(b"".join(lines)).digest()
        return digest
    picked = hashing.picks(filling)
    remembered = hashing.remembered
    if remembered is None:
        digest = new_hash(hashing.text % picked).digest()
        return digest
    digest = remembered.get(picked)
    hashing.asked += 1
    if digest is not None:
        hashing.found += 1
        return digest
    digest = new_hash(hashing.text % picked).digest()
    if len(remembered) >= MAX_REMEMBERED:
        remembered.clear()
    remembered[picked] = digest
    if hashing.asked == _TRIAL and hashing.found * 4 < _TRIAL:
        hashing.remembered = None
    return digest


def _in_order(group: Any, filling: list[bytes]) -> bytes:
    key = None if group.labels is None else group.labels(filling)
    if key is not None:
        text: bytes | None = group.remembered.get(key)
        if text is not None:
            return text
    distinct = {_filled(template, picks, filling) for template, picks in group.lines}
    if group.counted and len(distinct) != len(group.lines):
        raise Unshaped
    text = b"".join(sorted(distinct))
    if key is not None:
        if len(group.remembered) >= MAX_REMEMBERED:
            group.remembered.clear()
        group.remembered[key] = text
    return text
