"""From a document and pointers to groups of statements (vc-di-ecdsa §3.4.3 to §3.4.18).

The standard names blank nodes by expanding and compacting the document. The same names can be put into the document as it stands,
which keeps the issuer's own form for the pointers to point into:

1. mark each object of the document with an `@index`, which means nothing, and expand it;
2. the marks that come back on nodes without an id show which objects are blank nodes; give each an `@id` of its own;
3. now every part selected by a pointer speaks of the same nodes as the whole.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

from testamur.errors import LinkedDataError, Malformed, TooComplex
from testamur.linked_data import SIGNED_DIRECTION, Contexts, Quad, canonicalize_quads, expand, parse_nquads, to_rdf
from testamur.proofs.data_integrity.selective.pointers import select
from testamur.proofs.encodings import base64url_encode

MAX_STATEMENTS = (
    4_000  # of a document for selective disclosure: each costs its issuer a signature, and its verifiers read no more
)
_MAX_PARTS = 3 * MAX_STATEMENTS  # objects and values, counted before anything is expanded

_SCHEME = "urn:bnid:"
_MARK = "testamur-mark-"


@dataclass(frozen=True, slots=True)
class Group:
    """Statements of the whole document that a selection contains, and the others, by their place in the sorted whole."""

    matching: Mapping[int, str]
    not_matching: Mapping[int, str]
    quads: Sequence[Quad]  # of the selection, with the blank node labels of the named document


@dataclass(frozen=True, slots=True)
class Grouped:
    """`statements`: the whole, relabelled and sorted. `labels`: label in the named document → label of the statements."""

    statements: Sequence[str]
    labels: Mapping[str, str]
    groups: Mapping[str, Group]


# From canonical labels to those under which statements are signed.
Relabelling: TypeAlias = Callable[[Iterable[str]], Mapping[str, str]]


def hmac_labels(key: bytes) -> Relabelling:
    """Blank node labels that only the holder of `key` can trace back (§3.4.6 createHmacIdLabelMapFunction)."""
    return lambda labels: {label: _hmac_label(key, label) for label in labels}


def shuffled_labels(key: bytes) -> Relabelling:
    """`b0`, `b1` … in the order of the labels' HMACs (vc-di-bbs §3.3.1): they tell nothing but how many blank nodes there are."""
    return lambda labels: {
        label: f"b{number}" for number, label in enumerate(sorted(labels, key=lambda label: _hmac_label(key, label)))
    }


def _hmac_label(key: bytes, label: str) -> str:
    return "u" + base64url_encode(hmac.digest(key, label.encode("utf-8"), "sha256"))


def group_statements(
    document: Mapping[str, Any],
    relabel: Relabelling,
    pointers: Mapping[str, Sequence[str]],
    contexts: Contexts,
) -> Grouped:
    """Canonicalise `document` (without proof), rename its blank nodes, and sort the statements into groups (§3.4.18).

    Raises `Malformed` (`proof.pointer_invalid`, `proof.selective_unsupported`), `TooComplex` (`proof.too_many_statements`) and
    `LinkedDataError`.
    """
    if _parts(document) > _MAX_PARTS:
        raise _too_many()
    named = name_blank_nodes(document, contexts)
    quads = _quads(named, contexts)
    if len(quads) > MAX_STATEMENTS:
        raise _too_many()
    canonical = canonicalize_quads(quads)
    new = relabel(canonical.issued_identifiers.values())
    labels = {given: new[issued] for given, issued in canonical.issued_identifiers.items()}
    statements = sorted(renamed(quad, labels).line() for quad in quads)
    groups = {}
    for name, paths in pointers.items():
        selection = select(named, paths)
        selected = [] if selection is None else _quads(selection, contexts)
        lines = {renamed(quad, labels).line() for quad in selected}
        matching = {index: line for index, line in enumerate(statements) if line in lines}
        if len(matching) != len(lines):
            raise _unsupported("a part says more than the whole")
        rest = {index: line for index, line in enumerate(statements) if index not in matching}
        groups[name] = Group(matching, rest, selected)
    return Grouped(statements, labels, groups)


def canonical_quads(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    """The canonical statements of a document, labels `c14n…`."""
    quads = to_rdf(document, contexts=contexts, rdf_direction=SIGNED_DIRECTION)
    return parse_nquads(canonicalize_quads(quads).nquads)


def renamed(quad: Quad, labels: Mapping[str, str]) -> Quad:
    """`quad` with its blank nodes renamed. Raises `KeyError` for a label that is not among `labels`."""
    return Quad(*(f"_:{labels[term[2:]]}" if term.startswith("_:") else term for term in quad))


def name_blank_nodes(document: Mapping[str, Any], contexts: Contexts) -> dict[str, Any]:
    """A copy of `document` in which every blank node has an `@id` of the scheme `urn:bnid:`.

    Raises `Malformed` (`proof.selective_unsupported`) where a blank node cannot be named from outside: lists, graphs without a name,
    labels written out, and names of our own scheme.
    """
    marked = deepcopy(dict(document))
    objects = list(_objects(marked))
    for number, item in enumerate(objects):
        if "@index" in item:
            raise _unsupported("it uses @index")
        item["@index"] = f"{_MARK}{number}"
    try:
        expanded = expand(marked, contexts=contexts, safe=False)
    except LinkedDataError as error:
        if error.code != "linked_data.colliding_keywords":
            raise
        raise _unsupported("it uses @nest") from None  # two marks fell on one node
    blank = set()
    for node in _nodes(expanded):
        mark = node.get("@index")
        if "@graph" in node and node.keys() <= {"@graph", "@index"}:
            raise _unsupported("it holds a graph without a name")
        if "@id" not in node and isinstance(mark, str) and mark.startswith(_MARK):
            blank.add(int(mark.removeprefix(_MARK)))
    for number, item in enumerate(objects):
        del item["@index"]
        if number in blank:
            item["@id"] = f"{_SCHEME}n{number}"
    return marked


def _quads(document: Mapping[str, Any], contexts: Contexts) -> list[Quad]:
    """The statements of a named document, its blank nodes blank again."""
    quads = to_rdf(document, contexts=contexts, rdf_direction=SIGNED_DIRECTION)
    if any(term.startswith("_:") for quad in quads for term in quad):
        raise _unsupported("it holds a list or a blank node that cannot be named")
    return [Quad(*map(_blank_again, quad)) for quad in quads]


def _blank_again(term: str) -> str:
    return f"_:{term[1 + len(_SCHEME) : -1]}" if term.startswith(f"<{_SCHEME}") else term


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document that may be a node: all but those inside contexts."""
    if isinstance(value, dict):
        yield value
        for name, item in list(value.items()):
            if name != "@context":
                yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)
    elif isinstance(value, str) and value.startswith(("_:", _SCHEME)):
        raise _unsupported("it writes out the label of a blank node")


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every node object of an expanded document."""
    if isinstance(value, dict):
        if "@value" in value:
            return
        if "@list" not in value and "@set" not in value:
            yield value
        for item in value.values():
            yield from _nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _nodes(item)


def _parts(value: Any) -> int:
    """How many objects and values a document has, those inside contexts left out."""
    if isinstance(value, Mapping):
        return 1 + sum(_parts(item) for name, item in value.items() if name != "@context")
    return sum(map(_parts, value)) if isinstance(value, list) else 1


def _too_many() -> TooComplex:
    return TooComplex(
        f"A credential for selective disclosure makes at most {MAX_STATEMENTS:,} statements.",
        code="proof.too_many_statements",
        facts={"limit": MAX_STATEMENTS},
    )


def _unsupported(reason: str) -> Malformed:
    return Malformed(
        f"This document cannot be disclosed selectively: {reason}.",
        code="proof.selective_unsupported",
        facts={"reason": reason},
    )
