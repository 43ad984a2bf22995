"""What changes. Every function is one transaction, may be repeated, and writes its audit entry with the change."""

from .enrolling import apply, complete, confirm, enrol, extend, promote, reopen, withdraw
from .erasure import erase
from .learners import change_learner, record_identity
from .portfolio import add_address, add_file, add_text, delete_item, evidence_is_intact, open_evidence
from .submissions import (
    add_to_draft,
    begin_draft,
    remove_from_draft,
    return_for_resubmission,
    save_draft,
    submit,
    withdraw_submission,
)

__all__ = [
    "add_address",
    "add_file",
    "add_text",
    "add_to_draft",
    "apply",
    "begin_draft",
    "change_learner",
    "complete",
    "confirm",
    "delete_item",
    "enrol",
    "erase",
    "evidence_is_intact",
    "extend",
    "open_evidence",
    "promote",
    "record_identity",
    "remove_from_draft",
    "reopen",
    "return_for_resubmission",
    "save_draft",
    "submit",
    "withdraw",
    "withdraw_submission",
]
