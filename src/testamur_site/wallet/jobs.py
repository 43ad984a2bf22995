"""Work behind the pages."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.db import IntegrityError
from django.utils import timezone

from testamur_site.foundation.jobs.api import JobHandle, enqueue
from testamur_site.foundation.mail import api as mail
from testamur_site.issuing.api import award_by_public_id, awards_by_public_ids

from . import cohorts, services
from .rules import DepositState

AGAIN = timedelta(minutes=1)
"""So long after a withdrawal it is looked again whether the mails of a cohort that were still to be written went out."""


def after_issue(job: JobHandle, *, award_ids: list[str], event: str) -> None:
    """Issuing hands awards over. May be delivered more than once: deposits are made once, and mails carry a key that keeps them single.

    `event`: issued or superseded (deposit and mail), resend (the mail again), revoked or suspended (the learner is told).

    What counts is how the award stands now, not when the event was queued: a batch that was undone in the meantime is announced to
    nobody, who never heard of an award does not hear of its withdrawal, and of a suspension that was settled only the end is told.
    Whether somebody has heard may be open while the mails of a cohort go out; then they are looked at again later. What a cohort is told
    takes turns with other work: two thousand revocations hold up nobody's list.
    """
    later: list[str] = []
    many = len(award_ids) >= cohorts.MANY
    if event == "issued" and many and job.institution is not None:
        with suppress(IntegrityError), job.transaction():  # where somebody does the same at this moment: one by one
            award_ids = [
                award.public_id for award in cohorts.deposit_many(job.institution, awards_by_public_ids(award_ids))
            ]
    for done, public_id in enumerate(award_ids, 1):
        award = award_by_public_id(public_id)
        if award is not None and award.published:
            stands = award.state == "issued"
            told = stands and event in ("issued", "superseded")
            made = services.deposit(award, told=told, one_of_many=many)
            if event in ("revoked", "suspended"):
                services.tell_of_change(made.holder)
            if event in ("revoked", "suspended") and event == award.state and made.told_at is not None:
                heard = made.state != DepositState.PENDING or mail.was_told(f"award:{public_id}:issued")
                if heard:
                    services.tell(made, event, dedupe_key=f"award:{public_id}:{event}", one_of_many=many)
                elif heard is None:
                    later.append(public_id)
            elif event == "resend" and stands:
                key = f"award:{public_id}:resend:{job.id}"
                services.tell(made, "awarded", dedupe_key=key, one_of_many=many)
        job.progress(done)
    if later:
        enqueue(
            "testamur_site.wallet.jobs.after_issue",
            {"award_ids": later, "event": event},
            key=f"after-issue:{job.id}:later",
            institution=job.institution,
            run_after=timezone.now() + AGAIN,
        )
