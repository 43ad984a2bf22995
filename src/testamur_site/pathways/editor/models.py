from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.tenancy.api import TenantModel

from ..rules import Awarding


class RuleDraft(TenantModel):
    """The text of a rule that is being worked on, whatever it says: it may be no programme yet.

    `before` is the text before the last change, for undo. `revision` counts the changes: who changes names the one they saw, so that two
    people do not write over each other.
    """

    version = models.OneToOneField(AchievementVersion, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    before = models.TextField(blank=True, default="")
    revision = models.PositiveIntegerField(default=1)
    awarding = models.CharField(max_length=10, default=Awarding.APPROVAL)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"draft of the rule of {self.version_id}"
