"""Shapes that were met, so that the next document of a shape is quick: learned as they come, forgotten when there are too many.

Nothing about a person is kept. A shape holds the names of members, types, numbers, and those texts that are words of a vocabulary;
every other text is a hole.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar
from weakref import WeakSet

from testamur.linked_data.json_ld.to_rdf import I18N
from testamur.linked_data.nquads import Quad
from testamur.linked_data.rdfc10 import HashName
from testamur.linked_data.shapes.plan import Plan
from testamur.linked_data.shapes.shape import Shape, shape_of
from testamur.linked_data.shapes.skeleton import Key, NeverShaped, Unshaped, skeleton

MAX_FAMILIES: Final = 128
"""Skeletons that are remembered."""
MAX_VARIANTS: Final = 4
"""Shapes of one skeleton, which differ in fixed texts."""
MAX_BYTES: Final = 64_000_000
"""Of all shapes, by what they say that they weigh: room for as many as there may be of the usual size."""
MAX_ORDERS: Final = 64_000_000
"""Bytes of what is made for the orders of subjects and blank nodes that were met, for all shapes together: strangers decide which come."""
_MAX_NEVER: Final = 4_096
_MAX_KEY: Final = (
    50_000  # characters of the key written out and of the fixed texts, which a stranger may make as long as a document
)


_T = TypeVar("_T")


class Counts(NamedTuple):
    """What became of the documents: by a known shape, learned, or left to the complete path."""

    known: int
    learned: int
    left: int


class ShapeCache:
    """Remembers shapes. Shared by threads: who learns one has the lock, and every change is one operation for those who only look."""

    def __init__(self) -> None:
        self._families: dict[tuple[Key, HashName], list[Shape]] = {}
        self._never: set[int] = set()  # hashes of keys: a mistaken one costs time, never a byte
        self._known = self._learned = self._left = 0
        self._plans: WeakSet[Plan] = WeakSet()
        self._weight = self._orders = 0
        self._lock = Lock()

    @property
    def counts(self) -> Counts:
        return Counts(self._known, self._learned, self._left)

    def canonical(self, document: Any, hash_name: HashName) -> bytes | None:
        """The canonical N-Quads of `document` by its shape, or None: the complete path decides."""
        return self.by_shape(document, hash_name, Shape.canonical)

    def quads(self, document: Any, *, directed: bool) -> list[Quad] | None:
        """The statements of `document` by its shape, in the order and with the labels of the complete path; None: that decides.

        Without `directed`, a document of which a text has a base direction is left to it too.
        """
        found = self.by_shape(document, "sha256", _statements)
        return found if found is None or directed or not any(I18N in quad.object for quad in found) else None

    def by_shape(self, document: Any, hash_name: HashName, use: Callable[[Shape, list[str]], _T]) -> _T | None:
        try:
            key, texts = skeleton(document)
            for shape in self._families.get((key, hash_name), ()):
                if shape.is_of(texts):
                    try:
                        result = use(shape, shape.values_of(texts))
                    except Unshaped:  # an identifier of another sort, perhaps
                        continue
                    self._known += 1
                    return result
            shape = self._compiled(document, key, texts, hash_name)
            result = use(shape, shape.values_of(texts))
            self._remember(key, hash_name, shape)
            return result
        except Unshaped:
            self._left += 1
            return None

    def _compiled(self, document: Any, key: Key, texts: list[str], hash_name: HashName) -> Shape:
        if hash((key, hash_name)) in self._never:
            raise Unshaped
        try:
            return shape_of(document, texts, hash_name)
        except NeverShaped:
            if len(self._never) >= _MAX_NEVER:
                self._never.clear()
            self._never.add(hash((key, hash_name)))
            raise

    def _remember(self, key: Key, hash_name: HashName, shape: Shape) -> None:
        self._learned += 1
        if sum(map(len, shape.fixed.values())) + len(repr(key)) > _MAX_KEY:
            return
        shape.plan.weigh = self._weigh
        with self._lock:
            self._plans.add(shape.plan)
            if len(self._families) >= MAX_FAMILIES or self._weight + shape.weight > MAX_BYTES:
                self._families.clear()
                self._weight = 0
            family = self._families.setdefault((key, hash_name), [])
            if len(family) >= MAX_VARIANTS:
                self._weight -= sum(each.weight for each in family)
                family.clear()
            family.append(shape)
            self._weight += shape.weight

    def _weigh(self, size: int) -> None:
        """So many bytes more were made for an order; where that is too much, all of it is forgotten."""
        self._orders += size
        if self._orders > MAX_ORDERS:
            self._orders = size
            with self._lock:
                plans = list(self._plans)
            for plan in plans:
                plan.forget_orders()


def _statements(shape: Shape, values: list[str]) -> list[Quad]:
    return shape.quads(values)
