"""Everything that can be found about a document's public record: is it in a log, who has seen that log, and since when?"""

from __future__ import annotations

from testamur.verification.codes.row import CRYPTOGRAPHIC_SECURITY, PROOF_VERIFICATION, Code, rows
from testamur.verification.report import Question

TABLE: list[Code] = [
    *rows(
        Question.GENUINE,
        "log.inclusion",
        ("log.logged", "passed", "origin index"),
        ("log.proof_absent", "informs", ""),
        ("log.proof_not_obtained", "informs", "reason"),
        ("log.proof_unreadable", "informs", "reason"),
        ("log.proof_of_selection", "informs", ""),
        ("log.log_unknown", "informs", "origin"),
        ("log.not_decided", "informs", ""),
        ("log.proof_other", "failed", "", PROOF_VERIFICATION),
        ("log.log_other", "failed", "origin expected", PROOF_VERIFICATION),
        ("log.signature_false", "failed", "origin key", PROOF_VERIFICATION),
        ("log.signature_missing", "failed", "origin", PROOF_VERIFICATION),
        ("log.fork", "failed", "origin size", CRYPTOGRAPHIC_SECURITY),
    ),
    *rows(
        Question.GENUINE,
        "log.witnesses",
        ("log.witnessed", "passed", "witnesses count since"),
        ("log.not_witnessed", "informs", "count of missing"),
        ("log.witnesses_not_named", "informs", ""),
    ),
    *rows(
        Question.GENUINE,
        "log.anchor",
        ("log.anchored", "passed", "anchor since"),
        ("log.not_anchored", "informs", "reason"),
    ),
    *rows(
        Question.GENUINE,
        "log.recorded",
        ("log.recorded", "passed", "awarded recorded"),
        ("log.recorded_undated", "passed", "recorded"),
        ("log.recorded_late", "informs", "awarded recorded"),
    ),
    *rows(
        Question.GENUINE,
        "log.required",  # the reader's policy asks for a level
        ("log.level_reached", "passed", "level required_level"),
        ("log.level_missing", "unknown", "level required_level"),
    ),
    *rows(
        Question.STILL_VALID,
        "log.list",  # the status list's own record
        ("log.list_logged", "passed", "list index"),
        ("log.list_not_logged", "unknown", "list reason"),
        ("log.list_other", "unknown", "list"),
    ),
    *rows(
        Question.FROM_WHOM,
        "log.demand",  # the issuer itself asks for a record of everything that it awards
        ("log.demand_met", "passed", "issuer"),
        ("log.demand_missing", "failed", "issuer since", CRYPTOGRAPHIC_SECURITY),
        ("log.demand_open", "unknown", "issuer reason"),
    ),
    *rows(
        Question.FROM_WHOM,
        "log.key",  # a key that was given up from some entry of the log on
        ("log.key_before_cut_off", "passed", "method index origin cut"),
        ("log.key_cut_off", "failed", "method origin cut", CRYPTOGRAPHIC_SECURITY),
        ("log.key_cut_off_open", "unknown", "method origin cut reason"),
    ),
]
