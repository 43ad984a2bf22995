from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.tenancy.api import Institution, TenantModel, new_public_id


class Status(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(TenantModel):
    """One piece of work. The life of a job stands in README.md of this folder; `services.py` is the only writer."""

    id = models.CharField(primary_key=True, max_length=32, default=new_public_id, editable=False)
    # A job of the platform itself has no institution and is seen by no tenant.
    institution = models.ForeignKey(Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=200)
    args = models.JSONField(default=dict)
    queue = models.CharField(max_length=40, default="default")
    priority = models.SmallIntegerField(default=0)
    key = models.CharField(max_length=200, unique=True, null=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    run_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    lease_token = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True)
    # {"type": "module.Class", "code": "…", "facts": {…}, "place": "file:line"}: never a message that could quote personal data.
    error = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["status", "institution", "-priority", "run_after"], name="jobs_next_of_institution"),
            models.Index(fields=["institution", "-started_at"], name="jobs_served_last"),
            models.Index(fields=["status", "run_after"], name="jobs_due"),
            models.Index(fields=["institution", "created_at"], name="jobs_of_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.path} ({self.status})"

    @property
    def finished(self) -> bool:
        return self.status in {Status.DONE, Status.FAILED, Status.CANCELLED}

    @property
    def percent(self) -> int | None:
        """0 to 100, or None while the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None
