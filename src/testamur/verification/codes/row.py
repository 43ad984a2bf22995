"""What a row of the catalogue is: one possible finding, and the short way in which the tables below write it."""

from __future__ import annotations

from dataclasses import dataclass

from testamur.verification.report import Outcome, Question

# Problem types: VC Data Model 2.0 §7.3, Data Integrity 1.0 §4.7, Controlled Identifiers 1.0 §3.5, Bitstring Status List 1.0 §3.5.
CRYPTOGRAPHIC_SECURITY = "https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR"
PARSING = "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"
MALFORMED_VALUE = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"
RANGE = "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"
PROOF_VERIFICATION = "https://w3id.org/security#PROOF_VERIFICATION_ERROR"
INVALID_METHOD = "https://w3id.org/security#INVALID_VERIFICATION_METHOD"
INVALID_RELATIONSHIP = "https://w3id.org/security#INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"
STATUS_RETRIEVAL = "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
STATUS_VERIFICATION = "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR"
STATUS_LENGTH = "https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR"


@dataclass(frozen=True, slots=True)
class Code:
    """One possible finding. `facts` are the names of the facts that every check with this code carries."""

    code: str
    name: str
    question: Question
    outcome: Outcome
    facts: tuple[str, ...] = ()
    required: bool = True
    problem: str | None = None


_OUTCOMES = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "unknown": Outcome.UNKNOWN, "informs": Outcome.UNKNOWN}


def rows(question: Question, name: str, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> list[Code]:
    """The codes of one check. A row is (code, outcome, facts, problem); `informs` is an unknown that is not required."""
    codes = []
    for code, outcome, facts, *problem in rows:
        codes.append(
            Code(
                code=code,
                name=name,
                question=question,
                outcome=_OUTCOMES[outcome],
                facts=tuple(facts.split()),
                required=outcome != "informs",
                problem=problem[0] if problem else None,
            )
        )
    return codes
