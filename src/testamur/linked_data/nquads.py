"""Quads and their one canonical spelling.

A term is kept as the text that canonical N-Quads would show: `<https://…>` for an IRI, `_:b0` for a blank node, `"…"` with its datatype or
language for a literal. Two terms are equal exactly when their texts are, canonicalisation never has to spell a term twice, and
a quad is a tuple of four short strings.

Sources: RDF 1.1 N-Quads; RDF Dataset Canonicalization 1.0 §A ("A Canonical form of N-Quads").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from testamur.errors import LinkedDataError, TooLarge
from testamur.linked_data import iri as iris
from testamur.linked_data.limits import MAX_QUADS

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
MAX_NQUADS_BYTES = 16 * 1024 * 1024


class Quad(NamedTuple):
    """One statement. Each member is a term in canonical N-Quads spelling; `graph` is empty for the default graph."""

    subject: str
    predicate: str
    object: str
    graph: str = ""

    def line(self) -> str:
        """The statement as one line of canonical N-Quads, with its line feed."""
        if self.graph:
            return f"{self.subject} {self.predicate} {self.object} {self.graph} .\n"
        return f"{self.subject} {self.predicate} {self.object} .\n"


# What must not stand as itself in a literal: the quotation mark, the backslash, the control characters, DEL, and what the Char production
# of XML 1.1 leaves out (surrogates, U+FFFE, U+FFFF). Everything else must stand as itself.
_TO_ESCAPE = re.compile('["\\\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]')
_SHORT = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


def escape(text: str) -> str:
    """`text` as it stands between the quotation marks of a canonical literal."""
    return _TO_ESCAPE.sub(_escape, text) if _TO_ESCAPE.search(text) else text


def literal(text: str, datatype: str = XSD_STRING, language: str | None = None) -> str:
    """The canonical spelling of a literal. A language excludes a datatype; `xsd:string` is left out."""
    if language is not None:
        return f'"{escape(text)}"@{language}'
    if datatype == XSD_STRING:
        return f'"{escape(text)}"'
    return f'"{escape(text)}"^^<{datatype}>'


def serialise(quads: Iterable[Quad]) -> bytes:
    """Canonical N-Quads of a dataset: every statement once, in code point order. Blank node labels are kept as they are."""
    return "".join(sorted({quad.line() for quad in quads})).encode("utf-8")


# Terminals of the N-Quads grammar.
_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_IRI = rf"<(?:[^\x00-\x20<>\"{{}}|^`\\]|{_UCHAR})*>"
_PN_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PN = rf"{_PN_BASE}_:0-9\u00b7\u0300-\u036f\u203f-\u2040\-"
_BLANK = rf"_:[{_PN_BASE}_:0-9](?:[{_PN}.]*[{_PN}])?"
_STRING = rf"\"[^\"\\\n\r]*(?:(?:\\[tbnrf\"'\\]|{_UCHAR})[^\"\\\n\r]*)*\""
_LITERAL = rf"{_STRING}(?:\^\^{_IRI}|@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?"
_STATEMENT = re.compile(
    rf"[ \t]*({_IRI}|{_BLANK})[ \t]*({_IRI})[ \t]*({_IRI}|{_BLANK}|{_LITERAL})[ \t]*({_IRI}|{_BLANK})?[ \t]*\.[ \t]*(?:#.*)?\Z"
)
_EMPTY = re.compile(r"[ \t]*(?:#.*)?\Z")
_LITERAL_PARTS = re.compile(rf"({_STRING})(?:\^\^({_IRI})|@(.*))?\Z")
_ESCAPED = re.compile(rf"{_UCHAR}|\\(.)")
_ECHAR = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def parse_nquads(data: bytes, *, max_quads: int = MAX_QUADS) -> list[Quad]:
    """Read N-Quads strictly; every statement comes once, in order of first appearance.

    Raises LinkedDataError (`linked_data.nquads_syntax`, fact `line`) for anything that the grammar does not allow, relative IRIs
    included, and TooLarge beyond 16 MiB or `max_quads` statements. Source: RDF 1.1 N-Quads §4.
    """
    if len(data) > MAX_NQUADS_BYTES:
        raise TooLarge("The N-Quads are too large.", facts={"limit": MAX_NQUADS_BYTES, "size": len(data)})
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LinkedDataError(
            "The N-Quads are not UTF-8.", code="linked_data.nquads_syntax", facts={"byte": error.start}
        ) from error
    quads: dict[Quad, None] = {}
    # Not splitlines(): it also splits at U+0085, U+2028 and others, which are ordinary characters of a literal.
    for number, line in enumerate(text.replace("\r", "\n").split("\n"), start=1):
        if _EMPTY.match(line):
            continue
        match = _STATEMENT.match(line)
        if match is None:
            raise _syntax(number, "is not an N-Quads statement")
        subject, predicate, object_, graph = match.groups()
        quad = Quad(
            _term(subject, number),
            _term(predicate, number),
            _term(object_, number),
            _term(graph, number) if graph else "",
        )
        quads[quad] = None
        if len(quads) > max_quads:
            raise TooLarge("The N-Quads hold too many statements.", facts={"limit": max_quads})
    return list(quads)


def _term(text: str, line: int) -> str:
    """One matched term in its canonical spelling."""
    if text.startswith("<"):
        return f"<{_iri(text, line)}>"
    if text.startswith("_:"):
        return text
    parts = _LITERAL_PARTS.match(text)
    if parts is None:
        raise _syntax(line, "holds a malformed literal")
    value = _unescape(parts[1][1:-1], line)
    if parts[3] is not None:
        return literal(value, language=parts[3])
    return literal(value, _iri(parts[2], line)) if parts[2] is not None else literal(value)


def _iri(text: str, line: int) -> str:
    value = _unescape(text[1:-1], line)
    if not iris.is_absolute(value):
        raise _syntax(line, "holds an IRI that is relative or has a character that no IRI may have")
    return value


def _unescape(text: str, line: int) -> str:
    if "\\" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        if match[1] is not None:
            return _ECHAR[match[1]]
        code = int(match[0][2:], 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise _syntax(line, "escapes a code point that is no character")
        return chr(code)

    return _ESCAPED.sub(replace, text)


def _syntax(line: int, what: str) -> LinkedDataError:
    return LinkedDataError(f"Line {line} {what}.", code="linked_data.nquads_syntax", facts={"line": line})
