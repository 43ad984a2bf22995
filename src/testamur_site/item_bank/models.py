from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from testamur.assessment import adaptive
from testamur_site.enrolment.api import Enrolment, Submission
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from .rules import BankState, CalibrationState, ItemKind, ItemState, SittingState

_PERSON: dict[str, Any] = {"null": True, "on_delete": models.SET_NULL, "related_name": "+"}


class ItemBank(TenantModel):
    """Items on one ability, and how a test is made of them. `version` grows with every change in what is asked or how.

    `tests` counts sittings that were begun: the measure against which an item's exposure is held.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    title = models.CharField(max_length=200)
    description = models.TextField(max_length=2000, blank=True)
    state = models.CharField(max_length=8, default=BankState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    minimum = models.PositiveSmallIntegerField(default=8)
    maximum = models.PositiveSmallIntegerField(default=20)
    standard_error = models.FloatField(default=0.35)
    exposure = models.FloatField(default=0.3)
    minutes = models.PositiveSmallIntegerField(null=True)  # for the whole test
    seconds_each = models.PositiveSmallIntegerField(null=True)  # for one item
    areas = models.JSONField(default=dict)  # content area → weight in the test
    tests = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("title", "pk")

    def __str__(self) -> str:
        return f"item bank {self.public_id}"

    @property
    def rules(self) -> adaptive.Rules:
        return adaptive.Rules(
            minimum=self.minimum,
            maximum=self.maximum,
            se=self.standard_error,
            exposure=self.exposure,
            areas={area: float(weight) for area, weight in self.areas.items()},
        )


class Item(TenantModel):
    """A question. Once it was given to somebody its content never changes: an edit makes a new version and retires this one.

    `text` and every entry of `options` are language maps. Of a choice, `right` is the place of the right option from 0; of a number,
    `answer` and `tolerance` are decimal text. `source` says where the parameters come from (a calibration, a field trial); where it is
    empty they are provisional: somebody's guess.
    """

    bank = models.ForeignKey(ItemBank, on_delete=models.CASCADE, related_name="items")
    key = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, default=ItemState.ACTIVE)
    kind = models.CharField(max_length=8, default=ItemKind.CHOICE)
    area = models.CharField(max_length=60, blank=True)
    text = models.JSONField(default=dict)
    options = models.JSONField(default=list)
    right = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=40, blank=True)
    tolerance = models.CharField(max_length=40, blank=True)
    a = models.FloatField(default=1.0)
    b = models.FloatField(default=0.0)
    source = models.CharField(max_length=200, blank=True)
    given = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("key", "-version")
        constraints = [
            models.UniqueConstraint(fields=["bank", "key", "version"], name="an_item_version_once"),
            models.UniqueConstraint(fields=["bank", "key"], condition=Q(state="active"), name="one_active_version"),
        ]

    def __str__(self) -> str:
        return f"item {self.key} of bank {self.bank_id}"

    @property
    def calibrated(self) -> bool:
        return bool(self.source)

    @property
    def model(self) -> adaptive.Item:
        """The item for the library, named by its row: two versions of one question are two items."""
        return adaptive.Item(str(self.pk), self.a, self.b, self.area)


class Sitting(TenantModel):
    """One learner's test, for one attempt at one task. What it was made of and what came out; an ended sitting never changes.

    `rules` are those of the bank when it began. `percent` is the share of the whole bank that somebody of this ability answers
    correctly, `passed` whether that reaches the task's pass mark.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="+")
    bank = models.ForeignKey(ItemBank, on_delete=models.PROTECT, related_name="sittings")
    bank_version = models.PositiveIntegerField()
    rules = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="en")
    seed = models.CharField(max_length=32, default=new_public_id)
    tests_before = models.PositiveIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(null=True)
    seconds_each = models.PositiveSmallIntegerField(null=True)
    extra_time = models.PositiveSmallIntegerField(default=0)  # per cent more of both
    state = models.CharField(max_length=8, default=SittingState.RUNNING)
    begun_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=12, blank=True)
    theta = models.FloatField(default=0.0)
    error = models.FloatField(default=1.0)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    percent_error = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    pass_mark = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    passed = models.BooleanField(null=True)
    provisional = models.BooleanField(default=True)
    handed_in = models.BooleanField(default=False)

    class Meta:
        ordering = ("-begun_at", "-pk")
        indexes = [models.Index(fields=["state", "ends_at"], name="sittings_by_end")]

    def __str__(self) -> str:
        return f"sitting {self.public_id}"

    @property
    def running(self) -> bool:
        return self.state == SittingState.RUNNING


class ExtraTime(TenantModel):
    """More time for one learner, in per cent, for all tests of an enrolment. Why is not written down: it is nobody's business here."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    granted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"extra time of enrolment {self.enrolment_id}"


class Asked(TenantModel):
    """An item in a sitting, with the parameters that it had. Answered once; `answer` is the place of the option, or the number as typed,
    '' where there was none."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="asked")
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="asked")
    a = models.FloatField()
    b = models.FloatField()
    shown_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=40, blank=True)
    correct = models.BooleanField(null=True)

    class Meta:
        ordering = ("sitting", "position")
        constraints = [
            models.UniqueConstraint(fields=["sitting", "position"], name="one_item_per_position"),
            models.UniqueConstraint(fields=["sitting", "item"], name="an_item_once_per_sitting"),
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} in sitting {self.sitting_id}"


class Calibration(TenantModel):
    """Parameters that the answers suggest, for a person to look at and take over, or not.

    `results`: a list of {"item": primary key, "key", "a", "b", "seA", "seB", "answers", "findings"}.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    bank = models.ForeignKey(ItemBank, on_delete=models.CASCADE, related_name="calibrations")
    state = models.CharField(max_length=10, default=CalibrationState.QUEUED)
    sittings = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["bank"], condition=Q(state__in=["queued", "proposed"]), name="one_open_calibration"
            )
        ]

    def __str__(self) -> str:
        return f"calibration {self.public_id}"
