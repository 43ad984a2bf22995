from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from testamur_site.catalogue.api import Offering
from testamur_site.enrolment.api import Learner, Submission, day_of_end
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from .rules import LIVE, MarkState, PeerPhase, ResultState, Role


class Appointment(TenantModel):
    """A person who marks in an offering. Where nobody is appointed, the institution's assessors share the work."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offering", "user"], name="appointed_once")]

    def __str__(self) -> str:
        return f"appointment in offering {self.offering_id}"


class Validator(TenantModel):
    """Somebody of an organisation outside who marks by a link, without an account. The organisation is named in the credential, the
    person is not. Of the secret in the link only the SHA-256 is kept."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="+")
    task_key = models.CharField(max_length=40)
    organisation_name = models.CharField(max_length=200)
    organisation_url = models.CharField(max_length=400, blank=True)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254)
    language = models.CharField(max_length=8, default="en")
    most = models.PositiveSmallIntegerField(default=5)  # so many submissions this person was asked to look at
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at", "pk")
        indexes = [models.Index(fields=["offering", "task_key"], name="validators_of_task")]

    def __str__(self) -> str:
        return f"validator {self.public_id}"

    @property
    def active(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class TaskMarking(TenantModel):
    """What is decided once for a task of an offering: the sample, and how its peer review stands.

    `combination` is what the reviews of the whole cohort came to when the review was closed, with the marks it was made of: results
    refer to it, and it never changes.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="+")
    task_key = models.CharField(max_length=40)
    sample_share = models.PositiveSmallIntegerField(
        default=0
    )  # per cent of the results that are moderated without an occasion
    peer_phase = models.CharField(max_length=12, default=PeerPhase.COLLECTING)
    seed = models.CharField(max_length=32, blank=True)
    began_at = models.DateTimeField(null=True)
    reviews_due_at = models.DateTimeField(null=True)
    falls_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    combination = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offering", "task_key"], name="marked_as_one")]

    def __str__(self) -> str:
        return f"marking of {self.task_key} in offering {self.offering_id}"

    @property
    def reviews_due_on(self) -> date | None:
        return day_of_end(self.reviews_due_at) if self.reviews_due_at else None

    @property
    def falls_on(self) -> date | None:
        return day_of_end(self.falls_at) if self.falls_at else None


class TaskResult(TenantModel):
    """What the marks of a submission came to, in one round. An agreed result never changes (a trigger of the database sees to that):
    an appeal opens a further round, and the result of the latest round is the one that counts.

    `method` are the facts: which marks, which weights, which formula. `excluded` are primary keys of people who may not mark in this
    round; whoever marked in an earlier one may not either.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, default=ResultState.PROVISIONAL)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    levels = models.JSONField(default=dict)
    passed = models.BooleanField(null=True)
    feedback = models.JSONField(default=dict)  # what the moderator adds: {criterion key: text, "overall": text}
    reasons = models.JSONField(default=list)  # why a moderator has to decide: codes of `outcome.Why`
    request_note = models.TextField(blank=True)  # why somebody asked for moderation
    method = models.JSONField(default=dict)
    excluded = models.JSONField(default=list)
    reopened_because = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_reason = models.TextField(blank=True)
    settles_at = models.DateTimeField(null=True)  # until then the last mark can be taken back
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("submission", "-round")
        constraints = [
            models.UniqueConstraint(fields=["submission", "round"], name="one_result_per_round"),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(percent__isnull=False, agreed_at__isnull=False, passed__isnull=False),
                name="an_agreed_result_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["institution", "state"], name="results_by_state")]

    def __str__(self) -> str:
        return f"result {self.public_id}"

    @property
    def agreed(self) -> bool:
        return self.state == ResultState.AGREED


class Mark(TenantModel):
    """One judgement of one submission, or the place for one. See `rules.py` for its states; a done mark never changes (a trigger).

    At most one of `user` (staff, moderators), `learner` (peers, oneself) and `validator` is set; none while the mark is open.
    `position` tells the first staff mark from the second.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    role = models.CharField(max_length=12)
    position = models.PositiveSmallIntegerField(default=1)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    learner = models.ForeignKey(Learner, null=True, on_delete=models.CASCADE, related_name="+")
    validator = models.ForeignKey(Validator, null=True, on_delete=models.PROTECT, related_name="marks")
    state = models.CharField(max_length=12, default=MarkState.OPEN)
    levels = models.JSONField(default=dict)
    feedback = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)  # grows with every save: whoever saves an older one is told
    conflict_declared = models.BooleanField(default=False)
    replacement = models.BooleanField(default=False)  # a peer's review in the place of one that never came
    lease_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="+")
    # What its reader thought of the feedback: "", "yes" or "no".
    helpful = models.CharField(max_length=4, blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "round", "role", "user"],
                condition=Q(user__isnull=False, state__in=LIVE),
                name="a_member_of_staff_marks_once",
            ),
            models.UniqueConstraint(
                fields=["submission", "round", "role", "position"],
                condition=Q(role__in=[Role.STAFF, Role.MODERATOR], state__in=LIVE),
                name="one_mark_per_place",
            ),
            models.UniqueConstraint(
                fields=["submission", "role", "learner"],
                condition=Q(learner__isnull=False, state__in=LIVE),
                name="a_learner_marks_once",
            ),
            models.UniqueConstraint(
                fields=["submission", "validator"],
                condition=Q(validator__isnull=False, state__in=LIVE),
                name="a_validator_marks_once",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True, learner__isnull=True)
                | Q(user__isnull=True, validator__isnull=True)
                | Q(learner__isnull=True, validator__isnull=True),
                name="a_mark_has_one_marker",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "user", "state"], name="marks_of_assessor"),
            models.Index(fields=["submission", "round", "role"], name="marks_of_submission"),
            models.Index(fields=["learner", "role", "state"], name="marks_of_learner"),
        ]

    def __str__(self) -> str:
        return f"mark {self.public_id}"

    @property
    def done(self) -> bool:
        return self.state == MarkState.DONE

    @property
    def due_on(self) -> date | None:
        """The last day; `due_at` is the moment at which it has ended everywhere."""
        return day_of_end(self.due_at) if self.due_at else None

    @property
    def editable(self) -> bool:
        return self.state in (MarkState.ALLOCATED, MarkState.DRAFT)


class CalibrationSample(TenantModel):
    """A submission that staff marked, chosen for peers to try their judgement on before they review. Its author is not told to them."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="+")
    task_key = models.CharField(max_length=40)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="+")  # the done staff mark
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [models.UniqueConstraint(fields=["offering", "task_key", "mark"], name="a_sample_once")]

    def __str__(self) -> str:
        return f"sample {self.public_id}"


class Phrase(TenantModel):
    """A sentence an assessor writes often. Each has their own."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [models.UniqueConstraint(fields=["institution", "user", "text"], name="a_phrase_once")]

    def __str__(self) -> str:
        return f"phrase {self.public_id}"


# Django finds an app's tables through this module.
from .integrity.models import CopyFinding, EvidenceText  # noqa: E402, F401
