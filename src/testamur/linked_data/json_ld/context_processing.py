"""From `@context` to an active context.

    1. Look up whether this context was applied to this active context before (`apply`).
    2. Otherwise work through the entries of the local context in order: null resets, a string is a pinned document, an object is read.
    3. Of an object, first the settings (`@import`, `@base`, `@vocab`, `@language`, `@direction`), then one definition per term
       (`TermDefiner`).

What was worked out only from pinned documents is remembered beside them, for all documents; what depends on a context that the
document itself spells out is remembered for that document alone, so that strangers cannot fill our memory.

Source: JSON-LD 1.1 Processing Algorithms and API §4.1 (Context Processing) and §5.2 (IRI Expansion).
"""

from __future__ import annotations

from typing import Any

from testamur.errors import TooComplex
from testamur.linked_data import iri as iris
from testamur.linked_data.json_ld.active_context import (
    ActiveContext,
    Term,
    context_key,
    direction,
    expand_iri,
    json_ld_error,
    language,
)
from testamur.linked_data.json_ld.term_definition import TermDefiner
from testamur.linked_data.limits import MAX_CONTEXTS_IN_LIST, MAX_REMOTE_CONTEXTS, Budget
from testamur.linked_data.pinned import Contexts


class ContextProcessor:
    """Processes the contexts of one document against one set of pinned contexts."""

    def __init__(self, contexts: Contexts, budget: Budget) -> None:
        self.contexts = contexts
        self.budget = budget
        self.own_memo: dict[Any, ActiveContext] = {}

    def initial(self, base: str | None) -> ActiveContext:
        """The active context before any `@context`."""
        if base is not None:
            return ActiveContext(base, self.own_memo)
        return self.contexts.initial

    # -- remembering

    def apply(self, active: ActiveContext, local: Any, base_url: str | None) -> ActiveContext:
        """`active` with the `@context` found in a document."""
        if local is None or isinstance(local, str) or _only_addresses(local):
            memo = active.memo
            key: Any = (active.serial, tuple(local) if isinstance(local, list) else local, base_url)
        else:
            text = context_key(local)
            self.budget.charge_inline(len(text))
            memo = self.own_memo
            key = (active.serial, "written out", text, base_url)
        return self._remembered(memo, key, active, local, base_url)

    def apply_scoped(
        self, active: ActiveContext, term: Term, *, override_protected: bool = False, propagate: bool = True
    ) -> ActiveContext:
        """`active` with the context that `term` brings along."""
        scoped = term.context
        if scoped is None:
            return active
        key = (active.serial, scoped.key, scoped.base_url, override_protected, propagate)
        return self._remembered(active.memo, key, active, scoped.value, scoped.base_url, override_protected, propagate)

    def _remembered(
        self,
        memo: dict[Any, ActiveContext],
        key: Any,
        active: ActiveContext,
        local: Any,
        base_url: str | None,
        override_protected: bool = False,
        propagate: bool = True,
    ) -> ActiveContext:
        found = memo.get(key)
        if found is None:
            found = self.process(active, local, base_url, override_protected=override_protected, propagate=propagate)
            found.memo = memo
            if memo is self.contexts.memo:
                self.contexts.make_room()
            memo[key] = found
        return found

    # -- §4.1

    def process(
        self,
        active: ActiveContext,
        local: Any,
        base_url: str | None,
        *,
        remote: tuple[str, ...] = (),
        override_protected: bool = False,
        propagate: bool = True,
        validate_scoped: bool = True,
    ) -> ActiveContext:
        """§4.1.2, the Context Processing Algorithm, without remembering."""
        self.budget.charge_context(len(active.terms) + 1)
        result = active.copy()
        if isinstance(local, dict) and "@propagate" in local:
            propagate = _flag(local, "@propagate", "invalid @propagate value")
        if not propagate and result.previous is None:
            result.previous = active
        entries = local if isinstance(local, list) else [local]
        if len(entries) > MAX_CONTEXTS_IN_LIST:
            raise TooComplex(
                "An @context lists too many contexts.",
                code="linked_data.contexts_too_complex",
                facts={"limit": MAX_CONTEXTS_IN_LIST},
            )
        for entry in entries:
            if entry is None:
                result = self._nullify(active, result, override_protected, propagate)
            elif isinstance(entry, str):
                result = self._load(result, entry, base_url, remote, validate_scoped)
            elif isinstance(entry, dict):
                written_out = _unwrapped(entry) if isinstance(local, list) else entry
                self._read(result, written_out, base_url, remote, override_protected, validate_scoped)
            else:
                raise json_ld_error("invalid local context", "A context is neither an address nor an object nor null.")
        return result

    def _nullify(
        self, active: ActiveContext, result: ActiveContext, override_protected: bool, propagate: bool
    ) -> ActiveContext:
        if not override_protected:
            for name, term in result.terms.items():
                if term.protected:
                    raise json_ld_error(
                        "invalid context nullification", "A null context would undo a protected term.", term=name
                    )
        fresh = ActiveContext(active.original_base, active.memo)
        if not propagate:
            fresh.previous = result
        return fresh

    def _load(
        self, result: ActiveContext, address: str, base_url: str | None, remote: tuple[str, ...], validate_scoped: bool
    ) -> ActiveContext:
        url = iris.resolve(base_url, address)
        if not validate_scoped and url in remote:
            return result
        if len(remote) >= MAX_REMOTE_CONTEXTS:
            raise json_ld_error("context overflow", "Contexts include one another too often.", url=url)
        if url in remote:
            raise json_ld_error("recursive context inclusion", "A context includes itself.", url=url)
        return self.process(
            result, self._document(url)["@context"], url, remote=(*remote, url), validate_scoped=validate_scoped
        )

    def _document(self, url: str) -> dict[str, Any]:
        document = self.contexts.document(url)
        if not isinstance(document, dict) or "@context" not in document:
            raise json_ld_error("invalid remote context", "A pinned document has no @context.", url=url)
        return document

    def _read(
        self,
        result: ActiveContext,
        local: dict[str, Any],
        base_url: str | None,
        remote: tuple[str, ...],
        override_protected: bool,
        validate_scoped: bool,
    ) -> None:
        """Steps 5.5 to 5.13: one context that is written out. Fills `result`."""
        version = local.get("@version", 1.1)
        if isinstance(version, bool) or version != 1.1:
            raise json_ld_error("invalid @version value", "A context declares another version than 1.1.")
        if "@import" in local:
            local = self._import(local, base_url)
        if "@base" in local and not remote:
            result.base = self._base(result, local["@base"])
        if "@vocab" in local:
            result.vocab = self._vocab(result, local["@vocab"])
        if "@language" in local:
            result.language = language(local["@language"], "invalid default language")
        if "@direction" in local:
            result.direction = direction(local["@direction"])
        if "@propagate" in local:
            _flag(local, "@propagate", "invalid @propagate value")
        protected = _flag(local, "@protected", "invalid @protected value") if "@protected" in local else False
        TermDefiner(self, result, local, base_url, protected, override_protected, remote, validate_scoped).define_all()
        self.budget.charge_context(len(local))

    def _import(self, local: dict[str, Any], base_url: str | None) -> dict[str, Any]:
        address = local["@import"]
        if not isinstance(address, str):
            raise json_ld_error("invalid @import value", "@import is not an address.")
        url = iris.resolve(base_url, address)
        imported = self._document(url)["@context"]
        if not isinstance(imported, dict):
            raise json_ld_error("invalid remote context", "An imported context is not an object.", url=url)
        if "@import" in imported:
            raise json_ld_error("invalid context entry", "An imported context imports another one.", url=url)
        return {**imported, **{name: value for name, value in local.items() if name != "@import"}}

    def _base(self, result: ActiveContext, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, str):
            if iris.has_scheme(value):
                return value
            if result.base is not None:
                return iris.resolve(result.base, value)
        raise json_ld_error("invalid base IRI", "@base is neither an IRI nor null.")

    def _vocab(self, result: ActiveContext, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, str):
            expanded = expand_iri(result, value, vocab=True, document_relative=True)
            if expanded is not None and (value == "" or iris.is_blank(value) or ":" in expanded or result.base is None):
                return expanded
        raise json_ld_error("invalid vocab mapping", "@vocab is neither an IRI nor null.")


def _only_addresses(local: Any) -> bool:
    return isinstance(local, list) and all(isinstance(entry, str) for entry in local)


def _unwrapped(entry: dict[str, Any]) -> dict[str, Any]:
    """A context document in a list of contexts, `[…, {"@context": {…}}]`, is taken for the context inside.

    By the letter of the algorithm it redefines a keyword. Every other processor in use (jsonld.js, PyLD) reads it, documents that were
    signed that way are about, and there is only one way to understand it. Alone, outside a list, it stays an error (test ter56).
    """
    inner = entry.get("@context")
    return inner if len(entry) == 1 and isinstance(inner, dict) else entry


def _flag(local: dict[str, Any], name: str, kind: str) -> bool:
    value = local[name]
    if not isinstance(value, bool):
        raise json_ld_error(kind, f"{name} is neither true nor false.")
    return value
