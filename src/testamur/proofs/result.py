"""What checking one proof found: three outcomes, a stable code, and what an expert wants to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NoReturn

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
        kept = technical is _NOTHING or type(technical) is WhenRead
        set_technical(self, technical if kept else MappingProxyType(dict(technical)))
        set_problem(self, problem)

    def __bool__(self) -> NoReturn:
        raise TypeError("a proof result has three outcomes; compare result.outcome")


_SLOTS: tuple[Any, ...] = tuple(
    vars(ProofResult)[name].__set__ for name in ("outcome", "code", "facts", "technical", "problem")
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in an envelope. `document` is what was signed, and is there only when `result` passed: decisions are taken from nothing
    else."""

    result: ProofResult
    document: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if (self.document is not None) != (self.result.outcome is ProofOutcome.PASSED):
            raise ValueError("a document is opened exactly when its proof passed")


class Decided(Exception):
    """Carries a result out of the rule that found it. Never leaves this package."""

    def __init__(self, result: ProofResult) -> None:
        super().__init__(result.code)
        self.result = result


def failed(code: str, problem: str = PROOF_VERIFICATION_ERROR, /, **facts: Any) -> Decided:
    return Decided(ProofResult(ProofOutcome.FAILED, code, facts, problem=problem))


def unknown(code: str, problem: str | None = None, /, **facts: Any) -> Decided:
    return Decided(ProofResult(ProofOutcome.UNKNOWN, code, facts, problem=problem))
