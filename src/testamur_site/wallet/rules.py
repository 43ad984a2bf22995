"""The decisions of the wallet, without a database.

A deposit
  pending → claimed → (private ⇄ public)
     └────→ declined
  1. pending: the learner was told and has not accepted yet. 2. claimed: it is theirs, and private. 3. Only a claimed one can be public.
  4. declined: "this is not mine"; the issuer sees it. A declined one can still be claimed by its link, for people change their minds.

What a visitor of `/c/…` sees is one `Page`, decided by `page_of` from the award's state, its dates, the deposit and who is looking.
"""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import quote, urlencode

MAXIMUM_NAME = 200


class DepositState(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    DECLINED = "declined"


class Page(StrEnum):
    """The honest pages of a credential."""

    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    PENDING = "pending"  # not accepted by the learner yet
    PRIVATE = "private"
    ABSENT = "absent"


PUBLISHED = ("issued", "suspended", "revoked", "superseded")
"""The states of an award, in issuing's words, of which a published credential is shown: what was withdrawn says so, and can be verified."""
SHOWN = frozenset({Page.VALID, Page.EXPIRED, Page.SUSPENDED, Page.REVOKED, Page.SUPERSEDED})
"""Pages on which the credential itself may be seen."""
WITH_IMAGE = frozenset({Page.VALID, Page.EXPIRED})
"""Pages that show the badge, and let its baked image be downloaded by anybody: a withdrawn badge is not handed out again."""


def page_of(*, award_state: str, expired: bool, deposit_state: str, public: bool, is_holder: bool) -> Page:
    """What somebody sees who opens the page of a credential.

    `award_state` is issuing's word. A private credential says nothing about its state: a stranger must not learn that it was revoked.
    """
    if award_state not in PUBLISHED:
        return Page.ABSENT
    if not is_holder and not public:
        return Page.PENDING if deposit_state == DepositState.PENDING else Page.PRIVATE
    if award_state == "issued":
        return Page.EXPIRED if expired else Page.VALID
    return Page(award_state)


def linkedin_address(
    *,
    name: str,
    organization_name: str,
    organization_id: str,
    issued: tuple[int, int],
    expires: tuple[int, int] | None,
    certificate_url: str,
    certificate_id: str,
) -> str:
    """LinkedIn's "add to profile" address. `issued` and `expires` are (year, month 1–12); without an end none is invented.

    Parameters as LinkedIn documents them: the numeric organizationId is preferred to organizationName, one of them is required.
    """
    parameters = {"startTask": "CERTIFICATION_NAME", "name": name}
    if organization_id:
        parameters["organizationId"] = organization_id
    else:
        parameters["organizationName"] = organization_name
    parameters |= {"issueYear": str(issued[0]), "issueMonth": str(issued[1])}
    if expires is not None:
        parameters |= {"expirationYear": str(expires[0]), "expirationMonth": str(expires[1])}
    parameters |= {"certUrl": certificate_url, "certId": certificate_id}
    return "https://www.linkedin.com/profile/add?" + urlencode(parameters, quote_via=quote)


def embed_size(maximum_width: str | None, maximum_height: str | None) -> tuple[int, int]:
    """Width and height in pixels of an embedded card that keeps to what the consumer asked for (oEmbed §2.2), within 280–800 × 200–460."""

    def within(text: str | None, least: int, most: int) -> int:
        return min(max(int(text), least), most) if text and text.isdecimal() and len(text) < 6 else most

    return within(maximum_width, 280, 560), within(maximum_height, 200, 260)
