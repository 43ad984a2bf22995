"""What checking one proof found: three outcomes, a stable code, and what an expert wants to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NoReturn

from testamur.strict_json import quick

_SECURITY = "https://w3id.org/security#"

# W3C Data Integrity 1.0 §4.7, processing errors
PROOF_VERIFICATION_ERROR = _SECURITY + "PROOF_VERIFICATION_ERROR"
PROOF_TRANSFORMATION_ERROR = _SECURITY + "PROOF_TRANSFORMATION_ERROR"
INVALID_DOMAIN_ERROR = _SECURITY + "INVALID_DOMAIN_ERROR"
INVALID_CHALLENGE_ERROR = _SECURITY + "INVALID_CHALLENGE_ERROR"


class ProofOutcome(StrEnum):
    """The same three words as `verification.report.Outcome`, which stands above this layer."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class WhenRead(Mapping[str, Any]):
    """Details, of which there are some, that are made when somebody first looks at them: nearly nobody does. What they are made of must
    not be changed until then."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Mapping[str, Any]]) -> None:
        self._make: Callable[[], Mapping[str, Any]] | None = make
        self._made: Mapping[str, Any] = {}

    def _all(self) -> Mapping[str, Any]:
        make = self._make
        if make is not None:
            self._made = make()
            self._make = None
        return self._made

    @staticmethod
    def all_of(details: Mapping[str, Any]) -> Mapping[str, Any]:
        """`details` as a mapping that can be copied at once and not name by name."""
        return details._all() if type(details) is WhenRead else details

    def __getitem__(self, name: str) -> Any:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return repr(self._all())


class Shared(Mapping[str, Any]):
    """Details that many results have in common. Who looks at one gets a copy of his own, so that nobody changes another's."""

    __slots__ = ("_details",)

    def __init__(self, details: Mapping[str, dict[str, Any]]) -> None:
        self._details = details

    def __getitem__(self, name: str) -> dict[str, Any]:
        return self._details[name].copy()

    def __iter__(self) -> Iterator[str]:
        return iter(self._details)

    def __len__(self) -> int:
        return len(self._details)

    def __repr__(self) -> str:
        return repr(self._details)


_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, init=False)
class ProofResult:
    """The result for one proof.

    `code` is stable; `facts` are JSON values for the sentence; `technical` holds the canonical forms (text) and hashes (hexadecimal)
    where they were reached; `problem` is the W3C problem type where the outcome is not `passed` and one exists. `passed` says that
    the key signed these bytes. It does not say whose key that is.
    """

    outcome: ProofOutcome
    code: str
    facts: Mapping[str, Any]
    technical: Mapping[str, Any]
    problem: str | None

    def __init__(
        self,
        outcome: ProofOutcome,
        code: str,
        facts: Mapping[str, Any] = _NOTHING,
        technical: Mapping[str, Any] = _NOTHING,
        problem: str | None = None,
    ) -> None:
        set_outcome, set_code, set_facts, set_technical, set_problem = _SLOTS  # half the time of `object.__setattr__`
        set_outcome(self, outcome)
        set_code(self, code)
        set_facts(self, facts if facts is _NOTHING else MappingProxyType(dict(facts)))
        kept = technical is _NOTHING or type(technical) in _KEPT
        set_technical(self, technical if kept else MappingProxyType(dict(technical)))
        set_problem(self, problem)

    def __bool__(self) -> NoReturn:
        raise TypeError("a proof result has three outcomes; compare result.outcome")


_KEPT: Final = (WhenRead, Shared)  # nobody changes what they hold
_PASSED: Final = ProofOutcome.PASSED
_SLOTS: tuple[Any, ...] = tuple(
    vars(ProofResult)[name].__set__ for name in ("outcome", "code", "facts", "technical", "problem")
)


class Opened:
    """What was in an envelope. `document` is what was signed, and is there only when `result` passed: decisions are taken from nothing
    else. It may be read when somebody first asks for it."""

    __slots__ = ("_document", "_unread", "result")

    def __init__(
        self, result: ProofResult, document: dict[str, Any] | None = None, unread: bytes | None = None
    ) -> None:
        """`unread` is the document in JSON of which `strict_json.quick.loads` is known to be certain, in the place of a document."""
        if (document is None and unread is None) == (result.outcome is _PASSED):
            raise ValueError("a document is opened exactly when its proof passed")
        self.result: Final = result
        self._document = document
        self._unread = unread

    @property
    def document(self) -> dict[str, Any] | None:
        if self._document is None and self._unread is not None:
            self._document = quick.loads_known(self._unread)
        return self._document


class Decided(Exception):
    """Carries a result out of the rule that found it. Never leaves this package."""

    def __init__(self, result: ProofResult) -> None:
        super().__init__(result.code)
        self.result = result


def failed(code: str, problem: str = PROOF_VERIFICATION_ERROR, /, **facts: Any) -> Decided:
    return Decided(ProofResult(ProofOutcome.FAILED, code, facts, problem=problem))


def unknown(code: str, problem: str | None = None, /, **facts: Any) -> Decided:
    return Decided(ProofResult(ProofOutcome.UNKNOWN, code, facts, problem=problem))
