from __future__ import annotations

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import Institution


class Shard(models.Model):
    """The log of one year. `frozen_at` is set when it may not be signed on any more; what it proves stays proven."""

    year = models.PositiveSmallIntegerField(unique=True)
    origin = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("year",)

    def __str__(self) -> str:
        return self.origin


class LogKey(models.Model):
    """A key that signs the checkpoints of a shard, sealed like the deployment's other keys. `vkey` is its public
    text."""

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, related_name="keys")
    vkey = models.TextField()
    type = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()
    sealed_with = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("type",)
        constraints = [models.UniqueConstraint(fields=["shard", "type"], name="one_log_key_of_each_type")]

    def __str__(self) -> str:
        return self.vkey[:60]


class Entry(models.Model):
    """What is, or is about to be, recorded. `index` is its number in the shard once it is there.

    `key` makes recording idempotent; `subject` says what it is about in our own words (`award:…`), never in the log.
    `salt` opens the commitment of an entry about a person and is emptied when that person is forgotten.
    """

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=120, unique=True)
    subject = models.CharField(max_length=120)
    handle = models.BinaryField(max_length=32)
    commitment = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=32, null=True)
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False)
    index = models.PositiveBigIntegerField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    sequenced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["shard", "index"], name="one_entry_per_index")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(index=None), name="entries_waiting"),
            models.Index(fields=["subject"], name="entries_of_subject"),
            models.Index(fields=["handle"], name="entries_by_handle"),
        ]

    def __str__(self) -> str:
        return f"log entry {self.key}"


class Checkpoint(models.Model):
    """A signed head of a shard with the cosignatures it gathered: a holder's proof may stand on an earlier one than
    today's.

    `note` holds the first cosignature of each witness and nothing later, because the first is what says since when it
    was known. `cosigned_by` of `asked` witnesses have given one; `witnessed_at` is the earliest time that they state.
    """

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    note = models.BinaryField()
    signed_at = models.DateTimeField(default=timezone.now)
    quorum_at = models.DateTimeField(null=True)
    cosigned_by = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    witnessed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("shard", "size")
        constraints = [models.UniqueConstraint(fields=["shard", "size"], name="one_checkpoint_per_size")]

    def __str__(self) -> str:
        return f"{self.shard} at {self.size}"


class WitnessState(models.Model):
    """What we know of a witness: the size that it cosigned last, and how the last round with it went."""

    shard = models.ForeignKey(Shard, on_delete=models.CASCADE, related_name="witnesses")
    name = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shard", "name"], name="one_state_per_witness")]

    def __str__(self) -> str:
        return self.name
