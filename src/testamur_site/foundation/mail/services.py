from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation

from testamur_site.foundation.jobs import api as jobs
from testamur_site.foundation.tenancy.api import Institution, current_institution, unscoped

from .models import FORGOTTEN, MailStatus, Message
from .rules import one_line

DELIVER = "testamur_site.foundation.mail.jobs.deliver"


def send(
    to: str,
    template: str,
    context: Mapping[str, Any],
    language: str,
    *,
    institution: Institution | None = None,
    dedupe_key: str | None = None,
    reply_to: str = "",
    secret: bool = False,
) -> Message:
    """Queue a mail in the caller's transaction: it is sent exactly when that commits.

    `template` is "<app>/mail/<name>": `.txt` is needed, its first line is the subject (after "Subject: "); `.html` is optional.
    `context` also gets `institution`, `base_url`, `language`. A second call with the same `dedupe_key` returns the first message.
    Raises django's ValidationError for an impossible address and TemplateDoesNotExist.
    """
    validate_email(to)
    institution = institution or current_institution()
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    values = {
        **context,
        "institution": institution,
        "base_url": settings.TESTAMUR_BASE_URL,
        "language": language,
    }
    with translation.override(language):
        rendered = get_template(f"{template}.txt").render(values)
        try:
            html = get_template(f"{template}.html").render(values)
        except TemplateDoesNotExist as missing:
            if str(missing) != f"{template}.html":
                raise
            html = ""
    first, _, text = rendered.lstrip().partition("\n")
    subject = one_line(first.removeprefix("Subject:"))
    return queue_rendered(
        to=to,
        template=template,
        language=language,
        subject=subject,
        text=text.strip() + "\n",
        html=html,
        institution=institution,
        dedupe_key=dedupe_key,
        reply_to=reply_to or (institution.email if institution else ""),
        secret=secret,
    )


def queue_rendered(
    *,
    to: str,
    template: str,
    language: str,
    subject: str,
    text: str,
    html: str = "",
    institution: Institution | None = None,
    dedupe_key: str | None = None,
    reply_to: str = "",
    secret: bool = False,
) -> Message:
    """Queue a mail that is already text. See `send`."""
    with transaction.atomic(), unscoped("mail is queued for the platform and for institutions alike"):
        message = Message(
            to=to,
            template=template,
            language=language,
            subject=one_line(subject),
            text=text,
            html=html,
            institution=institution,
            dedupe_key=dedupe_key,
            reply_to=reply_to,
            secret=secret,
        )
        if dedupe_key is None:
            message.save(force_insert=True)
        else:
            Message.objects.bulk_create([message], ignore_conflicts=True)
            existing = Message.objects.get(dedupe_key=dedupe_key)
            if existing.public_id != message.public_id:
                return existing
            message = existing
        _queue_delivery(message, attempt=0)
    return message


def _queue_delivery(message: Message, attempt: int) -> None:
    jobs.enqueue(
        DELIVER,
        {"public_id": message.public_id},
        key=f"mail:{message.public_id}:{attempt}",
        queue="mail",
        institution=message.institution,
        priority=5,
    )


def resend(message: Message) -> bool:
    """Queue a mail again that failed, or that was sent and still has its body. False when there is nothing left to send."""
    with transaction.atomic(), unscoped("the caller holds the message"):
        ended = Message.objects.filter(pk=message.pk, status__in=[MailStatus.FAILED, MailStatus.SENT]).exclude(text="")
        if not ended.update(status=MailStatus.QUEUED, error_code=""):
            return False
        message.refresh_from_db()
        _queue_delivery(message, attempt=message.attempts)
    return True


def forget_address(address: str) -> int:
    """Forget all mail that was sent, or could not be sent, to one address; how many. For a person who asks to be forgotten."""
    with unscoped("a person is forgotten by every institution"):
        ended = Message.objects.filter(to__iexact=address, status__in=[MailStatus.SENT, MailStatus.FAILED])
        return ended.update(**FORGOTTEN)
