"""The person: made out of a mailbox, changed, checked, let in by a link. (Erasing is in `erasure.py`.)"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.entry_links import api as links
from testamur_site.foundation.tenancy.api import Institution, unscoped

from ..errors import NotAllowedNow
from ..models import IdentityCheck, Learner
from ..rules import MAXIMUM_NAME
from . import common, mails


def of_mailbox(institution: Institution, email: str, *, name: str, language: str) -> Learner:
    """The learner with this mailbox, or a new one, in the caller's transaction.

    The name is believed as long as nobody has shown that the mailbox is theirs; afterwards a form that anybody can fill in changes nothing.
    """
    email = links.folded(email)
    found = Learner.objects.filter(email=email).first()
    if found is None:
        try:
            with transaction.atomic():
                return Learner.objects.create(
                    institution=institution, email=email, name=name[:MAXIMUM_NAME], language=language
                )
        except IntegrityError:  # the same mailbox, in this very moment
            return Learner.objects.get(email=email)
    if found.verified_at is None and name and found.name != name:
        Learner.objects.filter(pk=found.pk, verified_at=None).update(name=name[:MAXIMUM_NAME], language=language)
        found.refresh_from_db()
    return found


def verified(learner: Learner) -> None:
    """A link that went to the mailbox was opened and used."""
    if learner.verified_at is not None:
        return
    # The account of the same mailbox, if there is one that its person has confirmed: an assessor may not mark their own work.
    user = User.objects.filter(email=learner.email, is_active=True).first()
    learner.verified_at, learner.user = timezone.now(), user
    Learner.objects.filter(pk=learner.pk, verified_at=None).update(verified_at=learner.verified_at, user=user)


@transaction.atomic
def change_learner(
    learner: Learner,
    *,
    name: str | None = None,
    language: str | None = None,
    email: str | None = None,
    actor: Any = None,
) -> Learner:
    """Change what is given. A new address ends all sessions and links, and is to be confirmed again.

    Raises NotAllowedNow (state "taken") where another learner of the institution has the address, ("erased") for an erased one.
    """
    fresh = Learner.objects.select_for_update(of=("self",)).select_related("institution").get(pk=learner.pk)
    if fresh.erased:
        raise NotAllowedNow(state="erased")
    changed = []
    if name is not None and name != fresh.name:
        fresh.name = name[:MAXIMUM_NAME]
        changed.append("name")
    if language is not None and language != fresh.language:
        fresh.language = language
        changed.append("language")
    if email is not None and links.folded(email) != fresh.email:
        fresh.email, fresh.epoch, fresh.verified_at, fresh.user = links.folded(email), fresh.epoch + 1, None, None
        links.withdraw_links(mails.ENTRY, fresh.public_id)
        changed.append("email")
    if not changed:
        return fresh
    try:
        with transaction.atomic():
            fresh.save(update_fields=["name", "language", "email", "epoch", "verified_at", "user"])
    except IntegrityError as error:
        raise NotAllowedNow(state="taken") from error
    common.about_learner("learner.changed", fresh, actor, fields=changed)
    return fresh


@transaction.atomic
def record_identity(learner: Learner, level: str, *, actor: Any = None) -> IdentityCheck:
    """Write down how it was found out who the learner is. `level`: an address of the EU list, checked by the caller's form.

    Raises NotAllowedNow ("erased")."""
    fresh = Learner.objects.select_for_update(of=("self",)).select_related("institution").get(pk=learner.pk)
    if fresh.erased:
        raise NotAllowedNow(state="erased")
    check = IdentityCheck.objects.create(institution=fresh.institution, learner=fresh, level=level, checked_by=actor)
    Learner.objects.filter(pk=fresh.pk).update(identity_level=level)
    common.about_learner("learner.identity_recorded", fresh, actor, level=level)
    return check


def send_entry_link(email: str, language: str, *, then: str = "") -> None:
    """Mail a link that lets the learner of this mailbox in. For an unknown address nothing is sent, and the caller learns nothing.

    Whoever learns at several institutions gets one link: it opens all that have the same mailbox. `then`: the page to go on to.
    """
    with unscoped("a learner comes by an address and may learn at several institutions"), transaction.atomic():
        found = _known(email).first()
        if found is not None:
            mails.entry(found, language, then=then)


def _known(email: str) -> Any:
    rows = Learner.objects.select_related("institution").filter(email=links.folded(email), erased_at=None)
    return rows.exclude(email="").filter(enrolments__isnull=False).distinct().order_by("-created_at")


@transaction.atomic
def use_entry_link(secret: str) -> Learner | None:
    """The learner whom a link lets in, once; None for one that is unknown, used or over. Using it shows that the mailbox is theirs."""
    subject = links.use_link(mails.ENTRY, secret)
    if subject is None:
        return None
    with unscoped("a link names its learner, not the institution"):
        learner = Learner.objects.select_related("institution").filter(public_id=subject, erased_at=None).first()
        if learner is not None:
            verified(learner)
        return learner
