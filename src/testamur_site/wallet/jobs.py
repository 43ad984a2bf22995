"""Work behind the pages."""

from __future__ import annotations

from contextlib import suppress

from django.db import IntegrityError

from testamur_site.foundation.jobs.api import JobHandle
from testamur_site.issuing.api import award_by_public_id, awards_by_public_ids

from . import cohorts, services


def after_issue(job: JobHandle, *, award_ids: list[str], event: str) -> None:
    """Issuing hands awards over. May be delivered more than once: deposits are made once, and mails carry a key that keeps them single.

    `event`: issued or superseded (deposit and mail), resend (the mail again), revoked or suspended (the learner is told).

    What counts is how the award stands now, not when the event was queued: a batch that was undone in the meantime is announced to
    nobody, and who never heard of an award does not hear of its withdrawal.
    """
    if event == "issued" and len(award_ids) >= cohorts.MANY and job.institution is not None:
        with suppress(IntegrityError), job.transaction():  # where somebody does the same at this moment: one by one
            award_ids = [
                award.public_id for award in cohorts.deposit_many(job.institution, awards_by_public_ids(award_ids))
            ]
    for done, public_id in enumerate(award_ids, 1):
        award = award_by_public_id(public_id)
        if award is not None and award.published:
            stands = award.state == "issued"
            made = services.deposit(award, told=stands and event in ("issued", "superseded"))
            if event in ("revoked", "suspended"):
                services.tell_of_change(made.holder)
            if event in ("revoked", "suspended") and made.told_at is not None:
                services.tell(made, event, dedupe_key=f"award:{public_id}:{event}")
            elif event == "resend" and stands:
                services.tell(made, "awarded", dedupe_key=f"award:{public_id}:resend:{job.id}")
        job.progress(done)
