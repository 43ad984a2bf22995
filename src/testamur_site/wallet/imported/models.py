from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import new_public_id

from ..models import Holder
from .rules import Identity

_ENDINGS = {
    "image/png": "png",
    "image/svg+xml": "svg",
    "application/pdf": "pdf",
    "application/json": "json",
    "application/zip": "zip",
}


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


class ImportedDocument(models.Model):
    """A credential of another platform that its holder keeps here: the very bytes, and what our verifier last said of them.

    It belongs to the holder and to no institution, and goes with them. `shown` is `rules.summary` of the last report that could be read.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="imported")
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)  # SHA-256, hexadecimal
    media_type = models.CharField(max_length=60)
    source = models.CharField(max_length=2048, blank=True)  # the address it was fetched from, if any
    identity = models.CharField(max_length=10, default=Identity.NOT_SHOWN)
    verdict = models.CharField(max_length=12)
    finding = models.JSONField(default=dict)  # the check that the verdict rests on (`rules.finding`)
    shown = models.JSONField(default=dict)
    added_at = models.DateTimeField(default=timezone.now)
    verified_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-added_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["holder", "digest"], name="imported_once")]

    def __str__(self) -> str:
        return f"imported document {self.public_id}"

    @property
    def title(self) -> str:
        return str(self.shown.get("title", ""))

    @property
    def issuer(self) -> str:
        return str(self.shown.get("issuer", ""))

    @property
    def awarded(self) -> date | None:
        return _day(self.shown.get("awarded"))

    @property
    def until(self) -> date | None:
        return _day(self.shown.get("until"))

    @property
    def file_ending(self) -> str:
        return _ENDINGS.get(self.media_type, "txt")
