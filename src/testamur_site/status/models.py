from __future__ import annotations

from django.conf import settings
from django.db import models

from testamur.status.bitstring_status_list import MINIMUM_ENTRIES
from testamur_site.foundation.tenancy.api import TenantModel, institution_without_index, new_public_id


class Purpose(models.TextChoices):
    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class StatusListPair(TenantModel):
    """Two lists of one size with the same indexes. `allocated` counts the entries, so that nobody has to. `issuer` is the DID that
    issues the lists, "" for the institution's `did:web`: a verifier wants the issuer of the list to be that of the credential."""

    issuer = models.CharField(max_length=300, blank=True, default="")
    size = models.PositiveIntegerField(default=MINIMUM_ENTRIES)
    allocated = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"status lists {self.pk}"


class StatusList(TenantModel):
    """One public list. `version` counts the changes of its bits; `published` is the signed document made for `published_version`."""

    pair = models.ForeignKey(StatusListPair, on_delete=models.PROTECT, related_name="lists")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    version = models.PositiveIntegerField(default=1)
    published_version = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    published = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pair", "purpose"], name="one_list_per_purpose_and_pair")]

    def __str__(self) -> str:
        return f"{self.purpose} list {self.public_id}"

    @property
    def url(self) -> str:
        """The absolute address, which is also the list credential's id."""
        return f"{settings.TESTAMUR_BASE_URL}/status/{self.public_id}"


class PublishedVersion(TenantModel):
    """A list as somebody may have been shown it: kept for ever, so that the institution can hand over every version it ever signed.

    `digest` is the SHA-256 of the bytes, in hexadecimal.
    """

    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["status_list", "digest"], name="a_published_list_is_kept_once")]
        indexes = [models.Index(fields=["status_list", "version"], name="published_versions")]

    def __str__(self) -> str:
        return f"{self.status_list_id} as version {self.version}"


class StatusEntry(TenantModel):
    """One index of a pair, given to one credential for ever."""

    institution = institution_without_index()
    pair = models.ForeignKey(StatusListPair, on_delete=models.PROTECT, related_name="entries", db_index=False)
    index = models.PositiveIntegerField()
    revoked = models.BooleanField(default=False)
    suspended = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pair", "index"], name="an_index_is_given_once")]
        indexes = [
            # Making a list reads only the bits that are set, of which there are few.
            models.Index(fields=["pair"], condition=models.Q(revoked=True), name="revoked_bits"),
            models.Index(fields=["pair"], condition=models.Q(suspended=True), name="suspended_bits"),
        ]

    def __str__(self) -> str:
        return f"{self.pair_id}/{self.index}"
