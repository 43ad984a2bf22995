"""Linked data: what a credential says, in the one form that is signed.

A credential is JSON whose names mean what its `@context` says. Two JSON texts can say the same; what is signed is therefore not the
text but the statements it makes, in one canonical order and spelling:

    document ──expand──▶ every name an IRI ──to_rdf──▶ statements ──canonicalize_quads──▶ canonical N-Quads

Three things to remember: contexts come from a pinned set and never from the network; what no context defines is an error, because it
would not be signed; a document that is made to be slow is refused, because the work is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from testamur.errors import ContextUnavailable, LinkedDataError, TooComplex, UndefinedTerm
from testamur.linked_data.forms import FORMS, Hole, Recognised
from testamur.linked_data.json_ld.context_processing import ContextProcessor
from testamur.linked_data.json_ld.expansion import Expander
from testamur.linked_data.json_ld.safety import Safety
from testamur.linked_data.json_ld.to_rdf import RdfDirection, RdfWriter
from testamur.linked_data.limits import Budget
from testamur.linked_data.matched import Matched, match
from testamur.linked_data.memory import keep, recalled, remembering
from testamur.linked_data.nquads import Quad, parse_nquads, serialise
from testamur.linked_data.pinned import (
    CLR_2,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    DATA_INTEGRITY_V2,
    OPEN_BADGES_3,
    OPEN_BADGES_3_EXTENSIONS,
    PINNED,
    Contexts,
)
from testamur.linked_data.rdfc10 import DEFAULT_WORK_LIMIT, Canonicalised, HashName, canonicalize_quads
from testamur.linked_data.shapes import ShapeCache
from testamur.linked_data.shapes.plan import sha256

# How a text with a base direction is written in what is signed. JSON-LD leaves the choice; the published implementations of the
# cryptosuites all take this one, and a signature is worth only what others can check.
SIGNED_DIRECTION: Final[RdfDirection] = "i18n-datatype"

SHAPES: Final = ShapeCache()
"""What `canonicalize` has learned in this process."""

__all__ = [
    "CLR_2",
    "CREDENTIALS_V1",
    "CREDENTIALS_V2",
    "DATA_INTEGRITY_V2",
    "DEFAULT_WORK_LIMIT",
    "FORMS",
    "OPEN_BADGES_3",
    "OPEN_BADGES_3_EXTENSIONS",
    "PINNED",
    "SHAPES",
    "SIGNED_DIRECTION",
    "Canonicalised",
    "ContextUnavailable",
    "Contexts",
    "HashName",
    "Hole",
    "LinkedDataError",
    "Matched",
    "Quad",
    "Recognised",
    "TooComplex",
    "UndefinedTerm",
    "canonicalize",
    "canonicalize_quads",
    "expand",
    "known_by_form",
    "matched",
    "parse_nquads",
    "remembering",
    "serialise",
    "sha256",
    "to_rdf",
]


def canonicalize(document: Mapping[str, Any], *, hash_name: HashName = "sha256", contexts: Contexts = PINNED) -> bytes:
    """The canonical N-Quads (UTF-8) of a JSON-LD document, in safe mode: what a Data Integrity proof hashes.

    `hash_name` is the hash inside RDFC-1.0 (`sha384` for P-384 keys). Raises UndefinedTerm (facts `term`, `path`) for a name that no
    context defines, ContextUnavailable (fact `url`) for a context that is not pinned, TooComplex when a limit is reached, and
    LinkedDataError for everything else that JSON-LD forbids or would leave out. Sources: JSON-LD 1.1; RDFC-1.0; VC Data Integrity 1.0 §4.

    Shapes of documents over the pinned contexts are learned, so that the second of a shape is quicker; the bytes are the same.
    """
    if contexts is not PINNED:
        return _canonical(complete_quads(document, contexts), hash_name)
    if (known := matched(document, hash_name)) is not None:
        return known.canonical()
    return recalled(f"canonical {hash_name}", document, lambda: _canonical(_signed_quads(document), hash_name))


def matched(document: Mapping[str, Any], hash_name: HashName = "sha256") -> Matched | None:
    """The document by its shape over the pinned contexts, for questions that go beyond `canonicalize` and `to_rdf`; None where it has none
    and the complete path decides. While `remembering`, a document is taken apart once."""
    return recalled(f"shape {hash_name}", document, lambda: match(SHAPES, document, hash_name))


def known_by_form(document: Mapping[str, Any], recognised: Recognised) -> Matched | None:
    """As `matched`, for a document without its own proof that was recognised by its bytes: while `remembering`, it is not taken apart."""
    known = recognised.matched()
    if known is None:
        return matched(document)
    keep("shape sha256", document, known)
    return known


def _canonical(quads: list[Quad], hash_name: HashName) -> bytes:
    if not quads:
        # What is signed would be the empty text, and the signature would fit every other document that says nothing.
        raise LinkedDataError("The document makes no statement.", code="linked_data.empty")
    return canonicalize_quads(quads, hash_name=hash_name).nquads


def _signed_quads(document: Mapping[str, Any]) -> list[Quad]:
    """The statements of a document over the pinned contexts as a signature covers them."""
    return recalled("quads", document, lambda: complete_quads(document))


def expand(
    document: Any,
    *,
    contexts: Contexts = PINNED,
    safe: bool = True,
    base: str | None = None,
    expand_context: Any = None,
) -> list[Any]:
    """The document in expanded form: a list of nodes with absolute IRIs for names (JSON-LD 1.1 API §5.1).

    `base` is the address against which relative references resolve; without it, and in safe mode, they are errors. `expand_context` is a
    context applied before the document's own. Raises as `canonicalize` does; with `safe=False` what has no meaning is left out instead.
    """
    return _expand(document, contexts, Safety(safe), base, expand_context)


def to_rdf(
    document: Any,
    *,
    contexts: Contexts = PINNED,
    safe: bool = True,
    base: str | None = None,
    expand_context: Any = None,
    rdf_direction: RdfDirection | None = None,
) -> list[Quad]:
    """The statements that the document makes, each once (JSON-LD 1.1 API §8.1). Parameters and errors as for `expand`.

    `rdf_direction` says how texts with a base direction are written (signatures use `SIGNED_DIRECTION`); safe mode refuses such texts
    without it.
    """
    if contexts is PINNED and safe and base is None and expand_context is None and rdf_direction != "compound-literal":
        if rdf_direction == SIGNED_DIRECTION and isinstance(document, Mapping):
            known = matched(document)
            return known.quads() if known is not None else _signed_quads(document)
        quads = SHAPES.quads(document, directed=rdf_direction is not None)
        if quads is not None:
            return quads
    return complete_quads(document, contexts, safe, base, expand_context, rdf_direction)


def complete_quads(
    document: Any,
    contexts: Contexts = PINNED,
    safe: bool = True,
    base: str | None = None,
    expand_context: Any = None,
    rdf_direction: RdfDirection | None = SIGNED_DIRECTION,
) -> list[Quad]:
    """`to_rdf` without any shape: the path that shapes are measured against, in tests and in bytes."""
    safety = Safety(safe, direction_kept=rdf_direction is not None)
    expanded = _expand(document, contexts, safety, base, expand_context)
    return RdfWriter(safety, rdf_direction).write(expanded)


def _expand(document: Any, contexts: Contexts, safety: Safety, base: str | None, expand_context: Any) -> list[Any]:
    if isinstance(document, Mapping) and not isinstance(document, dict):
        document = dict(document)
    expander = Expander(ContextProcessor(contexts, Budget()), base, safety)
    try:
        return expander.document(document, expand_context)
    except RecursionError:
        # The limits on depth keep this from happening from a stack of ordinary height; ours may have been called from a high one.
        raise TooComplex("The document is nested too deeply.", code="linked_data.too_deep") from None
