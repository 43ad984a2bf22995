"""Safe mode: what JSON-LD would silently leave out is an error here, with the name and the place.

JSON-LD is made to ignore what it does not know. A signature over such a document covers less than a reader sees: an undefined
`"grade": "A"` could be changed to anything. Made permissive, the same object lets everything pass, which is what the W3C tests of plain
JSON-LD need.

A place is a JSON Pointer (RFC 6901) into the document as it was given. Names are reported, values are not: they may be somebody's.
"""

from __future__ import annotations

import math
import re
from typing import Any

from testamur.errors import LinkedDataError, UndefinedTerm
from testamur.linked_data import iri as iris

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")
# U+FFFE, U+FFFF and halves of surrogate pairs. RDFC-1.0 says how to escape the first two; jsonld.js, which most wallets use, does not.
NO_CHARACTER = re.compile("[\ufffe\uffff\ud800-\udfff]")
_LARGEST_EXACT_INTEGER = 2**53 - 1
_NAME_LIMIT = 200


class Safety:
    """The judge of one document. `path` is kept by the expander: the keys and positions that lead to where it is."""

    def __init__(self, safe: bool, *, direction_kept: bool = True) -> None:
        self.safe = safe
        self.direction_kept = direction_kept
        self.path: list[str | int] = []

    def pointer(self) -> str:
        """Where the expander is."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1")[:_NAME_LIMIT] for step in self.path)

    def undefined(self, name: str, what: str) -> None:
        """A property or type that no context defines."""
        if self.safe:
            raise UndefinedTerm(
                f"No context of the document says what the {what} “{name[:_NAME_LIMIT]}” means, so no signature could cover it.",
                facts={"term": name[:_NAME_LIMIT], "path": self.pointer(), "kind": what},
            )

    def lost(self, code: str, message: str, **facts: Any) -> None:
        """Anything else that would be left out."""
        if self.safe:
            raise LinkedDataError(message, code=f"linked_data.{code}", facts={"path": self.pointer(), **facts})

    def unwritable(self, what: str) -> None:
        """Something that got through expansion and yet cannot stand in a statement; where it stood is not known any more."""
        if self.safe:
            raise LinkedDataError(f"{what} cannot be written down.", code="linked_data.unwritable")

    def language(self, tag: str) -> None:
        """A language tag, to be well-formed by BCP 47."""
        if self.safe and not _LANGUAGE.match(tag):
            self.lost("language", "A language tag is not well-formed.")

    def direction(self) -> None:
        """A text with a base direction, which plain RDF cannot say."""
        if not self.direction_kept:
            self.lost("direction", "A text has a base direction, which no signature would cover.")

    def scalar(self, value: Any) -> None:
        """A string, number, boolean or null, to be read the same by every implementation."""
        if not self.safe:
            return
        if isinstance(value, str):
            if NO_CHARACTER.search(value):
                self.lost(
                    "character", "A text holds a code point that is no character; implementations sign it differently."
                )
        elif value is None:
            self.lost("null_value", "A value is null and would be left out.")
        elif isinstance(value, float):
            if not math.isfinite(value):
                self.lost("number", "A number is not finite.")
        elif abs(value) > _LARGEST_EXACT_INTEGER:
            self.lost("number", "A number is too large for every reader to read it the same; write it as text.")

    def type(self, expanded: str | None, written: str) -> None:
        """A type, to be an absolute IRI or a blank node."""
        if self.safe and (expanded is None or not (iris.is_absolute(expanded) or iris.is_well_formed_blank(expanded))):
            self.undefined(written, "type")

    def predicate(self, expanded: str, written: str) -> None:
        """A property, to be an absolute IRI: RDF has no blank properties."""
        if self.safe and not iris.is_absolute(expanded):
            code = "blank_predicate" if iris.is_blank(expanded) else "invalid_iri"
            self.lost(code, "A property is not an absolute address.", term=written[:_NAME_LIMIT])

    def identifier(self, expanded: str | None) -> None:
        """An identifier, to be an absolute IRI or a blank node."""
        if self.safe and (expanded is None or not (iris.is_absolute(expanded) or iris.is_well_formed_blank(expanded))):
            code = "invalid_iri" if expanded is not None and iris.has_scheme(expanded) else "relative_iri"
            self.lost(code, "An identifier is not an absolute address.")
