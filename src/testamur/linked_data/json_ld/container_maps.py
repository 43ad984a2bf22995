"""Objects whose keys are not properties but languages, indexes, identifiers or types.

Source: JSON-LD 1.1 Processing Algorithms and API §5.1.2, steps 13.7 and 13.8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testamur.linked_data.json_ld.active_context import UNSET, ActiveContext, Term, expand_iri, json_ld_error

if TYPE_CHECKING:
    from testamur.linked_data.json_ld.expansion import Expander


def expand_map(expander: Expander, active: ActiveContext, key: str, term: Term, value: dict[str, Any]) -> list[Any]:
    """The values of a language, index, id or type map, each carrying what its key said."""
    if "@language" in term.container:
        return _language_map(expander, active, term, value)
    return _index_map(expander, active, key, term, value)


def _language_map(expander: Expander, active: ActiveContext, term: Term, value: dict[str, Any]) -> list[Any]:
    result: list[Any] = []
    direction = active.direction if term.direction is UNSET else term.direction
    for language in sorted(value):
        items = value[language]
        for item in items if isinstance(items, list) else [items]:
            if item is None:
                continue
            if not isinstance(item, str):
                raise json_ld_error("invalid language map value", "A language map holds something that is not text.")
            expander.safety.scalar(item)
            entry: dict[str, Any] = {"@value": item}
            if language != "@none" and expand_iri(active, language, vocab=True) != "@none":
                expander.safety.language(language)
                entry["@language"] = language.lower()
            if direction is not None:
                expander.safety.direction()
                entry["@direction"] = direction
            result.append(entry)
    return result


def _index_map(expander: Expander, active: ActiveContext, key: str, term: Term, value: dict[str, Any]) -> list[Any]:
    container = term.container
    result: list[Any] = []
    for index in sorted(value):
        scoped = active
        if "@id" in container or "@type" in container:
            scoped = active.previous or active
        if "@type" in container:
            type_term = scoped.terms.get(index)
            if type_term is not None and type_term.context is not None:
                scoped = expander.processor.apply_scoped(scoped, type_term, propagate=False)
        elif "@id" not in container:
            scoped = active
        items = value[index]
        expander.path.append(index)
        expanded = expander.expand(scoped, key, items if isinstance(items, list) else [items], from_map=True)
        result.extend(_with_key(expander, active, term, index, item) for item in expanded)
        expander.path.pop()
    return result


def _with_key(expander: Expander, active: ActiveContext, term: Term, index: str, item: Any) -> dict[str, Any]:
    """`item` with the key of the map it stood under written into it."""
    container = term.container
    none = expand_iri(active, index, vocab=True) == "@none"
    node: dict[str, Any] = item
    if "@graph" in container and "@graph" not in node:
        node = {"@graph": [node]}
    if none:
        return node
    if "@index" in container:
        if term.index is None or term.index == "@index":
            expander.safety.lost("index", "An index is a label that no signature would cover.")
            node.setdefault("@index", index)
            return node
        return _with_property(expander, active, term.index, index, node)
    if "@id" in container:
        if "@id" not in node:
            expanded = expand_iri(active, index, document_relative=True)
            expander.safety.identifier(expanded)
            node["@id"] = expanded
    else:
        type_ = expand_iri(active, index, vocab=True, document_relative=True)
        expander.safety.type(type_, index)
        node["@type"] = [type_, *node.get("@type", [])]
    return node


def _with_property(
    expander: Expander, active: ActiveContext, name: str, index: str, node: dict[str, Any]
) -> dict[str, Any]:
    """A property-valued index: the key becomes a value of the property `name`."""
    value = expander.value(active, name, index)
    expanded_name = expand_iri(active, name, vocab=True)
    if expanded_name is None:
        expander.safety.undefined(name, "property")
        return node
    if "@value" in node:
        raise json_ld_error("invalid value object", "A plain value cannot carry the key of its map.")
    node[expanded_name] = [value, *node.get(expanded_name, [])]
    return node
