"""The door of issuing."""

from .blockcerts.queries import edition_bytes, has_edition
from .errors import (
    AlreadyAwarded,
    BeingCorrected,
    CredentialNotIssued,
    IssuingError,
    NeedsDecision,
    NeedsSecondPerson,
    NotAllowedNow,
    NotOffered,
    NumberChanged,
    RefusedByLints,
    SamePerson,
    StoppedByQuality,
)
from .models import Award, Batch, Revocation, StatusChange
from .queries import award_by_public_id, award_counts, award_of_decision, batches, credential_bytes
from .revocations.queries import StatusNotice, status_notice
from .revocations.rules import Objection, RevocationState, Scope
from .revocations.services import answer, approve, award_anew, object_to, propose
from .rules import AwardData, AwardState, BatchState, Reason, Why
from .services import (
    award_decision,
    award_one,
    award_pathway,
    award_recognition,
    carry_on,
    correct,
    discard,
    draft_batch,
    redecide_pathway,
    refuse_recognition,
    reinstate,
    reissue,
    renew,
    resend,
    revoke,
    start_batch,
    suspend,
    undo_batch,
    withdraw_awards,
)
from .services.archive import LATER as ARCHIVED_LATER
from .services.archive import TABLES as ARCHIVED_TABLES
from .services.archive import adopt_award, archived_awards
from .services.archive import conflicting as conflicting_award

supersede = correct
award_of = award_of_decision

__all__ = [
    "ARCHIVED_LATER",
    "ARCHIVED_TABLES",
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
    "NeedsSecondPerson",
    "NotAllowedNow",
    "NotOffered",
    "NumberChanged",
    "Objection",
    "Reason",
    "RefusedByLints",
    "Revocation",
    "RevocationState",
    "SamePerson",
    "Scope",
    "StatusChange",
    "StatusNotice",
    "StoppedByQuality",
    "Why",
    "adopt_award",
    "answer",
    "approve",
    "archived_awards",
    "award_anew",
    "award_by_public_id",
    "award_counts",
    "award_decision",
    "award_of",
    "award_one",
    "award_pathway",
    "award_recognition",
    "batches",
    "carry_on",
    "conflicting_award",
    "correct",
    "credential_bytes",
    "discard",
    "draft_batch",
    "edition_bytes",
    "has_edition",
    "object_to",
    "propose",
    "redecide_pathway",
    "refuse_recognition",
    "reinstate",
    "reissue",
    "renew",
    "resend",
    "revoke",
    "start_batch",
    "status_notice",
    "supersede",
    "suspend",
    "undo_batch",
    "withdraw_awards",
]
