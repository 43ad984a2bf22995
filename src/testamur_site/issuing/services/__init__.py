"""The writes of issuing: `drafts` the dry run, `batches` cohorts, `awards` single ones, `pipeline` the flow from decision to
signed bytes."""

from .awards import award_one, check, correct, finish, reinstate, resend, revoke, suspend
from .batches import carry_on, start_batch, undo_batch
from .drafts import discard, draft_batch, judge_again

__all__ = [
    "award_one",
    "carry_on",
    "check",
    "correct",
    "discard",
    "draft_batch",
    "finish",
    "judge_again",
    "reinstate",
    "resend",
    "revoke",
    "start_batch",
    "suspend",
    "undo_batch",
]
