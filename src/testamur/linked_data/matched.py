"""A document and the shape that it has: taken apart once, asked as often as wanted.

A verification asks the same document three things: whether it can be read as linked data at all, where its decisive statements stand, and
for the bytes that were signed. Each is answered from the shape (`testamur.linked_data.shapes`) without taking the document apart again.

What depends on the shape alone, and on none of the texts, is kept with it (`Matched.settled`), so that it is worked out once for all
documents of a shape. It is forgotten together with the shape.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, Self, TypeVar
from weakref import WeakKeyDictionary

from testamur.linked_data.nquads import Quad, escape
from testamur.linked_data.rdfc10 import HashName
from testamur.linked_data.shapes import Shape, ShapeCache, Unshaped, with_texts
from testamur.linked_data.shapes.tracing import Slot, Term

_T = TypeVar("_T")
_Places = dict[str, list[tuple[Term, Term]]]

BETWEEN: Final = "\x1f"
"""Stands in no text that JSON writes without an escape."""
ESCAPE: Final = b"\\"
_SETTLED: Final[WeakKeyDictionary[Shape, dict[Hashable, Any]]] = WeakKeyDictionary()


class Matched:
    """One document by its shape. Everything here says the same as the complete path; that is what a match means."""

    __slots__ = ("_encoded", "_settled", "_texts", "shape")

    def __init__(self, shape: Shape, values: list[str]) -> None:
        """Raises `Unshaped` for values that the shape does not cover."""
        if not shape.covers(values):
            raise Unshaped
        self._encoded = shape.encode(values)
        self.shape = shape
        self._texts: list[str] | None = values
        self._settled = settled_of(shape)

    @classmethod
    def of_written(
        cls, shape: Shape, written: list[bytes], alike: bool, settled: dict[Hashable, Any] | None = None
    ) -> Self | None:
        """The document with values in their canonical JSON spelling, of which the shape is known to cover the identifiers; None for texts
        that may not stand there. `alike`: N-Quads spell them in the same way. `settled` is `settled_of` the shape, if at hand."""
        if not alike:
            try:
                return cls(shape, [_read(text) for text in written])
            except Unshaped:
                return None
        known = object.__new__(cls)
        known._encoded = written
        known.shape = shape
        known._texts = None
        known._settled = settled_of(shape) if settled is None else settled
        return known

    @property
    def written(self) -> list[bytes]:
        """The texts of its shape, as JSON or as N-Quads writes them: one without a backslash stands there as it is."""
        return self._encoded

    def marked(self, document: dict[str, Any], mark: Callable[[int], Any]) -> dict[str, Any]:
        """A copy of `document`, which is the one that was matched, in which each text that another document of the shape may have otherwise
        is replaced by what `mark` makes of its place in `written`."""
        places: dict[int, int] = {number: place for place, number in enumerate(self.shape.numbers)}
        places |= {number: places[first] for number, first in self.shape.same if first in places}
        count = iter(range(10**6))

        def marking(text: str) -> Any:
            number = next(count)
            return mark(places[number]) if number in places else text

        marked: dict[str, Any] = with_texts(document, marking)
        return marked

    @property
    def _values(self) -> list[str]:
        if self._texts is None:
            self._texts = [_read(text) for text in self._encoded]
        return self._texts

    def canonical(self) -> bytes:
        """The canonical N-Quads."""
        try:
            return self.shape.plan.render(self._encoded.copy())
        except Unshaped:
            return self.shape.plan.complete(self._values)

    def quads(self) -> list[Quad]:
        """The statements, in the order and with the labels of the complete path."""
        return self.shape.quads(self._values)

    def objects(self, subject: str, predicate: str) -> set[str]:
        """What the document says of `subject` by `predicate`; all three as canonical N-Quads spells them."""
        places: _Places = self.settled("places", lambda: _places(self.shape))
        return {
            self._spelled(object_) for about, object_ in places.get(predicate, ()) if self._spelled(about) == subject
        }

    def count(self, predicate: str) -> int:
        """How many statements with `predicate` a document of this shape makes at most."""
        return sum(one.predicate == predicate and not one.graph for one in self.shape.plan.statements)

    def settled(self, kind: Hashable, work: Callable[[], _T]) -> _T:
        """What `work` finds, or found for another document of this shape. It may look at names, nesting, types, contexts, numbers and
        truth values, and at no other text."""
        settled = self._settled
        try:
            found: _T = settled[kind]
        except KeyError:
            found = settled[kind] = work()
        return found

    def _spelled(self, term: Term) -> str:
        if not isinstance(term, Slot):
            return term
        text = self._values[term.text]
        return term.before + (escape(text) if term.before == '"' else text) + term.after


def match(shapes: ShapeCache, document: Mapping[str, Any], hash_name: HashName) -> Matched | None:
    """The document by its shape, which is learned if need be; None where the complete path has to decide."""
    return shapes.by_shape(document, hash_name, Matched)


def settled_of(shape: Shape) -> dict[Hashable, Any]:
    settled = _SETTLED.get(shape)
    return _SETTLED.setdefault(shape, {}) if settled is None else settled


def _read(written: bytes) -> str:
    """The text that JSON writes so between quotation marks."""
    return written.decode() if ESCAPE not in written else json.loads(b'"' + written + b'"')


def _places(shape: Shape) -> _Places:
    places: _Places = {}
    for subject, predicate, object_, graph in shape.plan.statements:
        if graph:  # what another signed in it says nothing of this document
            continue
        places.setdefault(predicate, []).append((subject, object_))
    return places
