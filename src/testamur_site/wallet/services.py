"""What changes. Each function is one transaction, may be repeated, and writes its audit entry with the change.

Audit entries name the award, never the person: the holder's own decisions (publish, portfolio) are theirs and are not audited to the
institution; that an award was claimed or declined is, because the institution acts upon it.
"""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.entry_links import api as links
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import tenant, unscoped
from testamur_site.issuing.api import Award

from . import images
from .models import Deposit, Holder, HolderAddress
from .rules import MAXIMUM_NAME, DepositState

AUDIENCE = "holder"
"""Of the links that let a holder in (`foundation/entry_links`)."""


def deposit(award: Award, *, told: bool = True, one_of_many: bool = False) -> Deposit:
    """Make the deposit of a newly issued award, once, and tell the learner (unless `told` is False). `one_of_many` as in `mail.send`.

    A correction goes to the holder of what it replaces, with the same state and visibility: a link on a résumé must keep working without
    the learner doing anything. Not so where the correction changed the address: whoever reads the new mailbox may be somebody else, and
    the claim link that goes there must not open the wallet of the person who was addressed by mistake.
    """
    with tenant(award.institution), transaction.atomic():
        values: dict[str, object] = {}
        before = _before(award)
        if before is not None:
            values = {
                "holder": before.holder,
                "state": before.state,
                "public": before.public,
                "claimed_at": before.claimed_at,
                "published_at": before.published_at,
            }
        elif address := HolderAddress.objects.filter(email=links.folded(award.recipient_email)).first():
            values = {"holder": address.holder}
        made, _ = Deposit.objects.get_or_create(award=award, defaults={"institution": award.institution, **values})
        if made.state == DepositState.CLAIMED:
            tell_of_change(made.holder)
        if told:
            key, what = f"award:{award.public_id}:issued", "corrected" if before is not None else "awarded"
            tell(made, what, dedupe_key=key, one_of_many=one_of_many)
        return made


def tell_of_change(holder: Holder | None) -> None:
    """Queue the job named in TESTAMUR_AFTER_HOLDING_CHANGE, in the transaction of the change: what this holder has is something else now.
    The wallet knows that there is somebody to tell, not who."""
    path = getattr(settings, "TESTAMUR_AFTER_HOLDING_CHANGE", None)
    if path and holder is not None:
        enqueue(path, {"holder": holder.public_id})


def _before(award: Award) -> Deposit | None:
    """The deposit whose place this award takes, if it was made out to the same mailbox or to another one of its holder."""
    if not award.supersedes_id:
        return None
    before = Deposit.objects.filter(award=award.supersedes_id).select_related("award", "holder").first()
    email = links.folded(award.recipient_email)
    if before is None or email == links.folded(before.award.recipient_email):
        return before
    known = before.holder is not None and before.holder.addresses.filter(email=email).exists()
    return before if known else None


def tell(made: Deposit, what: str, *, dedupe_key: str | None, one_of_many: bool = False) -> None:
    """Queue the mail `what` (awarded, corrected, revoked, suspended) about a deposit. Without an address nobody is told: the
    institution hands the claim link over itself. `one_of_many` as in `mail.send`."""
    award = made.award
    if not award.recipient_email:
        return
    if what in ("awarded", "corrected") and made.told_at is None:
        made.told_at = timezone.now()
        with tenant(made.institution):
            Deposit.objects.filter(pk=made.pk).update(told_at=made.told_at)
    try:
        mail.send(
            award.recipient_email,
            f"wallet/mail/{what}",
            {
                "award": award,
                "deposit": made,
                "title": award.version.title_in(award.language),
                "claim_path": claim_path(made),
            },
            award.language,
            institution=award.institution,
            dedupe_key=dedupe_key,
            secret=True,
            one_of_many=one_of_many,
        )
    except ValidationError:
        # An address that was accepted at issuing and is impossible for the mail system; the list of mails shows it.
        audit.record("mail.refused", f"award:{award.public_id}", institution=award.institution, facts={"mail": what})


def claim_path(made: Deposit) -> str:
    return f"/claim/{made.claim_token}"


@transaction.atomic
def claim(made: Deposit, language: str) -> Holder:
    """The learner accepts. Their holder is found by the address of the award, or made. Repeating it changes nothing.

    A link that was mailed to an address shows that its reader reads that mailbox, and nothing more: the holder is found by that address
    even where the deposit was meant for somebody else.
    """
    with tenant(made.institution):
        held = Deposit.objects.select_for_update(of=("self",)).select_related("award", "holder").get(pk=made.pk)
        if held.state == DepositState.CLAIMED and held.holder is not None:
            return held.holder
        email = links.folded(held.award.recipient_email)
        holder = None if email else held.holder
        holder = holder or holder_of(email, held.award.recipient_name, language)
        Deposit.objects.filter(pk=held.pk).update(holder=holder, state=DepositState.CLAIMED, claimed_at=timezone.now())
        tell_of_change(holder)
        audit.record("award.claimed", f"award:{held.award.public_id}", institution=made.institution, facts={})
        return holder


def holder_of(email: str, name: str, language: str) -> Holder:
    if email and (known := HolderAddress.objects.select_related("holder").filter(email=email).first()):
        return known.holder
    try:
        with transaction.atomic():
            holder = Holder.objects.create(name=name[:MAXIMUM_NAME], language=language)
            if email:
                HolderAddress.objects.create(holder=holder, email=email)
            return holder
    except IntegrityError:  # the same person claimed another award in this very moment
        return HolderAddress.objects.select_related("holder").get(email=email).holder


@transaction.atomic
def decline(made: Deposit) -> None:
    """ "This is not mine." The institution sees it; nothing else changes."""
    with tenant(made.institution):
        changed = Deposit.objects.filter(pk=made.pk, state=DepositState.PENDING).update(state=DepositState.DECLINED)
        if changed:
            audit.record("award.declined", f"award:{made.award.public_id}", institution=made.institution, facts={})


def set_public(made: Deposit, public: bool) -> bool:
    """Publish or hide a claimed deposit; False where it cannot be (not claimed)."""
    with tenant(made.institution):
        return bool(
            Deposit.objects.filter(pk=made.pk, state=DepositState.CLAIMED).update(
                public=public, published_at=timezone.now() if public else None
            )
        )


def set_all_public(holder: Holder, public: bool) -> int:
    """Publish or hide everything a holder has claimed; the number of credentials."""
    with unscoped("a holder decides over credentials of many institutions"):
        return Deposit.objects.filter(holder=holder, state=DepositState.CLAIMED).update(
            public=public, published_at=timezone.now() if public else None
        )


def change_portfolio(holder: Holder, *, name: str, about: str, public: bool) -> None:
    Holder.objects.filter(pk=holder.pk).update(name=name[:MAXIMUM_NAME], about=about[:600], portfolio_public=public)


@transaction.atomic
def send_entry_link(email: str, language: str) -> None:
    """Mail a link that lets the holder of this address in. For an unknown address nothing is sent, and the answer is the same: whether
    somebody has credentials is nobody's business."""
    address = HolderAddress.objects.select_related("holder").filter(email=links.folded(email)).first()
    if address is None:
        return
    secret = links.new_link(AUDIENCE, address.holder.public_id)
    # To the mailbox that was proven, never to what was typed: whatever we take for the same, the mail system may not.
    mail.send(
        address.email, "wallet/mail/entry", {"path": f"/wallet/enter/{secret}"}, language, institution=None, secret=True
    )


@transaction.atomic
def use_entry_link(secret: str) -> Holder | None:
    """The holder whom a link lets in, once; None for a link that is unknown, used or too old."""
    subject = links.use_link(AUDIENCE, secret)
    return Holder.objects.filter(public_id=subject).first() if subject else None


@transaction.atomic
def forget(holder: Holder) -> None:
    """Delete the holder, their addresses and the mails to these here. The credentials become private; the institutions keep the records of
    what they awarded until the person asks them as well, and files in the holder's hands stay valid."""
    with unscoped("a holder leaves; their credentials come from many institutions"):
        for made in Deposit.objects.filter(holder=holder).select_related("award", "award__institution", "institution"):
            transaction.on_commit(partial(images.forget, made.award))
            audit.record("award.released", f"award:{made.award.public_id}", institution=made.institution, facts={})
        Deposit.objects.filter(holder=holder).update(
            public=False, published_at=None, state=DepositState.PENDING, claimed_at=None, holder=None
        )
    for address in holder.addresses.all():
        mail.forget_address(address.email)
    links.withdraw_links(AUDIENCE, holder.public_id)
    holder.delete()
