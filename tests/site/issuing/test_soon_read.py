"""Who uploads a list waits for a moment for the worker that reads it, and for no longer; where no worker runs, the page says so."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit.api import AuditEntry
from testamur_site.foundation.jobs.api import Job, start_thread
from testamur_site.foundation.jobs.rules import UNATTENDED
from testamur_site.foundation.tables.api import TableRefused
from testamur_site.foundation.tenancy.api import tenant, unscoped
from testamur_site.issuing import api, queries
from testamur_site.issuing.models import Batch, BatchRow, ListPart, ListReading
from testamur_site.issuing.rules import BatchState
from testamur_site.issuing.services import drafts
from testamur_site.issuing.views import batches as pages

from .conftest import cohort_list

PATIENCE = 60.0
"""Only so that a defect fails instead of hanging."""

MIDDLE = cohort_list(drafts.FEW + 10)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _worker(settings: Any) -> Iterator[None]:
    settings.TESTAMUR_PERIODIC_JOBS = {}
    stop = start_thread(poll_seconds=0.05)
    yield
    stop()


@pytest.fixture
def waiting(version: AchievementVersion, issuer: User) -> Batch:
    """A list that nobody has begun to read."""
    return drafts.receive_list(version, io.BytesIO(MIDDLE), actor=issuer)


@pytest.mark.usefixtures("_worker")
def test_the_dry_run_is_there_when_the_worker_was_quick(version: AchievementVersion, issuer: User) -> None:
    batch = drafts.receive_list(version, io.BytesIO(MIDDLE), wait=PATIENCE, actor=issuer)
    assert batch.state == BatchState.DRAFT
    with tenant(batch.institution):
        assert queries.verdict_counts(batch)["ready"] == drafts.FEW + 10
        again = drafts.judge_again(batch, ["name"], award_again=False, default_date=None, wait=PATIENCE)
        assert again.state == BatchState.DRAFT
        assert queries.verdict_counts(batch)["refused"] == drafts.FEW + 10


@pytest.mark.usefixtures("_worker")
def test_what_the_worker_refuses_meanwhile_is_said_as_of_a_short_list(
    version: AchievementVersion, issuer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("testamur_site.foundation.tables.streaming.WHOLE", 0)  # only its beginning is looked at
    with pytest.raises(TableRefused) as refused:
        drafts.receive_list(version, io.BytesIO(MIDDLE + b'"open,x\n'), wait=PATIENCE, actor=issuer)
    assert (refused.value.code, refused.value.facts["row"]) == ("table.quotes", drafts.FEW + 12)
    with unscoped("nothing is left anywhere"):
        left = [model.objects.count() for model in (Batch, BatchRow, ListReading, ListPart)]
        said = set(AuditEntry.objects.filter(target__startswith="batch:").values_list("action", flat=True))
    assert left == [0, 0, 0, 0]
    assert said == {"batch.uploaded", "batch.unreadable", "batch.discarded"}


def test_nobody_waits_for_long(version: AchievementVersion) -> None:
    batch = drafts.receive_list(version, io.BytesIO(MIDDLE), wait=0.01)
    assert batch.state == BatchState.READING


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_pages_where_no_worker_runs(
    waiting: Batch, issuer: User, client_for: Callable[[User | None], Client], language: str
) -> None:
    client = client_for(issuer)
    page, progress = (
        reverse(f"issuing:{name}", args=["han-river", waiting.public_id]) for name in ("batch", "progress")
    )
    sentence = {"en": "No worker seems to be running", "ko": "작업 프로그램이 실행되고 있지 않은 것 같습니다"}[language]

    def shown() -> list[bool]:
        found = (client.get(one, HTTP_ACCEPT_LANGUAGE=language).content.decode() for one in (page, progress))
        return [sentence in text for text in found]

    assert shown() == [False, False]
    with unscoped("the queue is everybody's"):
        Job.objects.update(run_after=timezone.now() - 2 * UNATTENDED)
        assert shown() == [True, True]
        # Another institution's job in the same queue: a worker runs, and our turn will come.
        busy = Job.objects.create(path="x", status="running", lease_until=timezone.now() + timedelta(minutes=1))
        assert shown() == [False, False]
        Job.objects.filter(pk=busy.pk).update(queue="log")
        assert shown() == [True, True]
        Job.objects.filter(pk=busy.pk).delete()
        # Our worker was killed, and nobody takes its place.
        Job.objects.update(status="running", lease_until=timezone.now() - 2 * UNATTENDED)
        assert shown() == [True, True]
        Job.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
        assert shown() == [False, False]


def test_a_batch_says_the_same(waiting: Batch, issuer: User, client_for: Callable[[User | None], Client]) -> None:
    with tenant(waiting.institution):
        for _ in drafts.read_on(waiting):
            pass
        batch = api.start_batch(Batch.objects.get(pk=waiting.pk))
        Job.objects.update(run_after=timezone.now() - 2 * UNATTENDED)
    address = reverse("issuing:batch", args=["han-river", batch.public_id])
    assert "No worker seems to be running" in client_for(issuer).get(address).content.decode()


@pytest.mark.parametrize(("age", "seconds"), [(0, (1, 2)), (60, (2, 5))])
def test_a_new_list_is_looked_at_more_often(
    waiting: Batch, issuer: User, client_for: Callable[[User | None], Client], age: int, seconds: tuple[int, int]
) -> None:
    with tenant(waiting.institution):
        Batch.objects.update(created_at=timezone.now() - timedelta(seconds=age))
    text = client_for(issuer).get(reverse("issuing:batch", args=["han-river", waiting.public_id])).content.decode()
    assert f'hx-trigger="every {seconds[0]}s"' in text
    assert f'<noscript><meta http-equiv="refresh" content="{seconds[1]}">' in text


@pytest.mark.usefixtures("_worker")
def test_an_upload_on_the_page_answers_with_the_dry_run(
    version: AchievementVersion,
    issuer: User,
    client_for: Callable[[User | None], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "WAIT_SECONDS", PATIENCE)
    client, address = client_for(issuer), reverse("issuing:batch_new", args=["han-river"])
    given = {"version": version.public_id, "language": "en", "default_date": "2026-03-05"}
    sent = client.post(address, {**given, "file": SimpleUploadedFile("a.csv", MIDDLE)})
    assert f"Issue {drafts.FEW + 10} credentials" in client.get(sent["Location"]).content.decode()
    columns = {"column_0": "name", "column_1": "unused", "column_2": "unused"}
    client.post(f"{sent['Location']}columns", columns)
    assert "Missing: E-mail" in client.get(sent["Location"]).content.decode()
    monkeypatch.setattr("testamur_site.foundation.tables.streaming.WHOLE", 0)
    refused = client.post(address, {**given, "file": SimpleUploadedFile("a.csv", MIDDLE + b'"open,x\n')})
    assert refused.status_code == 422
    assert f"A quotation mark in row {drafts.FEW + 12}" in refused.content.decode()


def test_what_one_person_waits_for_comes_first(version: AchievementVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    def priority() -> int:
        drafts.receive_list(version, io.BytesIO(MIDDLE))
        with unscoped("the queue is everybody's"):
            return Job.objects.order_by("-created_at").values_list("priority", flat=True)[0]

    assert priority() == 5
    monkeypatch.setattr(drafts, "SOON_BYTES", len(MIDDLE) - 1)
    assert priority() == 0
