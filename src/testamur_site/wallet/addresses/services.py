"""The addresses of one holder: adding a further mailbox, and taking one out.

1. The holder names an address in their wallet. The page answers the same whoever it belongs to, and a link goes to that mailbox.
2. The link is opened in the browser in which it was asked for: so both are shown, that they read the mailbox and that this is their wallet.
   Whoever sends such a link to somebody else gets nothing by it.
3. What was awarded to that mailbox and accepted by nobody comes in, to be looked at and accepted; so does what is awarded to it later.

Until it is confirmed the address stands in the session of that browser only. One that opens another wallet stays there: an address is in
one wallet. The mailboxes that opened the wallet before are told of every change.
"""

from __future__ import annotations

import hmac
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from testamur_site.foundation.entry_links import api as links
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import unscoped

from ..models import Deposit, Holder, HolderAddress
from ..rules import DepositState
from ..services import AUDIENCE, tell_of_change

ADDING = "holder-address"
"""Of the links that prove a further address (`foundation/entry_links`)."""

MOST = 10
"""So many addresses one wallet has."""


class Added(StrEnum):
    """What came of a confirmed address."""

    ADDED = "added"
    OWN = "own"
    OTHERS = "others"
    TOO_MANY = "too_many"


def addresses_of(holder: Holder) -> list[HolderAddress]:
    return list(holder.addresses.order_by("pk"))


@transaction.atomic
def ask(holder: Holder, email: str, language: str) -> str:
    """Mail a link to `email` that proves who reads it; the secret of the link. Nothing says whether anybody has that address."""
    secret = links.new_link(ADDING, holder.public_id)
    try:
        path = f"/wallet/addresses/{secret}"
        mail.send(email, "wallet/mail/address", {"path": path}, language, institution=None, secret=True)
    except ValidationError:  # no mail system takes it; the page does not say so, and no link ever arrives
        links.withdraw_links(ADDING, holder.public_id)
    return secret


def add(holder: Holder, email: str, secret: str) -> Added | None:
    """Add the address that the link with this secret went to; None for a link that is used, too old, or of another wallet."""
    with transaction.atomic():
        Holder.objects.select_for_update(no_key=True).get(pk=holder.pk)
        subject = links.use_link(ADDING, secret)
        if subject is None or not hmac.compare_digest(subject, holder.public_id):
            return None
        folded = links.folded(email)
        known = HolderAddress.objects.filter(email=folded).first()
        if known is not None:
            return Added.OWN if known.holder_id == holder.pk else Added.OTHERS
        before = addresses_of(holder)
        if len(before) >= MOST:
            return Added.TOO_MANY
        try:
            with transaction.atomic():
                HolderAddress.objects.create(holder=holder, email=folded)
        except IntegrityError:  # a wallet was opened with it in this very moment
            return Added.OTHERS
        _bring_in(holder, folded)
        _tell(holder, before, "address_added")
        return Added.ADDED


def remove(holder: Holder, email: str) -> bool:
    """Take an address out, unless it is the last one. What is in the wallet stays in it; links that were sent to open it work no more."""
    with transaction.atomic():
        Holder.objects.select_for_update(no_key=True).get(pk=holder.pk)
        before = addresses_of(holder)
        gone = next((each for each in before if each.email == links.folded(email)), None)
        if gone is None or len(before) < 2:
            return False
        gone.delete()
        links.withdraw_links(AUDIENCE, holder.public_id)
        _tell(holder, before, "address_removed")
        return True


def _bring_in(holder: Holder, folded: str) -> None:
    """What was awarded to the mailbox and is in nobody's hands."""
    with unscoped("a mailbox is written to by many institutions"):
        rows = Deposit.objects.filter(
            holder=None, state=DepositState.PENDING, award__recipient_email__iexact=folded
        ).select_related("award")
        found = [row.pk for row in rows if links.folded(row.award.recipient_email) == folded]
        Deposit.objects.filter(pk__in=found, holder=None).update(holder=holder)
    tell_of_change(holder)


def _tell(holder: Holder, mailboxes: list[HolderAddress], what: str) -> None:
    for each in mailboxes:
        mail.send(each.email, f"wallet/mail/{what}", {"path": "/wallet/addresses"}, holder.language, institution=None)
