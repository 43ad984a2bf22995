"""What a register says about accreditation: who may accredit, who was accredited, since when, and for what.

Two members of an institution in a register of ours::

    {"name": "Quality Agency", "ids": ["did:web:agency.example"], "accredits": true}
    {"name": "Example University", "domains": ["example.edu"], "accreditations": [
        {"by": "did:web:agency.example", "name": "Institutional accreditation", "from": "2020-01-01T00:00:00Z",
         "until": "2030-01-01T00:00:00Z", "achievementTypes": ["MicroCredential", "Certificate"], "levels": ["5", "6"]}]}

`accredits` may be an object with `achievementTypes` and `levels` instead of `true`: what the body may accredit for. `levels` are those of
the European Qualifications Framework. A part that is absent is without limit. In OpenID Federation a trust mark is such an entry
(`trust_marks`); it is renewed time and again, so its end says only how long it may be believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Part = Literal["achievementType", "level"]


@dataclass(frozen=True, slots=True)
class Award:
    """What was awarded, as far as an accreditation may depend on it: its types, its levels (EQF), and when."""

    types: frozenset[str]
    levels: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """What an accreditation is for. An empty part is without limit."""

    achievement_types: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()

    def excludes(self, award: Award) -> Part | None:
        """The part by which `award` is outside; None where it is inside, or where it does not say."""
        for part, allowed, stated in self._parts(award):
            if allowed and stated and not allowed & stated:
                return part
        return None

    def leaves_open(self, award: Award) -> Part | None:
        """The part that is limited here and about which `award` says nothing."""
        for part, allowed, stated in self._parts(award):
            if allowed and not stated:
                return part
        return None

    def _parts(self, award: Award) -> tuple[tuple[Part, frozenset[str], frozenset[str]], ...]:
        return (
            ("achievementType", self.achievement_types, award.types),
            ("level", self.levels, award.levels),
        )


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Accreditation:
    """That a body accredited an institution. `by` is the body's identifier; dates are aware, None means without limit.

    `until` is the end of the accreditation or, where it is `renewed` time and again, only that of the paper which says so.
    """

    by: str
    name: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    scope: Scope = EVERYTHING
    renewed: bool = False
