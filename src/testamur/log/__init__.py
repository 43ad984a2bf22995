"""The log: what was issued is publicly recorded, so that nobody can backdate, rewrite or quietly withdraw it.

`entries` says what is recorded (hashes only), `merkle` and `tiles` how the log is built, `checkpoints` how its head is
signed and cosigned, `witnesses` who watches it, `policies` whom one believes, `proofs` what a holder keeps, `sequencer`
how it is written so that no failure makes two histories. Formats: C2SP tlog-tiles, signed-note, tlog-checkpoint,
tlog-cosignature, tlog-witness, tlog-policy, tlog-proof. Decision 0040 says why a log.
"""

from testamur.log.checkpoints import Checkpoint, SecretKey, SignedCheckpoint
from testamur.log.entries import Entry, Kind, commitment_of, entry_for, handle_of
from testamur.log.notes import KeyType, VerifierKey
from testamur.log.policies import Policy
from testamur.log.proofs import Proof, UnwrittenProof
from testamur.log.sequencer import LogDamaged, LogStore, Sequencer
from testamur.log.witnesses import Witness, WitnessStore

__all__ = [
    "Checkpoint",
    "Entry",
    "KeyType",
    "Kind",
    "LogDamaged",
    "LogStore",
    "Policy",
    "Proof",
    "SecretKey",
    "Sequencer",
    "SignedCheckpoint",
    "UnwrittenProof",
    "VerifierKey",
    "Witness",
    "WitnessStore",
    "commitment_of",
    "entry_for",
    "handle_of",
]
