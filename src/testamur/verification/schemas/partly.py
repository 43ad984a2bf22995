"""What is left of a schema once the form of a document is known.

Nearly everything that the schema of a credential demands (which members there are, of what kind, how many) is the same for every document
of a shape. It is worked out once for the shape; left over are conditions on a few texts: these are addresses, that is a moment, this is
a word of a list. A document that meets them certainly meets the schema. It says nothing about any other: then the validator decides, and
finds the words. So every condition here is at least as strict as the schema's own, whose regular expressions are another engine's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from testamur.linked_data import Matched
from testamur.verification.schemas.findings import ANY_URL, COMPACT_JWS, LANGUAGE, LANGUAGES, MOMENT, Schema

_BETWEEN: Final = b"\x1f"
_ONE_OF: Final = {"pattern": "^ext:"}

# For a pattern of the schema, texts of ASCII that certainly match it: of those that are `_USUAL` throughout, which is asked of all texts at
# once. A backslash is not, which is an escape wherever texts are written.
_USUAL: Final = bytes(byte for byte in range(0x21, 0x7F) if byte != 0x5C)
_CERTAINLY: Final = {
    ANY_URL["pattern"]: rb"[A-Za-z][A-Za-z0-9+.-]*:[^\x1f]+",
    MOMENT["pattern"]: rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})",
    COMPACT_JWS["pattern"]: rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+",
    LANGUAGE["pattern"]: rb"[a-z]{2,4}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?",
    LANGUAGES["pattern"]: rb"(?:[a-z]{2}(?:-[A-Z]{2})?|@value|@language|@direction)",
}


class _Open(Exception):
    """It cannot be said beforehand."""


class Left:
    """The conditions that are left for the documents of one shape."""

    __slots__ = ("_between", "_match", "_pick", "_words")

    def __init__(
        self, patterns: Sequence[tuple[int, bytes]], words: Sequence[tuple[int, frozenset[bytes], bool]]
    ) -> None:
        positions = [position for position, _ in patterns]
        self._between = _BETWEEN * (len(positions) - 1)
        self._match = re.compile(_BETWEEN.join(pattern for _, pattern in patterns)).fullmatch
        self._pick: Callable[[list[bytes]], Sequence[bytes]] = (
            itemgetter(*positions) if len(positions) > 1 else lambda texts: [texts[position] for position in positions]
        )
        self._words = words

    def met_by(self, known: Matched) -> bool:
        """Whether the document certainly meets the schema."""
        texts = known.written
        for position, words, extensible in self._words:
            text = texts[position]
            if text not in words and not (extensible and text.startswith(b"ext:")):
                return False
        joined = _BETWEEN.join(self._pick(texts))
        return joined.translate(None, _USUAL) == self._between and self._match(joined) is not None


def left_of(schema: Schema, document: Mapping[str, Any], known: Matched) -> Left | None:
    """What is left of `schema` for the documents that have the shape of `document` (`known`), which has no proof of its own; None where it
    is not met by its form, or where that cannot be said."""
    evaluation = _Evaluation(schema)
    try:
        if not evaluation.fits(schema, known.marked(dict(document), _Text)):
            return None
    except _Open:
        return None
    return Left(evaluation.patterns, evaluation.words)


class _Text:
    """A text that may be any; `position` is its place among the texts of the shape."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position


_KINDS: Final[dict[type, tuple[str, ...]]] = {
    dict: ("object",),
    list: ("array",),
    str: ("string",),
    _Text: ("string",),
    bool: ("boolean",),
    int: ("number", "integer"),
    float: ("number",),
    type(None): ("null",),
}


class _Evaluation:
    """One evaluation: `patterns` and `words` are the conditions on texts that were met on the way."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self.patterns: list[tuple[int, bytes]] = []
        self.words: list[tuple[int, frozenset[bytes], bool]] = []

    def fits(self, schema: Any, value: Any) -> bool:
        """Whether `value` fits, as far as its form decides it. Raises `_Open`."""
        if schema is True:
            return True
        if not isinstance(schema, dict) or not schema.keys() <= _KEYWORDS.keys() | _PASSED_OVER:
            raise _Open
        if "if" in schema and not self._either(schema, value):
            return False
        return all(_KEYWORDS[name](self, schema, value) for name in schema if name not in _PASSED_OVER)

    def certainly(self, schema: Any, value: Any) -> bool:
        """Whether `value` fits, which no text may decide. Raises `_Open`."""
        before = len(self.patterns), len(self.words)
        found = self.fits(schema, value)
        if (len(self.patterns), len(self.words)) != before:
            raise _Open
        return found

    def _either(self, schema: Schema, value: Any) -> bool:
        otherwise = schema.get("else", True)
        if type(value) is _Text and schema["if"] == _ONE_OF and schema.get("then", True) is True:
            if not isinstance(otherwise, dict) or otherwise.keys() != {"enum"}:
                raise _Open
            self.words.append((value.position, _as_words(otherwise["enum"]), True))
            return True
        branch = schema.get("then", True) if self.certainly(schema["if"], value) else otherwise
        return self.fits(branch, value)

    def _ref(self, schema: Schema, value: Any) -> bool:
        return self.fits(self._root["$defs"][schema["$ref"].removeprefix("#/$defs/")], value)

    def _type(self, schema: Schema, value: Any) -> bool:
        allowed = schema["type"]
        return not {*_KINDS[type(value)]}.isdisjoint(allowed if isinstance(allowed, list) else [allowed])

    def _required(self, schema: Schema, value: Any) -> bool:
        return type(value) is not dict or all(name in value for name in schema["required"])

    def _properties(self, schema: Schema, value: Any) -> bool:
        return type(value) is not dict or all(
            self.fits(inner, value[name]) for name, inner in schema["properties"].items() if name in value
        )

    def _additional(self, schema: Schema, value: Any) -> bool:
        if type(value) is not dict:
            return True
        more = [member for name, member in value.items() if name not in schema.get("properties", {})]
        inner = schema["additionalProperties"]
        return not more if inner is False else all(self.fits(inner, member) for member in more)

    def _names(self, schema: Schema, value: Any) -> bool:
        return type(value) is not dict or all(self.fits(schema["propertyNames"], name) for name in value)

    def _items(self, schema: Schema, value: Any) -> bool:
        return type(value) is not list or all(self.fits(schema["items"], item) for item in value)

    def _least(self, schema: Schema, value: Any) -> bool:
        return type(value) is not list or len(value) >= schema["minItems"]

    def _least_names(self, schema: Schema, value: Any) -> bool:
        return type(value) is not dict or len(value) >= schema["minProperties"]

    def _contains(self, schema: Schema, value: Any) -> bool:
        return type(value) is not list or any(self.certainly(schema["contains"], item) for item in value)

    def _all(self, schema: Schema, value: Any) -> bool:
        return all(self.fits(inner, value) for inner in schema["allOf"])

    def _pattern(self, schema: Schema, value: Any) -> bool:
        if type(value) not in (str, _Text):
            return True
        certain = _CERTAINLY.get(schema["pattern"])
        if certain is None:
            raise _Open
        if type(value) is _Text:
            self.patterns.append((value.position, certain))
        else:
            text = value.encode("utf-8", "surrogatepass")
            if text.translate(None, _USUAL) or re.fullmatch(certain, text) is None:
                raise _Open
        return True

    def _enum(self, schema: Schema, value: Any) -> bool:
        return self._one(schema["enum"], value)

    def _const(self, schema: Schema, value: Any) -> bool:
        return self._one([schema["const"]], value)

    def _one(self, options: list[Any], value: Any) -> bool:
        if not all(type(option) is str for option in options):
            raise _Open
        if type(value) is _Text:
            self.words.append((value.position, _as_words(options), False))
            return True
        return type(value) is str and value in options


def _as_words(options: list[Any]) -> frozenset[bytes]:
    if not all(type(option) is str and option.isascii() and "\\" not in option for option in options):
        raise _Open
    return frozenset(option.encode() for option in options)


_PASSED_OVER: Final = frozenset({"$schema", "$defs", "if", "then", "else"})
_KEYWORDS: Final[dict[str, Callable[[_Evaluation, Schema, Any], bool]]] = {
    "$ref": _Evaluation._ref,
    "type": _Evaluation._type,
    "required": _Evaluation._required,
    "properties": _Evaluation._properties,
    "additionalProperties": _Evaluation._additional,
    "propertyNames": _Evaluation._names,
    "items": _Evaluation._items,
    "minItems": _Evaluation._least,
    "minProperties": _Evaluation._least_names,
    "contains": _Evaluation._contains,
    "allOf": _Evaluation._all,
    "pattern": _Evaluation._pattern,
    "enum": _Evaluation._enum,
    "const": _Evaluation._const,
}
