"""How a participant stands, and what may follow what. No Django, no database."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

MAXIMUM_RULE: Final = 200_000
"""Bytes of a rule's text; the longest of a real programme has 9,000."""

EMBEDDED: Final = 400_000
"""Bytes of parts that are embedded in the credential of a microdegree; beyond that they stand by their digest."""


class Awarding(StrEnum):
    """What happens when the rule holds."""

    AUTOMATIC = "automatic"
    APPROVAL = "approval"


class ParticipantState(StrEnum):
    ACTIVE = "active"  # the rule does not hold yet
    WAITING = "waiting"  # it holds, and somebody has to approve
    AWARDED = "awarded"
    GRACE = "grace"  # awarded, and the rule does not hold any more; the time to mend it is running
    FALLEN = "fallen"  # was awarded and was withdrawn, because the rule does not hold any more
    LEFT = "left"


class Event(StrEnum):
    """What a row of the record says."""

    AWARDED = "awarded"
    PROPOSED = "proposed"
    DECLINED = "declined"
    GRACE = "grace"
    MENDED = "mended"  # it holds again, or by another use of what is left
    WITHDRAWN = "withdrawn"


IN_FORCE: Final = frozenset({ParticipantState.AWARDED, ParticipantState.GRACE})
EVALUATED: Final = frozenset({ParticipantState.ACTIVE, ParticipantState.WAITING, *IN_FORCE, ParticipantState.FALLEN})
