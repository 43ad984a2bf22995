"""The door of the log."""

from testamur.log import Kind

from .queries import Recorded, proof_of, state_of
from .services import Record, forget, record

__all__ = ["Kind", "Record", "Recorded", "forget", "proof_of", "record", "state_of"]
