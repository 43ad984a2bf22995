"""How much work a schema would be for a document, counted before anything is validated.

A JSON Schema from outside is a program of a stranger: it may refer to itself without end, or double its work with every line. The validator
cannot be interrupted, so the applications of a schema to a part of the document are counted first. Counting is cheap where validating is
not, because what is asked twice is counted once and multiplied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

MAX_PAIRS = 30_000  # of one schema with one part of the document
MAX_PATTERNS = 64  # in a schema, wherever they stand: each takes memory before it is used
CHARACTER = 20  # applications that matching a pattern with one character may take as long as
_DEEPEST = 400

_ONE_HERE = ("not", "if", "then", "else")
_SEVERAL_HERE = ("allOf", "anyOf", "oneOf")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_REST = ("additionalProperties", "unevaluatedProperties")
_REST_OF_ITEMS = ("additionalItems", "unevaluatedItems", "contains")

_Key = tuple[int, int]


class Unbounded(Exception):
    """The work has no bound that could be counted. `code` says why: `schema.too_complex`, `schema.reference`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def applications(schema: Any, document: Any) -> int:
    """How often a part of `schema` is applied to a part of `document`, at most. Raises `Unbounded`.

    Matching a pattern counts by the length of the text. Understood are references within the schema (`#`, `#/…`, or with its own `$id`
    before them). Any other is `schema.reference`.
    """
    if _patterns(schema) > MAX_PATTERNS:
        raise Unbounded("schema.too_complex")
    return _Count(schema).of(schema, document, 0)


class _Count:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._known: dict[_Key, int] = {}
        self._open: set[_Key] = set()

    def of(self, schema: Any, value: Any, depth: int) -> int:
        if not isinstance(schema, Mapping):
            return 1
        key = (id(schema), id(value))
        if key in self._known:
            return self._known[key]
        if key in self._open or depth > _DEEPEST or len(self._known) > MAX_PAIRS:
            raise Unbounded("schema.too_complex")  # in the first case it leads back to itself
        self._open.add(key)
        here = sum(self.of(part, value, depth + 1) for part in self._here(schema))
        # What asks for the unevaluated goes through the parts that stand beside it once more.
        twice = 2 if "unevaluatedProperties" in schema or "unevaluatedItems" in schema else 1
        below = sum(self.of(part, child, depth + 1) for part, child in _below(schema, value))
        self._open.discard(key)
        self._known[key] = total = 1 + _matching(schema, value) + twice * (here + below)
        return total

    def _here(self, schema: Mapping[str, Any]) -> Iterator[Any]:
        for name in _ONE_HERE:
            if name in schema:
                yield schema[name]
        for name in _SEVERAL_HERE:
            if isinstance(schema.get(name), list):
                yield from schema[name]
        for name in ("dependentSchemas", "dependencies"):
            if isinstance(schema.get(name), Mapping):
                yield from schema[name].values()
        for name in _REFERENCES:
            if name in schema:
                yield self._referred(schema[name])

    def _referred(self, reference: Any) -> Any:
        base = self._root.get("$id", "") if isinstance(self._root, Mapping) else ""
        if not isinstance(reference, str):
            raise Unbounded("schema.reference")
        start, _, fragment = reference.partition("#")
        if start and start != str(base).rstrip("#"):
            raise Unbounded("schema.reference")
        found = self._root
        if fragment and not fragment.startswith("/"):
            raise Unbounded("schema.reference")
        for step in unquote(fragment).split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping) and step in found:
                found = found[step]
            elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
                found = found[int(step)]
            else:
                raise Unbounded("schema.reference")
        return found


def _patterns(schema: Any) -> int:
    if isinstance(schema, list):
        return sum(map(_patterns, schema))
    if not isinstance(schema, Mapping):
        return 0
    named = schema.get("patternProperties")
    here = isinstance(schema.get("pattern"), str) + (len(named) if isinstance(named, Mapping) else 0)
    return here + sum(map(_patterns, schema.values()))


def _matching(schema: Mapping[str, Any], value: Any) -> int:
    characters = len(value) if isinstance(value, str) and "pattern" in schema else 0
    named = schema.get("patternProperties")
    if isinstance(value, Mapping) and isinstance(named, Mapping):
        characters += len(named) * sum(map(len, value))
    return CHARACTER * characters


def _below(schema: Mapping[str, Any], value: Any) -> Iterator[tuple[Any, Any]]:
    """Each part of `schema` with each part of `value` to which it could be applied."""
    if isinstance(value, Mapping):
        named = schema.get("properties")
        patterns = schema.get("patternProperties")
        for name, child in value.items():
            if isinstance(named, Mapping) and name in named:
                yield named[name], child
            if isinstance(patterns, Mapping):
                yield from ((part, child) for part in patterns.values())
            yield from ((schema[rest], child) for rest in _REST if rest in schema)
            if "propertyNames" in schema:
                yield schema["propertyNames"], name
    elif isinstance(value, list):
        items, prefix = schema.get("items"), schema.get("prefixItems")
        for index, child in enumerate(value):
            for listed in (items, prefix):
                if isinstance(listed, list) and index < len(listed):
                    yield listed[index], child
            if isinstance(items, (Mapping, bool)):
                yield items, child
            yield from ((schema[rest], child) for rest in _REST_OF_ITEMS if rest in schema)
