from __future__ import annotations

from django.db import models
from django.utils import timezone


class EntryLink(models.Model):
    """A link of one audience that lets its subject in, once, until it ends. Of no institution: a holder comes from many."""

    audience = models.CharField(max_length=24)
    subject = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["audience", "subject"], name="links_of_subject")]

    def __str__(self) -> str:
        return f"entry link for {self.audience}"
