"""A person asks to be forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur_site.foundation.entry_links import api as links
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import unscoped

from ..evidence import store
from ..models import Enrolment, EvidenceItem, IdentityCheck, Learner, Submission
from ..rules import OPEN
from . import common, mails
from .enrolling import ERASED, withdraw


@transaction.atomic
def erase(learner: Learner, *, actor: Any = None) -> None:
    """Delete what is known of a person: name, address, evidence, what they wrote. Repeating it changes nothing.

    1. Open enrolments end. 2. The row stays, empty, so that numbers and the audit trail stay true. 3. Of evidence its digest, kind, size
    and date stay: a credential may name the digest. 4. Awards stay by their own rules, decisions and marks without a name.
    """
    fresh = Learner.objects.select_for_update(of=("self",)).select_related("institution").get(pk=learner.pk)
    if fresh.erased:
        return
    for enrolment in fresh.enrolments.filter(state__in=sorted(OPEN)):
        withdraw(enrolment, reason=ERASED, actor=actor)
    now = timezone.now()
    _forget_mail(fresh)
    files = list(EvidenceItem.objects.filter(learner=fresh).exclude(stored_as="").values_list("stored_as", flat=True))
    Enrolment.objects.filter(learner=fresh).update(goals="")
    Submission.objects.filter(enrolment__learner=fresh).update(note="", help_used="", returned_reason="", erased_at=now)
    EvidenceItem.objects.filter(learner=fresh).update(
        title="", url="", text="", file_name="", stored_as="", erased_at=now
    )
    IdentityCheck.objects.filter(learner=fresh).delete()
    Learner.objects.filter(pk=fresh.pk).update(
        name="", email="", user=None, identity_level="", epoch=fresh.epoch + 1, erased_at=now
    )
    links.withdraw_links(mails.ENTRY, fresh.public_id)
    common.about_learner("learner.erased", fresh, actor, files=len(files))
    enqueue(
        common.AFTER_ERASURE,
        {"learner": fresh.public_id},
        key=f"learner-erased:{fresh.public_id}",
        institution=fresh.institution,
    )
    transaction.on_commit(lambda: _delete_files(files))


def _forget_mail(learner: Learner) -> None:
    with unscoped("the same mailbox may learn elsewhere"):
        elsewhere = Learner.objects.filter(email=learner.email).exclude(pk=learner.pk).exists()
    if learner.email and not elsewhere:
        mail.forget_address(learner.email)


def _delete_files(names: Iterable[str]) -> None:
    # What is not deleted here, because the process ends, belongs to no row any more: the sweeper finds it.
    for name in names:
        store.delete(name)
