"""The canonical form of a shape, compiled once: what is constant is bytes, what varies is a hole.

What varies with the values is more than the values. The plan knows three such things and works them out for each document:

1. *Labels.* A blank node is labelled by the rank of the hash of its statements (RDFC-1.0 §4.4). Hashes of nodes without holes are known in
   advance; the others are computed. Two equal hashes are an ambiguity: the complete algorithm decides.
2. *The order of subjects.* Statements sort by their lines. Lines with different subjects sort as their subjects do, because no IRI in its
   angle brackets is the beginning of another; named subjects stand before blank ones, `<` being before `_`. Subjects with a hole are
   ranked among the others; two equal ones are left to the complete algorithm, because their statements mix.
3. *The order inside a subject.* By predicate, which is constant; where one predicate has several objects of which one has a hole or is a
   blank node, the lines are sorted (a *group*). Two equal lines are one statement; where that belongs to a blank node, whose hash has
   counted it twice, the complete algorithm decides. A blank node that names a graph stands in its lines and is hashed with them.

Everything is written as templates of bytes with holes, filled from one list: the values, then the labels, then the groups (`kernel`).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from testamur.accelerated import quickest
from testamur.linked_data.nquads import Quad, escape
from testamur.linked_data.rdfc10 import HashName, canonicalize_quads
from testamur.linked_data.shapes import kernel as python_kernel
from testamur.linked_data.shapes.skeleton import Unshaped
from testamur.linked_data.shapes.tracing import Slot, Statement, Term

if TYPE_CHECKING:
    from testamur.linked_data.shapes.kernel import Group, Hashing, Layout, Template

KERNEL: Any = quickest(python_kernel)
sha256: Callable[[bytes], bytes] = KERNEL.hashed
"""SHA-256 without the object around it that `hashlib` makes: for short texts that takes longer than the hash."""
MAX_BLANK_NODES: Final = 40
_MAX_LAYOUTS: Final = 256
_TIMES: Final = 3  # that a template holds its text, about
_BESIDES: Final = 600  # bytes of a template, without its text


# No named tuples: a label and a group of the same number would be equal.
@dataclass(frozen=True, slots=True)
class _Label:
    node: int


@dataclass(frozen=True, slots=True)
class _GroupAt:
    number: int


_Piece: TypeAlias = "str | Slot | _Label | _GroupAt"
_T = TypeVar("_T", bound=Term)


class Plan:
    """The compiled canonical form of documents that make `statements`, whose holes are texts number 0 to `texts` - 1."""

    def __init__(self, statements: Sequence[Statement], texts: int, hash_name: HashName = "sha256") -> None:
        # Two templates that are equal make one statement whatever the values are.
        statements = list(dict.fromkeys(statements))
        self.statements = statements
        self._kernel = KERNEL  # one form for the whole plan
        self.texts = texts
        self.hash_name: HashName = hash_name
        self.new_hash = getattr(hashlib, hash_name)
        terms = (term for statement in statements for term in (statement.subject, statement.object, statement.graph))
        names = dict.fromkeys(term for term in terms if isinstance(term, str) and _is_blank(term))
        if len(names) > MAX_BLANK_NODES:
            raise Unshaped
        self._nodes = {name: number for number, name in enumerate(names)}
        self._constant: dict[bytes, int] = {}
        self._hashings: list[Hashing] = []
        self._groups: list[Group] = []
        self._decided: list[list[_Piece]] = []  # for each group the labels in it, where only labels are
        for node in self._nodes:
            self._compile_hash(node)
        by_subject: dict[Term, list[Statement]] = {}
        for statement in statements:
            by_subject.setdefault(statement.subject, []).append(statement)
        blocks = {subject: self._block(subject, members) for subject, members in by_subject.items()}
        self._named = sorted((_encode(s), blocks[s]) for s in blocks if isinstance(s, str) and not _is_blank(s))
        self._names = [subject for subject, _ in self._named]
        self._holed = [(self._template([s.before, s, s.after]), blocks[s]) for s in blocks if isinstance(s, Slot)]
        self._slots = [s.text for s in blocks if isinstance(s, Slot)]
        count = len(self._nodes)
        self._blocks = [blocks.get(name, []) for name in self._nodes]
        self._blank: list[list[Template | None]] = [[None] * count for _ in range(count)]
        self._layouts: dict[tuple[int, ...], Layout] = {}
        self.weigh: Callable[[int], object] | None = None  # is told how many bytes it takes what is made for an order
        self.renderer = self._kernel.Renderer(
            hash_name,
            self._constant,
            self._hashings,
            self._groups,
            [b"_:c14n%d" % rank for rank in range(count)],
            self._blank,
            self._layout_for,
            self._labelled,
        )

    # -- once for each document

    def render(self, encoded: list[bytes]) -> bytes:
        """The canonical N-Quads. `encoded` are the texts as N-Quads spells them, in UTF-8; the list is used up.

        Raises `Unshaped` for an ambiguity, as the module says.
        """
        canonical: bytes = self.renderer.render(encoded)
        return canonical

    def digest(self, encoded: list[bytes]) -> bytes:
        """The hash of what `render` gives, without writing all of it. Raises `Unshaped` as that does."""
        digest: bytes = self.renderer.digest(encoded)
        return digest

    def complete(self, texts: Sequence[str]) -> bytes:
        """The canonical N-Quads by the complete algorithm, for values that `render` does not cover."""

        def term(template: Term) -> str:
            return filled(template, texts[template.text]) if isinstance(template, Slot) else template

        quads = [Quad(term(s), predicate, term(o), graph) for s, predicate, o, graph in self.statements]
        return canonicalize_quads(quads, hash_name=self.hash_name).nquads

    def specialised(self, known: Mapping[int, str]) -> Plan:
        """The plan for documents in which the texts of `known` are always these. The other texts keep their order and are renumbered."""
        statements = substituted(self.statements, known, self.texts)
        return Plan(statements, self.texts - len(known), self.hash_name)

    # -- compiling

    def _compile_hash(self, node: str) -> None:
        """RDFC-1.0 §4.6.2, with what is constant put in order now."""

        def masked(term: _T) -> _T | str:
            return ("_:a" if term == node else "_:z") if _is_blank(term) else term

        lines = [
            Statement(masked(s), predicate, masked(o), masked(graph))
            for s, predicate, o, graph in self.statements
            if node in (s, o, graph)
        ]
        number = self._nodes[node]
        if not any(isinstance(term, Slot) for line in lines for term in (line.subject, line.object)):
            text = "".join(sorted("".join(map(str, _pieces(*line))) for line in lines))
            # Two nodes that are alike whatever the values are leave one entry: an ambiguity that `render` finds.
            self._constant[self.new_hash(text.encode()).digest()] = number
            return
        settled = _in_settled_order(lines)
        if settled is not None:
            pieces = [piece for line in settled for piece in _pieces(*line)]
            self._hashings.append(self._kernel.Hashing(number, self._template(pieces), []))
        else:
            self._hashings.append(
                self._kernel.Hashing(number, None, [self._template(_pieces(*line)) for line in lines])
            )

    def _block(self, subject: Term, statements: Iterable[Statement]) -> list[_Piece]:
        """All lines of one subject, in order; groups are set aside."""
        by_predicate: dict[str, list[Statement]] = {}
        for statement in statements:
            by_predicate.setdefault(statement.predicate, []).append(statement)
        pieces: list[_Piece] = []
        for _, alike in sorted(by_predicate.items()):
            varying = any(isinstance(one.object, Slot) or _is_blank(one.object) or one.graph for one in alike)
            if len(alike) > 1 and varying:
                counted = _is_blank(subject) or any(one.graph for one in alike)
                self._groups.append(self._group([self._named_pieces(one) for one in alike], counted=counted))
                pieces.append(_GroupAt(len(self._groups) - 1))
                continue
            for one in sorted(alike, key=_end_of_line):
                pieces += self._named_pieces(one)
        return pieces

    def _group(self, lines: list[list[_Piece]], *, counted: bool) -> Group:
        labels = _labels_alone(piece for line in lines for piece in line)
        picks = self._template(labels).picks if labels else None
        self._decided.append(labels)
        group: Group = self._kernel.Group([self._template(line) for line in lines], counted, picks)
        return group

    def _named_pieces(self, statement: Statement) -> list[_Piece]:
        """One line with its blank nodes as labels that are still to be found."""
        return [
            _Label(self._nodes[piece]) if isinstance(piece, str) and _is_blank(piece) else piece
            for piece in _pieces(*statement)
        ]

    def _labelled(self, node: int, rank: int) -> Template:
        """The block of a blank node for the rank that it got; made when it is first wanted."""
        own = _Label(node)
        template = self._template([f"_:c14n{rank}" if piece == own else piece for piece in self._blocks[node]])
        self._weigh(template)
        self._blank[node][rank] = template
        return template

    def forget_orders(self) -> None:
        """Forget what was made for the orders that were met: it is made anew where they come again."""
        self._layouts.clear()
        self.renderer.layout = None
        for row in self._blank:
            row[:] = [None] * len(row)

    def _weigh(self, *templates: Template) -> None:
        if self.weigh is not None:
            self.weigh(sum(_TIMES * template.size + _BESIDES for template in templates))

    def _layout_for(self, filling: list[bytes]) -> Layout:
        """The named subjects in the order that these values give them."""
        names = self._names
        ranked = []
        for number, (template, _) in enumerate(self._holed):
            subject = template.fill(filling)
            rank = bisect_left(names, subject)
            if rank < len(names) and names[rank] == subject:
                raise Unshaped
            ranked.append((subject, rank, number))
        if len(ranked) > 1:
            ranked.sort()
            if any(ranked[i][0] == ranked[i + 1][0] for i in range(len(ranked) - 1)):
                raise Unshaped
        key = tuple([part for _, rank, number in ranked for part in (rank, number)])
        found = self._layouts.get(key)
        return self._layout(key) if found is None else found

    def _layout(self, key: tuple[int, ...]) -> Layout:
        pieces: list[_Piece] = []
        bounds = []
        position = 0
        for rank, number in zip(key[::2], key[1::2], strict=True):
            for _, block in self._named[position:rank]:
                pieces += block
            position = rank
            pieces += self._holed[number][1]
            # Without the `<` that all of them begin with. UTF-8 knows no byte 0xFF: it stands behind everything.
            before, after = (self._names[at][1:] if 0 <= at < len(self._names) else b"" for at in (rank - 1, rank))
            bounds.append((self._slots[number], before, after or b"\xff"))
        for _, block in self._named[position:]:
            pieces += block
        if len(self._layouts) >= _MAX_LAYOUTS:
            self._layouts.clear()
        decided: list[_Piece] = []
        cut = 0
        for piece in pieces:
            labels = self._decided[piece.number] if isinstance(piece, _GroupAt) else [piece]
            if isinstance(piece, Slot) or not labels:
                break
            decided += _labels_alone(labels)
            cut += 1
        head, rest = self._template(pieces[:cut]), self._template(pieces[cut:])
        layout: Layout = self._kernel.Layout(head, self._template(decided).picks, rest, bounds)
        self._weigh(head, rest)
        self._layouts[key] = layout
        return layout

    def _template(self, pieces: Iterable[_Piece]) -> Template:
        parts: list[list[str]] = [[]]
        numbers: list[int] = []
        for piece in pieces:
            if isinstance(piece, str):
                parts[-1].append(piece)
                continue
            parts.append([])
            if isinstance(piece, Slot):
                numbers.append(piece.text)
            elif isinstance(piece, _Label):
                numbers.append(self.texts + piece.node)
            else:
                numbers.append(self.texts + len(self._nodes) + piece.number)
        template: Template = self._kernel.Template([_encode("".join(part)) for part in parts], numbers)
        return template


def substituted(statements: Iterable[Statement], known: Mapping[int, str], texts: int) -> list[Statement]:
    """The statements with the texts of `known` filled in and the others, of `texts` in all, renumbered in their order."""
    left = (number for number in range(texts) if number not in known)
    renumbered = {number: position for position, number in enumerate(left)}

    def term(template: Term) -> Term:
        if not isinstance(template, Slot):
            return template
        if template.text in renumbered:
            return template._replace(text=renumbered[template.text])
        return filled(template, known[template.text])

    return [Statement(term(s), predicate, term(o), graph) for s, predicate, o, graph in statements]


def filled(template: Slot, text: str) -> str:
    """The term with `text` in its hole, as canonical N-Quads spells it."""
    return template.before + (escape(text) if template.before == '"' else text) + template.after


def _encode(text: str) -> bytes:
    return text.encode("utf-8")


def _is_blank(term: Term) -> bool:
    return isinstance(term, str) and term.startswith("_:")


def _labels_alone(pieces: Iterable[_Piece]) -> list[_Piece]:
    """The labels among the pieces, each once; none where a value stands among them."""
    pieces = list(pieces)
    return (
        []
        if any(isinstance(piece, Slot) for piece in pieces)
        else list(dict.fromkeys(piece for piece in pieces if isinstance(piece, _Label)))
    )


def _pieces(subject: Term, predicate: str, object_: Term, graph: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    for part in (subject, f" {predicate} ", object_, *((" ", graph) if graph else ()), " .\n"):
        if isinstance(part, Slot):
            pieces += [part.before, part, part.after]
        else:
            pieces.append(part)
    return pieces


def _end_of_line(line: Statement) -> str:
    return "" if isinstance(line.object, Slot) else f"{line.object} {line.graph}{' ' if line.graph else ''}.\n"


def _in_settled_order(lines: list[Statement]) -> list[Statement] | None:
    """The lines in the order that they have whatever the values are, or None where that depends on the values."""
    named = {line.subject for line in lines if not _is_blank(line.subject)}
    if len(named) > 1 and any(isinstance(subject, Slot) for subject in named):
        return None
    ends: dict[tuple[Term, str], list[Term]] = {}
    for line in lines:  # an object that stands in two graphs is there twice
        ends.setdefault((line.subject, line.predicate), []).append(line.object)
    if any(len(objects) > 1 and any(isinstance(term, Slot) for term in objects) for objects in ends.values()):
        return None

    def place(line: Statement) -> tuple[bool, str, str, str]:
        subject = "" if isinstance(line.subject, Slot) else line.subject
        return _is_blank(line.subject), subject, line.predicate, _end_of_line(line)

    return sorted(lines, key=place)
