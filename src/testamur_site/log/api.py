"""The door of the log."""

from testamur.log import Kind

from .proofs import Looked, Missing, look_up, proof_of
from .queries import Recorded, places, state_of
from .services import Record, forget, record
from .views import WORDS, proof_response

__all__ = [
    "WORDS",
    "Kind",
    "Looked",
    "Missing",
    "Record",
    "Recorded",
    "forget",
    "look_up",
    "places",
    "proof_of",
    "proof_response",
    "record",
    "state_of",
]
