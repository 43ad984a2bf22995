"""Which statements a document makes, with holes where its texts stand.

The complete path is run once, with every text marked. A marked text that comes out of expansion as it went in, as the value of a literal or
as an identifier, is a *hole*: another text of the same sort in its place would have come out in the same places. Everything else that was a
text (a type, a word of a vocabulary, a compact address) shaped the outcome, so it is *fixed*: a document with another text there has
another shape.

Another text is of the same sort when it is

* for a literal: any text without the code points that safe mode refuses. JSON-LD never looks into the value of a literal.
* for an identifier: an absolute IRI with the same scheme, and `//` after the scheme in both or neither. By IRI expansion (JSON-LD 1.1 API
  §5.2.2) its fate depends on that alone, unless a context defines a term that has a colon in its name; none of the pinned ones does.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from testamur.linked_data import iri as iris
from testamur.linked_data.json_ld.context_processing import ContextProcessor
from testamur.linked_data.json_ld.expansion import Expander
from testamur.linked_data.json_ld.safety import NO_CHARACTER, Safety
from testamur.linked_data.json_ld.to_rdf import RdfWriter
from testamur.linked_data.limits import Budget
from testamur.linked_data.nquads import Quad
from testamur.linked_data.pinned import Contexts
from testamur.linked_data.shapes.skeleton import NeverShaped, Unshaped, with_texts


class Slot(NamedTuple):
    """A term with a hole: `before`, the text number `text` as N-Quads spells it, `after`."""

    text: int
    before: str
    after: str


Term: TypeAlias = str | Slot


class Statement(NamedTuple):
    """A statement; an object or a subject may have a hole. `graph` is the blank node that names its graph, or empty for the default one."""

    subject: Term
    predicate: str
    object: Term
    graph: str = ""


class Traced(NamedTuple):
    """`holes` gives for each text None (fixed), the empty text (a literal) or how an identifier in its place must begin."""

    statements: list[Statement]
    holes: list[str | None]


class _Marked(str):
    """A text that knows which one it is."""

    __slots__ = ("number",)
    number: int


_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?://)?")


def beginning(identifier: str) -> str:
    """The scheme of an absolute IRI with its colon, and `//` where that follows. Raises `Unshaped` for anything else."""
    found = _IDENTIFIER.match(identifier)
    if found is None or not iris.is_absolute(identifier):
        raise Unshaped
    return found[0]


def trace(document: dict[str, Any], texts: Sequence[str], contexts: Contexts, *, graphs: bool = False) -> Traced:
    """Run the complete path over `document`, whose texts are `texts`.

    Raises what that raises, and `NeverShaped` for named graphs, unless `graphs` and each is named by a blank node, as the graph of a proof.
    """
    count = 0

    def mark(text: str) -> _Marked:
        nonlocal count
        marked = _Marked(text)
        marked.number = count
        count += 1
        return marked

    safety = Safety(True, direction_kept=True)
    expanded = Expander(ContextProcessor(contexts, Budget()), None, safety).document(with_texts(document, mark))
    finder = _Finder(texts, graphs=graphs)
    probe = finder.replaced(expanded)
    statements = [finder.statement(quad) for quad in RdfWriter(safety, "i18n-datatype").write(probe)]
    return Traced(statements, finder.holes)


class _Finder:
    """Finds the marked texts in the expanded form and puts sentinels in the place of those that are holes."""

    def __init__(self, texts: Sequence[str], *, graphs: bool) -> None:
        self.texts = texts
        self.graphs = graphs
        self.holes: list[str | None] = [None] * len(texts)
        self.nonce = f"urn:testamur:{secrets.token_hex(16)}:"
        self._fixed: set[int] = set()

    def replaced(self, expanded: Any) -> Any:
        """A copy of the expanded form in which each hole is a sentinel and each fixed text the plain text."""
        self._look(expanded, "")
        for number in self._fixed:
            self.holes[number] = None
        return self._copy(expanded, "")

    def _look(self, value: Any, name: str, datatype: Any = None) -> None:
        if isinstance(value, _Marked):
            number = value.number
            kind: str | None = None
            if name == "@value" and datatype != "@json":
                kind = ""
            elif name == "@id" and iris.is_absolute(value):
                kind = beginning(str(value))
            if kind is None or self.holes[number] not in (None, kind):
                self._fixed.add(number)
            self.holes[number] = kind
        elif isinstance(value, dict):
            for key, member in value.items():
                self._look(member, key, value.get("@type"))
        elif isinstance(value, list):
            for member in value:
                self._look(member, name if name == "@type" else "", datatype)

    def _copy(self, value: Any, name: str) -> Any:
        if isinstance(value, _Marked):
            is_hole = self.holes[value.number] is not None
            return f"{self.nonce}{value.number}" if is_hole and name in ("@value", "@id") else str(value)
        if isinstance(value, dict):
            return {str(key): self._copy(member, key) for key, member in value.items()}
        if isinstance(value, list):
            return [self._copy(member, "") for member in value]
        return value

    def statement(self, quad: Quad) -> Statement:
        if quad.graph and not (self.graphs and quad.graph.startswith("_:")):
            raise NeverShaped
        return Statement(self._term(quad.subject), quad.predicate, self._term(quad.object), quad.graph)

    def _term(self, term: str) -> Term:
        at = term.find(self.nonce)
        if at < 0:
            return term
        number = re.match(r"[0-9]+", term[at + len(self.nonce) :])
        if at != 1 or number is None:  # a part of a text, as inside a JSON literal
            raise Unshaped
        return Slot(int(number[0]), term[0], term[at + len(self.nonce) + number.end() :])


def fits(text: str, hole: str) -> bool:
    """May `text` stand in a hole of this sort (`Traced.holes`)?"""
    if hole:
        return beginning_matches(text, hole)
    return NO_CHARACTER.search(text) is None


def beginning_matches(text: str, hole: str) -> bool:
    """Is `text` an absolute IRI that begins as `hole` says, with the `//` exactly where that has it?"""
    return (
        text.startswith(hole)
        and iris.is_absolute(text)
        and (hole.endswith("//") or text[len(hole) : len(hole) + 2] != "//")
    )


def fitting(hole: str) -> str:
    """A regular expression for exactly those texts of which `beginning_matches` says that they fit `hole`."""
    return re.escape(hole) + ("" if hole.endswith("//") else "(?!//)") + iris.AFTER_SCHEME


class AddressHoles:
    """Whether texts, as JSON writes them, fit the holes for addresses in which they stand, all of them at once."""

    __slots__ = ("_begin", "_between", "_fit")

    def __init__(self, holes: list[str]) -> None:
        self._fit = re.compile(_BETWEEN.decode().join(map(fitting, holes))).fullmatch
        self._begin = re.compile(_BETWEEN.join(map(_beginning, holes))).fullmatch
        self._between = _BETWEEN * (len(holes) - 1)

    def all_fit(self, texts: Sequence[bytes]) -> bool:
        """Whether each of `texts`, which are UTF-8, says something that fits its hole. False for one with an escape."""
        joined = _BETWEEN.join(texts)
        if self._are_usual(joined):
            return True
        return b"\\" not in joined and self._fit(joined.decode()) is not None

    def _are_usual(self, joined: bytes) -> bool:
        """Whether they are ASCII, fit, and have one `#` at most: asked in a fourth of the time. False says nothing."""
        left = joined.translate(None, _IN_ADDRESSES)
        if left != self._between and left.replace(_END_WITH_FRAGMENT, _BETWEEN).removesuffix(b"#") != self._between:
            return False
        return self._begin(joined) is not None


def _beginning(hole: str) -> bytes:
    """A regular expression for what begins as `fitting` says, whatever follows."""
    return re.escape(hole.encode()) + (b"" if hole.endswith("//") else b"(?!//)") + rb"[^\x1f]*"


_BETWEEN: Final = b"\x1f"  # stands in no text that JSON writes without an escape
_END_WITH_FRAGMENT: Final = b"#" + _BETWEEN
_IN_ADDRESSES: Final = bytes(set(range(0x21, 0x80)) - set(b'<>"{}|^`\\#'))
"""The ASCII of `iri.AFTER_SCHEME`, without what begins a fragment."""

__all__ = [
    "AddressHoles",
    "Slot",
    "Statement",
    "Term",
    "Traced",
    "beginning",
    "beginning_matches",
    "fits",
    "fitting",
    "trace",
]
