"""The pages of a list, for a registrar in a hurry: what is refused and what to do about it, how far it is, and how much longer it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.issuing import queries, sentences
from testamur_site.issuing.models import Batch
from testamur_site.issuing.services import drafts

from .conftest import class_list, cohort_list

BATCHES = "/staff/han-river/batches/"
LIST = class_list(
    "김민준,minjun@example.org,2026-03-05", "Ada,ada@example.org,03/05/2026", "محمد,m@example.org,2026-03-05"
)


@pytest.fixture
def browser(client_for: Callable[..., Client], issuer: Any) -> Client:
    return client_for(issuer)


def upload(browser: Client, version: AchievementVersion, content: bytes = LIST) -> Any:
    file = SimpleUploadedFile("list.csv", content)
    return browser.post(f"{BATCHES}new", {"version": version.public_id, "file": file, "language": "en", "encoding": ""})


def text(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_a_dry_run_with_mistakes_says_what_to_do_about_them(browser: Client, version: AchievementVersion) -> None:
    draft = upload(browser, version)
    shown = text(browser.get(draft.url))
    assert "1 row is refused" in shown
    assert "The others can be issued now." in shown
    assert f'href="{BATCHES}new?m={version.micro_credential.public_id}"' in shown
    assert 'href="?verdict=refused#rows"' in shown
    assert "verdict=already" not in shown, "no tab leads to nothing"
    assert shown.index("verdict=refused", shown.index('class="tabs"')) < shown.index("verdict=ready")
    assert "No rows with this verdict." in text(browser.get(f"{draft.url}?verdict=already"))
    browser.post(f"{draft.url}start")
    started = text(browser.get(draft.url))
    assert "1 row is refused" in started, "also later"
    assert f"{draft.url}refused.csv" in started
    hopeless = text(browser.get(upload(browser, version, class_list("Ada,ada,2026-03-05", "Mina,,2026-03-05")).url))
    assert "2 rows are refused" in hopeless
    assert "The others can be issued now." not in hopeless


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "2,000 of 6,000 · 33% · about 2 minutes left"), ("ko", "6,000 중 2,000 · 33% · 약 2분 남음")],
)
def test_a_running_batch_says_how_much_longer_it_takes(
    browser: Client, version: AchievementVersion, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    draft = upload(browser, version)
    browser.post(f"{draft.url}start")
    with tenant(version.institution):
        Batch.objects.update(started_at=timezone.now() - timedelta(minutes=1))
    far = queries.Progress(total=6000, issued=2000, refused=0, cancelled=0, revoked=0, left=4000, stuck=False)
    for one, promised in ((far, True), (replace(far, stuck=True), False), (replace(far, unattended=True), False)):
        monkeypatch.setattr(queries, "progress", lambda _batch, one=one: one)
        for page in (draft.url, f"{draft.url}progress"):
            shown = text(browser.get(page, HTTP_ACCEPT_LANGUAGE=language))
            assert (words in shown) == promised
            assert words.rpartition(" · ")[0] in shown


@pytest.mark.parametrize(("age", "said"), [(0, False), (60, True)])
def test_what_waits_for_other_work_says_so(
    browser: Client, version: AchievementVersion, monkeypatch: pytest.MonkeyPatch, age: int, said: bool
) -> None:
    draft = upload(browser, version)
    browser.post(f"{draft.url}start")
    reading = upload(browser, version, cohort_list(drafts.FEW + 10))
    with tenant(version.institution):
        since = timezone.now() - timedelta(seconds=age)
        Batch.objects.update(started_at=since, created_at=since)
    waits = queries.Progress(total=60, issued=0, refused=0, cancelled=0, revoked=0, left=60, stuck=False)
    monkeypatch.setattr(queries, "progress", lambda _batch: waits)
    for page in (draft.url, f"{draft.url}progress", reading.url, f"{reading.url}progress"):
        assert ("Other work goes first." in text(browser.get(page))) == said
    monkeypatch.setattr(queries, "progress", lambda _batch: replace(waits, unattended=True))
    assert "Other work goes first." not in text(browser.get(draft.url)), "nobody works at all"


@pytest.mark.parametrize(
    ("done", "left", "seconds", "words"),
    [
        (0, 10, 60, ""),
        (10, 0, 60, ""),
        (1000, 5000, 2, ""),  # too soon to tell
        (1000, 500, 10, "under a minute left"),
        (1000, 1000, 60, "about 1 minute left"),
        (1000, 4000, 100, "about 7 minutes left"),
        (1000, 120_000, 60, "about 2 hours left"),
    ],
)
def test_the_time_that_is_left(done: int, left: int, seconds: int, words: str) -> None:
    assert sentences.time_left(done, left, timezone.now() - timedelta(seconds=seconds)) == words
    assert sentences.time_left(done, left, None) == ""
