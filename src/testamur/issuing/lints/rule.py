"""What a lint is: a small rule with a name, a source and a sentence, which looks at a draft and yields where it is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias

from testamur import strict_json
from testamur.errors import LinkedDataError
from testamur.linked_data import Matched, matched, to_rdf
from testamur.linked_data.shapes.skeleton import KERNEL
from testamur.model import Credential, Node
from testamur.model.node import members_of
from testamur.strict_json import quick


class Severity(StrEnum):
    ERROR = "error"  # the standards forbid it, or a conforming verifier refuses it: nothing is signed
    WARNING = "warning"  # allowed, but somebody will be hurt by it


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule at one place. `rule` is stable, `path` a JSON Pointer (RFC 6901), `sentence` English for whoever must mend it.

    The sentence may quote the document, so a finding is for the issuer's eyes, not for a log; `rule` and `path` are for both.
    """

    rule: str
    severity: Severity
    source: str
    sentence: str
    path: str


class Problem(NamedTuple):
    """What a rule yields: where, and in words what is wrong and what to do."""

    path: str
    sentence: str


class Place(NamedTuple):
    """An object of the document, where it stands, and the class of the model that it should be."""

    path: str
    node: dict[str, Any]
    model: type[Node]


_NOT_LOOKED_INTO: Final = frozenset({"@context", "endorsement"})

Value: TypeAlias = tuple[str, str, Any]
"""Any value of the document: where it stands, under which member name (that of the array for an array's element), and the value."""


class Draft:
    """A document on its way to be signed, with the views that rules share. Only for documents that are plain JSON of bounded depth."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document: Final = dict(document)

    @cached_property
    def text(self) -> bytes:
        """The document as compact JSON. Raises `InputError` as `strict_json.dumps` does."""
        if self.known is not None and self.known.settled("writable", lambda: quick.is_plain(self.document)):
            written = quick.dumps_plain(self.document)
            if written is not None:
                return written
        return strict_json.dumps(self.document)

    @cached_property
    def known(self) -> Matched | None:
        """The document by its shape, where it has one; then JSON-LD refuses nothing in it."""
        return matched(self.document)

    @cached_property
    def places(self) -> list[Place]:
        """The objects that the model knows, from the credential downwards."""
        if self.known is None:
            return list(_places(self.document, Credential, ""))
        ways = self.known.settled("places", lambda: _ways(self.document))
        nodes: list[dict[str, Any]] = []
        for way in ways:
            node: Any = self.document if way.above is None else nodes[way.above]
            for step in way.steps:
                node = node[step]
            nodes.append(node)
        return [Place(way.path, node, way.model) for way, node in zip(ways, nodes, strict=True)]

    def of(self, *models: type[Node]) -> list[Place]:
        """Those of `places` that are of one of these classes."""
        return self.where(models, lambda place: issubclass(place.model, models))

    def where(self, kind: Hashable, wanted: Callable[[Place], bool]) -> list[Place]:
        """Those of `places` that are wanted. `kind` names what is asked, which is decided by a place's path, class and the names in it."""
        places = self.places
        if self.known is None:
            return [place for place in places if wanted(place)]
        found = self.known.settled(
            ("places", kind), lambda: [number for number, place in enumerate(places) if wanted(place)]
        )
        return [places[number] for number in found]

    @cached_property
    def values(self) -> list[Value]:
        """Every value below the document, except inside `@context` and inside embedded endorsements, which are signed already."""
        if self.known is None:
            return _values(self.document, "", "", [])
        outline = self.known.settled("values", lambda: _outline(self.document))
        return list(zip(outline.paths, outline.names, KERNEL.bare_values(self.document, _NOT_LOOKED_INTO), strict=True))

    def named(self, *names: str) -> list[Value]:
        """Those of `values` that have one of these names, in the same order."""
        if self.known is None:
            return [value for value in self.values if value[1] in names]
        places = self.known.settled(
            ("named", names), lambda: [place for place, value in enumerate(self.values) if value[1] in names]
        )
        values = self.values
        return [values[place] for place in places]

    @cached_property
    def names_data(self) -> bool:
        """Whether the letters `data:` stand anywhere in it, large or small."""
        return b"data:" in self.text.lower()

    @cached_property
    def linked_data_error(self) -> LinkedDataError | None:
        """What JSON-LD in safe mode refuses on the way to the statements that are signed, if anything."""
        if self.known is not None:
            return None
        try:
            to_rdf(self.document)
        except LinkedDataError as error:
            return error
        return None

    @property
    def subject(self) -> dict[str, Any]:
        return as_object(self.document.get("credentialSubject"))

    @property
    def achievement(self) -> dict[str, Any]:
        return as_object(self.subject.get("achievement"))


Check = Callable[[Draft], Iterator[Problem]]


class Rule(NamedTuple):
    """`by_form` says that the check looks at names, nesting, types, contexts, numbers and truth values, and at no other text: what it finds
    in one document it finds in all that have the same shape (`testamur.linked_data.Matched.settled`)."""

    name: str
    severity: Severity
    source: str
    check: Check
    by_form: bool = False


def rule(
    name: str, source: str, severity: Severity = Severity.ERROR, *, by_form: bool = False
) -> Callable[[Check], Rule]:
    """Make a check the rule `name`; `source` is the standard and its section, `by_form` as at `Rule`."""
    return lambda check: Rule(name, severity, source, check, by_form)


def as_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """The entries of an array, a single value as the only entry, nothing as none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def at(path: str, name: str | int) -> str:
    """The JSON Pointer one step below `path`."""
    step = str(name)
    if "~" in step or "/" in step:
        step = step.replace("~", "~0").replace("/", "~1")
    return f"{path}/{step}"


_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_AUTHORITY: Final = re.compile(r"//[^/?#\s]+")


# An https address as nearly all are, written in one expression: what `is_url` says of it is yes.
_USUAL_URL: Final = re.compile(r"https?://[^/?#\s<>\"{}|\\^`\x00-\x20][^\s<>\"{}|\\^`\x00-\x20]*")


def is_url(value: Any) -> bool:
    """An absolute address in the sense of VC Data Model 2.0 §4.4: a scheme, no space, and what the scheme cannot do without."""
    if type(value) is str and _USUAL_URL.fullmatch(value):
        return True
    if not isinstance(value, str) or not _URL.fullmatch(value):
        return False
    scheme, _, rest = value.partition(":")
    match scheme.lower():
        case "http" | "https":
            return _AUTHORITY.match(rest) is not None
        case "did":
            return re.match(r"[a-z0-9]+:[^#?/]+", rest) is not None
        case "urn":
            if not rest.lower().startswith("uuid:"):
                return re.match(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}:.+", rest) is not None
            return re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", rest[5:]) is not None
    return True


class _Way(NamedTuple):
    """How a place is reached: from the place `above` (None: the document itself) by `steps`."""

    path: str
    model: type[Node]
    above: int | None
    steps: tuple[str | int, ...]


def _ways(document: dict[str, Any]) -> list[_Way]:
    """The ways to `_places`, in their order. They are the same for all documents of a shape."""
    found: list[_Way] = []
    _collect_ways(document, Credential, "", None, (), found)
    return found


def _collect_ways(
    node: dict[str, Any],
    model: type[Node],
    path: str,
    above: int | None,
    steps: tuple[str | int, ...],
    found: list[_Way],
) -> None:
    here = len(found)
    found.append(_Way(path, model, above, steps))
    for name, member in members_of(model).items():
        if member.node is None or name not in node:
            continue
        value, where = node[name], at(path, name)
        if isinstance(value, dict):
            _collect_ways(value, member.node, where, here, (name,), found)
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                if isinstance(entry, dict):
                    _collect_ways(entry, member.node, at(where, index), here, (name, index), found)


class _Outline(NamedTuple):
    """Paths and names of `_values`, in their order. They are the same for all documents of a shape."""

    paths: list[str]
    names: list[str]


def _outline(document: dict[str, Any]) -> _Outline:
    values = _values(document, "", "", [])
    return _Outline([path for path, _, _ in values], [name for _, name, _ in values])


def _places(node: dict[str, Any], model: type[Node], path: str) -> Iterator[Place]:
    yield Place(path, node, model)
    for name, member in members_of(model).items():
        if member.node is None or name not in node:
            continue
        value = node[name]
        for where, entry in (
            ((at(at(path, name), index), entry) for index, entry in enumerate(value))
            if isinstance(value, list)
            else ((at(path, name), value),)
        ):
            if isinstance(entry, dict):
                yield from _places(entry, member.node, where)


def _values(value: Any, path: str, name: str, found: list[Value]) -> list[Value]:
    if isinstance(value, dict):
        for key, member in value.items():
            if key in _NOT_LOOKED_INTO:
                continue
            where = at(path, key)
            found.append((where, key, member))
            if isinstance(member, (dict, list)):
                _values(member, where, key, found)
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            where = f"{path}/{index}"
            found.append((where, name, entry))
            if isinstance(entry, (dict, list)):
                _values(entry, where, name, found)
    return found
