from __future__ import annotations

from django.db.models import QuerySet

from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

from .models import Message


def messages_of(institution: Institution) -> QuerySet[Message]:
    """The institution's mail, newest first."""
    with tenant(institution):
        return Message.objects.all()


def outbox(limit: int = 200) -> list[Message]:
    """The newest mail of everybody, for the development page."""
    with unscoped("the development outbox shows all mail"):
        return list(Message.objects.select_related("institution").order_by("-created_at", "-pk")[:limit])


def outbox_message(public_id: str) -> Message | None:
    with unscoped("the development outbox shows all mail"):
        return Message.objects.select_related("institution").filter(public_id=public_id).first()
