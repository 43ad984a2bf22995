"""Does everything in the document mean something? (VC Data Model 2.0 §4.3, §4.5, §5.2, §6.1)

The document is expanded as JSON-LD in safe mode: contexts that are not known here, terms that none of them defines, types and identifiers
that come out relative, and contexts that redefine what is protected are all found by that one reading. A `@base` that the document
itself sets is left out of it: an identifier that means something only together with a base is not one (§4.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from testamur.errors import ContextUnavailable, InputError, LinkedDataError, TooComplex
from testamur.formats.vc_2.problem import DATA_MODEL, PARSING_ERROR, Problem, Problems
from testamur.linked_data import Contexts, expand
from testamur.linked_data.limits import MAX_QUADS

_SENTENCES: Final = {
    ContextUnavailable.default_code: "This context is not known here, and none is fetched. Write it out in the document, or leave it away.",
    "linked_data.undefined_term": "No context of the document defines this name, so no signature would cover it.",
    "linked_data.protected_term": "A context gives a protected term another meaning.",
}


def meaning(document: Mapping[str, Any], contexts: Contexts) -> Problems:
    """Every term, type and identifier has one meaning. Stops at the first that has none.

    What holds more objects than a document may make statements is not expanded: no signature could cover it, and only to find that out
    would take long.
    """
    try:
        if _holds_more_objects_than(MAX_QUADS, document):
            raise TooComplex("The document makes too many statements.", facts={"limit": MAX_QUADS})
        expand(_without_base(document), contexts=contexts)
    except (LinkedDataError, InputError) as error:
        path = error.facts.get("path")
        yield Problem(
            error.code,
            path if isinstance(path, str) else "",
            f"{DATA_MODEL} §4.3; JSON-LD 1.1",
            _SENTENCES.get(error.code, str(error)),
            PARSING_ERROR,
            error.facts,
        )


def _holds_more_objects_than(limit: int, document: Mapping[str, Any]) -> bool:
    waiting: list[Any] = [document]
    objects = 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            objects += 1
            if objects > limit:
                return True
            waiting.extend(each for each in value.values() if isinstance(each, (Mapping, list)))
        elif isinstance(value, list):
            waiting.extend(each for each in value if isinstance(each, (Mapping, list)))
    return False


def _without_base(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with no `@base` among its own contexts."""
    context = document.get("@context")
    entries = context if isinstance(context, list) else [context]
    kept = [
        {name: value for name, value in entry.items() if name != "@base"} if isinstance(entry, dict) else entry
        for entry in entries
    ]
    return {**document, "@context": kept} if "@context" in document else dict(document)
