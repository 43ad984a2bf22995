from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from testamur_site.foundation.tenancy.api import Institution


class Account(models.Model):
    """Who pays: a secp256k1 key. `name` says for what (`anchor`, `blockcerts:INSTITUTION`); `balances` by chain what
    was there last (wei).

    The private half is sealed; the seal names the purpose and the key's public half, so a key put into another row does
    not open.
    """

    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80, unique=True)
    address = models.CharField(max_length=42, unique=True)
    public_multikey = models.CharField(max_length=200)
    sealed = models.BinaryField()
    sealed_with = models.CharField(max_length=32)
    balances = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} {self.address}"


class Transaction(models.Model):
    """Something that shall stand in a chain once. `key` makes ordering it idempotent; `after` is the job that is told
    of its end.

    `signed` are the bytes that were ever signed for it, oldest first: `{"hash", "raw", "max_fee", "tip", "at"}`, all
    with the same `nonce`, so that at most one of them is ever mined.
    """

    class State(models.TextChoices):
        ORDERED = "ordered"
        SENT = "sent"
        MINED = "mined"
        CONFIRMED = "confirmed"
        FAILED = "failed"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="transactions")
    chain = models.CharField(max_length=40)
    chain_id = models.PositiveBigIntegerField()
    key = models.CharField(max_length=160, unique=True)
    to = models.CharField(max_length=42, blank=True)
    data = models.BinaryField()
    gas = models.PositiveIntegerField()
    after = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.ORDERED)
    nonce = models.PositiveBigIntegerField(null=True)
    signed: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    hash = models.CharField(max_length=66, blank=True)
    block = models.PositiveBigIntegerField(null=True)
    block_hash = models.CharField(max_length=66, blank=True)
    contract = models.CharField(max_length=42, blank=True)
    gas_used = models.PositiveBigIntegerField(null=True)
    gas_price = models.DecimalField(max_digits=30, decimal_places=0, null=True)
    problem = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    ordered_at = models.DateTimeField(default=timezone.now)
    mined_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["account", "chain_id", "nonce"], name="one_transaction_per_nonce"),
        ]
        indexes = [models.Index(fields=["state", "next_at"], name="transactions_due")]

    def __str__(self) -> str:
        return f"transaction {self.key}"
