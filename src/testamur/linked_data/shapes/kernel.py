"""What is done once for each document of a compiled shape: filling templates, hashing blank nodes, putting both in order.

`plan` says what has to be done and prepares it; here it is done, as quickly as Python can, and quicker where this module was compiled
(`testamur.accelerated`). It is one source for both: without a compiler it runs as it stands here.

A template is filled from one list (`filling`): the values, then the labels of the blank nodes, then the groups.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from testamur.linked_data.shapes.native import (
    cuts_of,
    digest_filled,
    filled,
    found_sha256,
    in_rank,
    joined,
    recognised,
    sha256,
    stands_between,
    state_after,
)
from testamur.linked_data.shapes.skeleton import Unshaped

COMPILED: bool = False  # the other form says otherwise
MAX_REMEMBERED: int = 256
"""Hashes of blank nodes that are kept for each node."""
MAX_ARRANGED: int = 64
"""Texts of a group, and states of the hash for each layout, that are kept: they hold labels and constants, no values."""
MAX_ORDERS: int = 1_024
"""Orders of the blank nodes for which it is kept what follows from them, of one's own cohort: labels and constants, no values."""
_TRIAL: int = 64  # after so many values a node whose values hardly repeat is no longer remembered


class Template:
    """A text with holes: `parts` stand around and between them, `numbers` says which of the values that fill it stands in each."""

    def __init__(self, parts: list[bytes], numbers: list[int]) -> None:
        self.parts = parts
        self.numbers = numbers
        self.size = sum(map(len, parts))
        self.values = max(numbers) + 1 if numbers else 0
        self.text = b"%b".join([part.replace(b"%", b"%%") for part in parts]) if numbers else parts[0]
        self.pool = b"".join(parts)
        self.cuts = cuts_of(parts, numbers)
        self.picks: Callable[[list[bytes]], Any] | None = itemgetter(*numbers) if numbers else None

    def fill(self, filling: list[bytes]) -> bytes:
        """The text with `filling` in its holes."""
        return filled(self, filling)

    def read(self, text: bytes) -> list[bytes]:
        """What stands in the holes of a text of exactly this form, up to the next quotation mark. Raises `Unshaped` for every other."""
        values = recognised(self, text)
        if values is None:
            raise Unshaped
        return values


class Hashing:
    """How the hash of one blank node is made: from one template, or from lines that have to be sorted first (`lines`)."""

    def __init__(self, node: int, whole: Any, lines: list[Any]) -> None:
        self.node = node
        self.whole = whole
        self.lines = lines
        # What stands before the first value is hashed once.
        self.begun: Any = state_after(whole.parts[0]) if _DIRECT and not lines else None
        self.rest: list[Any] = [Template([b"", *whole.parts[1:]], whole.numbers)] if self.begun is not None else []
        # Scores and dates repeat over a cohort, names do not: what was picked → the hash. For `digest` alone, which is asked about
        # one's own cohort; nothing is kept of the documents of strangers.
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
        head: Any,
        decided: Callable[[list[bytes]], Any] | None,
        rest: Any,
        bounds: list[tuple[int, bytes, bytes]],
    ) -> None:
        self.head = head
        self.decided = decided
        self.rest = rest
        self.bounds = bounds
        self.states: dict[Any, Any] = {}
        self.ordered: dict[bytes, Any] = {}

    def holds(self, filling: list[bytes]) -> bool:
        """Is this the order for these values?"""
        before: bytes | None = None
        for text, lower, upper in self.bounds:
            subject: bytes = filling[text]
            if not stands_between(subject, lower, upper, before):
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
        self.direct = _DIRECT and hash_name == "sha256"
        self.constant = list(constant)
        self.nodes = bytes([*constant.values(), *[hashing.node for hashing in hashings]])
        self.hashings = hashings
        self.groups = groups
        self.labels = labels
        self.count = len(labels)
        self.ranks = sorted(range(self.count), key=labels.__getitem__)
        self.blank = blank
        self.layout_for = layout_for
        self.labelled = labelled
        self.layout: Any = None
        self.varying = [number for number, group in enumerate(groups) if group.labels is None]
        self.arranged: dict[bytes, Any] = {}

    def render(self, filling: list[bytes]) -> bytes:
        """The canonical N-Quads. `filling` are the texts as N-Quads spells them, in UTF-8; the list is used up.

        Raises `Unshaped` for an ambiguity.
        """
        layout, templates = self._prepared(self._order(filling, False), filling)
        return joined([layout.head, *templates], filling)

    def digest(self, filling: list[bytes]) -> bytes:
        """The hash of what `render` gives. What stands before the first value is hashed once for each way it is labelled."""
        key = self._order(filling, True)
        arranged = self.arranged.get(key)
        if arranged is None:
            layout, templates = self._prepared(key, filling)
            if len(self.arranged) >= MAX_ORDERS:
                self.arranged.clear()
            # Labels and groups stand behind the values; those that depend on values are left out, and so is the layout.
            self.arranged[key] = (filling[len(filling) - self.count - len(self.groups) :], templates[1:])
        else:
            behind, blank = arranged
            start = len(filling) + self.count
            filling += behind
            for number in self.varying:
                filling[start + number] = _in_order(self.groups[number], filling)
            layout = self._laid_out(filling)
            templates = [layout.rest]
            templates += blank
        state = layout.ordered.get(key)
        if state is None:
            state = self._begun(layout, key, filling)
        if self.direct:
            return digest_filled(state, templates, filling)
        state = state.copy()
        state.update(joined(templates, filling))
        digest: bytes = state.digest()
        return digest

    def _begun(self, layout: Any, order: bytes, filling: list[bytes]) -> Any:
        """The state of the hash after what stands before the first value."""
        decided = layout.decided
        key = None if decided is None else decided(filling)
        states = layout.states
        state = states.get(key)
        if state is None:
            head = layout.head.fill(filling)
            state = state_after(head) if self.direct else self.new_hash(head)
            if len(states) >= MAX_ARRANGED:
                states.clear()
            states[key] = state
        if len(layout.ordered) >= MAX_ORDERS:
            layout.ordered.clear()
        layout.ordered[order] = state
        return state

    def _order(self, filling: list[bytes], own: bool) -> bytes:
        """The nodes in the order of their hashes, a byte for each."""
        digests = self.constant[:]
        for hashing in self.hashings:
            digests.append(self._hash_of(hashing, filling, own))
        # Two constant nodes that are alike were one already: there are fewer than there should be.
        order = in_rank(digests, self.nodes) if len(digests) == self.count else None
        if order is None:
            raise Unshaped
        return order

    def _prepared(self, order: bytes, filling: list[bytes]) -> Any:
        """Adds labels and groups to `filling`; the layout, and the templates behind its head."""
        labels = self.labels.copy()
        for rank in range(self.count):
            labels[order[rank]] = self.labels[rank]
        filling += labels
        for group in self.groups:
            filling.append(_in_order(group, filling))
        layout = self._laid_out(filling)
        templates = [layout.rest]
        for rank in self.ranks:
            node = order[rank]
            row: list[Any] = self.blank[node]
            template = row[rank]
            if template is None:
                template = self.labelled(node, rank)
            templates.append(template)
        return layout, templates

    def _laid_out(self, filling: list[bytes]) -> Any:
        layout = self.layout
        if layout is None or not layout.holds(filling):
            layout = self.layout_for(filling)
            self.layout = layout
        return layout

    def _hash_of(self, hashing: Any, filling: list[bytes], own: bool) -> bytes:
        if hashing.lines:
            lines = [line.fill(filling) for line in hashing.lines]
            lines.sort()
            return self._hashed(b"".join(lines))
        if self.direct:  # then to look it up takes as long as to hash it
            return digest_filled(hashing.begun, hashing.rest, filling)
        remembered = hashing.remembered
        if remembered is None or not own:
            return self._hashed(filled(hashing.whole, filling))
        picked = hashing.whole.picks(filling)
        digest: bytes | None = remembered.get(picked)
        hashing.asked += 1
        if digest is not None:
            hashing.found += 1
            return digest
        digest = self._hashed(filled(hashing.whole, filling))
        if len(remembered) >= MAX_REMEMBERED:
            remembered.clear()
        remembered[picked] = digest
        if hashing.asked == _TRIAL and hashing.found * 4 < _TRIAL:
            hashing.remembered = None
        return digest

    def _hashed(self, text: bytes) -> bytes:
        if self.direct:
            return sha256(text)
        digest: bytes = self.new_hash(text).digest()
        return digest


def hashed(text: bytes) -> bytes:
    """SHA-256 of `text`."""
    if _DIRECT:
        return sha256(text)
    digest: bytes = hashlib.sha256(text).digest()
    return digest


class TextHash:
    """The hash of a template's text."""

    def __init__(self, template: Any, hash_name: str) -> None:
        self.template = template
        self.new_hash: Callable[..., Any] = getattr(hashlib, hash_name)
        self.direct = _DIRECT and hash_name == "sha256"

    def digest(self, filling: list[bytes]) -> bytes:
        """The hash with `filling` in its holes."""
        text = filled(self.template, filling)
        if self.direct:
            return sha256(text)
        digest: bytes = self.new_hash(text).digest()
        return digest


def _in_order(group: Any, filling: list[bytes]) -> bytes:
    key = None if group.labels is None else group.labels(filling)
    if key is not None:
        text: bytes | None = group.remembered.get(key)
        if text is not None:
            return text
    if len(group.lines) == 2:
        text = _two_in_order(filled(group.lines[0], filling), filled(group.lines[1], filling), group.counted)
    else:
        distinct = {line.fill(filling) for line in group.lines}
        if group.counted and len(distinct) != len(group.lines):
            raise Unshaped
        text = b"".join(sorted(distinct))
    if key is not None:
        if len(group.remembered) >= MAX_ARRANGED:
            group.remembered.clear()
        group.remembered[key] = text
    return text


def _two_in_order(one: bytes, other: bytes, counted: bool) -> bytes:
    if one == other:
        if counted:
            raise Unshaped
        return one
    return one + other if one < other else other + one


_DIRECT: bool = found_sha256()
