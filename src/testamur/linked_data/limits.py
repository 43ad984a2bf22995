"""How much a document may ask of us before it is refused as too complex.

A credential is a few kilobytes, a comprehensive learner record a few hundred. Everything here is far above what they need and
far below what would stall a process: each limit alone keeps a hostile document of one megabyte under a second.
"""

from __future__ import annotations

from testamur.errors import TooComplex

MAX_DEPTH = 64
"""Levels of nested objects and arrays in a document."""
MAX_QUADS = 50_000
"""Statements that one document may make."""
MAX_REMOTE_CONTEXTS = 32
"""Contexts that name contexts that name contexts."""
MAX_CONTEXTS_IN_LIST = 64
"""Entries of one `@context` array."""
MAX_INLINE_CONTEXT_CHARACTERS = 131_072
"""All contexts written out inside one document, together, as JSON text."""
MAX_DEFINITIONS_DEEP = 48
"""Term definitions that wait for one another: a prefix in terms of a prefix, a term in the context of a term."""
MAX_CONTEXT_WORK = 2_000_000
"""Term definitions made or carried over while one document is read; only what is not remembered from earlier documents counts."""


class Budget:
    """What one document has used of the limits. Made anew for each document and charged as it is read."""

    __slots__ = ("context_work", "definitions_deep", "inline_characters")

    def __init__(self) -> None:
        self.context_work = 0
        self.definitions_deep = 0
        self.inline_characters = 0

    def enter_definition(self) -> None:
        """One more definition waits for another; raises TooComplex beyond MAX_DEFINITIONS_DEEP. Leave by `definitions_deep -= 1`."""
        self.definitions_deep += 1
        if self.definitions_deep > MAX_DEFINITIONS_DEEP:
            raise TooComplex(
                "The terms of a context are defined by one another over too many steps.",
                code="linked_data.contexts_too_complex",
                facts={"limit": MAX_DEFINITIONS_DEEP},
            )

    def charge_context(self, terms: int) -> None:
        """Count `terms` more term definitions; raises TooComplex beyond MAX_CONTEXT_WORK."""
        self.context_work += terms
        if self.context_work > MAX_CONTEXT_WORK:
            raise TooComplex(
                "The contexts of this document combine into more definitions than can be worked through.",
                code="linked_data.contexts_too_complex",
                facts={"limit": MAX_CONTEXT_WORK},
            )

    def charge_inline(self, characters: int) -> None:
        """Count `characters` more of written-out contexts; raises TooComplex beyond MAX_INLINE_CONTEXT_CHARACTERS."""
        self.inline_characters += characters
        if self.inline_characters > MAX_INLINE_CONTEXT_CHARACTERS:
            raise TooComplex(
                "The contexts written out inside this document are too large.",
                code="linked_data.contexts_too_large",
                facts={"limit": MAX_INLINE_CONTEXT_CHARACTERS},
            )
