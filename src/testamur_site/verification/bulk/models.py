from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import new_public_id

KEPT = timedelta(hours=1)


class BulkRun(models.Model):
    """Many documents that a visitor had verified at once. Belongs to nobody: who knows its random id sees it, for an hour."""

    public_id = models.CharField(primary_key=True, max_length=32, default=new_public_id, editable=False)
    language = models.CharField(max_length=8)
    size = models.PositiveBigIntegerField(default=0)  # bytes that were handed over
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "verification"

    def __str__(self) -> str:
        return f"run of {self.created_at:%H:%M}"  # never its id, which opens it

    @property
    def expires_at(self) -> object:
        return self.created_at + KEPT


class BulkEntry(models.Model):
    """One document of a run. `content` and `address` are emptied as soon as there is a result."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    content = models.BinaryField(default=b"")
    address = models.CharField(max_length=2_100, default="")
    # "" while it waits; a verdict; or "refused" for what never became a document (then `refusal` says why).
    result = models.CharField(max_length=16, default="")
    refusal = models.CharField(max_length=40, default="")
    source_host = models.CharField(max_length=255, default="")
    title = models.CharField(max_length=300, default="")
    holder = models.CharField(max_length=300, default="")
    issuer = models.CharField(max_length=300, default="")
    issuer_name = models.CharField(max_length=300, default="")
    code = models.CharField(max_length=60, default="")  # the finding that matters most
    codes = models.TextField(default="")  # all findings, each between two spaces
    report = models.BinaryField(default=b"")  # the report as JSON, deflated

    class Meta:
        app_label = "verification"
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="bulk_position_once_per_run")]
        indexes = [models.Index(fields=["run", "result", "position"], name="bulk_by_result")]

    def __str__(self) -> str:
        return f"entry {self.position}"
