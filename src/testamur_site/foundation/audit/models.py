from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from testamur_site.foundation.tenancy.api import (
    TenantManager,
    TenantModel,
    TenantQuerySet,
    institution_without_index,
)


class AppendOnly(RuntimeError):
    """Somebody tried to change or delete what may only be added to."""


class AuditQuerySet(TenantQuerySet["AuditEntry"]):
    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Audit entries are never deleted.")

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never changed.")


class AuditManager(TenantManager.from_queryset(AuditQuerySet)):  # type: ignore[misc]
    pass


class AuditEntry(TenantModel):
    """One change, who made it and when; chained to the entry before it by its hash.

    `actor` and `target` are public identifiers, never names or addresses: an entry outlives the person's wish to be forgotten.
    """

    institution = institution_without_index()
    sequence = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=32, blank=True)
    action = models.CharField(max_length=80)
    target = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64)

    objects = AuditManager()

    class Meta:
        ordering = ("-sequence",)
        constraints = [models.UniqueConstraint(fields=["institution", "sequence"], name="audit_chain_has_no_forks")]
        indexes = [
            models.Index(fields=["institution", "action"], name="audit_by_action"),
            models.Index(fields=["institution", "target"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never deleted.")
