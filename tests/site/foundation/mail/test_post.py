"""One connection to the mail server for many mails, whatever the server does to it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from testamur_site.foundation.jobs import handle
from testamur_site.foundation.jobs.api import Job, enqueue, run_pending
from testamur_site.foundation.mail import jobs, services
from testamur_site.foundation.mail.api import Message, Waiting, Written, queue_many
from testamur_site.foundation.mail.post import Post
from testamur_site.foundation.tenancy.api import Institution, unscoped

HERE = "tests.site.foundation.mail.test_post"

Trouble = Callable[[], smtplib.SMTPException]


class Server(BaseEmailBackend):
    """Opens connections as Django's does. `says` holds what is wrong with the next mails: None for nothing."""

    log: list[str] = []
    says: list[Trouble | None] = []

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._there = False

    def open(self) -> bool:
        if self._there:
            return False
        self._there = True
        self.log.append("open")
        return True

    def close(self) -> None:
        self._there = False
        self.log.append("close")

    def send_messages(self, messages: Sequence[Any]) -> int:
        new = self.open()
        try:
            trouble = self.says.pop(0) if self.says else None
            if trouble is not None:
                raise trouble()
            self.log.extend(message.subject for message in messages)
        finally:
            if new:
                self.close()
        return len(messages)


@pytest.fixture(autouse=True)
def _server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.EMAIL_BACKEND, settings.TESTAMUR_MAIL_SERVER = f"{HERE}.Server", True
    monkeypatch.setattr(Server, "log", [])
    monkeypatch.setattr(Server, "says", [])
    with unscoped("tests look at all mail"):
        yield


def a_mail(subject: str) -> EmailMultiAlternatives:
    return EmailMultiAlternatives(subject, "Text.", "us@example.org", ["you@example.org"])


def gone() -> smtplib.SMTPException:
    return smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


def too_many() -> smtplib.SMTPException:
    return smtplib.SMTPSenderRefused(421, b"too many mails", "us@example.org")


def too_many_for_you() -> smtplib.SMTPException:
    return smtplib.SMTPRecipientsRefused({"you@example.org": (421, b"too many mails")})


def busy() -> smtplib.SMTPException:
    return smtplib.SMTPRecipientsRefused({"you@example.org": (450, b"later")})


def test_many_mails_go_over_one_connection() -> None:
    with Post() as post:
        for subject in "abc":
            post.send(a_mail(subject))
    assert Server.log == ["open", "a", "b", "c", "close"]


@pytest.mark.parametrize("trouble", [gone, too_many, too_many_for_you])
def test_a_server_that_closes_the_connection_gets_the_mail_over_a_new_one(trouble: Trouble) -> None:
    Server.says = [None, trouble]
    with Post() as post:
        for subject in "abc":
            post.send(a_mail(subject))
    assert Server.log == ["open", "a", "close", "open", "b", "c", "close"]


@pytest.mark.parametrize("says", [[gone], [None, gone, gone], [None, busy], [busy]])
def test_who_does_not_take_it_on_a_new_one_or_says_no_to_the_mail_is_not_asked_again(
    says: list[Trouble | None],
) -> None:
    Server.says = says.copy()
    with Post() as post:
        if says[0] is None:
            post.send(a_mail("a"))
        with pytest.raises(smtplib.SMTPException):
            post.send(a_mail("b"))
    assert Server.says == []
    assert Server.log[-1] == "close"


def test_trouble_at_the_end_is_no_trouble_of_a_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def close(_: Server) -> None:
        raise gone()

    with Post() as post:
        post.send(a_mail("a"))
        monkeypatch.setattr(Server, "close", close)
    assert Server.log == ["open", "a"]


def written(about: Sequence[str]) -> list[Written | None]:
    Server.log.append(f"written {' '.join(about)}")
    return [Written(f"{one}!", "Text.\n") for one in about]


@pytest.fixture
def _queued(institution: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "import_string", lambda _path: written)
    monkeypatch.setattr(jobs, "WRITTEN_AT_ONCE", 2)
    mails = [Waiting(f"a{n}@example.org", "en", "Soon", one, f"key:{one}") for n, one in enumerate("abcde")]
    queue_many("testamur_site.foundation.mail.tests.nobody", "x/mail/y", mails, institution=institution)


@pytest.mark.django_db
@pytest.mark.usefixtures("_queued")
def test_a_job_writes_some_and_sends_them_and_notes_each() -> None:
    run_pending()
    assert Server.log == [
        *("written a b", "open", "a!", "b!"),
        *("written c d", "c!", "d!"),
        *("written e", "e!", "close"),
    ]
    assert set(Message.objects.values_list("status", "attempts")) == {("sent", 1)}


@pytest.mark.django_db
@pytest.mark.usefixtures("_queued")
def test_what_a_worker_sent_before_it_died_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each mail is noted before the next one goes out: with the texts of several in hand, too."""
    real = jobs._hand_over

    def killed(message: Message, text: Written, post: Post) -> None:
        if message.about == "b":
            raise KeyboardInterrupt
        real(message, text, post)

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_hand_over", killed)
        with pytest.raises(KeyboardInterrupt):
            run_pending()
    assert list(Message.objects.order_by("pk").values_list("status", "attempts")) == [("sent", 1), *[("queued", 0)] * 4]
    Job.objects.update(lease_until="2026-01-01T00:00:00Z")
    run_pending()
    assert [one for one in Server.log if one.endswith("!")] == ["a!", "b!", "c!", "d!", "e!"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_queued")
def test_the_work_of_other_cohorts_does_not_wait_for_all_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TOLD_SECONDS", 0)
    monkeypatch.setattr(handle, "TURN", timedelta(0))
    other = enqueue("tests.site.foundation.jobs.handlers.double", {"number": 4}, priority=-1)
    run_pending(limit=2)
    assert Job.objects.get(pk=other.pk).status == "done"
    assert [one for one in Server.log if one.endswith("!")] == ["a!"]
    run_pending()
    assert [one for one in Server.log if one.endswith("!")] == ["a!", "b!", "c!", "d!", "e!"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_queued")
def test_an_attempt_that_failed_is_counted() -> None:
    Server.says = [busy, gone]
    run_pending(reraise=False)
    assert list(Message.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 1, 1, 1]
    assert list(Message.objects.order_by("pk").values_list("status", flat=True)) == ["queued", *["sent"] * 4]
