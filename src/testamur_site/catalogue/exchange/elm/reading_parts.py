"""The smaller things of the European Learning Model: texts, notes, concepts, organisations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...description.elements import Group, Identifier, Media, Organisation
from ...description.vocabulary import Concept, Text
from ..tracked import Ledger, Node


def is_one(value: Any, kind: str) -> bool:
    """Whether a JSON value is an object of that ELM type (one type, or one among several)."""
    if not isinstance(value, dict):
        return False
    types = value.get("type")
    return kind in types if isinstance(types, list) else types == kind


def text(node: Node) -> Text:
    """A language map. Several texts in one language, as later files have them, become paragraphs."""
    if not isinstance(node.value, dict):
        return {}
    read = {language: "\n\n".join(part.read() for part in node.all(language)) for language in node.value}
    return {language: words for language, words in read.items() if words}


def notes(nodes: Iterable[Node]) -> Text:
    """The literals of one or more notes, joined as paragraphs language by language."""
    joined: dict[str, str] = {}
    for node in nodes:
        for language, words in text(node.first("noteLiteral")).items():
            joined[language] = f"{joined[language]}\n\n{words}" if language in joined else words
    return joined


def concept(node: Node) -> Concept | None:
    if not isinstance(node.value, dict):
        return None
    return Concept(
        uri=node.string("id"),
        label=text(node.first("prefLabel")),
        scheme=node.first("inScheme").string("id"),
        notation=node.string("notation"),
    )


def concepts(nodes: Iterable[Node]) -> tuple[Concept, ...]:
    return tuple(found for found in map(concept, nodes) if found is not None)


class Organisations:
    """The organisations of a document, each once. One is written out at its first mention or at every mention."""

    def __init__(self, document: Any) -> None:
        self._written_out: dict[str, dict[str, Any]] = {}
        self._read: dict[str, Organisation] = {}
        self._collect(document)

    def _collect(self, value: Any) -> None:
        if is_one(value, "Organisation") and len(value) > 2:
            self._written_out.setdefault(str(value.get("id")), value)
        for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self._collect(member)

    def read(self, nodes: Iterable[Node]) -> tuple[str, ...]:
        """The keys of the organisations at these nodes."""
        return tuple(dict.fromkeys(key for key in map(self._key, nodes) if key))

    def found(self) -> tuple[Organisation, ...]:
        """Call it after everything else was read."""
        return tuple(self._read.values())

    def _key(self, node: Node) -> str:
        if not isinstance(node.value, dict):
            return ""
        identifier = str(node.value.get("id"))
        written_out = self._written_out.get(identifier)
        if written_out is None:
            return ""
        if identifier not in self._read:
            first = Node(written_out, (), Ledger({}))
            self._read[identifier] = _organisation(first, f"org-{len(self._read) + 1}")
        # A mention is crossed off only as far as it says the same: reading it again does that, the comparison makes it honest.
        if (
            len(node.value) > 2
            and _organisation(Node(node.value, (), Ledger({})), self._read[identifier].key) == self._read[identifier]
        ):
            _organisation(node, "")
        return self._read[identifier].key


def _organisation(node: Node, key: str) -> Organisation:
    location = node.first("location")
    address = location.first("address")
    return Organisation(
        key=key,
        name=text(node.first("legalName")),
        short_name=text(node.first("altLabel")),
        country=concept(address.first("countryCode")),
        region=concept(location.first("spatialCode")),
        address=text(address.first("fullAddress", "noteLiteral")),
        homepage=node.first("homepage").string("contentURL") or node.first("homepage").string("contentUrl"),
        email=_mailbox(node.first("contactPoint", "emailAddress")),
        registration=_identifier(node.first("registration")),
        vat=_identifier(node.first("vatIdentifier")),
        identifiers=tuple(found for found in map(_identifier, node.all("identifier")) if found),
        member_of=tuple(
            Group(text(group.first("prefLabel")), _mailbox(group.first("contactPoint", "emailAddress")))
            for group in node.all("groupMemberOf")
        ),
        logo=_media(node.first("logo")),
    )


def _mailbox(node: Node) -> str:
    return node.string("id").removeprefix("mailto:")


def _identifier(node: Node) -> Identifier | None:
    if not isinstance(node.value, dict):
        return None
    return Identifier(node.string("notation"), node.string("schemeName"), concept(node.first("spatial")))


def _media(node: Node) -> Media | None:
    if not isinstance(node.value, dict):
        return None
    return Media(node.string("content"), concept(node.first("contentType")), concept(node.first("contentEncoding")))
