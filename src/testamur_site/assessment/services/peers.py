"""Peer review: learners who have handed in review each other's work, without knowing whose it is.

    begin      everybody who has handed in is given the same number of works (library: balanced, nobody their own, no two each other)
    join       who hands in later reviews too, and is reviewed by those with the fewest
    replace    when the reviews are due, missing ones are given to those who have finished theirs
    close      all are in, or the requirement has fallen: the reviews of the whole cohort are combined once, and kept

Before the reviews come the samples, where the lead has chosen some (`calibration.py`).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur.assessment import peers as library
from testamur.assessment.rubrics import score
from testamur_site.catalogue.api import Offering
from testamur_site.enrolment.api import Learner, Submission
from testamur_site.foundation.jobs.api import enqueue
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import new_public_id

from ..designs import Design, design_of
from ..errors import NotAllowedNow, PeersClosed, PeersNotReady
from ..models import Mark, TaskMarking
from ..rules import LIVE, REPLACEMENT_TIME, REVIEW_TIME, TO_DO, MarkState, PeerPhase, Role, spare
from .calibration import open_trials, samples
from .common import due_after, handed_in, lock, marking_of, record
from .settling import settle_holding_lock

ADVANCE = "testamur_site.assessment.jobs.advance_peer_review"


@transaction.atomic
def begin(
    offering: Offering,
    task_key: str,
    *,
    review_time: timedelta = REVIEW_TIME,
    replacement_time: timedelta = REPLACEMENT_TIME,
    actor: Any = None,
) -> TaskMarking:
    """Give everybody who has handed in their works to review. Doing it twice is doing it once.

    Raises PeersNotReady where fewer than two have handed in or the scheme knows no peers, PeersClosed after the end.
    """
    lock(offering.institution)
    marking = marking_of(offering.institution, offering.pk, task_key)
    if marking.peer_phase == PeerPhase.REVIEWING:
        return marking
    if marking.peer_phase == PeerPhase.CLOSED:
        raise PeersClosed(phase=marking.peer_phase)
    design = design_of(offering.version, task_key)
    submissions = handed_in(offering.pk, task_key)
    if not design.scheme.peers or len(submissions) < 2:
        raise PeersNotReady(submissions=len(submissions), each=design.scheme.peers)
    now = timezone.now()
    marking.seed = new_public_id()
    marking.peer_phase = PeerPhase.REVIEWING
    marking.began_at, marking.reviews_due_at = now, due_after(review_time)
    marking.falls_at = due_after(review_time + replacement_time)
    marking.save()
    _allocate(marking, design, submissions)
    record("peer_review.begun", marking, actor=actor, facts={"task": task_key, "submissions": len(submissions)})
    _wake(marking, marking.reviews_due_at)
    _wake(marking, marking.falls_at)
    return marking


def join(submission: Submission) -> None:
    """A submission that came while the review is on: its author reviews, and is reviewed by those with the least. Holds the lock."""
    marking = TaskMarking.objects.filter(
        offering_id=submission.enrolment.offering_id, task_key=submission.task_key, peer_phase=PeerPhase.REVIEWING
    ).first()
    if marking is None:
        return
    design = design_of(submission.enrolment.version, submission.task_key)
    _allocate(marking, design, handed_in(marking.offering_id, marking.task_key))
    _spare_reviewers(marking, design, [submission])


def _allocate(marking: TaskMarking, design: Design, submissions: list[Submission]) -> None:
    """Add the reviews that are missing, by the library; what was given before stays."""
    by_learner = {str(one.enrolment.learner_id): one for one in submissions}
    kept: dict[str, set[str]] = defaultdict(set)
    authors = {one.pk: str(one.enrolment.learner_id) for one in submissions}
    declined: set[tuple[str, str]] = set()
    for mark in Mark.objects.filter(submission__in=submissions, role=Role.PEER):
        pair = (str(mark.learner_id), authors[mark.submission_id])
        if mark.state in LIVE and pair[0] in by_learner:
            kept[pair[0]].add(pair[1])
        elif mark.state == MarkState.DECLINED:
            declined.add(pair)
    given = library.allocate(
        list(by_learner), each=design.scheme.peers, seed=marking.seed, conflicts=sorted(declined), kept=kept
    )
    for reviewer, works in given.items():
        new = [author for author in works if author not in kept[reviewer]]
        for author in new:
            _give(marking, by_learner[author], int(reviewer))
        if new:
            learner = by_learner[reviewer].enrolment.learner
            open_trials(marking, learner)
            _tell(marking, learner, design)


def _give(marking: TaskMarking, submission: Submission, learner: int, *, replacement: bool = False) -> Mark:
    mark: Mark = Mark.objects.create(
        institution=marking.institution,
        submission=submission,
        role=Role.PEER,
        learner_id=learner,
        state=MarkState.ALLOCATED,
        replacement=replacement,
        due_at=marking.falls_at if replacement else marking.reviews_due_at,
    )
    return mark


def _tell(marking: TaskMarking, learner: Learner, design: Design) -> None:
    """One mail to a reviewer for each day on which they were given works: that there is something to review, not whose it is."""
    if not learner.email:
        return
    language = learner.language or "en"
    mail.send(
        learner.email,
        "assessment/mail/reviews",
        {"task": design.title(language), "due_on": marking.reviews_due_on},
        language,
        institution=marking.institution,
        dedupe_key=f"reviews:{marking.public_id}:{learner.public_id}:{timezone.localdate().isoformat()}",
    )


def _spare_reviewers(marking: TaskMarking, design: Design, works: list[Submission]) -> int:
    """Ask learners for one review more than their share, so that `works` get as many as the scheme says: those with the least to do
    first, nobody for a second extra one, nobody who did not hand in their own reviews. How many were asked."""
    count: dict[int, int] = defaultdict(int)
    seen: dict[int, set[int]] = defaultdict(set)
    busy: dict[int, int] = defaultdict(int)
    reviewed_by: dict[int, set[int]] = defaultdict(set)
    never: set[int] = set()
    for mark in _marks(marking).select_related("submission__enrolment"):
        live = mark.state in LIVE
        seen[mark.submission_id].add(mark.learner_id)
        count[mark.submission_id] += live
        busy[mark.learner_id] += mark.state in TO_DO
        if live:
            reviewed_by[mark.submission.enrolment.learner_id].add(mark.learner_id)
        if (live and mark.replacement) or mark.state == MarkState.EXPIRED:
            never.add(mark.learner_id)
    people = {
        one.enrolment.learner_id: one.enrolment.learner for one in handed_in(marking.offering_id, marking.task_key)
    }
    wanted, free = {}, {}
    for work in works:
        author = work.enrolment.learner_id
        wanted[work.pk] = max(0, design.scheme.peers - count[work.pk])
        # Rather somebody whose own work the author does not review.
        free[work.pk] = sorted(
            people.keys() - seen[work.pk] - never - {author},
            key=lambda one, author=author: (author in reviewed_by[one], busy[one], one),  # type: ignore[misc]
        )
    asked = 0
    by_pk = {work.pk: work for work in works}
    for pk, chosen in spare(wanted, free).items():
        for learner in chosen:
            _give(marking, by_pk[pk], learner, replacement=True)
            _tell(marking, people[learner], design)
            asked += 1
    return asked


def replace_declined(mark: Mark) -> None:
    """A peer declared a conflict: they get another work, and the work another peer. Holds the lock."""
    marking = TaskMarking.objects.filter(
        offering_id=mark.submission.enrolment.offering_id,
        task_key=mark.submission.task_key,
        peer_phase=PeerPhase.REVIEWING,
    ).first()
    if marking is not None:
        design = design_of(mark.submission.enrolment.version, mark.submission.task_key)
        _allocate(marking, design, handed_in(marking.offering_id, marking.task_key))
        _spare_reviewers(marking, design, [mark.submission])


@transaction.atomic
def advance(marking: TaskMarking) -> TaskMarking:
    """By the clock: give missing reviews to others when they are due, and end the review when the requirement falls. Safe to repeat."""
    lock(marking.institution)
    marking = TaskMarking.objects.select_related("offering__version", "institution").get(pk=marking.pk)
    if marking.peer_phase != PeerPhase.REVIEWING:
        return marking
    now = timezone.now()
    if marking.falls_at is not None and marking.falls_at <= now:
        _close(marking)
    elif marking.reviews_due_at is not None and marking.reviews_due_at <= now:
        late = _marks(marking).filter(state__in=TO_DO, replacement=False)
        if late.update(state=MarkState.EXPIRED):
            design = design_of(marking.offering.version, marking.task_key)
            asked = _spare_reviewers(marking, design, handed_in(marking.offering_id, marking.task_key))
            record("peer_review.replaced", marking, facts={"asked": asked})
        _close_if_all(marking)
    return marking


@transaction.atomic
def close(marking: TaskMarking, *, actor: Any = None) -> TaskMarking:
    """The lead ends the review now; what is missing falls. Doing it twice is doing it once. Raises NotAllowedNow before it began."""
    lock(marking.institution)
    marking = TaskMarking.objects.select_related("offering__version", "institution").get(pk=marking.pk)
    if marking.peer_phase == PeerPhase.COLLECTING:
        raise NotAllowedNow(state=marking.peer_phase)
    if marking.peer_phase == PeerPhase.REVIEWING:
        _close(marking, actor=actor)
    return marking


def close_when_all_are_in(submission: Submission) -> None:
    """Holds the lock."""
    marking = (
        TaskMarking.objects.select_related("offering__version", "institution")
        .filter(
            offering_id=submission.enrolment.offering_id, task_key=submission.task_key, peer_phase=PeerPhase.REVIEWING
        )
        .first()
    )
    if marking is not None:
        _close_if_all(marking)


def _close_if_all(marking: TaskMarking) -> None:
    if not _marks(marking).filter(state__in=TO_DO).exists():
        _close(marking)


def _marks(marking: TaskMarking) -> Any:
    return Mark.objects.filter(
        submission__enrolment__offering_id=marking.offering_id, submission__task_key=marking.task_key, role=Role.PEER
    )


def _close(marking: TaskMarking, *, actor: Any = None) -> None:
    _marks(marking).filter(state__in=TO_DO).update(state=MarkState.EXPIRED)
    marking.combination = combination(marking)
    marking.peer_phase = PeerPhase.CLOSED
    marking.closed_at = timezone.now()
    marking.save()
    facts = {"task": marking.task_key, "reviews": len(marking.combination["marks"])}
    record("peer_review.closed", marking, actor=actor, facts=facts)
    for submission in handed_in(marking.offering_id, marking.task_key):
        settle_holding_lock(submission)


def combination(marking: TaskMarking) -> dict[str, Any]:
    """What the done reviews and trials of a cohort come to, as JSON: of every submission a mean and its standard error, of every marker
    their bias and reliability, and the marks it was made of. The same rows always give the same."""
    marks, names, anchors = [], [], {}
    for mark in _marks(marking).filter(state=MarkState.DONE).select_related("submission__enrolment__version"):
        marks.append(library.PeerMark(f"l{mark.learner_id}", mark.submission.public_id, _percent(mark)))
        names.append(mark.public_id)
    for sample in samples(marking.offering_id, marking.task_key):
        subject = f"sample:{sample.public_id}"
        anchors[subject] = _percent(sample.mark)
        trials = Mark.objects.filter(
            submission_id=sample.mark.submission_id, role=Role.CALIBRATION, state=MarkState.DONE
        ).select_related("submission__enrolment__version")
        for mark in trials.order_by("pk"):
            marks.append(library.PeerMark(f"l{mark.learner_id}", subject, _percent(mark)))
            names.append(mark.public_id)
    # A person's result depends on their own reviews and their reviewers alone, not on how good the cohort is: that costs some accuracy over
    # all, and is what can be explained to the one who asks.
    found = library.combine(marks, anchors=anchors, towards_cohort=False)
    return {
        "towardsCohort": False,
        "marks": names,
        "anchors": {key: f"{value:.2f}" for key, value in anchors.items()},
        "scores": {
            subject: {"mean": f"{min(100.0, max(0.0, one.mean)):.2f}", "standardError": f"{one.se:.3f}"}
            for subject, one in found.scores.items()
            if subject not in anchors
        },
        "markers": {
            marker: {"bias": f"{one.bias:.3f}", "reliability": f"{one.reliability:.4f}"}
            for marker, one in found.markers.items()
        },
    }


def _percent(mark: Mark) -> float:
    design = design_of(mark.submission.enrolment.version, mark.submission.task_key)
    return float(score(design.model, mark.levels).percent or 0)


def _wake(marking: TaskMarking, at: Any) -> None:
    enqueue(
        ADVANCE,
        {"marking": marking.public_id},
        key=f"peer-review:{marking.public_id}:{int(at.timestamp())}",
        institution=marking.institution,
        run_after=at,
    )
