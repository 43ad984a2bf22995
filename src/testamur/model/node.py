"""How a class of OB 3.0 becomes JSON and back, once for all classes.

A class of the model is a plain frozen dataclass; its field names are the member names of the standard in Python's spelling
(`target_url` is `targetUrl`), and the annotation of a field says its shape:

* `str`                  a text; a language map or language-value object is read as `LocalisedText`, which is a `str`
* `float`, `bool`        a number, a truth value
* a class of the model   a nested object; a bare address in its place is read as an object with that `id`
* `Mapping[str, Any]`    an object that is kept as it is (a proof, a status entry: signed or extensible things)
* `tuple[…, ...]`        any number of these; written as an array, read from an array or from a single value

Writing follows the strict reading of the standard (arrays where OB 3.0 says [0..*], nothing empty). Reading is tolerant and loses
nothing: an unknown member, or one that does not fit its field, stays in `extra` under its own name and is written again.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum, auto
from typing import Any, ClassVar, NamedTuple, Self

from testamur.errors import Malformed


class LocalisedText(str):
    """A text that was given in one or more named languages. It *is* the text in English or, failing that, in the first language.

    `translations` maps language tags to texts; `original` is the JSON value that was read, written again by `to_json`.
    """

    translations: Mapping[str, str]
    original: Any

    def in_language(self, language: str) -> str:
        """The text in `language` (a BCP 47 tag; `ko` also finds `ko-KR`), or the default text."""
        wanted = language.lower()
        for tag, text in self.translations.items():
            if tag.lower() == wanted:
                return text
        for tag, text in self.translations.items():
            if tag.lower().partition("-")[0] == wanted.partition("-")[0]:
                return text
        return str(self)

    @classmethod
    def read(cls, value: Any) -> LocalisedText | None:
        """Read a language map (`{"en": …}`), a language-value object (`{"@value": …, "@language": …}`, VC Data Model 2.0 §11.1) or
        an array of the latter; None for anything else."""
        translations: dict[str, str] = {}
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, str):
                translations.setdefault("und", entry)
            elif isinstance(entry, dict) and isinstance(entry.get("@value"), str):
                translations.setdefault(str(entry.get("@language", "und")), entry["@value"])
            elif isinstance(entry, dict) and entry and all(isinstance(text, str) for text in entry.values()):
                if any(tag.startswith("@") for tag in entry):
                    return None
                translations.update(entry)
            else:
                return None
        if not translations:
            return None
        default = translations.get("en", next(iter(translations.values())))
        text = cls(default)
        text.translations = translations
        text.original = value
        return text


class Kind(Enum):
    """What a field holds; the module's docstring says which annotation gives which."""

    TEXT = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    NODE = auto()
    OBJECT = auto()
    VALUE = auto()


class Member(NamedTuple):
    """One member of a class: the Python field, what it holds, whether any number of it, whether the standard requires it."""

    attribute: str
    kind: Kind
    many: bool
    required: bool
    node: type[Node] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The base of every class of the model. `type` is filled with the class's own type where it is not given."""

    TYPES: ClassVar[tuple[str, ...]] = ()
    TYPE_IS_ARRAY: ClassVar[bool] = True  # a few classes of OB 3.0 have exactly one type, written as a string

    type: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.type:
            object.__setattr__(self, "type", self.TYPES)

    def to_json(self) -> dict[str, Any]:
        """The object as JSON values: `@context`, `id`, `type`, the members in the order of the class, then `extra`."""
        document: dict[str, Any] = {}
        members = members_of(type(self))
        for name in ("@context", "id"):
            if (
                name in members
                and (value := _written(members[name], getattr(self, members[name].attribute))) is not None
            ):
                document[name] = value
        if self.type:
            document["type"] = list(self.type) if self.TYPE_IS_ARRAY or len(self.type) > 1 else self.type[0]
        for name, member in members.items():
            held = getattr(self, member.attribute)
            if held is None or held == () or name in document:
                continue  # as most members of most objects
            if (value := _written(member, held)) is not None:
                document[name] = value
        return {**document, **self.extra}

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read an object as strict JSON gave it. Raises `Malformed` (`model.not_an_object`) when `value` is no object."""
        if not isinstance(value, dict):
            raise Malformed(
                f"{cls.__name__} must be a JSON object",
                code="model.not_an_object",
                facts={"class": cls.__name__, "found": type(value).__name__},
            )
        found: dict[str, Any] = {}
        extra = dict(value)
        declared = extra.get("type", extra.get("@type"))
        if isinstance(declared, str):
            declared = [declared]
        if isinstance(declared, list) and all(isinstance(entry, str) for entry in declared):
            found["type"] = tuple(declared)
            extra.pop("type", None)
            extra.pop("@type", None)
        for name, member in members_of(cls).items():
            if name in extra and (read := _read(member, extra[name])) is not None:
                found[member.attribute] = read
                del extra[name]
            elif member.required:
                found[member.attribute] = _nothing(member)
        return cls(**found, extra=extra)


_KNOWN: dict[type, dict[str, Member]] = {}

# Members that the standards spell otherwise than by capitals between words.
_SPELT = {"context": "@context", "digest_sri": "digestSRI"}


def members_of(cls: type[Node]) -> dict[str, Member]:
    """The members of a class of the model by their JSON names, worked out once from its annotations."""
    if cls in _KNOWN:
        return _KNOWN[cls]
    hints = typing.get_type_hints(cls)
    members: dict[str, Member] = {}
    for entry in fields(cls):
        if entry.name in ("type", "extra"):
            continue
        kind, many, node = _shape(hints[entry.name])
        head, *tail = entry.name.split("_")
        name = _SPELT.get(entry.name) or head + "".join(part.capitalize() for part in tail)
        required = entry.default is entry.default_factory  # both are MISSING
        members[name] = Member(entry.name, kind, many, required, node)
    _KNOWN[cls] = members
    return members


def _shape(hint: Any) -> tuple[Kind, bool, type[Node] | None]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        kind, _, node = _shape(typing.get_args(hint)[0])
        return kind, True, node
    if typing.get_origin(hint) is Mapping:
        return Kind.OBJECT, False, None
    if isinstance(hint, type) and issubclass(hint, Node):
        return Kind.NODE, False, hint
    return {str: Kind.TEXT, float: Kind.NUMBER, bool: Kind.BOOLEAN, Any: Kind.VALUE}[hint], False, None


def _nothing(member: Member) -> Any:
    """What stands for a required member that the document lacks: reading is tolerant, the lints say what is missing."""
    if member.many:
        return ()
    if member.node is not None:
        return member.node.from_json({})
    return (
        "" if member.kind is Kind.TEXT else None
    )  # an empty text is not written, a number or truth value never invented


def _written(member: Member, value: Any) -> Any:
    """The JSON value of a field; None when there is nothing to write."""
    if member.many:
        written = [one for entry in value if (one := _written_one(entry)) is not None]
        return written or None
    written = _written_one(value)
    if member.required and member.node is not None and written is not None and written.keys() <= {"type"}:
        return None  # it stands for an object that the document did not have
    return written


def _written_one(value: Any) -> Any:
    if type(value) is str:
        return value or None
    if isinstance(value, Node):
        return value.to_json() or None
    if isinstance(value, LocalisedText):
        return value.original
    if isinstance(value, str):  # a plain string, never a member of a StrEnum
        return str(value) or None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return dict(value) or None
    return value


def _read(member: Member, value: Any) -> Any:
    """The field's value for a JSON value; None when the JSON value does not fit the field."""
    read = _READERS[member.kind]
    if not member.many:
        if isinstance(value, list) and member.kind is not Kind.TEXT:
            return read(member, value[0]) if len(value) == 1 else None
        return read(member, value)
    entries = [read(member, entry) for entry in (value if isinstance(value, list) else [value])]
    return None if any(entry is None for entry in entries) else tuple(entries)


def _read_text(_member: Member, value: Any) -> str | None:
    return value if isinstance(value, str) else LocalisedText.read(value)


def _read_number(_member: Member, value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _read_boolean(_member: Member, value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _read_object(_member: Member, value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, dict) else None


def _read_node(member: Member, value: Any) -> Node | None:
    node = member.node
    if node is None:  # pragma: no cover - _shape gives every NODE its class
        return None
    if isinstance(value, dict):
        return node.from_json(value)
    if isinstance(value, str) and "id" in members_of(node):
        return node.from_json({"id": value})
    return None


def _read_value(_member: Member, value: Any) -> Any:
    return value


_READERS: dict[Kind, Callable[[Member, Any], Any]] = {
    Kind.TEXT: _read_text,
    Kind.NUMBER: _read_number,
    Kind.BOOLEAN: _read_boolean,
    Kind.NODE: _read_node,
    Kind.OBJECT: _read_object,
    Kind.VALUE: _read_value,
}
