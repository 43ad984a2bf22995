"""The door of issuing."""

from .errors import (
    AlreadyAwarded,
    BeingCorrected,
    CredentialNotIssued,
    IssuingError,
    NotAllowedNow,
    NotOffered,
    RefusedByLints,
)
from .models import Award, Batch
from .queries import award_by_public_id, award_counts, batches, credential_bytes
from .rules import AwardData, AwardState, BatchState, Reason
from .services import (
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
)

supersede = correct

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
    "NotAllowedNow",
    "NotOffered",
    "Reason",
    "RefusedByLints",
    "award_by_public_id",
    "award_counts",
    "award_one",
    "batches",
    "carry_on",
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
]
