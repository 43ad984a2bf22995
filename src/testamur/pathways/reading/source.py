"""YAML and JSON as plain values with places, bounded and without surprises.

Only what both notations share is read: mappings with text keys, lists, texts, numbers, true, false and null. Anchors, aliases,
tags and merge keys are refused (an alias is how a small file becomes a large one, a tag how text becomes an object). A plain
word is a text unless it is a number, `true`, `false` or `null`: `no` and `2020-08-01` stay what they look like. Numbers are
exact (`int` or `Decimal`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any

from testamur.pathways.extra import ExtraMissing
from testamur.pathways.reading.mistakes import Mistake, NotAProgramme

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_VALUES = 60_000
_LONGEST_NUMBER = 24

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Path = tuple[str | int, ...]


class Places:
    """Where each value stands: a path to its line and column, both from 1."""

    def __init__(self) -> None:
        self._of: dict[Path, tuple[int, int]] = {(): (1, 1)}

    def note(self, path: Path, mark: Any) -> None:
        self._of[path] = (mark.line + 1, mark.column + 1)

    def of(self, path: Path) -> tuple[int, int]:
        """The place of `path`, or of the nearest thing around it."""
        while path not in self._of:
            path = path[:-1]
        return self._of[path]

    def mistake(self, path: Path, sentence: str) -> Mistake:
        return Mistake(*self.of(path), "/".join(str(part) for part in path), sentence)


def read_values(text: bytes | str) -> tuple[Any, Places]:
    """The value in `text` and its places. Raises NotAProgramme for what is not plain YAML or JSON, or is too large or too deep."""
    yaml = _yaml()
    places = Places()
    if len(text) > MAX_BYTES:
        raise _refused(places, (), f"the text is longer than {MAX_BYTES:,} bytes, which is more than is read")
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(places, (), "the text is not UTF-8") from None
    try:
        return _Composer(_as_yaml(decoded), places, yaml).document(), places
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            places.note((), mark)
        problem = " ".join(str(error.problem or error.context or "it cannot be read").split())
        raise _refused(places, (), f"this is not YAML: {problem}") from None
    except yaml.YAMLError as error:
        raise _refused(places, (), f"this is not YAML: {' '.join(str(error).split())[:120]}") from None


def _yaml() -> ModuleType:
    try:
        import yaml
    except ImportError:
        raise ExtraMissing("PyYAML") from None
    return yaml


def _as_yaml(text: str) -> str:
    """JSON may be indented with tabs, which YAML refuses between values; inside a JSON text a tab cannot stand."""
    return text.replace("\t", " ") if text.lstrip()[:1] in ("{", "[") else text


def _refused(places: Places, path: Path, sentence: str) -> NotAProgramme:
    return NotAProgramme((places.mistake(path, sentence),))


class _Composer:
    """Builds plain values from PyYAML's events; it never constructs objects and keeps count of what it builds."""

    def __init__(self, text: str, places: Places, yaml: ModuleType) -> None:
        self._yaml = yaml
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._places = places
        self._count = 0

    def document(self) -> Any:
        value: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, self._yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._places.note((), event.start_mark)
                    raise _refused(self._places, (), "a second document begins here; a file holds one")
                value = self._value(next(self._events), ())
        return value

    def _value(self, event: Any, path: Path) -> Any:
        self._places.note(path, event.start_mark)
        self._count += 1
        if self._count > MAX_VALUES:
            raise _refused(self._places, path, f"there are more than {MAX_VALUES:,} values, which is more than is read")
        if len(path) > MAX_DEPTH:
            raise _refused(self._places, path, f"this is nested more than {MAX_DEPTH} deep")
        if isinstance(event, self._yaml.AliasEvent) or event.anchor:
            raise _refused(self._places, path, "anchors (&) and aliases (*) are not read; write the value out")
        if event.tag is not None:
            raise _refused(self._places, path, "tags (!) are not read; write a plain value")
        if isinstance(event, self._yaml.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, self._yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), self._yaml.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), self._yaml.MappingEndEvent):
            if not isinstance(event, self._yaml.ScalarEvent):
                self._places.note(path, event.start_mark)
                raise _refused(self._places, path, "a key is a text, not a list or a mapping")
            key = _text(event.value)
            self._places.note((*path, key), event.start_mark)
            if event.anchor or event.tag is not None:
                raise _refused(self._places, (*path, key), "a key has no anchor (&) and no tag (!)")
            if key in values:
                raise _refused(self._places, (*path, key), f"“{key[:60]}” stands here a second time")
            if key == "<<":
                raise _refused(self._places, (*path, key), "merge keys (<<) are not read; write the values out")
            mark = event.start_mark
            values[key] = self._value(next(self._events), (*path, key))
            if not isinstance(values[key], (dict, list)):
                continue
            self._places.note((*path, key), mark)
        return values

    def _scalar(self, event: Any, path: Path) -> Any:
        value: str = event.value
        if event.style is not None:
            return _text(value)
        if value in _WORDS:
            return _WORDS[value]
        if len(value) <= _LONGEST_NUMBER:
            if _INTEGER.match(value):
                return int(value)
            if _DECIMAL.match(value):
                return Decimal(value)
        elif _DECIMAL.match(value):
            raise _refused(self._places, path, "this number is too long")
        return _text(value)


def _text(value: str) -> str:
    """`value` with the halves of a character joined that JSON writes as two escapes; a lone half becomes U+FFFD."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
