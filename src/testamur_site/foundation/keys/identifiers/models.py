from __future__ import annotations

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import TenantModel


class DidService(TenantModel):
    """A service in an institution's DID document (DID Core 1.0 §5.4): `content` is the entry without its `id`, which is made of the
    identifier in whose document it stands and of `fragment`."""

    fragment = models.CharField(max_length=60)
    content = models.JSONField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("fragment",)
        constraints = [models.UniqueConstraint(fields=["institution", "fragment"], name="one_did_service_per_fragment")]

    def __str__(self) -> str:
        return f"#{self.fragment} of {self.institution_id}"


class DidMethod(TenantModel):
    """A further verification method in an institution's DID document, whose private half another capability keeps: `content` is the entry
    without its `id` and `controller`. It is listed for assertions, as the signing keys are."""

    fragment = models.CharField(max_length=60)
    content = models.JSONField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("fragment",)
        constraints = [models.UniqueConstraint(fields=["institution", "fragment"], name="one_did_method_per_fragment")]

    def __str__(self) -> str:
        return f"#{self.fragment} of {self.institution_id}"


class DidHistory(TenantModel):
    """An institution's `did:webvh`. `next_key_hash` is what its last version commits to: the hash of a key that only the administrators
    have. `chosen`: new credentials are issued under it; `first_chosen_at` stays, for what was issued under it stays."""

    did = models.CharField(max_length=400, unique=True)
    portable = models.BooleanField(default=True)
    next_key_hash = models.CharField(max_length=64)
    chosen = models.BooleanField(default=False)
    first_chosen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution"], condition=models.Q(ended_at=None), name="one_open_did_history_per_institution"
            ),
            models.CheckConstraint(
                name="an_ended_did_history_is_not_chosen", condition=models.Q(ended_at=None) | models.Q(chosen=False)
            ),
        ]

    def __str__(self) -> str:
        return self.did


class DidVersion(TenantModel):
    """One line of `did.jsonl`, as it was signed. It is never changed."""

    history = models.ForeignKey(DidHistory, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    version_id = models.CharField(max_length=80)
    line = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["history", "number"], name="one_did_version_per_number")]

    def __str__(self) -> str:
        return self.version_id


class PreparedUpdateKey(TenantModel):
    """The update key that the next version will commit to, sealed with a passphrase that is not kept. It lies here from the moment it is
    made until an administrator has shown that they have it; then it is deleted, and only its hash stays."""

    key_hash = models.CharField(max_length=64)
    sealed = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], name="one_prepared_update_key_per_institution")]

    def __str__(self) -> str:
        return f"update key {self.key_hash}"
