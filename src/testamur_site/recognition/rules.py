"""The decisions of recognition, without a database.

A request
  sent ⇄ asked (the institution asks for more, the learner answers)
    └──┴──→ decided | withdrawn
An agreement
  draft → active → ended          (terms change only as a draft; a change of an agreement in force is a new one)

Whether an agreement covers a credential is `coverage`: every reason why not is said, not only the first.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

MAXIMUM_DOCUMENTS: Final = 10
"""So many credentials go with one request."""
ANSWER_DAYS: Final = 30
"""By default, so many days an institution has for an answer."""


class RequestState(StrEnum):
    SENT = "sent"
    ASKED = "asked"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


OPEN: Final = frozenset({RequestState.SENT, RequestState.ASKED})


class Result(StrEnum):
    """What was decided."""

    RECOGNISED = "recognised"
    PARTLY = "partly"
    REFUSED = "refused"


class Source(StrEnum):
    """How a recognised credential counts, in the words of the requirement language."""

    TRANSFERRED = "transferred"
    PRIOR_LEARNING = "recognised_prior_learning"


class AgreementState(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


class Direction(StrEnum):
    """From the institution that keeps the agreement: it recognises theirs, they recognise ours, or both."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    BOTH = "both"


class NameRule(StrEnum):
    """How the name in the credential has to agree with the learner's, beside the address, which always has to."""

    EXACT = "exact"
    FOLDED = "folded"  # case, accents, spaces and the order of the parts do not matter
    NONE = "none"


class Transcribes(StrEnum):
    """Who writes what was recognised into a transcript."""

    RECEIVING = "receiving"
    SENDING = "sending"


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement says. `achievements` and `categories` empty: any of the partner's. Credits in the unit of the institution."""

    partner: str
    direction: Direction = Direction.INCOMING
    achievements: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    minimum_level: int | None = None
    credits: Decimal | None = None
    cap: Decimal | None = None
    name_rule: NameRule = NameRule.FOLDED
    valid_from: date | None = None
    valid_until: date | None = None
    elective: bool = True


@dataclass(frozen=True, slots=True)
class Sent:
    """A credential that was sent, as far as a decision looks at it. `shown`: that it is about the learner was shown by their address."""

    issuer: str
    achievement: str = ""
    name: str = ""
    issuer_name: str = ""
    categories: frozenset[str] = frozenset()
    level: int | None = None
    credits: Decimal | None = None
    holder: str = ""
    valid: bool = False
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether an agreement covers what was sent. `why_not` are codes; `credits` is what is recognised where it does."""

    credits: Decimal | None = None
    why_not: tuple[str, ...] = field(default=())

    @property
    def covers(self) -> bool:
        return not self.why_not


def coverage(terms: Terms, sent: Sequence[Sent], learner: str, *, used: Decimal, on: date) -> Coverage:
    """Whether everything in `sent` is recognised by `terms` on the day `on`, for a learner to whom `used` credits were recognised by it
    before.

    Codes: `nothing`, `direction`, `not_yet`, `over`, `not_valid`, `not_shown`, `other_issuer`, `scope`, `level`, `name`, `credits_unknown`,
    `cap`. Pure; the codes come in this order, each once.
    """
    found: dict[str, None] = {} if sent else {"nothing": None}
    if terms.direction is Direction.OUTGOING:
        found["direction"] = None
    if terms.valid_from is not None and on < terms.valid_from:
        found["not_yet"] = None
    if terms.valid_until is not None and on > terms.valid_until:
        found["over"] = None
    for code in ("not_valid", "not_shown", "other_issuer", "scope", "level", "name"):
        if any(_misses(code, terms, one, learner) for one in sent):
            found[code] = None
    amounts = [terms.credits if terms.credits is not None else one.credits for one in sent]
    known = [amount for amount in amounts if amount is not None]
    total = sum(known, Decimal(0))
    if len(known) < len(amounts) and (terms.elective or terms.cap is not None):
        found["credits_unknown"] = None
    if terms.cap is not None and used + total > terms.cap:
        found["cap"] = None
    return Coverage(total if known else None, tuple(found))


def _misses(code: str, terms: Terms, one: Sent, learner: str) -> bool:
    match code:
        case "not_valid":
            return not one.valid
        case "not_shown":
            return not one.shown
        case "other_issuer":
            return not terms.partner or one.issuer != terms.partner
        case "scope":
            named, grouped = set(terms.achievements), {category.casefold() for category in terms.categories}
            if not named and not grouped:
                return False
            return one.achievement not in named and not grouped & {each.casefold() for each in one.categories}
        case "level":
            return terms.minimum_level is not None and (one.level is None or one.level < terms.minimum_level)
        case _:
            return not names_agree(terms.name_rule, one.holder, learner)


def names_agree(rule: NameRule, in_credential: str, of_learner: str) -> bool:
    """Whether two names of a person agree by `rule`. A name that is not there agrees with none."""
    if rule is NameRule.NONE:
        return True
    one, other = " ".join(in_credential.split()), " ".join(of_learner.split())
    if not one or not other:
        return False
    return one == other if rule is NameRule.EXACT else _parts(one) == _parts(other)


def _parts(name: str) -> list[str]:
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return sorted(unicodedata.normalize("NFC", plain).casefold().replace(",", " ").replace("-", " ").split())


def missing(terms: Terms, title: str) -> list[str]:
    """What an agreement lacks to be in force: names of fields."""
    lacks = [] if title.strip() else ["title"]
    if not terms.partner:
        lacks.append("partner_id")
    if terms.valid_from is None:
        lacks.append("valid_from")
    if terms.valid_from and terms.valid_until and terms.valid_until < terms.valid_from:
        lacks.append("valid_until")
    return lacks


def sri(digest: str) -> str:
    """A SHA-256 (hexadecimal) in the form of W3C Subresource Integrity."""
    return "sha256-" + base64.b64encode(bytes.fromhex(digest)).decode()


def lines(text: str) -> list[str]:
    """The lines of a text that say something, each once, in their order."""
    found: Iterable[str] = (line.strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in found if line))
