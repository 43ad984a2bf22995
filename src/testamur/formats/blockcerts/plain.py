"""Can the document mean only one thing? The hash covers the statements that the document makes, a reader sees its JSON.

The same statements can be written so that a reader of the JSON misses some: under full addresses or words of the document's own, under
`@`-keywords, or in a second node with the same `id`. An expiry that is written so would be signed and never seen. What follows lets pass
only documents in which every statement stands under its plain name in its own place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from testamur import linked_data
from testamur.errors import LinkedDataError, TestamurError
from testamur.linked_data import Contexts

_LANGUAGE_VALUE: Final = frozenset({"@value", "@language", "@direction", "@type"})
_DEFINITION: Final = frozenset({"@id", "@type"})
_VALUE: Final = "https://probe.invalid/value"
_CREDENTIALS: Final = "https://www.w3.org/2018/credentials#"
_MAX_TERMS: Final = 200


def hidden_statement(document: Mapping[str, Any], contexts: Contexts) -> str | None:
    """The place (JSON Pointer) or the term of the first statement that a reader of the JSON could miss; None where there is none."""
    for path in _not_plain(document, ""):
        return path
    repeated = _repeated(document)
    if repeated is not None:
        return repeated
    return _own_words(document, contexts)


def _not_plain(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, list):
                yield f"{path}/{index}"
            yield from _not_plain(item, f"{path}/{index}")
    elif isinstance(value, Mapping):
        language_value = "@value" in value and set(value) <= _LANGUAGE_VALUE
        for name, item in value.items():
            if name == "@context":
                if path and not all(isinstance(entry, str) for entry in (item if isinstance(item, list) else [item])):
                    yield f"{path}/@context"
                continue
            if (name.startswith("@") or ":" in name) and not language_value:
                yield f"{path}/{name}"
            yield from _not_plain(item, f"{path}/{name}")


def _repeated(document: Mapping[str, Any]) -> str | None:
    """The place of a node whose id another node of other contents has as well."""
    seen: dict[str, Mapping[str, Any]] = {}
    waiting: list[tuple[Any, str]] = [(document, "")]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, list):
            waiting.extend((item, f"{path}/{index}") for index, item in enumerate(value))
        elif isinstance(value, Mapping):
            identifier = value.get("id")
            if isinstance(identifier, str) and len(value) > 1 and seen.setdefault(identifier, value) != value:
                return f"{path}/id"
            waiting.extend(
                (item, f"{path}/{name}") for name, item in value.items() if name not in ("@context", "proof")
            )
    return None


def _own_words(document: Mapping[str, Any], contexts: Contexts) -> str | None:
    """The first word that the document defines for itself and that could stand for, or replace, a word of the standards."""
    stated = document.get("@context")
    entries = stated if isinstance(stated, list) else [stated]
    standard = [entry for entry in entries if isinstance(entry, str)]
    own: dict[str, Any] = {}
    for entry in entries:
        if isinstance(entry, Mapping):
            own |= entry
        elif not isinstance(entry, str):
            return "@context"
    if not own:
        return None
    if len(own) > _MAX_TERMS:
        return "@context"
    for term, definition in own.items():
        if term.startswith("@") or ":" in term:
            return term
        if not isinstance(definition, str) and not (isinstance(definition, Mapping) and set(definition) <= _DEFINITION):
            return term
        meaning = definition if isinstance(definition, str) else definition.get("@id", term)
        if not isinstance(meaning, str) or meaning.startswith("@"):
            return term
    names = _standard_names(standard, contexts)
    known = _meanings(names, standard, contexts)
    taken = set(known.values())
    for term, meaning in _meanings(list(own), entries, contexts).items():
        if term in known or meaning in taken or meaning.startswith(_CREDENTIALS):
            return term
    return None


def _standard_names(standard: list[str], contexts: Contexts) -> list[str]:
    """The words that the pinned contexts define at any level."""
    names: set[str] = set()
    for address in standard:
        waiting: list[Any] = [contexts.document(address).get("@context")]
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, Mapping):
                names |= {name for name in value if not name.startswith("@")}
                waiting.extend(item.get("@context") for item in value.values() if isinstance(item, Mapping))
    return sorted(names)


def _meanings(names: list[str], entries: list[Any], contexts: Contexts) -> dict[str, str]:
    """What each of `names` means as a property under `entries`, as far as it means anything."""
    meanings: dict[str, str] = {}
    for name in names:
        probe = {"@context": entries, "@id": "urn:probe", name: _VALUE}
        try:
            expanded = linked_data.expand(probe, contexts=contexts, safe=False)
        except TestamurError as error:
            if isinstance(error, LinkedDataError) and error.code == "linked_data.context_unavailable":
                raise
            continue
        for node in expanded:
            for key in node:
                if not key.startswith("@"):
                    meanings[name] = key
    return meanings
