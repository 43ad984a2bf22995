from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from testamur_site.catalogue.api import MicroCredential
from testamur_site.enrolment.api import Enrolment, EvidenceItem, Submission
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from . import rules
from .rules import AppealState, CaseState, ClaimState, Finding, Outcome, TaskStanding

_PERSON: dict[str, Any] = {"null": True, "on_delete": models.PROTECT, "related_name": "+"}
"""A person who decided something is not deleted: that they decided, and may not decide again about it, is part of the decision."""

_DAYS = [MinValueValidator(0), MaxValueValidator(365)]


class DecisionPolicy(TenantModel):
    """How an institution decides; with `micro_credential`, how it does so for that one. No row: as the defaults say.

    `four_eyes`: whoever confirms has not marked or moderated any task of the learner. `at_once`: an award is made when it is decided and
    does not wait for the end of the time in which one may appeal.
    """

    micro_credential = models.ForeignKey(MicroCredential, null=True, on_delete=models.CASCADE, related_name="+")
    four_eyes = models.BooleanField(default=False)
    at_once = models.BooleanField(default=True)
    appeal_days = models.PositiveSmallIntegerField(default=14, validators=_DAYS)
    answer_days = models.PositiveSmallIntegerField(default=21, validators=_DAYS)
    hearing_days = models.PositiveSmallIntegerField(default=7, validators=_DAYS)
    resubmission_days = models.PositiveSmallIntegerField(default=28, validators=_DAYS)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution"], condition=models.Q(micro_credential=None), name="one_decision_policy"
            ),
            models.UniqueConstraint(fields=["institution", "micro_credential"], name="one_decision_policy_each"),
        ]

    def __str__(self) -> str:
        return f"decision policy {self.pk}"


class Proposal(TenantModel):
    """What follows from a learner's results, waiting for a person to confirm it. Made by a job when results are agreed, gone when decided.

    `standings` is `rules.snapshot`, `findings` the reasons, `digest` the fingerprint of the standings; `exceptions` are codes.
    """

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=12, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    standings = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    exceptions = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["institution", "outcome"], name="proposals_by_outcome")]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class Decision(TenantModel):
    """What was decided about a learner, by whom, on which results and why. Never changed (a trigger sees to it): the next one
    supersedes it.

    `standings` and `findings` as in Proposal. `resubmit` are task keys, `until` their new date. `decided_by` is None where the learner
    withdrew. `final_at`: from then on only an appeal that was lodged in time can change it. `transcript_number` counts the institution's
    passes.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    outcome = models.CharField(max_length=12)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    standings = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    reason = models.TextField(blank=True, max_length=5000)
    resubmit = models.JSONField(default=list)
    until = models.DateField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    decided_at = models.DateTimeField(default=timezone.now)
    final_at = models.DateTimeField()
    appeal_until = models.DateTimeField()
    transcript_number = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("-decided_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="one_decision_per_number"),
            models.UniqueConstraint(fields=["institution", "transcript_number"], name="one_transcript_line_per_number"),
        ]
        indexes = [models.Index(fields=["institution", "-decided_at"], name="decisions_newest")]

    def __str__(self) -> str:
        return f"decision {self.public_id}"

    @property
    def successor(self) -> Decision | None:
        """The decision that took this one's place, or None: then it is the one in force."""
        return getattr(self, "superseded_by", None)

    @property
    def tasks(self) -> tuple[TaskStanding, ...]:
        """The standings it rests on."""
        return rules.restored(self.standings)

    @property
    def reasons(self) -> tuple[Finding, ...]:
        return tuple(Finding(one["code"], one["facts"]) for one in self.findings)

    @property
    def transcript_line(self) -> str:
        """How the pass is called in the institution's records ("2026-00012"); '' for other outcomes."""
        return f"{self.decided_at.year}-{self.transcript_number:05d}" if self.transcript_number else ""

    def can_be_appealed(self, now: datetime | None = None) -> str:
        """'' or why not, as `rules.no_appeal`."""
        return rules.no_appeal(
            self.outcome,
            self.appeal_until,
            now or timezone.now(),
            current=self.successor is None,
            appealed=self.appeals.exclude(state=AppealState.WITHDRAWN).exists(),
        )

    @property
    def is_pass(self) -> bool:
        return self.outcome == Outcome.PASS


class Appeal(TenantModel):
    """A learner's appeal against a decision. Who answers it has not decided or marked anything of it before."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="appeals")
    grounds = models.JSONField(default=list)
    statement = models.TextField(max_length=20000)
    state = models.CharField(max_length=12, default=AppealState.LODGED)
    lodged_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, max_length=20000)
    reopened = models.JSONField(default=list)  # keys of the tasks that are marked again by others

    class Meta:
        ordering = ("-lodged_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=~models.Q(state="withdrawn"), name="one_appeal_per_decision"
            )
        ]
        indexes = [models.Index(fields=["institution", "state", "answer_by"], name="appeals_by_deadline")]

    def __str__(self) -> str:
        return f"appeal {self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN_APPEAL


class MisconductCase(TenantModel):
    """A suspicion, and what became of it. Whoever reported it does not find on it.

    `points` (per cent points) belong to the consequence "mark reduced". `lifted_at`: an appeal took the consequence back.
    `reference` is the public id of what another part found and reported here, once.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="misconduct_cases")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default=CaseState.SUSPECTED)
    suspicion = models.TextField(max_length=20000)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    reported_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField()
    statement = models.TextField(blank=True, max_length=20000)  # the learner's
    heard_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True, max_length=20000)
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    found_at = models.DateTimeField(null=True)
    consequence = models.CharField(max_length=12, blank=True)
    points = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    imposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    imposed_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ("-reported_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "reference"], condition=~models.Q(reference=""), name="reported_once"
            )
        ]
        indexes = [models.Index(fields=["institution", "state"], name="misconduct_by_state")]

    def __str__(self) -> str:
        return f"misconduct case {self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN_CASE

    @property
    def in_force(self) -> bool:
        return self.state == CaseState.CLOSED and self.lifted_at is None


class PriorLearningClaim(TenantModel):
    """A learner's claim to have learned elsewhere what a task would show. Judged by an assessor with the task's rubric, then decided by
    somebody else, with a reason."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="prior_learning_claims")
    task_key = models.CharField(max_length=32)
    state = models.CharField(max_length=12, default=ClaimState.CLAIMED)
    statement = models.TextField(max_length=20000)
    claimed_at = models.DateTimeField(default=timezone.now)
    levels = models.JSONField(default=dict)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    judgement = models.TextField(blank=True, max_length=20000)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    judged_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, max_length=5000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-claimed_at", "-pk")
        constraints = [
            # One that is open or recognised; what was refused or withdrawn can be claimed again, with other evidence.
            models.UniqueConstraint(
                fields=["enrolment", "task_key"],
                condition=models.Q(state__in=["claimed", "judged", "recognised"]),
                name="one_claim_per_task",
            )
        ]
        indexes = [models.Index(fields=["institution", "state"], name="claims_by_state")]

    def __str__(self) -> str:
        return f"claim {self.public_id}"


class Exhibit(TenantModel):
    """A piece of the learner's evidence that belongs to an appeal, a case or a claim: to exactly one of them.

    It protects the piece, which the learner could otherwise delete from their portfolio.
    """

    appeal = models.ForeignKey(Appeal, null=True, on_delete=models.CASCADE, related_name="exhibits")
    case = models.ForeignKey(MisconductCase, null=True, on_delete=models.CASCADE, related_name="exhibits")
    claim = models.ForeignKey(PriorLearningClaim, null=True, on_delete=models.CASCADE, related_name="exhibits")
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(appeal__isnull=False, case=None, claim=None)
                | models.Q(appeal=None, case__isnull=False, claim=None)
                | models.Q(appeal=None, case=None, claim__isnull=False),
                name="an_exhibit_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"exhibit {self.pk}"
