"""The door of the log."""

from testamur.log import Kind

from .anchoring.api import believed, receipts_of
from .kept.api import keep as keep_proof
from .kept.api import keep_service
from .kept.archive import TABLES as ARCHIVED_TABLES
from .monitor.rules import Claim, Doubt, Expected
from .monitor.services import monitor
from .proofs import Looked, Missing, entry_beside, first_with_entry, look_up, look_up_where, proof_of, unwritten_where
from .queries import Recorded, contradicts, logs, places, shard_for, state_of
from .services import Commitment, Record, commit_to, forget, origin_of, record, record_commitments, sequence_soon
from .views import MEDIA_TYPE as PROOF_TYPE
from .views import WORDS, proof_caching, proof_response
from .witnesses import public_policy

__all__ = [
    "ARCHIVED_TABLES",
    "PROOF_TYPE",
    "WORDS",
    "Claim",
    "Commitment",
    "Doubt",
    "Expected",
    "Kind",
    "Looked",
    "Missing",
    "Record",
    "Recorded",
    "believed",
    "commit_to",
    "contradicts",
    "entry_beside",
    "first_with_entry",
    "forget",
    "keep_proof",
    "keep_service",
    "logs",
    "look_up",
    "look_up_where",
    "monitor",
    "origin_of",
    "places",
    "proof_caching",
    "proof_of",
    "proof_response",
    "public_policy",
    "receipts_of",
    "record",
    "record_commitments",
    "sequence_soon",
    "shard_for",
    "state_of",
    "unwritten_where",
]
