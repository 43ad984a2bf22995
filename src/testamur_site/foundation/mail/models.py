from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from testamur_site.foundation.tenancy.api import Institution, TenantModel, new_public_id


class MailStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")


class Message(TenantModel):
    """A mail, rendered when it was queued; one of very many when it is sent (`writer`). Its bodies are emptied some time after that (see
    `jobs.forget_old_mail`).
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    # Mail about an account (reset of a password) belongs to no institution and is seen by none.
    institution = models.ForeignKey(
        Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    dedupe_key = models.CharField(max_length=200, unique=True, null=True)
    template = models.CharField(max_length=120)
    language = models.CharField(max_length=8)
    to = models.EmailField(max_length=254)
    reply_to = models.EmailField(max_length=254, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    # Holds a link that opens an account: its body is emptied as soon as it was sent.
    secret = models.BooleanField(default=False)
    # Of many at once only who and what about is queued: the function at this path writes their texts when they are sent.
    writer = models.CharField(max_length=200, blank=True, default="")
    about = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(max_length=8, choices=MailStatus.choices, default=MailStatus.QUEUED)
    error_code = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["institution", "-created_at"], name="mail_of_institution")]

    def __str__(self) -> str:
        return f"{self.template} ({self.status})"


# What is left of a mail once it is forgotten: that there was one, of which kind and when.
FORGOTTEN = {"to": "", "reply_to": "", "subject": "", "text": "", "html": ""}
