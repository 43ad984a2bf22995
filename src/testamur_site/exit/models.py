from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import TenantModel, new_public_id


class ExitState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class Exit(TenantModel):
    """One exit that was made, or is being made, to be fetched from here. Its archive lies in TESTAMUR_EXIT_FOLDER.

    `with_awards`: with the private part; `with_files`: in it what learners handed in as files. `active` is True while it waits or runs and
    NULL afterwards: a unique column with NULLs lets one of an institution be made at a time.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    with_awards = models.BooleanField(default=False)
    with_files = models.BooleanField(default=False)
    # For whom the private part is encrypted (age); '' for nobody. `wrapped_key`: an identity, itself encrypted with a passphrase.
    recipients = models.TextField(blank=True)
    wrapped_key = models.TextField(blank=True)
    nightly = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=ExitState.choices, default=ExitState.WAITING)
    active = models.BooleanField(null=True, default=True)
    step = models.CharField(max_length=12, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    files = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    fingerprints = models.JSONField(default=dict)
    problem = models.CharField(max_length=60, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["institution", "active"], name="one_exit_is_made_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"exit {self.public_id}"

    @property
    def path(self) -> Path:
        """Where its archive lies, or will lie. Named by random identifiers only."""
        folder: Path = settings.TESTAMUR_EXIT_FOLDER
        return folder / self.institution.public_id / f"{self.public_id}.zip"


def _new_origin() -> str:
    return secrets.token_hex(8)


class Origin(models.Model):
    """The one row that tells this database from every other, by chance: rows that leave are named by it and their number here."""

    name = models.CharField(max_length=16, unique=True, default=_new_origin, editable=False)

    def __str__(self) -> str:
        return self.name


class AdoptedRow(TenantModel):
    """Under which identity a row came here. It leaves under the same one again, so that it is known wherever it was before."""

    table = models.CharField(max_length=60)
    identity = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "table", "identity"], name="a_row_is_adopted_once"),
            models.UniqueConstraint(fields=["table", "number"], name="a_row_has_one_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.number}"
