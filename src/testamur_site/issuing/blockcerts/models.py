from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from testamur_site.foundation.chain.api import Transaction
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id

from ..models import Award, Batch


class EditionRequest(TenantModel):
    """Editions that share a transaction. `root` is what it carries, set once; `orders` counts the transactions that
    were ordered for it, of which all but the last have failed for good."""

    class State(models.TextChoices):
        SIGNING = "signing"
        ANCHORING = "anchoring"
        FINISHED = "finished"
        FAILED = "failed"

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")
    chain = models.CharField(max_length=40)
    chain_id = models.PositiveBigIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.SIGNING)
    root = models.BinaryField(max_length=32, null=True)
    transaction = models.ForeignKey(Transaction, null=True, on_delete=models.PROTECT, related_name="+")
    orders = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"edition request {self.public_id}"


class Edition(TenantModel):
    """The edition of one award, each column written once: `content` (unsigned bytes), `signed` (with the institution's
    proof), `path` (its way up the tree), `finished` (with the Merkle proof as well)."""

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="blockcerts_edition")
    request = models.ForeignKey(EditionRequest, on_delete=models.PROTECT, related_name="editions")
    content = models.BinaryField(null=True)
    signed = models.BinaryField(null=True)
    path = models.JSONField(null=True)
    finished = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"edition {self.pk}"


class OldFormList(TenantModel):
    """A status list in the form of 2021 as it was signed last: `source` is the digest of the list that it was made
    of."""

    list_id = models.CharField(max_length=40, unique=True)
    source = models.CharField(max_length=64)
    content = models.BinaryField()
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"list {self.list_id}"
