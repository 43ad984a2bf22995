"""One written-out context, term by term.

Terms may lean on terms that stand further down in the same context, so a definition is made when it is first needed and a circle is
an error. The order of the checks is the specification's, because its test suite tells by the error which rule was broken.

Source: JSON-LD 1.1 Processing Algorithms and API §4.2 (Create Term Definition).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from testamur.errors import ContextUnavailable, LinkedDataError
from testamur.linked_data import iri as iris
from testamur.linked_data.json_ld.active_context import (
    KEYWORDS,
    ActiveContext,
    ScopedContext,
    Term,
    context_key,
    direction,
    expand_iri,
    has_keyword_form,
    json_ld_error,
    language,
)

if TYPE_CHECKING:
    from testamur.linked_data.json_ld.context_processing import ContextProcessor

_SETTINGS = frozenset({"@base", "@direction", "@import", "@language", "@propagate", "@protected", "@version", "@vocab"})
_DEFINITION_KEYS = frozenset(
    {"@id", "@reverse", "@container", "@context", "@direction", "@index", "@language", "@nest", "@prefix", "@protected", "@type"}
)  # fmt: skip
_CONTAINERS = frozenset({"@graph", "@id", "@index", "@language", "@list", "@set", "@type"})
_GENERIC_DELIMITERS = tuple(":/?#[]@")


class TermDefiner:
    """Defines the terms of one local context in one active context under construction."""

    def __init__(
        self,
        processor: ContextProcessor,
        active: ActiveContext,
        local: dict[str, Any],
        base_url: str | None,
        protected: bool,
        override_protected: bool,
        remote: tuple[str, ...],
        validate_scoped: bool,
    ) -> None:
        self.processor = processor
        self.active = active
        self.local = local
        self.base_url = base_url
        self.protected = protected
        self.override_protected = override_protected
        self.remote = remote
        self.validate_scoped = validate_scoped
        self.defined: dict[str, bool] = {}

    def define_all(self) -> None:
        """Define every term of the local context."""
        for name in self.local:
            if name not in _SETTINGS:
                self.define(name)

    def define_if_pending(self, name: str) -> None:
        """Define `name` when this context has it and it is not finished. Called while IRIs are expanded."""
        if name in self.local and name not in _SETTINGS and self.defined.get(name) is not True:
            self.define(name)

    def define(self, name: str) -> None:
        """§4.2.2, steps 1 to 10 and 24 to 27: the frame around one definition."""
        state = self.defined.get(name)
        if state is not None:
            if state:
                return
            raise json_ld_error("cyclic IRI mapping", "Terms are defined by one another in a circle.", term=name)
        if name == "":
            raise json_ld_error("invalid term definition", "A term has no name.", term=name)
        self.defined[name] = False
        value = self.local[name]
        if name == "@type":
            if not (
                isinstance(value, dict)
                and value
                and set(value) <= {"@container", "@protected"}
                and value.get("@container", "@set") in ("@set", ["@set"])
            ):
                raise json_ld_error("keyword redefinition", "A keyword cannot be given another meaning.", term=name)
        elif name in KEYWORDS:
            raise json_ld_error("keyword redefinition", "A keyword cannot be given another meaning.", term=name)
        elif has_keyword_form(name):
            return
        previous = self.active.terms.pop(name, None)
        simple = isinstance(value, str)
        if value is None or simple:
            value = {"@id": value}
        elif not isinstance(value, dict):
            raise json_ld_error("invalid term definition", "A term is defined by neither text nor object.", term=name)
        self.processor.budget.enter_definition()
        term = self._definition(name, value, simple)
        self.processor.budget.definitions_deep -= 1
        if term is None:
            return
        if not self.override_protected and previous is not None and previous.protected:
            if replace(term, protected=True) != previous:
                raise json_ld_error(
                    "protected term redefinition",
                    "A context gives another meaning to a term that an earlier context protects.",
                    term=name,
                )
            term = previous
        self.active.terms[name] = term
        self.defined[name] = True

    def _expand(self, value: str) -> str | None:
        return expand_iri(self.active, value, vocab=True, define=self.define_if_pending)

    def _definition(self, name: str, value: dict[str, Any], simple: bool) -> Term | None:
        """Steps 11 to 26. None when the term is ignored, as the specification wants for what looks like a keyword."""
        protected = self.protected
        if "@protected" in value:
            protected = value["@protected"]
            if not isinstance(protected, bool):
                raise json_ld_error("invalid @protected value", "@protected is neither true nor false.", term=name)
        type_ = self._type(name, value) if "@type" in value else None
        if "@reverse" in value:
            return self._reverse(name, value, protected, type_)
        if "@id" in value and value["@id"] != name:
            found = self._explicit_iri(name, value["@id"], simple)
            if found is None:
                return None
            iri, prefix = found
        else:
            iri, prefix = self._implicit_iri(name), False
        container = self._container(name, value["@container"]) if "@container" in value else frozenset[str]()
        if "@type" in container:
            type_ = type_ or "@id"
            if type_ not in ("@id", "@vocab"):
                raise json_ld_error("invalid type mapping", "A type map holds things that are no nodes.", term=name)
        index = self._index(name, value["@index"], container) if "@index" in value else None
        context = self._scoped(name, value["@context"]) if "@context" in value else None
        term = Term(iri, prefix, protected, False, context, container, index=index, type=type_)
        if "@language" in value and "@type" not in value:
            term = replace(term, language=language(value["@language"], "invalid language mapping"))
        if "@direction" in value and "@type" not in value:
            term = replace(term, direction=direction(value["@direction"]))
        if "@nest" in value:
            nest = value["@nest"]
            if not isinstance(nest, str) or (nest in KEYWORDS and nest != "@nest"):
                raise json_ld_error("invalid @nest value", "@nest names a keyword or no term at all.", term=name)
            term = replace(term, nest=nest)
        if "@prefix" in value:
            prefix = value["@prefix"]
            if ":" in name or "/" in name:
                raise json_ld_error("invalid term definition", "Only a plain term can be a prefix.", term=name)
            if not isinstance(prefix, bool):
                raise json_ld_error("invalid @prefix value", "@prefix is neither true nor false.", term=name)
            if prefix and iri in KEYWORDS:
                raise json_ld_error("invalid term definition", "A keyword cannot be a prefix.", term=name)
            term = replace(term, prefix=prefix)
        if not _DEFINITION_KEYS.issuperset(value):
            raise json_ld_error("invalid term definition", "A term definition has an unknown member.", term=name)
        return term

    def _type(self, name: str, value: dict[str, Any]) -> str:
        type_ = value["@type"]
        expanded = self._expand(type_) if isinstance(type_, str) else None
        if expanded is not None and (
            expanded in ("@id", "@json", "@none", "@vocab")
            or (iris.has_scheme(expanded) and not iris.is_blank(expanded))
        ):
            return expanded
        raise json_ld_error("invalid type mapping", "A term's type is not an IRI.", term=name)

    def _reverse(self, name: str, value: dict[str, Any], protected: bool, type_: str | None) -> Term | None:
        if "@id" in value or "@nest" in value:
            raise json_ld_error("invalid reverse property", "A reverse term has a member it may not have.", term=name)
        reverse = value["@reverse"]
        if not isinstance(reverse, str):
            raise json_ld_error("invalid IRI mapping", "@reverse is not text.", term=name)
        if has_keyword_form(reverse):
            return None
        iri = self._expand(reverse)
        if iri is None or ":" not in iri:
            raise json_ld_error("invalid IRI mapping", "@reverse does not lead to an IRI.", term=name)
        container = value.get("@container")
        if container not in (None, "@set", "@index"):
            raise json_ld_error("invalid reverse property", "A reverse term can only hold sets and indexes.", term=name)
        if not _DEFINITION_KEYS.issuperset(value):
            raise json_ld_error("invalid term definition", "A term definition has an unknown member.", term=name)
        containers = frozenset({container}) if container else frozenset[str]()
        index = self._index(name, value["@index"], containers) if "@index" in value else None
        return Term(iri, protected=protected, reverse=True, container=containers, index=index, type=type_)

    def _explicit_iri(self, name: str, id_: Any, simple: bool) -> tuple[str | None, bool] | None:
        """Step 14: the IRI that `@id` leads to and whether the term is a prefix; None when the term is to be ignored."""
        if id_ is None:
            return None, False
        if not isinstance(id_, str):
            raise json_ld_error("invalid IRI mapping", "@id is not text.", term=name)
        if has_keyword_form(id_) and id_ not in KEYWORDS:
            return None
        iri = self._expand(id_)
        if iri is None or not (iri in KEYWORDS or ":" in iri):
            raise json_ld_error("invalid IRI mapping", "@id does not lead to an IRI.", term=name)
        if iri == "@context":
            raise json_ld_error("invalid keyword alias", "@context cannot have another name.", term=name)
        if ":" in name[1:-1] or "/" in name:
            self.defined[name] = True
            if self._expand(name) != iri:
                raise json_ld_error("invalid IRI mapping", "A term that is an IRI is mapped to another IRI.", term=name)
            return iri, False
        return iri, simple and (iri.endswith(_GENERIC_DELIMITERS) or iris.is_blank(iri))

    def _implicit_iri(self, name: str) -> str | None:
        """Steps 15 to 18: the term itself is an IRI, a compact one, or stands in the vocabulary."""
        colon = name.find(":", 1)
        if colon > 0:
            prefix = name[:colon]
            self.define_if_pending(prefix)
            term = self.active.terms.get(prefix)
            if term is not None and term.iri is not None:
                return term.iri + name[colon + 1 :]
            return name
        if "/" in name:
            iri = expand_iri(self.active, name, vocab=True)
            if iri is None or not iris.has_scheme(iri):
                raise json_ld_error("invalid IRI mapping", "A term does not lead to an IRI.", term=name)
            return iri
        if name == "@type":
            return "@type"
        if self.active.vocab is not None:
            return self.active.vocab + name
        raise json_ld_error("invalid IRI mapping", "A term does not lead to an IRI.", term=name)

    def _container(self, name: str, value: Any) -> frozenset[str]:
        names = value if isinstance(value, list) else [value]
        if names and all(isinstance(entry, str) and entry in _CONTAINERS for entry in names):
            container = frozenset(names)
            kinds = container - {"@set"}
            # One kind alone, or a kind with @set (never @list with @set), or @graph with @id or @index and perhaps @set.
            if len(kinds) <= 1 and not ("@list" in kinds and "@set" in container):
                return container
            if kinds in ({"@graph", "@id"}, {"@graph", "@index"}):
                return container
        raise json_ld_error(
            "invalid container mapping", "@container names what cannot hold values that way.", term=name
        )

    def _index(self, name: str, value: Any, container: frozenset[str]) -> str:
        if "@index" in container and isinstance(value, str):
            expanded = self._expand(value)
            if expanded is not None and iris.has_scheme(expanded):
                return value
        raise json_ld_error("invalid term definition", "@index does not name a property of an index map.", term=name)

    def _scoped(self, name: str, value: Any) -> ScopedContext:
        """Step 21. The context is processed once here only to learn that it can be."""
        try:
            self.processor.process(
                self.active, value, self.base_url, remote=self.remote, override_protected=True, validate_scoped=False
            )
        except LinkedDataError as error:
            if isinstance(error, ContextUnavailable) or "json_ld_error" not in error.facts:
                raise
            raise json_ld_error(
                "invalid scoped context", "The context that a term brings along is not valid.", term=name
            ) from error
        return ScopedContext(value, self.base_url, context_key(value))
