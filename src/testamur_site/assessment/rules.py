"""Pure decisions of marking: states, deadlines, who may mark what, and who is given the next work.

A *mark* is one person's judgement of one submission. Its states:

    open ──▶ allocated ──▶ draft ──▶ done ──▶ superseded        (undone, or taken back: a new mark takes its place)
      ▲          │           │
      └──────────┴───────────┴──▶ declined (conflict of interest) · expired (lease or deadline ran out) · returned (given back)

`done` is the only state that counts, and a done mark never changes. What ends without being done leaves its row behind, so that the
trail says who had the work and why they have it no longer.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """In what capacity somebody marks. Only staff, industry and peers count for the result; a moderator decides it."""

    STAFF = "staff"
    PEER = "peer"
    SELF = "self"
    INDUSTRY = "industry"
    MODERATOR = "moderator"
    CALIBRATION = (
        "calibration"  # a peer's trial on work that staff marked: tells how they mark, counts for nobody's result
    )


class MarkState(StrEnum):
    OPEN = "open"
    ALLOCATED = "allocated"
    DRAFT = "draft"
    DONE = "done"
    DECLINED = "declined"
    EXPIRED = "expired"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


TO_DO = (MarkState.ALLOCATED, MarkState.DRAFT)
"""Somebody has it in hand."""

LIVE = (MarkState.OPEN, *TO_DO, MarkState.DONE)
"""It takes one of the places that the scheme asks for."""


class ResultState(StrEnum):
    PROVISIONAL = "provisional"
    MODERATION = "moderation"
    AGREED = "agreed"


class PeerPhase(StrEnum):
    COLLECTING = "collecting"
    REVIEWING = "reviewing"
    CLOSED = "closed"


LEASE = timedelta(hours=8)
"""How long a submission that was taken from the queue stays with its assessor without a word."""

MARKING_TIME = timedelta(days=14)
"""Staff and validators mark within this time after the submission."""

REVIEW_TIME = timedelta(days=7)
"""Peers hand in their reviews within this time after the peer review has begun; then missing ones are given to others."""

REPLACEMENT_TIME = timedelta(days=3)
"""So long those others have; then the requirement falls, and the result is made of the reviews that are there."""

VALIDATOR_LINK_VALID = timedelta(days=30)
VALIDATORS_A_DAY = 50
VALIDATOR_KEPT = timedelta(days=180)
"""So long after the end of their link a validator's name and address are kept, for questions."""
MAX_FEEDBACK = 4000
MAX_REASON = 2000
MAX_PHRASES = 60
MAX_SAMPLES = 3


def least_peers(each: int) -> int:
    """How many of the `each` reviews suffice once the requirement has fallen: half of them, at least two (one of one)."""
    return min(each, max(2, -(-each // 2)))


@dataclass(frozen=True, slots=True)
class Scheme:
    """A marking scheme with its numbers as numbers; see `catalogue.description.elements.MarkingScheme`."""

    assessors: int = 1
    blind: bool = True
    peers: int = 0
    peer_weight: Decimal = Decimal(0)
    industry: int = 0
    self_assessment: bool = False
    anonymous: bool = True
    moderate_from: Decimal = Decimal(20)

    @classmethod
    def of(cls, element: Any) -> Scheme:
        """Read a `MarkingScheme`. Numbers that are none are taken as the scheme's defaults; publishing has refused them already."""
        return cls(
            assessors=max(0, min(2, int(number(element.assessors, Decimal(1))))),
            blind=bool(element.blind),
            peers=max(0, min(20, int(number(element.peers, Decimal(0))))),
            peer_weight=max(Decimal(0), min(Decimal(100), number(element.peer_weight, Decimal(0)))),
            industry=max(0, min(5, int(number(element.industry, Decimal(0))))),
            self_assessment=bool(element.self_assessment),
            anonymous=bool(element.anonymous),
            moderate_from=number(element.moderate_from, Decimal(20)),
        )

    def facts(self) -> dict[str, Any]:
        """What a result states about how it came about: JSON values."""
        return {
            "assessors": self.assessors,
            "blind": self.blind,
            "peers": self.peers,
            "peerWeight": str(self.peer_weight),
            "industry": self.industry,
            "moderateFrom": str(self.moderate_from),
        }


def number(text: str, otherwise: Decimal) -> Decimal:
    """The decimal number that `text` writes, or `otherwise`."""
    try:
        found = Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        return otherwise
    return found if found.is_finite() else otherwise


def next_assessor(loads: Mapping[int, int], excluded: Collection[int]) -> int | None:
    """Who gets the next submission: the one with the least to do who is not `excluded`; None when nobody is left.

    `loads` are how many marks each assessor (by primary key) has had in this offering; ties go to the lower key, so that the same
    situation always gives the same answer.
    """
    free = [(load, person) for person, load in loads.items() if person not in excluded]
    return min(free)[1] if free else None


def spare(wanted: Mapping[int, int], free: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """Who reviews one work more: for each work that lacks `wanted` reviews, some of those who are `free` for it (the best suited first),
    nobody for more than one work, and as many in all as can be.

    A place is filled along the shortest chain of people who change places (Hopcroft and Karp call it an augmenting path), so that the
    first work served takes nobody whom the last one needs.
    """
    places = [(work, number) for work in sorted(wanted) for number in range(wanted[work])]
    place_of: dict[int, tuple[int, int]] = {}
    person_in: dict[tuple[int, int], int] = {}
    for place in places:
        came: dict[int, tuple[int, int]] = {}
        queue = deque([place])
        found: int | None = None
        while queue and found is None:
            here = queue.popleft()
            for person in free.get(here[0], ()):
                if person in came:
                    continue
                came[person] = here
                if person not in place_of:
                    found = person
                    break
                queue.append(place_of[person])
        while found is not None:
            here = came[found]
            before = person_in.get(here)
            place_of[found], person_in[here] = here, found
            found = before
    chosen: dict[int, list[int]] = {work: [] for work in wanted}
    for (work, _number), person in sorted(person_in.items()):
        chosen[work].append(person)
    return chosen


def may_moderate(person: int, assessors: Iterable[int | None], excluded: Iterable[int]) -> bool:
    """A moderator is none of those whose marks are to be judged, in this round or an earlier one, and not excluded by an appeal."""
    return person not in set(assessors) and person not in set(excluded)


def lease_ran_out(lease_until: datetime | None, now: datetime) -> bool:
    return lease_until is not None and lease_until <= now


def in_sample(public_id: str, share: int) -> bool:
    """Whether a result belongs to the sample of `share` per cent that is moderated without an occasion.

    By the hash of the result's random identifier: nobody chooses, nobody can tell beforehand, and everybody can check it afterwards.
    """
    return int.from_bytes(hashlib.sha256(public_id.encode()).digest()[:4], "big") % 100 < share


def code_name(public_id: str) -> str:
    """What a submission is called where its author must not be known: six letters and digits, from the hash of its random identifier."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    digest = hashlib.sha256(b"submission:" + public_id.encode()).digest()
    text = "".join(letters[byte % len(letters)] for byte in digest[:6])
    return f"{text[:3]}-{text[3:]}"


def new_token() -> str:
    """The secret in a validator's link: 256 bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


REMOVED = "▒▒▒"


def without_names(text: str, names: Iterable[str]) -> str:
    """`text` with every one of `names` (a person's name, its parts of at least two letters, an address) replaced by a grey block.

    Case does not matter, but for names that are also common words (Mark, May, Will): these are replaced where they begin with a capital.
    A name inside a longer word of Latin letters stays ("Ann" in "announce"); Korean names are replaced wherever they stand, because
    particles are written onto them.
    """
    parts = sorted({part for name in names for part in _parts(name)}, key=lambda part: (-len(part), part))
    for part in parts:
        pattern = re.escape(part)
        if part.isascii() or not _hangul(part):
            pattern = rf"(?<!\w){pattern}(?!\w)"
        flags = re.NOFLAG if part.lower() in WORDS_THAT_ARE_NAMES else re.IGNORECASE
        text = re.sub(pattern, REMOVED, text, flags=flags)
    return text


_WORDS = (
    "april art august baker banks bell best bill black brown chase chance cook day dean drew faith field frank grace grant "
    "gray green guy hill hope hunter jack joy june king lane long love mark may park pat price ray rice rich rivers rob rose "
    "short song stone sue summer sun white will wood young"
)
WORDS_THAT_ARE_NAMES = frozenset(_WORDS.split())


def _hangul(text: str) -> bool:
    return any("가" <= letter <= "힣" for letter in text)


def _parts(name: str) -> set[str]:
    name = name.strip()
    if not name:
        return set()
    parts = {name}
    if "@" in name:
        parts.add(name.partition("@")[0])
    else:
        parts |= {part for part in name.split() if len(part) > 1}
        if _hangul(name) and len(name.replace(" ", "")) == 3:
            parts.add(name.replace(" ", "")[1:])
    return {part for part in parts if len(part) > 1}
