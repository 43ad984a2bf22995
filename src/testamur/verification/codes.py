"""The catalogue of everything a check can find: one row for each code.

A code stands for one finding, so it decides the rest: the check's name, the question it answers, its outcome, whether it is
required, and the W3C problem type where one exists. Checks never build a `Check` by hand; they say `found("dates.expired",
until=…)`, and the catalogue refuses a code it does not know or facts it does not expect. The sentences, the reference page and the
translations are tested for completeness against this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from testamur.verification.report import Check, Outcome, Question

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


_LONGEST_FACT = 1_000  # characters
_MOST_ITEMS = 20


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


def _rows(question: Question, name: str, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> list[Code]:
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


_TABLE: list[Code] = [
    # --- Genuine? ---------------------------------------------------------------------------------------------------------------
    *_rows(
        Question.GENUINE,
        "structure.format",
        ("structure.read", "passed", "kind format"),
        ("structure.unreadable", "failed", "reason", PARSING),
        ("structure.not_obtained", "unknown", "address reason", PARSING),
        ("structure.too_large", "unknown", "reason", PARSING),
        ("structure.no_credential", "unknown", "kind", PARSING),
        ("structure.format_unsupported", "unknown", "format", PARSING),
    ),
    *_rows(Question.GENUINE, "structure.award", ("structure.no_award", "informs", "kind")),
    *_rows(
        Question.GENUINE,
        "structure.context",
        ("structure.context_known", "passed", "contexts"),
        ("structure.context_older", "passed", "context current"),
        ("structure.context_order", "failed", "position expected", MALFORMED_VALUE),
        ("structure.context_unavailable", "unknown", "context", PARSING),
        ("structure.context_inline", "unknown", "position", PARSING),
    ),
    *_rows(
        Question.GENUINE,
        "structure.type",
        ("structure.type_known", "passed", "types"),
        ("structure.type_missing", "failed", "expected", MALFORMED_VALUE),
    ),
    *_rows(
        Question.GENUINE,
        "structure.schema",
        ("structure.schema_met", "passed", "schema"),
        ("structure.schema_broken", "failed", "path rule expected count", MALFORMED_VALUE),
    ),
    *_rows(
        Question.GENUINE,
        "structure.schema_reference",
        ("structure.schema_reference_not_followed", "informs", "count"),
    ),
    *_rows(
        Question.GENUINE,
        "structure.parts",
        ("structure.parts_not_examined", "unknown", "count"),
    ),
    *_rows(
        Question.GENUINE,
        "structure.terms",
        ("structure.terms_defined", "passed", ""),
        ("structure.term_undefined", "failed", "term path", MALFORMED_VALUE),
        ("structure.term_ambiguous", "failed", "term path", MALFORMED_VALUE),
        ("structure.moved_statement", "failed", "term", MALFORMED_VALUE),
        ("structure.not_linked_data", "failed", "reason", MALFORMED_VALUE),
        ("structure.too_complex", "unknown", "", PARSING),
    ),
    *_rows(
        Question.GENUINE,
        "structure.linked",  # Open Badges 2.0: badge class and issuer at addresses of their own
        ("structure.linked_read", "passed", "address"),
        ("structure.linked_other_id", "informs", "kind address"),
        ("structure.linked_unreachable", "unknown", "kind address reason"),
        ("structure.linked_malformed", "unknown", "kind address reason"),
        ("structure.linked_differs", "failed", "kind address path", MALFORMED_VALUE),
        ("structure.linked_broken", "failed", "kind address path rule expected", MALFORMED_VALUE),
    ),
    *_rows(
        Question.GENUINE,
        "proof",
        ("proof.signature_true", "passed", "suite method created"),
        ("proof.signature_false", "failed", "suite method", PROOF_VERIFICATION),
        ("proof.absent", "failed", "", PROOF_VERIFICATION),
        ("proof.malformed", "failed", "reason", PROOF_VERIFICATION),
        ("proof.purpose", "failed", "purpose expected", PROOF_VERIFICATION),
        ("proof.expired", "failed", "expires", PROOF_VERIFICATION),
        ("proof.chain_broken", "failed", "previous", PROOF_VERIFICATION),
        ("proof.claims_differ", "failed", "claim", CRYPTOGRAPHIC_SECURITY),
        ("proof.suite_unknown", "unknown", "suite"),
        ("proof.base_only", "unknown", "suite"),
        ("proof.not_decided", "unknown", "reason"),
        ("proof.too_many", "unknown", "count limit"),
        ("proof.key_unreachable", "unknown", "method"),
        ("proof.key_not_allowed", "unknown", "method"),
        ("proof.key_offline", "unknown", "method"),
        ("proof.method_unknown", "unknown", "method", INVALID_METHOD),
        ("proof.key_not_found", "failed", "method", INVALID_METHOD),
        ("proof.method_unusable", "failed", "method", INVALID_METHOD),
        # Open Badges 2.0, hosted: the address is the proof
        ("proof.hosted_same", "passed", "address asked_at"),
        ("proof.hosted_differs", "failed", "address path", PROOF_VERIFICATION),
        ("proof.hosted_not_found", "failed", "address", PROOF_VERIFICATION),
        ("proof.hosted_withdrawn", "unknown", "address"),
        ("proof.hosted_unreachable", "unknown", "address reason"),
        ("proof.hosted_not_allowed", "unknown", "address"),
        ("proof.hosted_malformed", "unknown", "address reason"),
        ("proof.hosted_nowhere", "unknown", ""),
        # Blockcerts: a transaction is the proof
        ("proof.anchored", "passed", "chain witness at"),
        ("proof.anchor_hash_differs", "failed", "", PROOF_VERIFICATION),
        ("proof.anchor_path_broken", "failed", "", PROOF_VERIFICATION),
        ("proof.anchor_root_differs", "failed", "chain witness", PROOF_VERIFICATION),
        ("proof.anchor_missing", "failed", "chain witness", PROOF_VERIFICATION),
        ("proof.anchor_not_asked", "unknown", "chain witness reason"),
        ("proof.anchor_no_witness", "unknown", "chain"),
        # European Digital Credentials: a seal
        ("proof.sealed", "passed", "holder authority created"),
        ("proof.seal_false", "failed", "reason", PROOF_VERIFICATION),
    ),
    *_rows(Question.GENUINE, "proof.chain", ("proof.test_chain", "informs", "chain")),
    *_rows(Question.GENUINE, "proof.presentation", ("proof.presentation_unsigned", "informs", "")),
    *_rows(
        Question.GENUINE,
        "structure.related",  # things outside that the document pins by their hash
        ("structure.related_same", "passed", "count"),
        ("structure.related_differs", "failed", "path", CRYPTOGRAPHIC_SECURITY),
        ("structure.related_malformed", "failed", "path", MALFORMED_VALUE),
        ("structure.related_not_compared", "informs", "count"),
    ),
    *_rows(
        Question.STILL_VALID,
        "refresh",  # a newer copy that the issuer keeps
        ("refresh.used", "informs", "address asked_at"),
        ("refresh.not_obtained", "informs", "address reason"),
        ("refresh.other", "informs", "address"),
    ),
    *_rows(
        Question.GENUINE,
        "parts",  # credentials inside: a CLR, a presentation
        ("parts.hold", "passed", "count"),
        ("parts.fail", "failed", "count failing"),
        ("parts.open", "unknown", "count open"),
        ("parts.none", "unknown", ""),
        ("parts.too_many", "unknown", "count limit"),
    ),
    *_rows(
        Question.GENUINE,
        "proof.further",  # a further proof beside one that is true: it adds nothing and takes nothing away
        ("proof.further_unknown", "informs", "suite"),
    ),
    # --- From whom it says? -----------------------------------------------------------------------------------------------------
    *_rows(
        Question.FROM_WHOM,
        "issuer.binding",
        ("issuer.bound", "passed", "issuer bound_by"),
        ("issuer.bound_to_key", "informs", "issuer"),
        ("issuer.absent", "failed", "", MALFORMED_VALUE),
        ("issuer.other_controller", "failed", "issuer controller", CRYPTOGRAPHIC_SECURITY),
        ("issuer.key_not_listed", "failed", "issuer method", INVALID_METHOD),
        ("issuer.purpose_missing", "failed", "issuer method", INVALID_RELATIONSHIP),
        ("issuer.unbound_fragment", "unknown", "issuer method"),
        ("issuer.not_asked", "unknown", "issuer reason"),
        ("issuer.unbound_header_key", "unknown", "issuer"),
        ("issuer.unbound_address", "unknown", "issuer method"),
        ("issuer.key_out_of_use", "failed", "issuer method until", INVALID_METHOD),
        ("issuer.in_scope", "passed", "issuer address"),
        ("issuer.out_of_scope", "failed", "issuer address", CRYPTOGRAPHIC_SECURITY),
        ("issuer.profile_not_obtained", "unknown", "issuer reason"),
        ("issuer.chain_key_listed", "passed", "issuer key"),
        ("issuer.chain_key_not_listed", "failed", "issuer key", INVALID_METHOD),
        ("issuer.chain_key_other", "failed", "issuer key", INVALID_METHOD),
        ("issuer.chain_key_out_of_use", "failed", "issuer key at", INVALID_METHOD),
        ("issuer.sealed", "passed", "holder authority"),
        ("issuer.seal_authority_unknown", "unknown", "holder authority"),
        ("issuer.seal_out_of_time", "unknown", "holder until"),
        ("issuer.seal_other_name", "unknown", "issuer holder"),
        ("issuer.not_decided", "unknown", ""),
    ),
    *_rows(Question.FROM_WHOM, "issuer.seal", ("issuer.seal_revocation_not_asked", "informs", "authority")),
    # --- Still valid? -----------------------------------------------------------------------------------------------------------
    *_rows(
        Question.STILL_VALID,
        "dates.begin",
        ("dates.begun", "passed", "since"),
        ("dates.not_yet_valid", "failed", "since now", RANGE),
        ("dates.begin_absent", "informs", ""),
        ("dates.begin_malformed", "failed", "term", MALFORMED_VALUE),
        ("dates.begin_not_decided", "unknown", ""),
    ),
    *_rows(
        Question.STILL_VALID,
        "dates.end",
        ("dates.not_expired", "passed", "until"),
        ("dates.no_end", "passed", ""),
        ("dates.end_not_shown", "unknown", ""),
        ("dates.expired", "failed", "until now", RANGE),
        ("dates.order", "failed", "since until", RANGE),
        ("dates.end_malformed", "failed", "term", MALFORMED_VALUE),
        ("dates.end_not_decided", "unknown", ""),
    ),
    *_rows(
        Question.STILL_VALID,
        "status",
        ("status.clear", "passed", "purpose list asked_at"),
        ("status.none_offered", "informs", ""),
        ("status.not_shown", "unknown", ""),
        ("status.revoked", "failed", "list asked_at"),
        ("status.suspended", "failed", "list asked_at"),
        ("status.revoked_or_suspended", "failed", "list reference asked_at"),
        ("status.unreachable", "unknown", "list", STATUS_RETRIEVAL),
        ("status.not_allowed", "unknown", "list", STATUS_RETRIEVAL),
        ("status.not_found", "unknown", "list", STATUS_RETRIEVAL),
        ("status.list_malformed", "unknown", "list reason", STATUS_VERIFICATION),
        ("status.list_not_proven", "unknown", "list reason", STATUS_VERIFICATION),
        ("status.list_other_issuer", "unknown", "list issuer", STATUS_VERIFICATION),
        ("status.list_other_purpose", "unknown", "list purpose", STATUS_VERIFICATION),
        ("status.list_out_of_date", "unknown", "list until", STATUS_VERIFICATION),
        ("status.index_out_of_range", "unknown", "list index length", RANGE),
        ("status.entry_malformed", "failed", "term", MALFORMED_VALUE),
        ("status.type_unknown", "unknown", "type"),
        ("status.purpose_informs", "informs", "purpose"),
        ("status.too_many", "unknown", "count limit"),
        ("status.not_asked", "unknown", ""),
    ),
    # --- May they award it? -----------------------------------------------------------------------------------------------------
    *_rows(
        Question.ENTITLED,
        "trust",
        ("trust.listed", "passed", "institution register matched"),
        ("trust.known_not_relied_on", "informs", "institution register matched"),
        ("trust.listing_not_in_force", "informs", "institution register"),
        ("trust.issuer_unknown", "informs", "issuer"),
        ("trust.issuer_not_proven", "informs", ""),
    ),
    *_rows(
        Question.ENTITLED,
        "trust.required",  # the reader's policy demands an institution on a register that they rely on
        ("trust.required_missing", "unknown", ""),
    ),
    # --- About this person? -----------------------------------------------------------------------------------------------------
    *_rows(
        Question.ABOUT_WHOM,
        "recipient",
        ("recipient.matches", "passed", "kind hashed"),
        ("recipient.different", "failed", "kind"),
        ("recipient.not_comparable", "unknown", "kind"),
        ("recipient.not_asked", "informs", ""),
        ("recipient.not_decided", "unknown", ""),
    ),
    # --- What did it take? ------------------------------------------------------------------------------------------------------
    *_rows(
        Question.WHAT_IT_TOOK,
        "what_it_took",
        ("what_it_took.described", "passed", "evidence results alignments"),
        ("what_it_took.criteria_only", "informs", ""),
        ("what_it_took.nothing", "informs", ""),
        ("what_it_took.not_decided", "informs", ""),
    ),
    *_rows(
        Question.ENTITLED,
        "endorsements",
        # Only an endorser on a register that the reader relies on answers the question; others may say what they like.
        ("endorsements.by_listed", "passed", "count institution"),
        ("endorsements.valid", "informs", "count"),
        ("endorsements.not_all_valid", "informs", "count valid"),
        ("endorsements.too_many", "informs", "count limit"),
    ),
]

CODES: MappingProxyType[str, Code] = MappingProxyType({row.code: row for row in _TABLE})
if len(CODES) != len(_TABLE):  # pragma: no cover - a mistake in the table above
    raise RuntimeError("a code stands twice in the catalogue")


def found(code: str, *, required: bool | None = None, **facts: Any) -> Check:
    """The check that says `code` with exactly the facts that the catalogue names.

    `required` may only take the requirement away (a profile that does not ask this), never add one. Raises LookupError for an
    unknown code and TypeError for facts that the catalogue does not expect: both are mistakes of the caller, not of a document.
    """
    row = CODES[code]
    if set(facts) != set(row.facts):
        raise TypeError(f"{code} carries the facts {sorted(row.facts)}, not {sorted(facts)}")
    return Check(
        name=row.name,
        question=row.question,
        outcome=row.outcome,
        code=code,
        facts={name: _bounded(value) for name, value in facts.items()},
        required=row.required and required is not False,
        problem=row.problem,
    )


def _bounded(value: Any) -> Any:
    """A fact of bearable length: a document decides what stands in it, and a report is stored and passed around."""
    if isinstance(value, str) and len(value) > _LONGEST_FACT:
        return value[:_LONGEST_FACT] + "…"
    if isinstance(value, list):
        return [_bounded(item) for item in value[:_MOST_ITEMS]]
    return value
