"""One compiled shape: the plan, which texts of the document fill its holes, and which texts may."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from testamur.errors import LinkedDataError, TooLarge
from testamur.linked_data.json_ld.safety import NO_CHARACTER
from testamur.linked_data.nquads import Quad, escape
from testamur.linked_data.pinned import PINNED
from testamur.linked_data.rdfc10 import HashName
from testamur.linked_data.shapes.plan import Plan, substituted
from testamur.linked_data.shapes.skeleton import NeverShaped, Unshaped, skeleton
from testamur.linked_data.shapes.tracing import Slot, Statement, Term, beginning_matches, fitting, trace

MAX_STATEMENTS: Final = 500
_TIMES: Final = 20  # that a plan holds the characters of its statements, about

# Between texts while they are encoded together: a character that is escaped in N-Quads anyway.
_BETWEEN: Final = "\x1f"
_BETWEEN_ENCODED: Final = b"\x1f"
# What has to be escaped in N-Quads, but for the one between; and what may not stand there.
_ESCAPED: Final = bytes(code for code in range(0x20) if code != 0x1F) + b'"\\\x7f'
_TO_ESCAPE: Final = re.compile(b"[" + re.escape(_ESCAPED) + b"]")
_ESCAPES: Final = {bytes([code]): escape(chr(code)).encode() for code in _ESCAPED}
_OFTEN: Final = tuple(
    (code, _ESCAPES[code]) for code in (b"\\", b'"', b"\n", b"\r", b"\t")
)  # the backslash first: the others bring it
_SELDOM: Final = bytes(code for code in _ESCAPED if code not in b'\\"\n\r\t')
_NO_CHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
_THEIR_BEGINNING: Final = b"\xef\xbf"
_DELETED: Final = b"\\u007F"


class Shape:
    """A shape of documents. `numbers` says which of the texts of `skeleton` fill its holes, in their order; `fixed` what others are.

    `same` are pairs of texts that are one identifier: a thing that a document names twice is one subject with one hole.
    """

    def __init__(
        self,
        plan: Plan,
        numbers: tuple[int, ...],
        holes: tuple[str, ...],
        fixed: Mapping[int, str],
        same: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.plan = plan
        self.numbers = numbers
        self.holes = holes
        self.fixed = dict(fixed)
        self.same = same
        self._fixed = tuple(self.fixed.items())
        numbers_of: dict[Term, int] = {}
        self._places = [
            (numbers_of.setdefault(s, len(numbers_of)), p, numbers_of.setdefault(o, len(numbers_of)), g)
            for s, p, o, g in plan.statements
        ]
        self._terms = list(numbers_of)
        self._identifiers = [position for position, hole in enumerate(holes) if hole]
        self._all_fit = re.compile(_BETWEEN.join(fitting(hole) for hole in holes if hole)).fullmatch

    @cached_property
    def weight(self) -> int:
        """About how many bytes it takes, without what is made for the orders that are met."""
        terms = (term for statement in self.plan.statements for term in statement)
        characters = sum(len(term) if isinstance(term, str) else len(term.before) + len(term.after) for term in terms)
        return _TIMES * characters + sum(map(len, self.fixed.values()))

    def is_of(self, texts: Sequence[str]) -> bool:
        """Is a document with the skeleton of this shape and these texts of this shape?"""
        for number, text in self._fixed:
            if texts[number] != text:
                return False
        return all(texts[number] == texts[first] for number, first in self.same)

    def values_of(self, texts: Sequence[str]) -> list[str]:
        """The texts that fill the holes, of all texts of a document of this shape."""
        return [texts[number] for number in self.numbers]

    def canonical(self, values: Sequence[str]) -> bytes:
        """The canonical N-Quads of the document with `values` in its holes.

        Raises `Unshaped` for a value that another text in its hole does not stand for; such a document takes the complete path.
        """
        if not self.covers(values):
            raise Unshaped
        return self.render(self.encode(values), values)

    def render(self, encoded: list[bytes], values: Sequence[str]) -> bytes:
        """As `canonical`, for values that the shape is known to cover, and that were encoded already, as `encode` does."""
        try:
            return self.plan.render(encoded)
        except Unshaped:
            return self.plan.complete(values)

    def quads(self, values: Sequence[str]) -> list[Quad]:
        """The statements of the document with `values` in its holes, each once. Raises `Unshaped` as `canonical` does."""
        if not self.covers(values) or NO_CHARACTER.search(_BETWEEN.join(values)) is not None:
            raise Unshaped
        spelled = [value if hole else escape(value) for value, hole in zip(values, self.holes, strict=True)]
        terms = [
            term.before + spelled[term.text] + term.after if isinstance(term, Slot) else term for term in self._terms
        ]
        return list(dict.fromkeys([Quad(terms[s], p, terms[o], g) for s, p, o, g in self._places]))

    def covers(self, values: Sequence[str]) -> bool:
        """Is every identifier of the sort that its hole is for?"""
        return self._all_fit(_BETWEEN.join([values[position] for position in self._identifiers])) is not None

    def encode(self, values: Sequence[str]) -> list[bytes]:
        """The values as N-Quads spells them, in UTF-8. Raises `Unshaped` for code points that safe mode refuses."""
        try:
            together = _BETWEEN.join(values).encode("utf-8")
        except UnicodeEncodeError:  # half a surrogate pair
            raise Unshaped from None
        if _THEIR_BEGINNING in together and any(no_character in together for no_character in _NO_CHARACTERS):
            raise Unshaped
        together = _escaped(together)
        encoded = together.split(_BETWEEN_ENCODED)
        # A text may hold the character between; and in an identifier, which may hold this one, nothing is escaped.
        if len(encoded) == len(values) and _DELETED not in together:
            return encoded
        return [
            (value if hole else escape(value)).encode("utf-8") for value, hole in zip(values, self.holes, strict=True)
        ]

    def specialised(self, known: Mapping[int, str]) -> Shape:
        """The shape of those documents in which the holes of `known` have these values.

        Raises `Unshaped` for one that may not stand there.
        """
        for position, text in known.items():
            if not _may_stand(text, self.holes[position]):
                raise Unshaped
        left = [position for position in range(len(self.holes)) if position not in known]
        return Shape(
            self.plan.specialised(known),
            tuple(self.numbers[position] for position in left),
            tuple(self.holes[position] for position in left),
            {**self.fixed, **{self.numbers[position]: text for position, text in known.items()}},
            self.same,
        )


def compile_shape(document: dict[str, Any], *, hash_name: HashName = "sha256", graphs: bool = False) -> Shape:
    """The shape of `document`, over the pinned contexts: whatever text can vary is a hole.

    Raises `Unshaped` for what is not covered: contexts that are written out, named graphs (with `graphs`: unless a blank node names them,
    as the graph of a proof), identical statements, documents that the complete path refuses.
    """
    _, texts = skeleton(document)
    return shape_of(document, texts, hash_name, graphs=graphs)


def shape_of(document: dict[str, Any], texts: Sequence[str], hash_name: HashName, *, graphs: bool = False) -> Shape:
    """As `compile_shape`, for a document whose texts are known already."""
    try:
        statements, holes = trace(document, texts, PINNED, graphs=graphs)
    except (LinkedDataError, TooLarge, RecursionError):
        raise Unshaped from None
    if not statements or len(statements) > MAX_STATEMENTS:
        raise NeverShaped
    fixed = {number: texts[number] for number, hole in enumerate(holes) if hole is None}
    first: dict[str, int] = {}
    same = {number: first.setdefault(texts[number], number) for number, hole in enumerate(holes) if hole}
    same = {number: other for number, other in same.items() if number != other}
    statements = [Statement(_united(s, same), p, _united(o, same), g) for s, p, o, g in statements]
    left = [number for number, hole in enumerate(holes) if hole is not None and number not in same]
    filled = {number: texts[number] for number in range(len(texts)) if number in fixed or number in same}
    plan = Plan(substituted(statements, filled, len(texts)), len(left), hash_name)
    return Shape(plan, tuple(left), tuple(holes[number] or "" for number in left), fixed, tuple(same.items()))


def _escaped(text: bytes) -> bytes:
    """`text` with all that `_ESCAPED` names written as N-Quads writes it. What people write is looked for first: that is much quicker."""
    if len(text.translate(None, _SELDOM)) != len(text):
        return _TO_ESCAPE.sub(_escape, text)
    for code, written in _OFTEN:
        if code in text:
            text = text.replace(code, written)
    return text


def _escape(match: re.Match[bytes]) -> bytes:
    return _ESCAPES[match[0]]


def _united(term: Term, same: Mapping[int, int]) -> Term:
    return term._replace(text=same.get(term.text, term.text)) if isinstance(term, Slot) else term


def _may_stand(text: str, hole: str) -> bool:
    return beginning_matches(text, hole) if hole else NO_CHARACTER.search(text) is None
