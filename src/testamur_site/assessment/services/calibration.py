"""Before peers review they try their judgement on samples: works that staff marked. How somebody marks them tells how severe and how steady
they are; the library weighs their reviews by it. A trial counts for nobody's result.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from testamur_site.catalogue.api import Offering
from testamur_site.enrolment.api import Learner

from ..designs import design_of
from ..errors import CalibrateFirst, NotAllowedNow, NotHandedIn, PeersClosed
from ..models import CalibrationSample, Mark, TaskMarking
from ..rules import MAX_SAMPLES, MarkState, PeerPhase, Role
from .common import fresh, handed_in, lock, marking_of, record


def samples(offering_id: int, task_key: str) -> list[CalibrationSample]:
    return list(
        CalibrationSample.objects.filter(offering_id=offering_id, task_key=task_key).select_related(
            "mark__submission__enrolment__version", "mark__submission__enrolment__learner"
        )
    )


@transaction.atomic
def choose_sample(offering: Offering, task_key: str, mark: Mark, *, actor: Any) -> CalibrationSample:
    """Let peers try their judgement on a submission that staff marked, of this offering or another one of the same rubric.

    Raises NotAllowedNow for a mark that is not a done one of staff or of another rubric, and beyond MAX_SAMPLES; PeersClosed once the
    review has begun.
    """
    lock(offering.institution)
    marking = marking_of(offering.institution, offering.pk, task_key)
    if marking.peer_phase != PeerPhase.COLLECTING:
        raise PeersClosed(phase=marking.peer_phase)
    mark = fresh(mark)
    design = design_of(offering.version, task_key)
    same = design_of(mark.submission.enrolment.version, mark.submission.task_key).rubric == design.rubric
    if mark.role not in (Role.STAFF, Role.MODERATOR) or mark.state != MarkState.DONE or not same:
        raise NotAllowedNow(state=mark.state)
    chosen = samples(offering.pk, task_key)
    already = next((one for one in chosen if one.mark_id == mark.pk), None)
    if already is not None:
        return already
    if len(chosen) >= MAX_SAMPLES or any(one.mark.submission_id == mark.submission_id for one in chosen):
        raise NotAllowedNow(state="sample")
    sample: CalibrationSample = CalibrationSample.objects.create(
        institution=offering.institution, offering=offering, task_key=task_key, mark=mark, chosen_by=actor
    )
    record("peer_review.sample_chosen", sample, actor=actor, facts={"task": task_key})
    return sample


@transaction.atomic
def drop_sample(sample: CalibrationSample, *, actor: Any) -> None:
    """Take a sample back before the review has begun. Raises PeersClosed afterwards: somebody may have been measured by it."""
    lock(sample.institution)
    marking = marking_of(sample.institution, sample.offering_id, sample.task_key)
    if marking.peer_phase != PeerPhase.COLLECTING:
        raise PeersClosed(phase=marking.peer_phase)
    record("peer_review.sample_dropped", sample, actor=actor)
    sample.delete()


def open_trials(marking: TaskMarking, learner: Learner) -> None:
    """The trials of a reviewer at the samples of a task; their own work is never among them. Safe to repeat; call it holding the lock."""
    for sample in samples(marking.offering_id, marking.task_key):
        submission = sample.mark.submission
        if submission.enrolment.learner_id == learner.pk:
            continue
        if not Mark.objects.filter(submission=submission, role=Role.CALIBRATION, learner=learner).exists():
            Mark.objects.create(
                institution=marking.institution,
                submission=submission,
                role=Role.CALIBRATION,
                learner=learner,
                state=MarkState.ALLOCATED,
            )


def trials_of(learner_id: int, offering_id: int, task_key: str) -> list[Mark]:
    """The trials that a reviewer was given, in the order of the samples."""
    chosen = [sample.mark.submission_id for sample in samples(offering_id, task_key)]
    rows = Mark.objects.filter(learner_id=learner_id, role=Role.CALIBRATION, submission__in=chosen)
    return list(rows.select_related("submission").order_by("pk"))


def may_review(mark: Mark) -> None:
    """Raises NotHandedIn, CalibrateFirst or PeersClosed where the learner of a review may not write it (yet)."""
    enrolment = mark.submission.enrolment
    marking = TaskMarking.objects.filter(offering_id=enrolment.offering_id, task_key=mark.submission.task_key).first()
    if marking is None or marking.peer_phase != PeerPhase.REVIEWING:
        raise PeersClosed(phase=marking.peer_phase if marking else "")
    own = handed_in(enrolment.offering_id, mark.submission.task_key)
    if mark.learner_id not in {one.enrolment.learner_id for one in own}:
        raise NotHandedIn
    trials = trials_of(mark.learner_id, enrolment.offering_id, mark.submission.task_key)
    left = sum(not trial.done for trial in trials)
    if left:
        raise CalibrateFirst(left=left)
