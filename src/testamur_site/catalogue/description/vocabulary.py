"""A controlled list and its terms.

A *concept* (SKOS) is what a description stores: an address, words for people in any language, the list it is from. A
*vocabulary* is what a form offers. A concept that is in none of our lists is a perfectly good concept: national levels,
an institution's own type of assessment, what another system wrote into a file. So nothing here ever refuses one; the lists
only help to choose and to translate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Text = Mapping[str, str]
"""Words in one or more languages: BCP 47 language tag → plain text (or Markdown where the field says so)."""


@dataclass(frozen=True)
class Concept:
    """A term of a controlled list, or the institution's own words in its place (then `uri` is empty)."""

    uri: str = ""
    label: Text = field(default_factory=dict)
    scheme: str = ""
    notation: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """A controlled list: the address of its concept scheme, and `(uri, English, Korean)` of each term, in display order.

    `uri` is empty for a term that the European lists do not have.
    """

    name: str
    scheme: str
    terms: tuple[tuple[str, str, str], ...]

    def __iter__(self) -> Iterator[Concept]:
        return (Concept(uri, {"en": english, "ko": korean}, self.scheme) for uri, english, korean in self.terms)

    def get(self, uri: str) -> Concept | None:
        """The term with that address; None when it is not in this list."""
        return next((concept for concept in self if concept.uri == uri), None) if uri else None

    def named(self, english: str) -> Concept:
        """The term with that English label. Raises KeyError: it is meant for our own code and data."""
        for concept in self:
            if concept.label["en"] == english:
                return concept
        raise KeyError(english)


def in_language(text: Text, language: str) -> str:
    """The words in `language`, else in English, else in the first language there is, else ''."""
    base = language.split("-")[0]
    for candidate in (language, base, "en"):
        if text.get(candidate):
            return text[candidate]
    return next((words for words in text.values() if words), "")
