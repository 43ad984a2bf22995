"""What the reader wants to know: the policy of one verification."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from testamur.verification.transparency.log_policy import Level, LogPolicy

PROFILES = ("badge", "proof")


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked of a document.

    - `profile` "badge" (the default) asks all six questions. "proof" asks only whether the bytes are those that somebody signed,
      as the W3C verification interface does: the issuer, dates, status, trust and the holder are not looked at.
    - `recipient` is an identifier of the person in front of us (an e-mail address, a DID, a student number …) to compare with
      the holder that the document names, or None where nobody asks.
    - `as_of` is the moment about which the dates, the status and the registers are asked (aware; by default now, and never later than
      now). A bundle that was collected then answers for then; what happened since is not seen, and the report says so.
    - `require_listed_issuer` makes the verdict depend on a trusted register naming the issuer.
    - `log` says whom the reader believes about transparency logs and what record they ask for (`transparency.LogPolicy`). Without one a
      proof that comes with a document is still checked against the log that the issuer's DID document names.
    """

    profile: Literal["badge", "proof"] = "badge"
    recipient: str | None = None
    require_listed_issuer: bool = False
    as_of: datetime | None = None
    log: LogPolicy | None = None

    def __post_init__(self) -> None:
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise ValueError("as_of needs its time zone: an aware datetime")
        if self.profile not in PROFILES:
            raise ValueError(f"no such profile: {self.profile!r}; there are {', '.join(PROFILES)}")
        if self.profile == "proof" and self.log is not None and self.log.required is not Level.SIGNED:
            raise ValueError("the profile “proof” looks at no log, so it cannot require a level of record")
