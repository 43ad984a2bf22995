"""Extensions that 1EdTech published for Open Badges 1.1 and 2.0, and what each demands of its node.

An extension may come with a schema at an address; none is fetched. The schemas of the published ones are short, so what they demand is
restated here as facts; an extension that is not known is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_PREFIXES: Final = ("extensions:", "obi:extensions/#", "https://w3id.org/openbadges/extensions#", "obi:extensions#")

# Extension → the properties it must have: short name, full address in the published context, and the kind of value.
_DEMANDED: Final[dict[str, tuple[tuple[str, str, type | tuple[type, ...]], ...]]] = {
    "ExampleExtension": (("exampleProperty", "http://schema.org/text", str),),
    "ApplyLink": (("applyLink", "https://w3id.org/openbadges/extensions#applyLink", str),),
    "OriginalCreator": (("url", "http://schema.org/url", str),),
    "ExtraDescription": (("extraDescription", "https://w3id.org/openbadges/extensions#extraDescription", str),),
}


def broken_extensions(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The (path, rule, expected) of every extension node directly in `document` that breaks its published schema."""
    for name, value in document.items():
        if not name.startswith(("extensions:", "https://w3id.org/openbadges/extensions#")):
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, Mapping):
                yield f"/{name}", "type", "Extension"
                continue
            yield from _broken(f"/{name}", node)


def _broken(path: str, node: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    stated = node.get("type", node.get("@type"))
    types = stated if isinstance(stated, list) else [stated]
    if "Extension" not in types:
        yield f"{path}/type", "value", "Extension"
    for entry in types:
        for short, full, kind in _DEMANDED.get(_local(entry), ()):
            value = node.get(short, node.get(full))
            if value is None:
                yield f"{path}/{short}", "missing", short
            elif not isinstance(value, kind):
                yield f"{path}/{short}", "type", "string"


def _local(entry: Any) -> str:
    if isinstance(entry, str):
        for prefix in _PREFIXES:
            if entry.startswith(prefix):
                return entry.removeprefix(prefix)
    return ""
