"""From expanded JSON-LD to quads.

    1. Walk the expanded nodes once; a node without identifier gets a fresh blank node, a blank node of the document a fresh label.
    2. Each property of a node becomes statements; lists become `rdf:first`/`rdf:rest` chains; literals get their canonical spelling.
    3. What is not a well-formed statement is left out, which safe mode makes an error.

The specification goes through a node map that first gathers all statements about a node. A dataset is a set: writing the statements where
they stand gives the same dataset in one pass.

Source: JSON-LD 1.1 Processing Algorithms and API §8 (RDF Serialization/Deserialization).
"""

from __future__ import annotations

import math
import re
from typing import Any, Literal

import rfc8785

from testamur.errors import LinkedDataError, TooComplex
from testamur.linked_data import iri as iris
from testamur.linked_data.json_ld.safety import NO_CHARACTER, Safety
from testamur.linked_data.limits import MAX_QUADS
from testamur.linked_data.nquads import XSD_STRING, Quad, literal

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
I18N = "https://www.w3.org/ns/i18n#"
RdfDirection = Literal["i18n-datatype", "compound-literal"]

_TYPE = f"<{RDF}type>"
_FIRST = f"<{RDF}first>"
_REST = f"<{RDF}rest>"
_NIL = f"<{RDF}nil>"
_EXPONENT = re.compile(r"(\d)0*E([+-])0*(\d)")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")


class RdfWriter:
    """Turns the expanded form of one document into quads."""

    def __init__(self, safety: Safety, rdf_direction: RdfDirection | None = None) -> None:
        self.safety = safety
        self.rdf_direction = rdf_direction
        self.quads: dict[Quad, None] = {}
        self.labels: dict[str, str] = {}
        self.fresh = 0

    def write(self, expanded: list[Any]) -> list[Quad]:
        """Every statement of the document, once, in the order of writing."""
        for node in expanded:
            self._node(node, "")
        return list(self.quads)

    def _emit(self, subject: str | None, predicate: str | None, object_: str | None, graph: str | None) -> None:
        if subject is not None and predicate is not None and object_ is not None and graph is not None:
            self.quads[Quad(subject, predicate, object_, graph)] = None
            if len(self.quads) > MAX_QUADS:
                raise TooComplex("The document makes too many statements.", facts={"limit": MAX_QUADS})

    def _blank(self) -> str:
        label = f"_:b{self.fresh}"
        self.fresh += 1
        return label

    def _resource(self, identifier: Any) -> str | None:
        """The term of an IRI or blank node identifier; None when it can stand in no statement."""
        if isinstance(identifier, str):
            if iris.is_blank(identifier):
                if iris.is_well_formed_blank(identifier):
                    label = self.labels.get(identifier)
                    if label is None:
                        label = self.labels[identifier] = self._blank()
                    return label
            elif iris.is_absolute(identifier):
                return f"<{identifier}>"
        self.safety.unwritable("An identifier")
        return None

    def _node(self, node: dict[str, Any], graph: str | None) -> str | None:
        """Write what a node says; returns the node's term."""
        subject = self._resource(node["@id"]) if "@id" in node else self._blank()
        for name, values in node.items():
            if name == "@type":
                for type_ in values:
                    self._emit(subject, _TYPE, self._resource(type_), graph)
            elif name == "@graph":
                for member in values:
                    self._node(member, subject)
            elif name == "@included":
                for member in values:
                    self._node(member, graph)
            elif name == "@reverse":
                for reverse, members in values.items():
                    predicate = self._predicate(reverse)
                    for member in members:
                        self._emit(self._node(member, graph), predicate, subject, graph)
            elif not name.startswith("@"):
                predicate = self._predicate(name)
                for value in values:
                    self._emit(subject, predicate, self._object(value, graph), graph)
        return subject

    def _predicate(self, name: str) -> str | None:
        if iris.is_absolute(name) and not iris.is_blank(name):
            return f"<{name}>"
        self.safety.unwritable("A property")
        return None

    def _object(self, value: dict[str, Any], graph: str | None) -> str | None:
        if "@list" in value:
            return self._list(value["@list"], graph)
        if "@value" in value:
            return self._value(value, graph)
        return self._node(value, graph)

    def _list(self, items: list[Any], graph: str | None) -> str:
        if not items:
            return _NIL
        cells = [self._blank() for _ in items]
        for cell, following, item in zip(cells, [*cells[1:], _NIL], items, strict=True):
            self._emit(cell, _FIRST, self._object(item, graph), graph)
            self._emit(cell, _REST, following, graph)
        return cells[0]

    # -- literals (§8.6)

    def _value(self, item: dict[str, Any], graph: str | None) -> str | None:
        value, datatype = item["@value"], item.get("@type")
        if datatype == "@json":
            return literal(self._json(value), RDF + "JSON")
        if datatype is not None and not iris.is_absolute(datatype):
            self.safety.unwritable("The type of a value")
            return None
        if isinstance(value, bool):
            return literal("true" if value else "false", datatype or XSD + "boolean")
        if isinstance(value, (int, float)):
            text, natural = self._number(value, datatype)
            return literal(text, datatype or natural)
        if "@direction" in item:
            return self._directed(item, graph)
        language = item.get("@language")
        if language is None:
            return literal(value, datatype or XSD_STRING)
        if not _LANGUAGE.match(language):
            self.safety.unwritable("A language tag")
            return None
        return literal(value, language=language)

    def _json(self, value: Any) -> str:
        try:
            text = rfc8785.dumps(value).decode("utf-8")
        except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
            raise LinkedDataError(
                "A JSON literal cannot be written canonically (RFC 8785).", code="linked_data.json_literal"
            ) from error
        if NO_CHARACTER.search(text):
            self.safety.unwritable("A code point that is no character")
        return text

    def _number(self, value: int | float, datatype: str | None) -> tuple[str, str]:
        """Canonical text and natural datatype of a number (§8.6, steps 5 and 6)."""
        if isinstance(value, float) and not math.isfinite(value):
            raise LinkedDataError("A number is not finite.", code="linked_data.number")
        whole = isinstance(value, int) or value.is_integer()
        if whole and abs(value) < 10**21 and datatype != XSD + "double":
            return str(int(value)), XSD + "integer"
        try:
            as_float = float(value)
        except OverflowError:
            raise LinkedDataError("A number is too large.", code="linked_data.number") from None
        mantissa = f"{as_float:.15E}"
        return _EXPONENT.sub(_canonical_exponent, mantissa), XSD + "double"

    def _directed(self, item: dict[str, Any], graph: str | None) -> str | None:
        """A text with a base direction, in whichever of the two ways the caller chose."""
        value, language, direction = item["@value"], item.get("@language"), item["@direction"]
        if self.rdf_direction == "i18n-datatype":
            return literal(value, f"{I18N}{(language or '').lower()}_{direction}")
        if self.rdf_direction == "compound-literal":
            node = self._blank()
            self._emit(node, f"<{RDF}value>", literal(value), graph)
            if language is not None:
                self._emit(node, f"<{RDF}language>", literal(language.lower()), graph)
            self._emit(node, f"<{RDF}direction>", literal(direction), graph)
            return node
        if language is None:
            return literal(value, item.get("@type") or XSD_STRING)
        return literal(value, language=language)


def _canonical_exponent(match: re.Match[str]) -> str:
    return f"{match[1]}E{'-' if match[2] == '-' else ''}{match[3]}"
