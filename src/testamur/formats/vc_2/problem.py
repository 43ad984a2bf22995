"""What is wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

# Problem types: VC Data Model 2.0 §7.3
_TYPES: Final = "https://www.w3.org/TR/vc-data-model#"
PARSING_ERROR: Final = _TYPES + "PARSING_ERROR"
MALFORMED_VALUE_ERROR: Final = _TYPES + "MALFORMED_VALUE_ERROR"
RANGE_ERROR: Final = _TYPES + "RANGE_ERROR"
CRYPTOGRAPHIC_SECURITY_ERROR: Final = _TYPES + "CRYPTOGRAPHIC_SECURITY_ERROR"

DATA_MODEL: Final = "VC Data Model 2.0"
DATA_MODEL_1_1: Final = "VC Data Model 1.1"


@dataclass(frozen=True, slots=True)
class Problem:
    """One demand of the standard that a document does not meet.

    `code` is stable; `path` is a JSON pointer (RFC 6901) to the value, or to the object that lacks it; `source` is the standard and its
    section; `sentence` says what to do; `kind` is the W3C problem type. Facts are JSON values and never a person's data.
    """

    code: str
    path: str
    source: str
    sentence: str
    kind: str = MALFORMED_VALUE_ERROR
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))


Problems = Iterator[Problem]


def pointer(path: str, step: str | int) -> str:
    """`path` and one step more, escaped as RFC 6901 demands."""
    return f"{path}/{str(step).replace('~', '~0').replace('/', '~1')}"
