from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from testamur_site.foundation.jobs import api as jobs
from testamur_site.foundation.tenancy.api import Institution, current_institution, insert_rows, new_keys, unscoped

from .models import FORGOTTEN, MailStatus, Message
from .rules import is_plain, one_line

DELIVER = "testamur_site.foundation.mail.jobs.deliver"
DELIVER_MANY = "testamur_site.foundation.mail.jobs.deliver_many"

LATER = -1
"""The priority of the mails of a cohort, as that of its issuing: they take turns, and what one person waits for comes before both."""

SOON = 5
"""The priority of a mail that one person waits for."""


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
    one_of_many: bool = False,
) -> Message:
    """Queue a mail in the caller's transaction: it is sent exactly when that commits.

    `template` is "<app>/mail/<name>": `.txt` is needed, its first line is the subject (after "Subject: "); `.html` is optional.
    `context` also gets `institution`, `base_url`, `language`. A second call with the same `dedupe_key` returns the first message.
    `one_of_many`: what it tells is told to a cohort, and other work takes turns with it.
    Raises django's ValidationError for an impossible address and TemplateDoesNotExist.
    """
    validate_email(to)
    institution = institution or current_institution()
    language = spoken(language)
    written = write(template, context, language, institution)
    return queue_rendered(
        to=to,
        template=template,
        language=language,
        subject=written.subject,
        text=written.text,
        html=written.html,
        institution=institution,
        dedupe_key=dedupe_key,
        reply_to=reply_to or (institution.email if institution else ""),
        secret=secret,
        one_of_many=one_of_many,
    )


def is_address(text: str) -> bool:
    """Whether a mail can be sent to `text`."""
    if is_plain(text):
        return True
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def spoken(language: str) -> str:
    """`language`, or the one that is spoken where it is not."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a mail. `html` may be empty."""

    subject: str
    text: str
    html: str = ""


def write(template: str, context: Mapping[str, Any], language: str, institution: Institution | None) -> Written:
    """The text of a mail by its template; see `send`."""
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
    return Written(one_line(subject), text.strip() + "\n", html)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One of many mails: to whom, in which language, with which subject, and about what (a public identifier that its writer knows)."""

    to: str
    language: str
    subject: str
    about: str
    dedupe_key: str


def queue_many(writer: str, template: str, mails: Sequence[Waiting], *, institution: Institution) -> None:
    """Queue many secret mails (`send`) of an institution in the caller's transaction, in one step: their text is written when they are
    sent.

    `writer` is the path of a function that takes some `about` and gives for each, in their order, `Written`, or None where there is
    nothing to say any more. Raises
    django's ValidationError for an impossible address, IntegrityError for a key under which something was queued before.
    """
    if not mails:
        return
    for one in mails:
        if not is_plain(one.to):
            validate_email(one.to)
    keys = new_keys(Message, len(mails))
    rows = zip(keys, mails, strict=True)
    insert_rows(
        Message,
        ("id", "to", "language", "subject", "about", "dedupe_key"),
        ((key, one.to, one.language, one.subject, one.about, one.dedupe_key) for key, one in rows),
        institution_id=institution.pk,
        template=template,
        writer=writer,
        reply_to=institution.email,
        text="",
        secret=True,
        created_at=timezone.now(),
    )
    # Somebody else who took keys at this moment may have had some between ours; those mails are theirs to send.
    others = sorted(set(range(keys[0], keys[-1] + 1)).difference(keys))
    jobs.enqueue(
        DELIVER_MANY,
        {"first": keys[0], "last": keys[-1], **({"others": others} if others else {})},
        queue="mail",
        institution=institution,
        total=len(keys),
        priority=LATER,
        max_attempts=20,
    )


def text_of(message: Message) -> Written | None:
    """What a mail says: as it was queued, or as its writer writes it now. None where there is nothing to say any more."""
    return texts_of([message])[0]


def texts_of(messages: Sequence[Message]) -> list[Written | None]:
    """What `text_of` says of each; those of one writer are written together."""
    found: dict[int, Written | None] = {}
    to_write: dict[str, list[Message]] = {}
    for message in messages:
        if message.text or not message.writer:
            found[message.pk] = Written(message.subject, message.text, message.html)
        elif message.writer.startswith(tuple(settings.TESTAMUR_JOB_MODULES)):
            to_write.setdefault(message.writer, []).append(message)
    for writer, some in to_write.items():
        written = import_string(writer)([message.about for message in some])
        found |= {message.pk: text for message, text in zip(some, written, strict=True)}
    return [found.get(message.pk) for message in messages]


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
    one_of_many: bool = False,
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
        _queue_delivery(message, attempt=0, priority=LATER if one_of_many else SOON)
    return message


def _queue_delivery(message: Message, attempt: int, priority: int = SOON) -> None:
    jobs.enqueue(
        DELIVER,
        {"public_id": message.public_id},
        key=f"mail:{message.public_id}:{attempt}",
        queue="mail",
        institution=message.institution,
        priority=priority,
    )


def resend(message: Message) -> bool:
    """Queue a mail again that failed, or that was sent and still has its body. False when there is nothing left to send."""
    with transaction.atomic(), unscoped("the caller holds the message"):
        ended = Message.objects.filter(pk=message.pk, status__in=[MailStatus.FAILED, MailStatus.SENT]).exclude(
            text="", writer=""
        )
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
