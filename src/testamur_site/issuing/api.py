"""The door of issuing."""

from .errors import (
    AlreadyAwarded,
    BeingCorrected,
    CredentialNotIssued,
    IssuingError,
    NeedsDecision,
    NotAllowedNow,
    NotOffered,
    RefusedByLints,
    StoppedByQuality,
)
from .models import Award, Batch
from .queries import award_by_public_id, award_counts, award_of_decision, batches, credential_bytes
from .rules import AwardData, AwardState, BatchState, Reason
from .services import (
    award_decision,
    award_one,
    carry_on,
    correct,
    discard,
    draft_batch,
    reinstate,
    resend,
    revoke,
    start_batch,
    suspend,
    undo_batch,
    withdraw_awards,
)
from .services.archive import adopt_award, archived_awards
from .services.archive import conflicting as conflicting_award

supersede = correct
award_of = award_of_decision

__all__ = [
    "AlreadyAwarded",
    "Award",
    "AwardData",
    "AwardState",
    "Batch",
    "BatchState",
    "BeingCorrected",
    "CredentialNotIssued",
    "IssuingError",
    "NeedsDecision",
    "NotAllowedNow",
    "NotOffered",
    "Reason",
    "RefusedByLints",
    "StoppedByQuality",
    "adopt_award",
    "archived_awards",
    "award_by_public_id",
    "award_counts",
    "award_decision",
    "award_of",
    "award_one",
    "batches",
    "carry_on",
    "conflicting_award",
    "correct",
    "credential_bytes",
    "discard",
    "draft_batch",
    "reinstate",
    "resend",
    "revoke",
    "start_batch",
    "supersede",
    "suspend",
    "undo_batch",
    "withdraw_awards",
]
