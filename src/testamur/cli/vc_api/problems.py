"""How a request is refused: an HTTP status and problem details (RFC 9457, VC Data Model 2.0 §7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from testamur.errors import TestamurError
from testamur.formats.vc_2 import MALFORMED_VALUE_ERROR, PARSING_ERROR, Problem

MAX_STATED = 50  # problems in one answer; more would only repeat what the sender sees by then

_TITLES: Final = {400: "The document was not accepted", 422: "The document cannot be processed"}


@dataclass(frozen=True, slots=True)
class Detail:
    """One problem of a document: what kind (a URL), our stable code, where, and in words."""

    kind: str
    code: str
    sentence: str
    path: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def to_json(self) -> dict[str, Any]:
        stated: dict[str, Any] = {"type": self.kind, "code": self.code, "title": self.sentence}
        if self.path:
            stated["pointer"] = self.path
        if self.facts:
            stated["facts"] = dict(self.facts)
        return stated


class Refused(Exception):
    """The request is answered with `status` and these details; nothing was done."""

    def __init__(self, details: Sequence[Detail], *, status: int = 400) -> None:
        super().__init__(details[0].code if details else "refused")
        self.details = tuple(details)
        self.status = status

    def body(self) -> dict[str, Any]:
        """`verified` is false in every refusal, also of issuing and deriving: nothing that is refused was found to be true."""
        return {
            "type": self.details[0].kind,
            "title": _TITLES.get(self.status, "The request was not accepted"),
            "status": self.status,
            "detail": self.details[0].sentence,
            "verified": False,
            "problemDetails": [detail.to_json() for detail in self.details[:MAX_STATED]],
        }


def refused(
    code: str, sentence: str, *, kind: str = MALFORMED_VALUE_ERROR, path: str = "", status: int = 400
) -> Refused:
    """A refusal for one reason."""
    return Refused([Detail(kind, code, sentence, path)], status=status)


def from_problems(problems: Sequence[Problem], path: str = "") -> Refused:
    """A refusal because of what the data model demands. `path` is where in the request the document stands."""
    return Refused(
        [Detail(found.kind, found.code, found.sentence, path + found.path, found.facts) for found in problems]
    )


def from_error(error: TestamurError, *, kind: str = PARSING_ERROR, path: str = "") -> Refused:
    """A refusal because the library could not go on."""
    return Refused([Detail(kind, error.code, str(error), path, error.facts)])


def options_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The `options` of a request; none and null mean no options. Raises Refused for what is no object."""
    options = body.get("options")
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise refused("vc_api.options_invalid", "“options” is an object.", path="/options")
    return options
