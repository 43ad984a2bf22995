from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion, Offering, Task, tasks_of
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from .rules import (
    MAXIMUM_NAME,
    MAXIMUM_TITLE,
    MAXIMUM_URL,
    EnrolmentState,
    SubmissionState,
)


class Learner(TenantModel):
    """A person who takes part at one institution. Personal data: `services.erase` empties it and leaves the row.

    `email` is folded (see `entrance.folded`); the same mailbox at two institutions is two learners, which one link lets in.
    `epoch` grows when the address changes: sessions that began before are over.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=MAXIMUM_NAME, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=8, default="en")
    # The staff account of the same person, if there is one: whoever marks must be able to see a conflict of interest.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # An address of the EU list "supervision and verification", '' where nobody has looked.
    identity_level = models.CharField(max_length=200, blank=True)
    epoch = models.PositiveIntegerField(default=1)
    verified_at = models.DateTimeField(null=True)  # a link that went to the address was opened
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "email"], condition=~models.Q(email=""), name="one_learner_per_mailbox"
            )
        ]
        indexes = [models.Index(fields=["email"], name="learners_of_mailbox")]

    def __str__(self) -> str:
        return f"learner {self.public_id}"

    @property
    def erased(self) -> bool:
        return self.erased_at is not None


class IdentityCheck(TenantModel):
    """Who found out how well that the learner is who they say. Never changed; the latest is repeated in `Learner.identity_level`."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="identity_checks")
    level = models.CharField(max_length=200)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-checked_at", "-pk")

    def __str__(self) -> str:
        return f"identity check of learner {self.learner_id}"


class Enrolment(TenantModel):
    """A learner in an offering, by the version of the programme that was in force: later versions change nothing for them."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="enrolments")
    state = models.CharField(max_length=12, default=EnrolmentState.APPLIED)
    goals = models.TextField(blank=True, max_length=1000)
    prerequisites_confirmed_at = models.DateTimeField(null=True)
    privacy_notice = models.CharField(max_length=16, blank=True)  # the version of the notice that was shown
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    enrolled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # withdrawn or completed
    withdrawn_reason = models.CharField(max_length=24, blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [models.UniqueConstraint(fields=["offering", "learner"], name="enrolled_once")]
        indexes = [models.Index(fields=["offering", "state", "created_at"], name="enrolments_of_offering")]

    def __str__(self) -> str:
        return f"enrolment {self.public_id}"

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of the pinned version, as designed."""
        return tuple(tasks_of(self.version))


class Extension(TenantModel):
    """More days for one learner, for one task or (with an empty key) for all. Added up, never changed."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="extensions")
    task_key = models.CharField(max_length=40, blank=True)
    days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=24)  # a code: what ails somebody is nobody's business here
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("granted_at", "pk")

    def __str__(self) -> str:
        return f"extension of enrolment {self.enrolment_id}"


class EvidenceItem(TenantModel):
    """A piece of evidence in the learner's own portfolio. Its content never changes (a trigger of the database sees to that): it is
    deleted while nothing handed in holds it, and emptied when the learner is erased.

    `sha256` is of the bytes handed in: those of the file, or of the text in UTF-8. An address has none: what it leads to is not
    fetched, and a digest would claim to be of that.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=MAXIMUM_TITLE, blank=True)
    url = models.CharField(max_length=MAXIMUM_URL, blank=True)
    text = models.TextField(blank=True)
    stored_as = models.CharField(max_length=80, blank=True)  # the random name in the evidence store
    file_name = models.CharField(max_length=200, blank=True)  # as the learner called it
    media_type = models.CharField(max_length=100, blank=True)  # found from the bytes
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    verdict = models.CharField(max_length=16, default="accepted")  # accepted, download_only
    # The learner lets the credential name the address; a wish that may change, and the one column that no trigger guards.
    public = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at", "pk")
        indexes = [
            models.Index(fields=["stored_as"], name="evidence_by_stored_name"),
            models.Index(fields=["institution", "sha256"], name="evidence_by_digest"),
        ]

    def __str__(self) -> str:
        return f"evidence {self.public_id}"


class Submission(TenantModel):
    """One attempt of one learner at one task. From `submitted` on only its state moves, as `rules.py` says; a trigger of the database
    refuses everything else. `revision` grows with every save of a draft: whoever saves an older one is told."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="submissions")
    task_key = models.CharField(max_length=40)
    attempt = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, default=SubmissionState.DRAFT)
    note = models.TextField(blank=True)  # what the learner wants to say to whoever marks
    help_used = models.TextField(blank=True)  # help by people and by tools, in the learner's words
    evidence = models.ManyToManyField(EvidenceItem, through="SubmissionEvidence", related_name="submissions")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    late = models.BooleanField(default=False)
    authorship_declared_at = models.DateTimeField(null=True)
    authorship_version = models.CharField(max_length=8, blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_reason = models.TextField(blank=True, max_length=2000)
    resubmit_until = models.DateField(null=True)
    extra_attempt = models.BooleanField(default=False)  # the return grants one attempt beyond the design of the task
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("enrolment", "task_key", "attempt")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "task_key", "attempt"], name="one_submission_per_attempt")
        ]
        indexes = [models.Index(fields=["institution", "task_key", "state"], name="submissions_by_task")]

    def __str__(self) -> str:
        return f"submission {self.public_id}"

    @property
    def handed_in(self) -> bool:
        return self.state in (SubmissionState.SUBMITTED, SubmissionState.RETURNED)


class SubmissionEvidence(TenantModel):
    """A piece of evidence in a submission, in the learner's order. Fixed once it is handed in."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="pieces")
    item = models.ForeignKey(EvidenceItem, on_delete=models.CASCADE, related_name="uses")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["submission", "item"], name="a_piece_once_per_submission")]

    def __str__(self) -> str:
        return f"evidence {self.item_id} in submission {self.submission_id}"


LIST_KEPT = timedelta(days=1)


def _list_end() -> Any:
    return timezone.now() + LIST_KEPT


class LearnerList(TenantModel):
    """A class list on its way in: first a dry run with a verdict for each row, then what was enrolled of it. Deleted after a day.

    `rows`: JSON objects with line, name, email, language, verdict (`rules.RowVerdict`), problem (code) and facts.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, default="draft")  # draft, running, done
    rows = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=_list_end)

    def __str__(self) -> str:
        return f"learner list {self.public_id}"


UNCONFIRMED_KEPT = timedelta(days=7)
"""After this an application whose link nobody opened is deleted, with the address that somebody typed."""


def unconfirmed_before() -> Any:
    return timezone.now() - UNCONFIRMED_KEPT
