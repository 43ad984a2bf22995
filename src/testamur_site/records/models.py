from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from testamur import strict_json
from testamur_site.foundation.tenancy.api import TenantModel, new_public_id
from testamur_site.wallet.api import Holder

from .rules import MAX_STORED, READABLE, SendingState


class Transcript(models.Model):
    """A transcript that a holder had made: their own, of credentials of several institutions. `prepared` is written before it is signed
    and never changes; `shared` lets anybody read it who has its address."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=120)
    prepared = models.BinaryField()
    signed = models.BinaryField(null=True)
    count = models.PositiveSmallIntegerField()
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"transcript {self.public_id}"

    @property
    def url(self) -> str:
        """Its absolute address, which is also the document's id."""
        return f"{settings.TESTAMUR_BASE_URL}/records/{self.public_id}"

    def document(self) -> dict[str, Any]:
        """The unsigned document."""
        found: dict[str, Any] = strict_json.loads(bytes(self.prepared), max_bytes=MAX_STORED)
        return found


class _Sent(models.Model):
    """What both ways of sending have in common. `content` is the copy, byte for byte, and empty once the sending is over."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300)
    content = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=SendingState.SENT)
    until = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ("-sent_at", "-pk")

    @property
    def readable_state(self) -> bool:
        """Whether it has neither been withdrawn nor ended."""
        return self.state in READABLE and self.until >= timezone.localdate()

    @property
    def readable(self) -> bool:
        return self.readable_state and self.content is not None


class Sending(_Sent, TenantModel):
    """A transcript that a learner sent to this institution, with the learner's name as they gave it; emptied with the copy."""

    name = models.CharField(max_length=200, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(_Sent.Meta):
        abstract = False
        indexes = [models.Index(fields=["institution", "-sent_at"], name="received_newest")]

    def __str__(self) -> str:
        return f"sending {self.public_id}"


class OutsideSending(_Sent):
    """A transcript that a learner sent by a link to somebody who is not an institution of this deployment. `receiver` is the learner's
    own word for them; the address that was mailed to is not kept."""

    receiver = models.CharField(max_length=200)
    secret = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)

    class Meta(_Sent.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"outside sending {self.public_id}"

    @property
    def url(self) -> str:
        return f"{settings.TESTAMUR_BASE_URL}/records/link/{self.secret}"
