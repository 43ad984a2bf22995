from __future__ import annotations

import smtplib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from testamur_site.foundation.jobs import api as jobs
from testamur_site.foundation.mail import services
from testamur_site.foundation.mail.api import MailStatus, Message, forget_address, resend, send
from testamur_site.foundation.mail.jobs import forget_old_mail
from testamur_site.foundation.mail.rules import MAX_SUBJECT, one_line
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

CONTEXT = {
    "link": "https://example.org/invitations/secret",
    "role": "Issuer",
    "invited_by": "<b>Olivia</b>",
    "expires_at": timezone.now(),
}


def write(institution: Institution | None = None, **values: Any) -> Message:
    given = {"to": "kim@example.org", "language": "en", "institution": institution, **values}
    return send(given.pop("to"), "accounts/mail/invitation", CONTEXT, given.pop("language"), **given)


def again(message: Message) -> Message:
    with unscoped("the test looks at a message"):
        return Message.objects.get(pk=message.pk)


def test_a_mail_is_queued_and_then_sent(institution: Institution) -> None:
    message = write(institution)
    assert message.status == MailStatus.QUEUED
    assert django_mail.outbox == []
    jobs.run_pending()
    (sent,) = django_mail.outbox
    assert sent.to == ["kim@example.org"]
    assert sent.subject == "Invitation to Han River University"
    assert sent.reply_to == ["registry@han-river.example"]
    assert "https://example.org/invitations/secret" in sent.body
    assert "&lt;b&gt;Olivia" in sent.alternatives[0][0]
    assert again(message).status == MailStatus.SENT
    assert again(message).sent_at is not None


def test_a_mail_speaks_the_language_it_is_asked_for(institution: Institution) -> None:
    assert "한강대학교" in write(institution, language="ko").subject
    assert write(institution, language="xx").language == "en"


def test_a_rolled_back_change_sends_nothing(institution: Institution) -> None:
    with pytest.raises(KeyError), transaction.atomic():
        _write_then_fail(institution)
    jobs.run_pending()
    assert django_mail.outbox == []


def _write_then_fail(institution: Institution) -> None:
    write(institution)
    raise KeyError


def test_the_same_key_writes_one_mail(institution: Institution) -> None:
    first = write(institution, dedupe_key="claim:1")
    assert write(institution, dedupe_key="claim:1") == first
    assert write(institution, dedupe_key="claim:2") != first
    jobs.run_pending()
    assert write(institution, dedupe_key="claim:1").status == MailStatus.SENT
    jobs.run_pending()
    assert len(django_mail.outbox) == 2


def test_an_impossible_address_is_refused_at_once(institution: Institution) -> None:
    with pytest.raises(ValidationError):
        write(institution, to="kim@example.org\nBcc: all@example.org")


@pytest.fixture
def broken_server(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Makes the mail server answer with an error."""

    def breaks(error: Exception) -> None:
        def refuse(*args: Any, **kwargs: Any) -> None:
            raise error

        monkeypatch.setattr(django_mail.EmailMultiAlternatives, "send", refuse)

    return breaks


def test_a_refused_recipient_is_final(institution: Institution, broken_server: Callable[[Exception], None]) -> None:
    message = write(institution)
    broken_server(smtplib.SMTPRecipientsRefused({"kim@example.org": (550, b"no such user")}))
    jobs.run_pending(reraise=False)
    assert again(message).status == MailStatus.FAILED
    assert again(message).error_code == "mail.refused.550"


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(), smtplib.SMTPRecipientsRefused({"kim@example.org": (451, b"later")})]
)
def test_a_passing_fault_is_tried_again_and_then_noted(
    institution: Institution, broken_server: Callable[[Exception], None], error: Exception
) -> None:
    message = write(institution)
    broken_server(error)
    for attempt in range(5):
        assert again(message).status == MailStatus.QUEUED, attempt
        _make_due()
        jobs.run_pending(reraise=False)
    assert again(message).status == MailStatus.FAILED
    assert again(message).attempts == 5


def _make_due() -> None:
    with unscoped("the test lets time pass"):
        jobs.Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_failed_mail_can_be_sent_again(institution: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    message = write(institution)
    with monkeypatch.context() as broken:
        refusal = smtplib.SMTPSenderRefused(550, b"no", "us@example.org")
        broken.setattr(django_mail.EmailMultiAlternatives, "send", lambda *a, **k: (_ for _ in ()).throw(refusal))
        jobs.run_pending(reraise=False)
    assert resend(again(message))
    jobs.run_pending()
    assert again(message).status == MailStatus.SENT
    assert len(django_mail.outbox) == 1


def test_without_a_mail_server_mail_is_kept_and_not_called_sent(institution: Institution, settings: Any) -> None:
    settings.TESTAMUR_MAIL_SERVER = False
    message = write(institution, secret=True)
    jobs.run_pending(reraise=False)
    assert (again(message).status, again(message).error_code) == (MailStatus.FAILED, "mail.no_server")
    settings.TESTAMUR_MAIL_SERVER = True
    assert resend(again(message))
    jobs.run_pending()
    assert len(django_mail.outbox) == 1


def test_a_waiting_mail_is_not_queued_twice(institution: Institution) -> None:
    assert not resend(write(institution))


def test_a_mail_that_opens_an_account_is_emptied_once_sent(institution: Institution) -> None:
    message = write(institution, secret=True)
    jobs.run_pending()
    assert again(message).text == ""
    assert again(message).html == ""
    assert not resend(again(message))


def test_of_many_mails_a_job_sends_its_own_and_not_those_between(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers that queue at one moment are given keys in turn (PostgreSQL): each mail is sent by one of them."""

    def queue(word: str, *keys: int) -> None:
        monkeypatch.setattr(services, "new_keys", lambda _model, _count: list(keys))
        mails = [services.Waiting(f"{key}@example.org", "en", word, str(key), f"test:{key}") for key in keys]
        services.queue_many(f"{__name__}.written", "wallet/mail/awarded", mails, institution=institution)

    with tenant(institution), transaction.atomic():
        queue("one", 501, 503, 505)
        queue("other", 502, 504)
    jobs.run_pending()
    assert [mail.to[0] for mail in django_mail.outbox] == [f"{key}@example.org" for key in (501, 503, 505, 502, 504)]


def written(about: Sequence[str]) -> list[services.Written]:
    return [services.Written(one, "text\n") for one in about]


def test_old_mail_is_forgotten_but_not_written_again(institution: Institution, settings: Any) -> None:
    old, young = write(institution, dedupe_key="old"), write(institution)
    jobs.run_pending()
    with unscoped("the test lets time pass"):
        Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - settings.TESTAMUR_MAIL_KEPT * 2)
    assert forget_old_mail(None) == {"forgotten": 1}  # type: ignore[arg-type]
    assert (again(old).text, again(old).to, again(old).subject) == ("", "", "")
    assert again(young).to == "kim@example.org"
    assert write(institution, dedupe_key="old") == old


def test_a_person_can_be_forgotten_at_once(institution: Institution) -> None:
    mine, others, waiting = write(institution), write(institution, to="lee@example.org"), None
    jobs.run_pending()
    waiting = write(institution)
    assert forget_address("KIM@example.org") == 1
    assert again(mine).to == ""
    assert again(others).to == "lee@example.org"
    assert again(waiting).to == "kim@example.org"  # it is still to be sent


def test_a_subject_is_one_line() -> None:
    assert one_line("  a\r\nBcc: x\x00y ") == "a Bcc: x y"
    assert len(one_line("가" * 500)) == MAX_SUBJECT


# ---- The development outbox


@pytest.fixture
def message(institution: Institution, settings: Any) -> Message:
    settings.TESTAMUR_OUTBOX = True
    return write(institution)


def test_the_outbox_shows_all_mail(message: Message, client: Client) -> None:
    assert message.subject in client.get("/outbox/").content.decode()
    page = client.get(f"/outbox/{message.public_id}").content.decode()
    assert "invitations/secret" in page
    assert "&lt;b&gt;Olivia" in page


def test_the_html_body_is_shown_in_a_sandbox(message: Message, client: Client) -> None:
    answer = client.get(f"/outbox/{message.public_id}/html")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "&lt;b&gt;Olivia" in answer.content.decode()


def test_the_outbox_sends_again(message: Message, client: Client) -> None:
    jobs.run_pending()
    assert client.post(f"/outbox/{message.public_id}/resend").status_code == 302
    jobs.run_pending()
    assert len(django_mail.outbox) == 2


@pytest.mark.parametrize("path", ["/outbox/", "/outbox/{id}", "/outbox/{id}/html", "/outbox/{id}/resend"])
def test_on_a_real_machine_there_is_no_outbox(message: Message, client: Client, settings: Any, path: str) -> None:
    settings.TESTAMUR_OUTBOX = False
    url = path.format(id=message.public_id)
    assert (client.post(url) if path.endswith("resend") else client.get(url)).status_code == 404
