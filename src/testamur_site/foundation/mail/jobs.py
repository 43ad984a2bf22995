from __future__ import annotations

import smtplib
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, QuerySet
from django.utils import timezone

from testamur_site.foundation.jobs import api as jobs
from testamur_site.foundation.tenancy.api import unscoped

from .models import FORGOTTEN, MailStatus, Message
from .post import Post
from .rules import WITHDRAWN
from .services import Written, text_of, texts_of

UNREACHABLE = "mail.server_unreachable"

WRITTEN_AT_ONCE = 25
"""Mails whose texts are written together: some tenths of a second before the last of them goes out."""

TOLD_SECONDS = 0.1
"""So often a job that sends very many says how far it is, and learns whether it is still its own. What was sent is noted with each mail."""


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
        if not settings.TESTAMUR_MAIL_SERVER and not settings.TESTAMUR_OUTBOX:
            _close(message, MailStatus.FAILED, "mail.no_server")
            raise jobs.GiveUp("mail.no_server")
        try:
            with Post() as post:
                _send(message, text_of(message), post)
        except _Refused as refused:
            raise jobs.GiveUp("mail.refused", {"code": refused.code}) from None
        except smtplib.SMTPException as error:
            _close_when_last(
                job, [message.pk], f"mail.deferred.{_refusal_code(error)}" if _answered(error) else UNREACHABLE
            )
            raise
        except OSError:
            _close_when_last(job, [message.pk], UNREACHABLE)
            raise
    return {"sent": True}


def deliver_many(job: jobs.JobHandle, first: int, last: int, others: Sequence[int] = ()) -> dict[str, Any]:
    """Send the messages with primary keys from `first` to `last`, without those of `others`, that wait, over one connection, for a turn at
    a time; each as `deliver` sends one. What the server does not take now is tried again, when the others have gone."""
    waiting = Message.objects.filter(pk__gte=first, pk__lte=last, status=MailStatus.QUEUED).exclude(pk__in=others)
    if not settings.TESTAMUR_MAIL_SERVER and not settings.TESTAMUR_OUTBOX:
        waiting.update(status=MailStatus.FAILED, error_code="mail.no_server", attempts=F("attempts") + 1)
        raise jobs.GiveUp("mail.no_server")
    sent, later, told = 0, None, time.monotonic()
    try:
        with Post() as post:
            # From where the last turn ended; the next attempt begins again, with what was left.
            for message, written in _with_texts(waiting, first + job.done):
                try:
                    _send(message, written, post)
                    sent += 1
                except _Refused:
                    pass
                except smtplib.SMTPException as error:
                    if not _answered(error):
                        raise
                    later = error
                if time.monotonic() - told >= TOLD_SECONDS:
                    job.progress(message.pk + 1 - first)
                    job.yield_turn()
                    told = time.monotonic()
    except OSError:  # of which those of the mail server's library are a kind
        _close_when_last(job, waiting.values_list("pk", flat=True), UNREACHABLE)
        raise
    if later is None:
        later = _left(job, waiting)
    if later is not None:
        _close_when_last(job, waiting.values_list("pk", flat=True), f"mail.deferred.{_refusal_code(later)}")
        job.progress(0)
        raise later
    return {"sent": sent}


def _with_texts(waiting: QuerySet[Message], first: int) -> Iterator[tuple[Message, Written | None]]:
    """The messages from the primary key `first` on, in their order, each with what it says; written a few at a time, just before they are
    sent."""
    while some := list(waiting.filter(pk__gte=first).order_by("pk")[:WRITTEN_AT_ONCE]):
        yield from zip(some, texts_of(some), strict=True)
        first = some[-1].pk + 1


def _left(job: jobs.JobHandle, waiting: QuerySet[Message]) -> smtplib.SMTPException | None:
    """What an earlier turn could not send is a reason to try again, too."""
    return smtplib.SMTPResponseException(450, "") if job.done and waiting.exists() else None


class _Refused(Exception):
    """The server refused a mail for good, and that is noted."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _answered(error: smtplib.SMTPException) -> bool:
    """Whether the server said something about this mail, and not about itself."""
    return isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused | smtplib.SMTPDataError)


def _send(message: Message, written: Written | None, post: Post) -> None:
    """Hand a message over and note it. Raises _Refused, and what the mail server's library raises for a reason that may pass."""
    if written is None:
        _close(message, MailStatus.FAILED, WITHDRAWN)
        return
    try:
        _hand_over(message, written, post)
    except OSError as error:  # of which those of the mail server's library are a kind
        code = _refusal_code(error) if isinstance(error, smtplib.SMTPException) and _answered(error) else 0
        if code >= 500:
            _close(message, MailStatus.FAILED, f"mail.refused.{code}")
            raise _Refused(code) from None
        Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)
        raise
    _close(message, MailStatus.SENT, "", written)


def _hand_over(message: Message, written: Written, post: Post) -> None:
    mail = EmailMultiAlternatives(
        subject=written.subject,
        body=written.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Content-Language": message.language, "Auto-Submitted": "auto-generated"},
    )
    if written.html:
        mail.attach_alternative(written.html, "text/html")
    post.send(mail)


def _refusal_code(error: smtplib.SMTPException) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=550)
    return int(getattr(error, "smtp_code", 550))


def _close(message: Message, status: str, error_code: str, written: Written | None = None) -> None:
    """Note how an attempt has ended. In one step with the note that it was sent, a mail that opens an account loses its body; of another
    one that was written only now it is kept."""
    values: dict[str, Any] = {
        "status": status,
        "error_code": error_code,
        "sent_at": None,
        "attempts": F("attempts") + 1,
    }
    if status == MailStatus.SENT:
        values["sent_at"] = timezone.now()
        if message.secret and not settings.TESTAMUR_OUTBOX:
            values |= {"text": "", "html": ""}
        elif written is not None and message.writer:
            values |= {"text": written.text, "html": written.html}
    Message.objects.filter(pk=message.pk, status=MailStatus.QUEUED).update(**values)


def _close_when_last(job: jobs.JobHandle, messages: Iterable[int], error_code: str) -> None:
    if job.last_attempt:
        left = Message.objects.filter(pk__in=list(messages), status=MailStatus.QUEUED)
        left.update(status=MailStatus.FAILED, error_code=error_code)


def forget_old_mail(job: jobs.JobHandle) -> dict[str, int]:  # noqa: ARG001
    """Forget whom and what we wrote longer ago than TESTAMUR_MAIL_KEPT; that we wrote stays, so that nothing is written twice."""
    with unscoped("housekeeping of all mail"):
        old = Message.objects.filter(
            status__in=[MailStatus.SENT, MailStatus.FAILED], created_at__lt=timezone.now() - settings.TESTAMUR_MAIL_KEPT
        )
        return {"forgotten": old.exclude(to="").update(**FORGOTTEN)}
