"""Looking through an SVG without building it: where its root begins, and where credentials stand in it.

The scan is by expat over the bytes with every dangerous feature refused: entity declarations (billion laughs), external references, depth
and number of elements beyond a bound, encodings other than UTF-8. It reports byte positions, so that baking changes only what it
must and the drawing stays as its author wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from xml.parsers import expat

from testamur.errors import Malformed, TooLarge
from testamur.formats.baked import Standard

MAX_SVG: Final = 3 * 1024 * 1024
MAX_ELEMENTS: Final = 50_000
MAX_DEPTH: Final = 256
MAX_ATTRIBUTES: Final = 1_000  # of one element
SVG_NAMESPACE: Final = "http://www.w3.org/2000/svg"
OPEN_BADGES_NAMESPACE: Final = "https://purl.imsglobal.org/ob/v3p0"

_CARRIERS: Final[dict[tuple[str, str], Standard]] = {
    (OPEN_BADGES_NAMESPACE, "credential"): "open_badges_3",
    ("https://purl.imsglobal.org/clr/v2p0", "credential"): "clr_2",
    ("http://openbadges.org", "assertion"): "open_badges_2",
    ("https://openbadges.org", "assertion"): "open_badges_2",
}
LOG_PROOF_NAMESPACE: Final = "https://testamur.org/ns/tlog-proof"
LOG_PROOF_ELEMENT: Final = "proof"


@dataclass(slots=True)
class Carrier:
    """An element that carries a credential: its place in bytes, its `verify` attribute and its text, in the pieces in which it came."""

    standard: Standard
    start: int
    end: int
    verify: str | None
    pieces: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ProofElement:
    """An element that carries a proof from a log: its place in bytes, and its text."""

    start: int
    end: int
    pieces: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scan:
    """What the scan found. `tag_end` is the position behind the `>` of the root's start tag; `prefixes` are declared there.
    `proofs` are the elements with proofs from a log."""

    root_start: int = 0
    tag_end: int = 0
    prefixes: dict[str, str] = field(default_factory=dict)
    carriers: list[Carrier] = field(default_factory=list)
    proofs: list[ProofElement] = field(default_factory=list)


def scan(svg: bytes) -> Scan:
    """Scan an SVG in UTF-8. Raises `Malformed` (`svg.not_xml`, `svg.not_svg`, `svg.entities`, `svg.encoding`) or `TooLarge`
    (`svg.too_large`, `svg.too_complex`)."""
    if len(svg) > MAX_SVG:
        raise TooLarge(
            f"This SVG image has more than {MAX_SVG >> 20} MiB", code="svg.too_large", facts={"limit": MAX_SVG}
        )
    try:
        svg.decode()
    except UnicodeDecodeError:
        raise Malformed("This SVG image is not in UTF-8", code="svg.encoding") from None
    scanner = _Scanner(svg)
    try:
        scanner.parser.Parse(svg, True)
    except expat.ExpatError as error:
        raise Malformed(
            f"This SVG image is not well-formed XML (line {error.lineno})",
            code="svg.not_xml",
            facts={"line": error.lineno},
        ) from None
    return scanner.found


class _Scanner:
    def __init__(self, svg: bytes) -> None:
        self.svg = svg
        self.found = Scan()
        self.depth = 0
        self.elements = 0
        self.open: list[tuple[int, Carrier | ProofElement]] = []  # depth and carrier, innermost last
        self.parser: Any = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._declaration
        self.parser.EntityDeclHandler = self._entity
        self.parser.UnparsedEntityDeclHandler = self._entity
        self.parser.ExternalEntityRefHandler = self._entity
        self.parser.SkippedEntityHandler = self._entity
        self.parser.StartNamespaceDeclHandler = self._namespace
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            raise Malformed("This SVG image is not in UTF-8", code="svg.encoding", facts={"encoding": encoding[:40]})

    def _entity(self, *_arguments: object) -> NoReturn:
        raise Malformed("This SVG image declares entities, which are not read", code="svg.entities")

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        if self.depth == 0:
            self.found.prefixes[prefix or ""] = uri or ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        position = self.parser.CurrentByteIndex
        namespace, _, local = name.rpartition(" ")
        if self.depth == 0:
            if local != "svg" or namespace not in ("", SVG_NAMESPACE):
                raise Malformed("This XML document is not an SVG image", code="svg.not_svg")
            self.found.root_start, self.found.tag_end = position, _tag_end(self.svg, position)
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise TooLarge("This SVG image has too many or too deeply nested parts", code="svg.too_complex")
        if (namespace, local) in _CARRIERS:
            carrier = Carrier(_CARRIERS[namespace, local], position, 0, attributes.get("verify"))
            self.open.append((self.depth, carrier))
            self.found.carriers.append(carrier)
        elif (namespace, local) == (LOG_PROOF_NAMESPACE, LOG_PROOF_ELEMENT):
            proof = ProofElement(position, 0)
            self.open.append((self.depth, proof))
            self.found.proofs.append(proof)

    def _end(self, _name: str) -> None:
        if self.open and self.open[-1][0] == self.depth:
            # For `<a/>` expat reports the end behind the tag, for `<a></a>` where `</a>` begins; what follows `<a/>` may be `</b>`.
            element = self.open.pop()[1]
            tag_end = _tag_end(self.svg, element.start)
            empty = self.svg[tag_end - 2 : tag_end] == b"/>"
            element.end = tag_end if empty else self.svg.index(b">", self.parser.CurrentByteIndex) + 1
        self.depth -= 1

    def _text(self, text: str) -> None:
        if self.open and self.open[-1][0] == self.depth:
            self.open[-1][1].pieces.append(text)


def _tag_end(svg: bytes, start: int) -> int:
    """The position behind the `>` that ends the tag at `start`; a `>` inside a quoted value does not end it."""
    tag = re.compile(rb"""<(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>""").match(svg, start)
    if tag is None:
        raise Malformed("This SVG image is not well-formed XML", code="svg.not_xml")
    return tag.end()
