"""What reading a status found: three outcomes, a stable code, and the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NoReturn

_STATUS_LIST: Final = "https://www.w3.org/ns/credentials/status-list#"

# Problem types: Bitstring Status List 1.0 §3.5, VC Data Model 2.0 §7.3
STATUS_RETRIEVAL_ERROR: Final = _STATUS_LIST + "STATUS_RETRIEVAL_ERROR"
STATUS_VERIFICATION_ERROR: Final = _STATUS_LIST + "STATUS_VERIFICATION_ERROR"
STATUS_LIST_LENGTH_ERROR: Final = _STATUS_LIST + "STATUS_LIST_LENGTH_ERROR"
MALFORMED_VALUE_ERROR: Final = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"
RANGE_ERROR: Final = "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"


class StatusOutcome(StrEnum):
    """The same three words as `verification.report.Outcome`, which stands above this layer."""

    PASSED = "passed"  # the list says that nothing is wrong
    FAILED = "failed"  # the list says that the credential is revoked or suspended
    UNKNOWN = "unknown"  # the list does not say


@dataclass(frozen=True, slots=True)
class StatusResult:
    """`purpose` is the entry's statusPurpose (`revocation`, `suspension` …) as far as it could be read; `facts` are JSON values.

    Codes of a decision: `status.clear`, `status.revoked`, `status.suspended`, `status.message`, `status.refresh_available`.

    Codes without one: `status.entry_malformed`, `status.entry_type`, `status.index_out_of_range`, `status.list_expired`,
    `status.list_malformed`, `status.list_not_yet_valid`, `status.list_other`, `status.list_too_large`, `status.list_too_short`,
    `status.list_type`, `status.purpose_mismatch`, `status.purpose_unknown`.
    """

    outcome: StatusOutcome
    code: str
    purpose: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def __bool__(self) -> NoReturn:
        raise TypeError("a status has three outcomes; compare result.outcome")


class Undecided(Exception):
    """Carries an unknown result out of a reading step. Never leaves this package."""

    def __init__(self, code: str, problem: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.problem, self.facts = code, problem, facts

    def result(self, purpose: str | None) -> StatusResult:
        return StatusResult(StatusOutcome.UNKNOWN, self.code, purpose, self.facts, self.problem)


def what_a_set_bit_says(purpose: str) -> tuple[StatusOutcome, str]:
    """Bitstring Status List 1.0 §2.1: what a set status means for the credential, by its purpose."""
    match purpose:
        case "revocation":
            return StatusOutcome.FAILED, "status.revoked"
        case "suspension":
            return StatusOutcome.FAILED, "status.suspended"
        case "refresh":
            return StatusOutcome.PASSED, "status.refresh_available"
        case "message":
            return StatusOutcome.PASSED, "status.message"
    return StatusOutcome.UNKNOWN, "status.purpose_unknown"
