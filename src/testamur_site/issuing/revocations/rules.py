"""The decisions about revoking, without a database.

A revocation that is proposed
  proposed → running → done
     │          └────→ stopped       (what was revoked stays revoked; the rest is left as it is)
     ├→ declined                     (by a second person)
     └→ withdrawn                    (by whoever proposed it)
  Where nobody else need approve, it is running as soon as it is proposed.

An objection to a change of status
  none → open → upheld | dismissed;  dismissed → open   (something new was brought forward)
  Upheld means: the credential should not have been taken. The bit in the list stays, for a revocation list never forgets; the person is
  awarded anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RevocationState(StrEnum):
    PROPOSED = "proposed"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Change(StrEnum):
    """What may be said about an issued credential."""

    REVOKED = "revoked"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"


class Objection(StrEnum):
    NONE = "none"
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


_NEXT: Mapping[Objection, frozenset[Objection]] = {
    Objection.NONE: frozenset({Objection.OPEN}),
    Objection.OPEN: frozenset({Objection.UPHELD, Objection.DISMISSED}),
    Objection.UPHELD: frozenset(),
    Objection.DISMISSED: frozenset({Objection.OPEN}),
}


def objection_may_become(now: str, then: Objection) -> bool:
    return then in _NEXT[Objection(now)]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which credentials of an institution a revocation concerns: those that fit everything that is given here. `award`, `batch` and
    `micro_credential` are primary keys, `key_id` the name of a signing key ("key-1"); issued from (included) until (not included)."""

    award: int | None = None
    batch: int | None = None
    key_id: str = ""
    micro_credential: int | None = None
    issued_from: datetime | None = None
    issued_until: datetime | None = None

    @property
    def single(self) -> bool:
        return self.award is not None

    @property
    def empty(self) -> bool:
        """Whether it names nothing at all, and would concern everything that the institution ever issued."""
        return not (self.award or self.batch or self.key_id or self.micro_credential or self.issued_from)
