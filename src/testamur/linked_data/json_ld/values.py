"""Values: strings, numbers and booleans with their type, language or direction.

Source: JSON-LD 1.1 Processing Algorithms and API §5.1.2, step 15, and §5.3 (Value Expansion).
"""

from __future__ import annotations

from typing import Any

from testamur.linked_data import iri as iris
from testamur.linked_data.json_ld.active_context import ActiveContext, Term, Unset, expand_iri, json_ld_error
from testamur.linked_data.json_ld.safety import Safety

_MEMBERS = frozenset({"@direction", "@index", "@language", "@type", "@value"})


def expand_value(active: ActiveContext, term: Term, value: Any, safety: Safety) -> dict[str, Any]:
    """A scalar as what `term` says it is: a reference, a typed value, or a text in a language (§5.3.2)."""
    type_ = term.type
    if isinstance(value, str):
        if type_ == "@id":
            expanded = expand_iri(active, value, document_relative=True)
            safety.identifier(expanded)
            return {"@id": expanded}
        if type_ == "@vocab":
            expanded = expand_iri(active, value, vocab=True, document_relative=True)
            safety.type(expanded, value)
            return {"@id": expanded}
    safety.scalar(value)
    result: dict[str, Any] = {"@value": value}
    if type_ is not None and type_ not in ("@id", "@vocab", "@none"):
        result["@type"] = type_
    elif isinstance(value, str):
        language = active.language if isinstance(term.language, Unset) else term.language
        direction = active.direction if isinstance(term.direction, Unset) else term.direction
        if language is not None:
            safety.language(language)
            result["@language"] = language
        if direction is not None:
            safety.direction()
            result["@direction"] = direction
    return result


def settle_value(result: dict[str, Any], active_property: str | None, safety: Safety) -> dict[str, Any] | None:
    """`result`, an object with `@value`, once it is known to be a proper value; None when it says nothing (step 15)."""
    type_ = result.get("@type")
    if not _MEMBERS.issuperset(result) or (type_ is not None and ("@language" in result or "@direction" in result)):
        raise json_ld_error("invalid value object", "A value has members of another kind.", path=safety.pointer())
    if type_ != "@json":
        if result["@value"] is None:
            return None
        if not isinstance(result["@value"], str) and "@language" in result:
            raise json_ld_error(
                "invalid language-tagged value",
                "A language is given for something that is not text.",
                path=safety.pointer(),
            )
        if type_ is not None and (not isinstance(type_, str) or not iris.is_absolute(type_)):
            raise json_ld_error("invalid typed value", "The type of a value is not an IRI.", path=safety.pointer())
    if active_property is None or active_property == "@graph":
        safety.lost("value_without_property", "A value stands where no property gives it a meaning.")
        return None
    return result
