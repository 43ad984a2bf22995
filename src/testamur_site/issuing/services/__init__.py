"""The writes of issuing: `drafts` the dry run, `batches` cohorts, `awards` single ones, `changes` what is kept about a change of
status, `assessed` those that are made of decisions, `pathway` microdegrees, `recognised` what was learned elsewhere, `renewing`
renewals, `pipeline` the flow from an award to signed bytes."""

from .assessed import award_decision, why_not, withdraw_awards
from .awards import award_one, check, correct, finish, reinstate, reissue, resend, revoke, suspend
from .batches import as_shown, carry_on, start_batch, undo_batch
from .drafts import discard, draft_batch, judge_again, receive_list
from .pathway import award_pathway, redecide_pathway
from .recognised import award_recognition, refuse_recognition
from .renewing import renew

__all__ = [
    "as_shown",
    "award_decision",
    "award_one",
    "award_pathway",
    "award_recognition",
    "carry_on",
    "check",
    "correct",
    "discard",
    "draft_batch",
    "finish",
    "judge_again",
    "receive_list",
    "redecide_pathway",
    "refuse_recognition",
    "reinstate",
    "reissue",
    "renew",
    "resend",
    "revoke",
    "start_batch",
    "suspend",
    "undo_batch",
    "why_not",
    "withdraw_awards",
]
