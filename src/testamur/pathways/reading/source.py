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
from testamur.pathways.reading.sentences import Fault

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

    def mistake(self, path: Path, code: str, **facts: Any) -> Mistake:
        """What is wrong at `path`: a code of `sentences.CODES` with its facts."""
        return self.faulty(path, Fault.of(code, **facts))

    def faulty(self, path: Path, fault: Fault) -> Mistake:
        return Mistake(*self.of(path), "/".join(str(part) for part in path), fault)


def read_values(text: bytes | str) -> tuple[Any, Places]:
    """The value in `text` and its places. Raises NotAProgramme for what is not plain YAML or JSON, or is too large or too deep."""
    yaml = _yaml()
    places = Places()
    if len(text) > MAX_BYTES:
        raise _refused(places, (), "too_long", most=f"{MAX_BYTES:,}")
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(places, (), "not_utf8") from None
    try:
        return _Composer(_as_yaml(decoded), places, yaml).document(), places
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            places.note((), mark)
        problem = " ".join(str(error.problem or error.context or "it cannot be read").split())
        raise _refused(places, (), "not_yaml", problem=problem) from None
    except yaml.YAMLError as error:
        raise _refused(places, (), "not_yaml", problem=" ".join(str(error).split())[:120]) from None


def _yaml() -> ModuleType:
    try:
        import yaml
    except ImportError:
        raise ExtraMissing("PyYAML") from None
    return yaml


def _as_yaml(text: str) -> str:
    """JSON may be indented with tabs, which YAML refuses between values; inside a JSON text a tab cannot stand."""
    return text.replace("\t", " ") if text.lstrip()[:1] in ("{", "[") else text


def _refused(places: Places, path: Path, code: str, **facts: Any) -> NotAProgramme:
    return NotAProgramme((places.mistake(path, code, **facts),))


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
                    raise _refused(self._places, (), "second_document")
                value = self._value(next(self._events), ())
        return value

    def _value(self, event: Any, path: Path) -> Any:
        self._places.note(path, event.start_mark)
        self._count += 1
        if self._count > MAX_VALUES:
            raise _refused(self._places, path, "too_many_values", most=f"{MAX_VALUES:,}")
        if len(path) > MAX_DEPTH:
            raise _refused(self._places, path, "too_deep", most=MAX_DEPTH)
        if isinstance(event, self._yaml.AliasEvent) or event.anchor:
            raise _refused(self._places, path, "anchor")
        if event.tag is not None:
            raise _refused(self._places, path, "tag")
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
                raise _refused(self._places, path, "key_no_text")
            key = _text(event.value)
            self._places.note((*path, key), event.start_mark)
            if event.anchor or event.tag is not None:
                raise _refused(self._places, (*path, key), "key_adorned")
            if key in values:
                raise _refused(self._places, (*path, key), "key_twice", name=key[:60])
            if key == "<<":
                raise _refused(self._places, (*path, key), "merge_key")
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
            raise _refused(self._places, path, "number_too_long")
        return _text(value)


def _text(value: str) -> str:
    """`value` with the halves of a character joined that JSON writes as two escapes; a lone half becomes U+FFFD."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
