from __future__ import annotations

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import TenantModel


class SigningKey(TenantModel):
    """A signing key of an institution: active, then retired (what it signed stays valid), or withdrawn (it does not, see `services`).

    The private half is sealed (see `signing`), or lies in the device that `uri` names; the public half stays for ever.

    Whoever can write this table without the key-encryption key can destroy keys, but cannot read one or put in one of their own:
    the seal names the institution, the purpose and the key's public half.
    """

    purpose = models.CharField(max_length=40, default="assertionMethod")
    fragment = models.CharField(max_length=40)
    algorithm = models.CharField(max_length=20, default="Ed25519")
    public_multikey = models.CharField(max_length=200)
    sealed = models.BinaryField()
    sealed_with = models.CharField(max_length=32)
    # Where the private half lies, when it is not sealed in this row: a key URI of a device or service (`testamur.signers`).
    uri = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="only_a_retired_key_is_withdrawn",
                condition=models.Q(withdrawn_at=None) | models.Q(retired_at__isnull=False),
            ),
            models.UniqueConstraint(fields=["institution", "fragment"], name="key_fragment_once_per_institution"),
            models.UniqueConstraint(
                fields=["institution", "purpose"],
                condition=models.Q(retired_at=None),
                name="one_active_key_per_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fragment} of {self.institution_id}"


class DeploymentKey(models.Model):
    """A signing key of the deployment itself, for what no institution says: that a verification took place here. It is sealed and kept
    like an institution's; its DID is the did:web of the deployment's own origin."""

    fragment = models.CharField(max_length=40, unique=True)
    algorithm = models.CharField(max_length=20, default="Ed25519")
    public_multikey = models.CharField(max_length=200)
    sealed = models.BinaryField()
    sealed_with = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    # True for the key that signs, NULL for every earlier one: a unique column with NULLs lets exactly one be active.
    active = models.BooleanField(null=True, unique=True, default=True)

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.fragment} of the deployment"
