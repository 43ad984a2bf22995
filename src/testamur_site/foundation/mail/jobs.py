from __future__ import annotations

import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.utils import timezone

from testamur_site.foundation.jobs import api as jobs
from testamur_site.foundation.tenancy.api import unscoped

from .models import FORGOTTEN, MailStatus, Message


def deliver(job: jobs.JobHandle, public_id: str) -> dict[str, Any]:
    """Send one message. After a crash between the server's answer and our note of it a mail can go out twice, never not at all.

    1. A message that is not waiting any more was delivered by an earlier attempt: done.
    2. Hand it to the mail server. Where there is none, note that and keep the mail (a demonstration only shows it).
    3. Refused for good (5xx): note it and give up. Anything else: let the queue try again; after the last attempt note it.
    4. Note that it was sent; empty the body of a mail that opens an account.
    """
    with unscoped("mail of the platform and of institutions is sent by one worker"):
        message = Message.objects.filter(public_id=public_id).select_related("institution").first()
        if message is None or message.status != MailStatus.QUEUED:
            return {"sent": False}
        Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)
        if not settings.TESTAMUR_MAIL_SERVER and not settings.TESTAMUR_OUTBOX:
            _close(message, MailStatus.FAILED, "mail.no_server")
            raise jobs.GiveUp("mail.no_server")
        try:
            _hand_over(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            code = _refusal_code(error)
            if code >= 500:
                _close(message, MailStatus.FAILED, f"mail.refused.{code}")
                raise jobs.GiveUp("mail.refused", {"code": code}) from None
            _close_when_last(job, message, f"mail.deferred.{code}")
            raise
        except (OSError, smtplib.SMTPException):
            _close_when_last(job, message, "mail.server_unreachable")
            raise
        _close(message, MailStatus.SENT, "")
    return {"sent": True}


def _hand_over(message: Message) -> None:
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Content-Language": message.language, "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    mail.send()


def _refusal_code(error: smtplib.SMTPException) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=550)
    return int(getattr(error, "smtp_code", 550))


def _close(message: Message, status: str, error_code: str) -> None:
    """In one step with the note that it was sent, a mail that opens an account loses its body."""
    values: dict[str, Any] = {"status": status, "error_code": error_code, "sent_at": None}
    if status == MailStatus.SENT:
        values["sent_at"] = timezone.now()
        if message.secret and not settings.TESTAMUR_OUTBOX:
            values |= {"text": "", "html": ""}
    Message.objects.filter(pk=message.pk, status=MailStatus.QUEUED).update(**values)


def _close_when_last(job: jobs.JobHandle, message: Message, error_code: str) -> None:
    if job.last_attempt:
        _close(message, MailStatus.FAILED, error_code)


def forget_old_mail(job: jobs.JobHandle) -> dict[str, int]:  # noqa: ARG001
    """Forget whom and what we wrote longer ago than TESTAMUR_MAIL_KEPT; that we wrote stays, so that nothing is written twice."""
    with unscoped("housekeeping of all mail"):
        old = Message.objects.filter(
            status__in=[MailStatus.SENT, MailStatus.FAILED], created_at__lt=timezone.now() - settings.TESTAMUR_MAIL_KEPT
        )
        return {"forgotten": old.exclude(to="").update(**FORGOTTEN)}
