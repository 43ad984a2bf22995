"""What workers do. Arguments are public identifiers and primary keys; every handler may be killed and run again.

Steps that work for an institution are closed where they are left (`closing`): otherwise they end some time after their job, and
leave its institution behind in the worker."""

from __future__ import annotations

from contextlib import closing, suppress

from testamur_site.decisions.api import NotAwardable, decision_by_public_id
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import GiveUp, JobHandle
from testamur_site.foundation.tables.api import TableRefused

from .errors import IssuingError
from .models import Award, Batch, Revocation
from .revocations import services as revocations
from .rules import UNSIGNED, AwardState, BatchState
from .services import award_decision as make_award
from .services import drafts, withdraw_awards
from .services import reissue as sign_anew
from .services.batches import finish_if_done, revoke_some
from .services.cohort.deciding import issue_lines as lines
from .services.pipeline import issue


def _batch(public_id: str) -> Batch:
    found = (
        Batch.objects.select_related("institution", "version", "micro_credential").filter(public_id=public_id).first()
    )
    if found is None:
        raise GiveUp("batch.gone")
    return found


def issue_chunk(job: JobHandle, *, batch: str, first: int, last: int) -> None:
    """Issue those awards of the batch with keys from `first` to `last` that are not signed yet."""
    one = _batch(batch)
    left = Award.objects.filter(batch=one, pk__gte=first, pk__lte=last, state__in=UNSIGNED).order_by("pk")
    awards = list(left.values_list("pk", flat=True))
    before = Award.objects.filter(batch=one, pk__gte=first, pk__lte=last).count() - len(awards)
    with closing(issue(one.institution, awards, writing=job.transaction)) as steps:
        for done in steps:
            job.progress(before + done)
    finish_if_done(one)


def issue_lines(job: JobHandle, *, batch: str, first: int, last: int, actor: int | None = None) -> None:
    """Award the rows of the class list from line `first` to line `last`, and issue what was awarded: as far as a turn goes, then others
    have theirs. `done` says up to which line an earlier turn, or attempt, has come."""
    one = _batch(batch)
    person = User.objects.filter(pk=actor).first() if actor else None
    start, line = first + job.done, None
    with closing(lines(one, start, last, actor=person, writing=job.transaction, ended=job.turn_is_over)) as steps:
        for line in steps:
            job.progress(line + 1 - first)
    if line is not None and line < last:
        job.yield_turn()
    finish_if_done(one)


def read_list(job: JobHandle, *, batch: str) -> None:
    """Judge the rows of a long class list: as far as a turn goes, then others have theirs. Its own trace stands in `ListReading`."""
    one = Batch.objects.select_related("institution", "version", "micro_credential").filter(public_id=batch).first()
    if one is None:  # discarded meanwhile
        return
    try:
        for done, total in drafts.read_on(one, writing=job.transaction):
            job.progress(done, total)
            job.yield_turn()
    except TableRefused as refusal:
        drafts.refuse(one, refusal, writing=job.transaction)


def issue_award(job: JobHandle, *, award: str) -> None:
    """Finish a single award, where whoever decided it was killed before it was signed."""
    found = Award.objects.select_related("institution").filter(public_id=award, state__in=UNSIGNED).first()
    if found is not None:
        for _ in issue(found.institution, [found.pk], writing=job.transaction):
            pass


def award_decision(job: JobHandle, *, decision: str) -> None:
    """Make the award of a pass. Where it may not be made (yet), nothing is: the page of the decision says why and offers it again."""
    found = decision_by_public_id(decision)
    if found is None:
        raise GiveUp("decision.gone")
    try:
        make_award(found, writing=job.transaction)
    except (NotAwardable, IssuingError):
        return
    job.progress(1)


def withdraw_award(job: JobHandle, *, decision: str) -> None:
    """Take back what was awarded by a decision that another one has superseded."""
    found = decision_by_public_id(decision)
    if found is None:
        raise GiveUp("decision.gone")
    job.progress(withdraw_awards(found, writing=job.transaction))


def undo_chunks(job: JobHandle, *, batch: str, actor: int | None = None) -> None:
    """Revoke what was issued by the batch, some at a time: as far as a turn goes, then others have theirs."""
    one = _batch(batch)
    if one.state != BatchState.UNDOING:
        return
    person = User.objects.filter(pk=actor).first() if actor else None
    while True:
        with job.transaction():
            revoked = revoke_some(one, actor=person)
        if not revoked:
            return
        job.progress(job.done + revoked)
        job.yield_turn()


def revoke_cohort(job: JobHandle, *, revocation: str) -> None:
    """Revoke, or replace, what a revocation concerns, some at a time: as far as a turn goes, then others have theirs."""
    found = Revocation.objects.select_related("institution").filter(public_id=revocation).first()
    if found is None:
        raise GiveUp("revocation.gone")
    if found.replace:
        while revocations.replace_one(found):
            job.progress(job.done + 1)
            job.yield_turn()
        return
    while True:
        with job.transaction():
            revoked = revocations.revoke_some(found)
        if not revoked:
            return
        job.progress(job.done + revoked)
        job.yield_turn()


def reissue(job: JobHandle, *, awards: list[str], actor: str = "") -> None:
    """Sign awards (public ids) anew with the present key. What is superseded, revoked or being corrected already is passed over."""
    person = User.objects.filter(public_id=actor).first() if actor else None
    for done, public_id in enumerate(awards, 1):
        found = Award.objects.select_related("institution").filter(public_id=public_id, state=AwardState.ISSUED).first()
        if found is not None:
            with suppress(IssuingError):
                sign_anew(found, actor=person)
        job.progress(done)


def forget_drafts(job: JobHandle) -> None:
    """By the clock: drafts whose day is over, and the rows of lists that ended long ago."""
    while drafts.forget_drafts() or drafts.forget_rows():
        job.progress(job.done + 1)
