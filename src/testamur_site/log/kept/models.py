from __future__ import annotations

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import TenantModel


class KeptProof(TenantModel):
    """A C2SP tlog-proof as another deployment handed it over. `subject` as in `log.models.Entry`. Whoever relies on it verifies it: it is a
    copy, and believed no more than any other file."""

    subject = models.CharField(max_length=120, unique=True)
    content = models.BinaryField()
    kept_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"kept proof of {self.subject}"


class KeptService(TenantModel):
    """What an institution that keeps its address said of the logs of another deployment in its DID document: `origin`, `vkey` and `cutOffs`
    of its service TransparencyLog. It goes on being said, or records of those logs would count no more, and a key that was cut off there
    would count again."""

    endpoint = models.JSONField()
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="one_kept_service_per_institution")]

    def __str__(self) -> str:
        return f"kept service of {self.institution_id}"
