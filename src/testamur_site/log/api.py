"""The door of the log."""

from testamur.log import Kind

from .proofs import Looked, Missing, look_up, proof_of
from .queries import Recorded, state_of
from .services import Record, forget, record

__all__ = [
    "Kind",
    "Looked",
    "Missing",
    "Record",
    "Recorded",
    "forget",
    "look_up",
    "proof_of",
    "record",
    "state_of",
]
