"""Very many mails: queued as rows, written when they are sent, by one job for all of them."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.mail import jobs, services
from testamur_site.foundation.mail.api import Message, Waiting, Written, queue_many
from testamur_site.foundation.mail.rules import is_plain
from testamur_site.foundation.tenancy.api import Institution, unscoped

pytestmark = pytest.mark.django_db
WRITER = "testamur_site.foundation.mail.tests.nobody"


@pytest.fixture(autouse=True)
def _writer(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    settings.TESTAMUR_MAIL_SERVER = True
    monkeypatch.setattr(services, "import_string", lambda _path: written)
    with unscoped("tests look at all mail"):
        yield


def written(about: Sequence[str]) -> list[Written | None]:
    return [None if one == "gone" else Written(f"About {one}", f"Text of {one}.\n") for one in about]


def queue(institution: Institution, *about: str) -> None:
    mails = [Waiting(f"a{n}@example.org", "en", "Soon", one, f"key:{one}") for n, one in enumerate(about)]
    queue_many(WRITER, "x/mail/y", mails, institution=institution)


def states() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("status", "error_code"))


def test_each_is_written_when_it_is_sent_and_sent_once(institution: Institution) -> None:
    queue(institution, "one", "two", "gone", "three")
    assert Job.objects.count() == 1
    assert set(Message.objects.values_list("text", flat=True)) == {""}
    run_pending()
    run_pending()
    assert [(one.to, one.subject, one.body) for one in outbox.outbox] == [
        ([f"a{n}@example.org"], f"About {about}", f"Text of {about}.\n")
        for n, about in ((0, "one"), (1, "two"), (3, "three"))
    ]
    assert states() == [("sent", ""), ("sent", ""), ("failed", "mail.withdrawn"), ("sent", "")]


def test_a_mail_that_is_refused_holds_up_no_other(institution: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    real, answers = jobs._hand_over, {"one": 550, "two": 450}

    def answering(message: Message, text: Written, post: Any) -> None:
        if code := answers.pop(message.about, None):
            raise smtplib.SMTPRecipientsRefused({message.to: (code, b"no")})
        real(message, text, post)

    monkeypatch.setattr(jobs, "_hand_over", answering)
    queue(institution, "one", "two", "three")
    run_pending(reraise=False)
    assert states() == [("failed", "mail.refused.550"), ("queued", ""), ("sent", "")]
    Job.objects.update(run_after="2026-01-01T00:00:00Z")
    run_pending()
    assert states() == [("failed", "mail.refused.550"), ("sent", ""), ("sent", "")]
    assert [one.subject for one in outbox.outbox] == ["About three", "About two"]


def test_without_a_mail_server_that_is_noted(institution: Institution, settings: Any) -> None:
    settings.TESTAMUR_MAIL_SERVER = settings.TESTAMUR_OUTBOX = False
    queue(institution, "one", "two")
    run_pending(reraise=False)
    assert states() == [("failed", "mail.no_server")] * 2


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org",
        "a.b-c_d+e@sub.example-site.co",
        "a..b@example.org",
        ".a@example.org",
        "a@example",
        "a@-example.org",
        "a@example-.org",
        "a@example.o",
        "a@example.org\n",
        "a b@example.org",
        '"a b"@example.org',
        "a@exämple.org",
        "ä@example.org",
        "a@b@example.org",
        "@example.org",
        "a@" + "x" * 64 + ".org",
        "a" * 250 + "@example.org",
        "a@[127.0.0.1]",
        "",
    ],
)
def test_who_can_be_written_to_is_what_django_says(address: str) -> None:
    try:
        validate_email(address)
        valid = True
    except ValidationError:
        valid = False
    assert services.is_address(address) is valid
    assert valid or not is_plain(address)
