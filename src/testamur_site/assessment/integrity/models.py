from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from testamur_site.enrolment.api import EvidenceItem, Submission
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from .rules import FindingState, ReadState

_PERSON: dict[str, Any] = {"null": True, "on_delete": models.SET_NULL, "related_name": "+"}


class EvidenceText(TenantModel):
    """The text of a piece of evidence, read once, so that a comparison need not open every file again. Deleted with the piece, and by a
    job when its learner is erased. `state` says why there is none."""

    item = models.OneToOneField(EvidenceItem, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, default=ReadState.READ)
    text = models.TextField(blank=True)
    cut = models.BooleanField(default=False)  # the text was longer than what is compared
    read_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"text of evidence {self.item_id}"


class CopyFinding(TenantModel):
    """Two submissions that are alike. `first` was handed in before `second`; that says nothing of who copied.

    `passages`: [[start, end, start, end] …], places of characters in the texts of the two submissions as `queries.text_of` joins them;
    `digests` are those of these texts, so that a passage is never marked in another text. `same_files`: how many pieces are byte for
    byte the same.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    first = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    task_key = models.CharField(max_length=40)
    share = models.FloatField(default=0.0)  # of the shorter text, 0 to 1
    letters = models.PositiveIntegerField(default=0)
    same_files = models.PositiveSmallIntegerField(default=0)
    passages = models.JSONField(default=list)
    digests = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=FindingState.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, max_length=4000)

    class Meta:
        ordering = ("-share", "-same_files", "pk")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="a_pair_found_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="a_pair_is_two"),
        ]
        indexes = [models.Index(fields=["institution", "state"], name="copies_by_state")]

    def __str__(self) -> str:
        return f"copy finding {self.public_id}"
