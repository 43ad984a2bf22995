"""Whom the reader believes about logs, and how much they ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from testamur.log.anchors import AnchorPolicy, Receipt
from testamur.log.checkpoints import Checkpoint, SignedCheckpoint
from testamur.log.merkle import HashReader, tree_root
from testamur.log.policies import Policy as TrustedLogs

Learn = Callable[[AnchorPolicy, Sequence[Receipt]], AnchorPolicy]
Contradicts = Callable[[Checkpoint], bool]


class Level(StrEnum):
    """How far a credential's record goes. Each level has the ones before it as its ground."""

    SIGNED = "signed"  # by the issuer that it names
    LOGGED = "logged"  # an entry for exactly these bytes is in a log that is known
    WITNESSED = "witnessed"  # enough others have seen that log, and that it only grew
    ANCHORED = "anchored"  # the time rests on hashes alone, or on an authority for time

    @property
    def rank(self) -> int:
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class History:
    """A log as the reader has it in front of them: so many entries, and hashes of any part of them."""

    origin: str
    size: int
    reader: HashReader

    def contradicts(self, checkpoint: Checkpoint) -> bool:
        """Whether `checkpoint` is of this log, and of another history than this one. What goes beyond this one contradicts nothing. Raises
        what the reader raises where the hashes cannot be read."""
        if checkpoint.origin != self.origin or not 0 < checkpoint.size <= self.size:
            return False
        return tree_root(checkpoint.size, self.reader) != checkpoint.root


@dataclass(frozen=True, slots=True)
class LogPolicy:
    """What the reader asks of a credential's record.

    - `logs` (C2SP tlog-policy) names the logs and the witnesses that are believed, and how many witnesses are enough.
    - `required` is the level without which nothing is valid. By default a record is looked at and not asked for.
    - `anchors` says whom to believe about anchors; None: anchors are not looked at. `receipts` are receipts at hand (as
      `anchors.read_receipts` takes them), `learn` may ask somebody for the blocks that they end in.
    - `general`: a register that is relied on may name other logs and witnesses for the institutions on it.
    - `ask`: whether a proof may be asked for where a log may have one but nobody requires it. It is asked for at an address that names
      one credential; who verifies thousands had better not.
    - `lists_required`: a status list counts only if its own entry is in the log.
    - `known` are checkpoints that the reader has from elsewhere (a monitor, a newspaper); `contradicts` says whether one is of another
      history than the logs that the reader has in front of them (`History`). Both show a fork.
    """

    logs: TrustedLogs = field(default_factory=TrustedLogs)
    required: Level = Level.SIGNED
    anchors: AnchorPolicy | None = None
    receipts: tuple[bytes, ...] = ()
    learn: Learn | None = None
    lists_required: bool = False
    known: tuple[SignedCheckpoint, ...] = ()
    contradicts: Contradicts | None = None
    general: bool = False
    ask: bool = True

    def __post_init__(self) -> None:
        if self.required is Level.WITNESSED and self.logs.quorum is None:
            raise ValueError(
                "to require witnesses, the policy must say how many of them are enough: its quorum is “none”"
            )
        if self.required is Level.ANCHORED and self.anchors is None:
            raise ValueError("to require an anchor, it must be said who is believed about anchors")
