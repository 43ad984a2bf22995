"""What a name means at one place of a document: term definitions and the active context that holds them.

An active context is built once, then never changed. That makes two things cheap that are dear elsewhere: a scoped context that is entered a
hundred times in a document is worked out once, and the second document with the same `@context` finds everything of the first. The
results are remembered under the parent's serial number and the key of what was applied to it (`ContextProcessor`).

Source: JSON-LD 1.1 Processing Algorithms and API §4 ("Context Processing Algorithms").
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from testamur.errors import LinkedDataError, TooComplex
from testamur.linked_data import iri as iris
from testamur.linked_data.limits import MAX_DEPTH

KEYWORDS: Final = frozenset(
    {
        "@base", "@container", "@context", "@default", "@direction", "@explicit", "@graph", "@id", "@import", "@included",
        "@index", "@json", "@language", "@list", "@nest", "@none", "@prefix", "@propagate", "@protected", "@reverse", "@set",
        "@type", "@value", "@version", "@vocab",
    }
)  # fmt: skip
_KEYWORD_FORM = re.compile(r"@[A-Za-z]+\Z")


def has_keyword_form(value: str) -> bool:
    """True for `@` and letters: reserved by JSON-LD for keywords of the future."""
    return _KEYWORD_FORM.match(value) is not None


class Unset:
    """The type of UNSET, which says "this was not given", as `null` says "this was given as nothing"."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


@dataclass(frozen=True, slots=True)
class ScopedContext:
    """A context that a term brings along. Equal to another when both say the same, whatever Python objects say it."""

    value: Any = field(compare=False, hash=False)
    base_url: str | None = field(compare=False, hash=False)
    key: str


@dataclass(frozen=True, slots=True)
class Term:
    """One term definition. `iri` is None for a term that was explicitly decoupled from any meaning."""

    iri: str | None
    prefix: bool = False
    protected: bool = False
    reverse: bool = False
    context: ScopedContext | None = None
    container: frozenset[str] = frozenset()
    direction: str | Unset | None = UNSET
    index: str | None = None
    language: str | Unset | None = UNSET
    nest: str | None = None
    type: str | None = None


_serial = count(1)


class ActiveContext:
    """Terms, base, vocabulary and defaults in force at one place. Changed only by the context processor that builds it."""

    __slots__ = ("base", "direction", "language", "memo", "original_base", "previous", "serial", "terms", "vocab")

    def __init__(self, base: str | None, memo: dict[Any, ActiveContext]) -> None:
        self.serial = next(_serial)
        self.memo = memo
        self.terms: dict[str, Term] = {}
        self.base = base
        self.original_base = base
        self.vocab: str | None = None
        self.language: str | None = None
        self.direction: str | None = None
        self.previous: ActiveContext | None = None

    def copy(self) -> ActiveContext:
        """A new active context that says the same and may be built further."""
        twin = ActiveContext(self.original_base, self.memo)
        twin.terms = self.terms.copy()
        twin.base = self.base
        twin.vocab = self.vocab
        twin.language = self.language
        twin.direction = self.direction
        twin.previous = self.previous
        return twin


def json_ld_error(kind: str, message: str, **facts: Any) -> LinkedDataError:
    """The error for one of JSON-LD's own error codes; `kind` is the code as the specification spells it."""
    code = "protected_term" if kind == "protected term redefinition" else re.sub(r"\W+", "_", kind.replace("@", ""))
    return LinkedDataError(message, code=f"linked_data.{code.lower()}", facts={"json_ld_error": kind, **facts})


def context_key(local: Any) -> str:
    """The text under which a written-out context is remembered and compared. Raises TooComplex when it is too deep to write."""
    _check_depth(local, 0)
    return json.dumps(local, sort_keys=True, ensure_ascii=False)


def _check_depth(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise TooComplex(
            "A context is nested too deeply.", code="linked_data.contexts_too_complex", facts={"limit": MAX_DEPTH}
        )
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    for member in value:
        _check_depth(member, depth + 1)


def language(value: Any, kind: str) -> str | None:
    """`value` when it is a language tag or null, in lower case.

    The specification leaves the case to the processor. jsonld.js and PyLD write lower case, and with them everybody whose signatures
    have to be checked here.
    """
    if value is None or isinstance(value, str):
        return value.lower() if value is not None else None
    raise json_ld_error(kind, "A language is neither a string nor null.")


def direction(value: Any) -> str | None:
    """`value` when it is a base direction or null."""
    if value in (None, "ltr", "rtl"):
        return value if isinstance(value, str) else None
    raise json_ld_error("invalid base direction", "A base direction is neither ltr nor rtl nor null.")


def expand_iri(
    active: ActiveContext,
    value: str,
    *,
    document_relative: bool = False,
    vocab: bool = False,
    define: Callable[[str], None] | None = None,
) -> str | None:
    """§5.2.2, IRI Expansion. None for what has no meaning; a relative reference comes back unresolved when there is no base.

    `define` is given while the context that `value` stands in is itself being read, so that terms defined further down count.
    """
    if value in KEYWORDS:
        return value
    if has_keyword_form(value):
        return None
    if define is not None:
        define(value)
    term = active.terms.get(value)
    if term is not None and (vocab or (term.iri is not None and term.iri in KEYWORDS)):
        return term.iri
    colon = value.find(":", 1)
    if colon > 0:
        prefix, suffix = value[:colon], value[colon + 1 :]
        if prefix == "_" or suffix.startswith("//"):
            return value
        if define is not None:
            define(prefix)
        term = active.terms.get(prefix)
        if term is not None and term.iri is not None and term.prefix:
            return term.iri + suffix
        if iris.has_scheme(value):
            return value
    if vocab and active.vocab is not None:
        return active.vocab + value
    if document_relative:
        return iris.resolve(active.base, value)
    return value


def starts_node(active: ActiveContext, element: dict[str, Any]) -> bool:
    """True unless the object is a value or a mere reference, for which type-scoped contexts stay in force (§5.1.2, step 7)."""
    names = [expand_iri(active, key, vocab=True) for key in element]
    return "@value" not in names and names != ["@id"]


def type_keys(active: ActiveContext, element: dict[str, Any]) -> list[str]:
    """The keys of the object that mean `@type`, in code point order."""
    terms = active.terms
    return sorted(key for key in element if key == "@type" or (key in terms and terms[key].iri == "@type"))


def input_type(active: ActiveContext, element: dict[str, Any]) -> str | None:
    """What the object's last type under its first `@type` key means, `@json` above all (§5.1.2, step 12)."""
    for key in type_keys(active, element):
        values = element[key] if isinstance(element[key], list) else [element[key]]
        return expand_iri(active, values[-1], vocab=True) if values and isinstance(values[-1], str) else None
    return None
