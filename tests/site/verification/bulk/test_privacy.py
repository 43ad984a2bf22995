"""What is kept, for how long, and who can see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from testamur_site.config.logs import without_secrets
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.verification.bulk import services as bulk
from testamur_site.verification.bulk.models import KEPT, BulkEntry, BulkRun

pytestmark = pytest.mark.django_db


def test_the_documents_are_deleted_when_they_are_verified(
    start: Callable[..., str], three: list[tuple[str, bytes]]
) -> None:
    start(*three)
    assert all(bytes(entry.content) for entry in BulkEntry.objects.all())
    run_pending()
    assert not any(bytes(entry.content) or entry.address for entry in BulkEntry.objects.all())


def test_after_an_hour_nothing_is_left(
    client: Client, start: Callable[..., str], three: list[tuple[str, bytes]]
) -> None:
    address = start(*three)
    run_pending()
    assert client.get(address).status_code == 200
    BulkRun.objects.update(created_at=timezone.now() - KEPT)
    for path in ("", "/1", "/results.csv", "/results.json", "/progress"):
        assert client.get(address + path).status_code == 404
    with unscoped("the test lets the hour pass"):
        forgetting = Job.objects.filter(path=bulk.FORGET)
        assert forgetting.count() == 1
        forgetting.update(run_after=timezone.now())
    run_pending()
    assert (BulkRun.objects.count(), BulkEntry.objects.count()) == (0, 0)


def test_a_lost_deletion_is_made_up_for_by_the_next(start: Callable[..., str], three: list[tuple[str, bytes]]) -> None:
    start(*three)
    BulkRun.objects.update(created_at=timezone.now() - KEPT - timedelta(minutes=5))
    start(three[0])
    assert bulk.forget_overdue() == 1
    assert BulkRun.objects.count() == 1


def test_deleted_at_once_on_demand(client: Client, start: Callable[..., str], three: list[tuple[str, bytes]]) -> None:
    address = start(*three)
    assert client.get(f"{address}/delete").status_code == 405
    assert client.post(f"{address}/delete").status_code == 302
    assert client.get(address).status_code == 404
    run_pending()  # the job finds nothing to do
    assert BulkEntry.objects.count() == 0


def test_strangers_cannot_fill_the_database(
    start: Callable[..., str], three: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    size = sum(len(content) for _, content in three)
    monkeypatch.setattr(bulk, "MAX_BYTES", 2 * size)
    start(*three)
    address = start(*three)
    assert "come back" in start(*three, status=503)
    bulk.forget(address.rpartition("/")[2])
    start(*three)


def test_the_address_is_not_to_be_guessed_nor_carried_away(
    client: Client, start: Callable[..., str], three: list[tuple[str, bytes]]
) -> None:
    first, second = start(*three), start(*three)
    assert first != second
    assert len(first.rpartition("/")[2]) >= 22
    response = client.get(first)
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("same-origin", "noindex")
    assert first.rpartition("/")[2] not in str(BulkRun.objects.first())


@pytest.mark.parametrize(
    "path", ["/verify/many/Vq3kqf0o9m1pYb7sH2dTzQxW/3", "/api/verify/many/Vq3kqf0o9m1pYb7sH2dTzQxW"]
)
def test_the_address_of_a_run_stands_in_no_log(path: str) -> None:
    assert "Vq3k" not in without_secrets(f"Not Found: {path}")
    assert without_secrets("Not Found: /verify/offline") == "Not Found: /verify/offline"
