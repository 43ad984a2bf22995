from __future__ import annotations

from django.db.models import QuerySet

from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from .models import MailStatus, Message
from .rules import WITHDRAWN


def messages_of(institution: Institution) -> QuerySet[Message]:
    """The institution's mail, newest first."""
    with tenant(institution):
        return Message.objects.all()


def was_told(dedupe_key: str) -> bool | None:
    """Whether the mail of this key has told, or will tell, somebody what it is about: not where there was nothing to say any more when it
    was to be sent. None while that is open, because its text is written only then."""
    with unscoped("the caller holds what the mail is about"):
        found = Message.objects.filter(dedupe_key=dedupe_key).only("status", "error_code", "writer").first()
    if found is None or (found.status == MailStatus.QUEUED and not found.writer):
        return True
    if found.status == MailStatus.QUEUED:
        return None
    return found.error_code != WITHDRAWN


def outbox(limit: int = 200) -> list[Message]:
    """The newest mail of everybody, for the development page."""
    with unscoped("the development outbox shows all mail"):
        return list(Message.objects.select_related("institution").order_by("-created_at", "-pk")[:limit])


def outbox_message(public_id: str) -> Message | None:
    with unscoped("the development outbox shows all mail"):
        return Message.objects.select_related("institution").filter(public_id=public_id).first()
