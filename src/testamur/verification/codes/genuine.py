"""Everything that can be found about a document itself: is it genuine and unchanged?"""

from __future__ import annotations

from testamur.verification.codes.row import (
    CRYPTOGRAPHIC_SECURITY,
    INVALID_METHOD,
    MALFORMED_VALUE,
    PARSING,
    PROOF_VERIFICATION,
    Code,
    rows,
)
from testamur.verification.report import Question

TABLE: list[Code] = [
    *rows(
        Question.GENUINE,
        "structure.format",
        ("structure.read", "passed", "kind format"),
        ("structure.unreadable", "failed", "reason", PARSING),
        ("structure.not_obtained", "unknown", "address reason", PARSING),
        ("structure.too_large", "unknown", "reason", PARSING),
        ("structure.entry_not_taken_out", "unknown", "reason", PARSING),
        ("structure.not_finished", "unknown", "attempts"),  # of many at once: who examined it was stopped
        ("structure.no_credential", "unknown", "kind", PARSING),
        ("structure.format_unsupported", "unknown", "format", PARSING),
    ),
    *rows(Question.GENUINE, "structure.award", ("structure.no_award", "informs", "kind")),
    *rows(
        Question.GENUINE,
        "structure.context",
        ("structure.context_known", "passed", "contexts"),
        ("structure.context_older", "passed", "context current"),
        ("structure.context_order", "failed", "position expected", MALFORMED_VALUE),
        ("structure.context_unavailable", "unknown", "context", PARSING),
        ("structure.context_inline", "unknown", "position", PARSING),
    ),
    *rows(
        Question.GENUINE,
        "structure.type",
        ("structure.type_known", "passed", "types"),
        ("structure.type_missing", "failed", "expected", MALFORMED_VALUE),
    ),
    *rows(
        Question.GENUINE,
        "structure.schema",
        ("structure.schema_met", "passed", "schema"),
        ("structure.schema_broken", "failed", "path rule expected count", MALFORMED_VALUE),
    ),
    *rows(
        Question.GENUINE,
        "structure.schema_reference",
        ("structure.schema_reference_met", "passed", "schema"),
        ("structure.schema_reference_known", "passed", "schema"),
        ("structure.schema_reference_broken", "failed", "schema path rule expected count", MALFORMED_VALUE),
        ("structure.schema_reference_unavailable", "informs", "schema reason"),
        ("structure.schema_reference_unusable", "informs", "schema reason"),
        ("structure.schema_reference_other", "informs", "schema"),
        ("structure.schema_reference_not_here", "unknown", "schema"),  # said by the browser alone
        ("structure.schema_reference_not_followed", "informs", "count"),
    ),
    *rows(
        Question.GENUINE,
        "structure.parts",
        ("structure.parts_not_examined", "unknown", "count"),
    ),
    *rows(
        Question.GENUINE,
        "structure.terms",
        ("structure.terms_defined", "passed", ""),
        ("structure.term_undefined", "failed", "term path", MALFORMED_VALUE),
        ("structure.term_ambiguous", "failed", "term path", MALFORMED_VALUE),
        ("structure.moved_statement", "failed", "term", MALFORMED_VALUE),
        ("structure.not_linked_data", "failed", "reason", MALFORMED_VALUE),
        ("structure.too_complex", "unknown", "", PARSING),
    ),
    *rows(
        Question.GENUINE,
        "structure.linked",  # Open Badges 2.0: badge class and issuer at addresses of their own
        ("structure.linked_read", "passed", "address"),
        ("structure.linked_other_id", "informs", "kind address"),
        ("structure.linked_unreachable", "unknown", "kind address reason"),
        ("structure.linked_malformed", "unknown", "kind address reason"),
        ("structure.linked_differs", "failed", "kind address path", MALFORMED_VALUE),
        ("structure.linked_broken", "failed", "kind address path rule expected", MALFORMED_VALUE),
    ),
    *rows(
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
        ("proof.method_absent", "failed", "", INVALID_METHOD),
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
    *rows(Question.GENUINE, "proof.chain", ("proof.test_chain", "informs", "chain")),
    *rows(Question.GENUINE, "proof.presentation", ("proof.presentation_unsigned", "informs", "")),
    *rows(
        Question.GENUINE,
        "structure.related",  # things outside that the document pins by their hash
        ("structure.related_same", "passed", "count"),
        ("structure.related_differs", "failed", "path", CRYPTOGRAPHIC_SECURITY),
        ("structure.related_malformed", "failed", "path", MALFORMED_VALUE),
        ("structure.related_not_compared", "informs", "count"),
    ),
    *rows(
        Question.STILL_VALID,
        "refresh",  # a newer copy that the issuer keeps
        ("refresh.used", "informs", "address asked_at"),
        ("refresh.successor", "informs", "address asked_at before after"),
        ("refresh.not_obtained", "informs", "address reason"),
        ("refresh.other", "informs", "address"),
    ),
    *rows(
        Question.GENUINE,
        "parts",  # credentials inside: a CLR, a presentation
        ("parts.hold", "passed", "count"),
        ("parts.fail", "failed", "count failing"),
        ("parts.open", "unknown", "count open"),
        ("parts.none", "unknown", ""),
        ("parts.too_many", "unknown", "count limit"),
        ("parts.many_files", "unknown", "limit"),
        ("parts.passed_over", "informs", "count"),
    ),
    *rows(
        Question.GENUINE,
        "proof.further",  # a further proof beside one that is true: it adds nothing and takes nothing away
        ("proof.further_unknown", "informs", "suite"),
    ),
]
