"""JSON-LD expansion: every name becomes the IRI it stands for, every value says what it is.

    1. A node first sheds a type-scoped context that does not reach this far, then takes on its property's context, its own `@context` and
       the contexts of its types (`Expander._enter`).
    2. Each member is expanded by what its name means: a keyword (`_keyword`) or a property (`_property`, maps in `container_maps`).
    3. What came out is checked for being one of value, set, list or node (`_settle`).

In safe mode nothing may get lost on the way: a name without meaning, a relative IRI, a malformed language, a value in a place where JSON-LD
ignores values. What is lost would not be signed, and whoever reads the JSON would still see it.

Source: JSON-LD 1.1 Processing Algorithms and API §5.1 (Expansion) and §5.3 (Value Expansion). The safe mode is that of jsonld.js.
"""

from __future__ import annotations

from typing import Any

from testamur.errors import TooComplex
from testamur.linked_data.json_ld.active_context import (
    KEYWORDS,
    ActiveContext,
    Term,
    expand_iri,
    input_type,
    json_ld_error,
    starts_node,
    type_keys,
)
from testamur.linked_data.json_ld.container_maps import expand_map
from testamur.linked_data.json_ld.context_processing import ContextProcessor
from testamur.linked_data.json_ld.safety import Safety
from testamur.linked_data.json_ld.values import expand_value, settle_value
from testamur.linked_data.limits import MAX_DEPTH

_NO_TERM = Term(None)


def as_list(value: Any) -> list[Any]:
    """`value` when it is an array, else an array of it."""
    return value if isinstance(value, list) else [value]


class Expander:
    """Expands one document. `path` is where it is, as keys and positions, so that an error can say where."""

    def __init__(self, processor: ContextProcessor, base: str | None, safety: Safety) -> None:
        self.processor = processor
        self.base = base
        self.safety = safety
        self.path = safety.path

    def document(self, document: Any, expand_context: Any = None) -> list[Any]:
        """The whole document in expanded form."""
        active = self.processor.initial(self.base)
        if expand_context is not None:
            if isinstance(expand_context, dict) and "@context" in expand_context:
                expand_context = expand_context["@context"]
            active = self.processor.apply(active, expand_context, self.base)
        result = self.expand(active, None, document)
        if isinstance(result, dict) and len(result) == 1 and "@graph" in result:
            result = result["@graph"]
        return [] if result is None else as_list(result)

    # -- §5.1.2

    def expand(self, active: ActiveContext, active_property: str | None, element: Any, from_map: bool = False) -> Any:
        """§5.1.2, the Expansion Algorithm."""
        if element is None:
            return None
        if isinstance(element, dict):
            return self._object(active, active_property, element, from_map)
        if isinstance(element, list):
            return self._array(active, active_property, element, from_map)
        if active_property is None or active_property == "@graph":
            self.safety.lost("value_without_property", "A value stands where no property gives it a meaning.")
            return None
        term = active.terms.get(active_property)
        if term is not None and term.context is not None:
            active = self.processor.apply_scoped(active, term, override_protected=True)
        return self.value(active, active_property, element)

    def _array(
        self, active: ActiveContext, active_property: str | None, element: list[Any], from_map: bool
    ) -> list[Any]:
        if len(self.path) >= MAX_DEPTH:
            raise _too_deep()
        term = active.terms.get(active_property, _NO_TERM) if active_property is not None else _NO_TERM
        nested_lists = "@list" in term.container
        result: list[Any] = []
        path = self.path
        for position, item in enumerate(element):
            path.append(position)
            expanded = self.expand(active, active_property, item, from_map)
            path.pop()
            if isinstance(expanded, list):
                if nested_lists:
                    result.append({"@list": expanded})
                else:
                    result.extend(expanded)
            elif expanded is not None:
                result.append(expanded)
        return result

    def _object(
        self, active: ActiveContext, active_property: str | None, element: dict[str, Any], from_map: bool
    ) -> Any:
        if len(self.path) >= MAX_DEPTH:
            raise _too_deep()
        active, type_scoped = self._enter(active, active_property, element, from_map)
        result: dict[str, Any] = {}
        self._members(active, type_scoped, active_property, element, result, input_type(active, element))
        return self._settle(active_property, result)

    def _enter(
        self, active: ActiveContext, active_property: str | None, element: dict[str, Any], from_map: bool
    ) -> tuple[ActiveContext, ActiveContext]:
        """Steps 7 to 11: the active context inside a node, and the one in which its types are looked up."""
        outer = active
        if active.previous is not None and not from_map and starts_node(active, element):
            active = active.previous
        if active_property is not None:
            # The term is looked up where the property was written, before a type-scoped context is shed.
            term = outer.terms.get(active_property)
            if term is not None and term.context is not None:
                active = self.processor.apply_scoped(active, term, override_protected=True)
        if "@context" in element:
            active = self.processor.apply(active, element["@context"], self.base)
        type_scoped = active
        for key in type_keys(type_scoped, element):
            # A type named again brings nothing new, but thirty thousand of them would take seconds.
            for name in sorted({entry for entry in as_list(element[key]) if isinstance(entry, str)}):
                term = type_scoped.terms.get(name)
                if term is not None and term.context is not None:
                    active = self.processor.apply_scoped(active, term, propagate=False)
        return active, type_scoped

    def _members(
        self,
        active: ActiveContext,
        type_scoped: ActiveContext,
        active_property: str | None,
        element: dict[str, Any],
        result: dict[str, Any],
        input_type: str | None,
    ) -> None:
        """Steps 13 and 14: every member of a node into `result`."""
        nests: list[str] = []
        path = self.path
        terms = active.terms
        for key in sorted(element):
            if key == "@context":
                continue
            value = element[key]
            path.append(key)
            term = terms.get(key)
            expanded = term.iri if term is not None and key not in KEYWORDS else expand_iri(active, key, vocab=True)
            if expanded is None or (":" not in expanded and expanded not in KEYWORDS):
                self.safety.undefined(key, "property")
            elif expanded in KEYWORDS:
                if expanded == "@nest":
                    nests.append(key)
                else:
                    self._keyword(active, type_scoped, active_property, expanded, value, result, input_type)
            else:
                self._property(active, key, term or _NO_TERM, expanded, value, result)
            path.pop()
        for key in nests:
            self._nest(active, type_scoped, key, element[key], result, input_type)

    def _nest(
        self,
        active: ActiveContext,
        type_scoped: ActiveContext,
        key: str,
        value: Any,
        result: dict[str, Any],
        input_type: str | None,
    ) -> None:
        term = active.terms.get(key)
        if term is not None and term.context is not None:
            active = self.processor.apply_scoped(active, term, override_protected=True)
        self.path.append(key)
        if len(self.path) >= MAX_DEPTH:
            raise _too_deep()
        for nested in as_list(value):
            if not isinstance(nested, dict) or any(expand_iri(active, name, vocab=True) == "@value" for name in nested):
                raise json_ld_error("invalid @nest value", "@nest holds something that is not an object of properties.")
            self._members(active, type_scoped, key, nested, result, input_type)
        self.path.pop()

    # -- step 13.4

    def _keyword(
        self,
        active: ActiveContext,
        type_scoped: ActiveContext,
        active_property: str | None,
        keyword: str,
        value: Any,
        result: dict[str, Any],
        input_type: str | None,
    ) -> None:
        if active_property == "@reverse":
            raise json_ld_error("invalid reverse property map", "A reverse map has a keyword in it.")
        if keyword in result and keyword not in ("@included", "@type"):
            raise json_ld_error("colliding keywords", "A node has the same keyword twice.", keyword=keyword)
        match keyword:
            case "@id":
                self._id(active, value, result)
            case "@type":
                self._types(type_scoped, value, result)
            case "@graph":
                if not isinstance(value, (dict, list)):
                    self.safety.lost("value_without_property", "A graph holds something that is not an object.")
                result["@graph"] = self._listed(active, "@graph", value)
            case "@included":
                included = as_list(self.expand(active, active_property, value))
                if not all(is_node(node) for node in included):
                    raise json_ld_error("invalid @included value", "@included holds something that is not a node.")
                self._say_something(included)
                result.setdefault("@included", []).extend(included)
            case "@value":
                if input_type != "@json" and isinstance(value, (dict, list)):
                    raise json_ld_error("invalid value object value", "@value is neither a string, number nor boolean.")
                if input_type != "@json":
                    self.safety.scalar(value)
                result["@value"] = value
            case "@language":
                if not isinstance(value, str):
                    raise json_ld_error("invalid language-tagged string", "A language is not a string.")
                self.safety.language(value)
                result["@language"] = value.lower()
            case "@direction":
                if value not in ("ltr", "rtl"):
                    raise json_ld_error("invalid base direction", "A base direction is neither ltr nor rtl.")
                self.safety.direction()
                result["@direction"] = value
            case "@index":
                if not isinstance(value, str):
                    raise json_ld_error("invalid @index value", "An index is not a string.")
                self.safety.lost("index", "An index is a label that no signature would cover.")
                result["@index"] = value
            case "@list":
                if active_property is None or active_property == "@graph":
                    self.safety.lost("value_without_property", "A list stands where no property gives it a meaning.")
                else:
                    self._no_list_in_list(active, active_property, value)
                    result["@list"] = self._listed(active, active_property, value)
            case "@set":
                result["@set"] = self.expand(active, active_property, value)
            case "@reverse":
                self._reverse(active, value, result)
            case _:
                self.safety.lost("keyword_without_effect", "A keyword stands where it has no effect.", term=keyword)

    def _listed(self, active: ActiveContext, active_property: str | None, value: Any) -> list[Any]:
        expanded = self.expand(active, active_property, value)
        return [] if expanded is None else as_list(expanded)

    def _no_list_in_list(self, active: ActiveContext, active_property: str, value: Any) -> None:
        """An array in `@list`, of which the specification makes one list, jsonld.js and PyLD a list in a list. A list term settles it."""
        if "@list" not in active.terms.get(active_property, _NO_TERM).container:
            for item in as_list(value):
                names = [expand_iri(active, key, vocab=True) for key in item] if isinstance(item, dict) else []
                if isinstance(item, list) or "@set" in names:
                    self.safety.lost("list_in_list", "A list holds another, which implementations read differently.")

    def _id(self, active: ActiveContext, value: Any, result: dict[str, Any]) -> None:
        if not isinstance(value, str):
            raise json_ld_error("invalid @id value", "An identifier is not a string.", path=self.safety.pointer())
        expanded = expand_iri(active, value, document_relative=True)
        self.safety.identifier(expanded)
        result["@id"] = expanded

    def _types(self, type_scoped: ActiveContext, value: Any, result: dict[str, Any]) -> None:
        values = as_list(value)
        if not all(isinstance(entry, str) for entry in values):
            raise json_ld_error("invalid type value", "A type is not a string.", path=self.safety.pointer())
        types = []
        for entry in values:
            expanded = expand_iri(type_scoped, entry, vocab=True, document_relative=True)
            if expanded != "@json":
                self.safety.type(expanded, entry)
            if expanded is not None:
                types.append(expanded)
        if "@type" in result:
            result["@type"] = as_list(result["@type"]) + types
        else:
            result["@type"] = types if isinstance(value, list) or not types else types[0]

    def _reverse(self, active: ActiveContext, value: Any, result: dict[str, Any]) -> None:
        if not isinstance(value, dict):
            raise json_ld_error("invalid @reverse value", "@reverse is not an object.")
        expanded = self.expand(active, "@reverse", value)
        if not isinstance(expanded, dict):
            return
        for name, items in expanded.pop("@reverse", {}).items():
            result.setdefault(name, []).extend(items)
        for name, items in expanded.items():
            self.add_reverse(result, name, items)

    def add_reverse(self, result: dict[str, Any], name: str, items: list[Any]) -> None:
        """Add `items` to the reverse properties of `result`; only nodes can point back."""
        for item in items:
            if isinstance(item, dict) and ("@value" in item or "@list" in item):
                raise json_ld_error("invalid reverse property value", "A reverse property holds a value or a list.")
        result.setdefault("@reverse", {}).setdefault(name, []).extend(items)

    # -- steps 13.5 to 13.14

    def _property(
        self, active: ActiveContext, key: str, term: Term, expanded_property: str, value: Any, result: dict[str, Any]
    ) -> None:
        container = term.container
        expanded: Any
        if term.type == "@json":
            expanded = {"@value": value, "@type": "@json"}
        elif container and isinstance(value, dict) and container & {"@language", "@index", "@type", "@id"}:
            expanded = expand_map(self, active, key, term, value)
        else:
            expanded = self.expand(active, key, value)
        if expanded is None:
            return
        if container:
            if "@list" in container and not (isinstance(expanded, dict) and "@list" in expanded):
                expanded = {"@list": as_list(expanded)}
            if "@graph" in container and "@id" not in container and "@index" not in container:
                expanded = [self._graph(item) for item in as_list(expanded)]
        self.safety.predicate(expanded_property, key)
        if term.reverse:
            self.add_reverse(result, expanded_property, as_list(expanded))
        elif isinstance(expanded, list):
            result.setdefault(expanded_property, []).extend(expanded)
        else:
            result.setdefault(expanded_property, []).append(expanded)

    def _graph(self, item: Any) -> dict[str, Any]:
        """`item` as a graph of its own (step 13.12)."""
        members = as_list(item)
        self._say_something(members)
        return {"@graph": members}

    def _say_something(self, members: list[Any]) -> None:
        """In a graph, what is no node, or a node without a statement, would be left out."""
        for member in members:
            if not is_node(member):
                self.safety.lost("value_without_property", "A value stands where no property gives it a meaning.")
            elif not member:
                self.safety.lost("empty", "An object says nothing at all.")
            elif not any(value for name, value in member.items() if name != "@id"):
                self.safety.lost("only_identifier", "An object says nothing but its identifier.")

    # -- steps 15 to 20

    def _settle(self, active_property: str | None, result: dict[str, Any]) -> Any:
        if "@value" in result:
            return settle_value(result, active_property, self.safety)
        if "@type" in result and not isinstance(result["@type"], list):
            result["@type"] = [result["@type"]]
        if "@set" in result or "@list" in result:
            if len(result) > (2 if "@index" in result else 1):
                raise json_ld_error("invalid set or list object", "A set or list has members of another kind.")
            if "@set" in result:
                return result["@set"]
        if len(result) == 1 and "@language" in result:
            self.safety.lost("language_without_value", "A language stands without a text.")
            return None
        if active_property is None or active_property == "@graph":
            if not result or "@list" in result:
                self.safety.lost("empty", "An object says nothing at all.")
                return None
            if len(result) == 1 and "@id" in result:
                self.safety.lost("only_identifier", "An object says nothing but its identifier.")
                return None
        return result

    def value(self, active: ActiveContext, active_property: str, value: Any) -> dict[str, Any]:
        """What a string, number or boolean under `active_property` stands for."""
        return expand_value(active, active.terms.get(active_property, _NO_TERM), value, self.safety)


def is_node(item: Any) -> bool:
    """True for an expanded object that is neither value nor list nor set."""
    return isinstance(item, dict) and not ("@value" in item or "@list" in item or "@set" in item)


def _too_deep() -> TooComplex:
    return TooComplex("The document is nested too deeply.", code="linked_data.too_deep", facts={"limit": MAX_DEPTH})
