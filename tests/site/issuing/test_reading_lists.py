"""Long class lists are stored as they came and judged by the workers, who may be killed at any instant."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit.api import AuditEntry, verify_chain
from testamur_site.foundation.jobs import handle
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.tables import streaming
from testamur_site.foundation.tables.api import TableRefused
from testamur_site.foundation.tenancy.api import current_institution, unscoped
from testamur_site.issuing import api, queries
from testamur_site.issuing.models import Batch, BatchRow, ListPart, ListReading
from testamur_site.issuing.rules import BatchState, Stage
from testamur_site.issuing.services import batches, drafts, pipeline
from testamur_site.issuing.services.lists import reading, stored

from .conftest import Draft, class_list, cohort_list

pytestmark = pytest.mark.usefixtures("active")

ROWS = [f"Name {n},l{n}@example.org,2026-03-05" for n in range(30)]
ROWS[17] = "Again,L3@Example.org,2026-03-05"
ROWS[11] = ",nobody,2999-01-01"
ROWS[29] = "김민준,l8@example.org,2026-03-05"
LIST = class_list(*ROWS)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds for a million rows in portions of a thousand, for thirty in portions of eight."""
    monkeypatch.setattr(drafts, "AT_ONCE", 8)
    monkeypatch.setattr(drafts, "FEW", 8)
    monkeypatch.setattr(reading, "LOOKED_AT_ONCE", 7)
    monkeypatch.setattr(reading, "COMPARED_AT_ONCE", 1)
    monkeypatch.setattr(stored, "PART", 100)


def rows_of(batch: Batch) -> list[dict[str, Any]]:
    """Everything that stands in the rows of a list, but for which list it is."""
    return [
        {name: value for name, value in row.items() if name not in ("id", "batch_id")}
        for row in BatchRow.objects.filter(batch=batch).order_by("line").values()
    ]


@pytest.fixture
def at_once(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The rows of the list as they are judged together."""
    with monkeypatch.context() as patch:
        patch.setattr(drafts, "AT_ONCE", 1000)
        batch = draft(LIST)
        found = rows_of(batch)
        drafts.discard(batch)
    return found


Receive = Callable[..., Batch]


@pytest.fixture
def receive(version: AchievementVersion, issuer: User) -> Receive:
    def make(content: bytes = LIST, **options: Any) -> Batch:
        return drafts.receive_list(version, io.BytesIO(content), actor=issuer, **options)

    return make


def after(batch: Batch) -> Batch:
    batch.refresh_from_db()
    return batch


def nothing_is_left() -> bool:
    return not ListReading.objects.exists() and not ListPart.objects.exists()


def test_a_short_list_is_judged_at_once_and_a_long_one_by_a_job(receive: Receive, at_once: list[Any]) -> None:
    assert receive(cohort_list(8)).state == BatchState.DRAFT
    assert not Job.objects.exists()
    batch = receive()
    assert (batch.state, batch.rows.count()) == (BatchState.READING, 0)
    assert (
        b"".join(bytes(part) for part in ListPart.objects.order_by("position").values_list("content", flat=True))
        == LIST
    )
    assert queries.reading_progress(batch) == queries.ReadingProgress(Stage.LOOKING, 0, len(LIST), stuck=False)
    run_pending()
    assert after(batch).state == BatchState.DRAFT
    assert rows_of(batch) == at_once
    assert nothing_is_left()
    said = list(AuditEntry.objects.filter(target=f"batch:{batch.public_id}").order_by("sequence"))
    assert [(entry.action, entry.facts.get("rows"), entry.facts.get("bytes")) for entry in said] == [
        ("batch.uploaded", None, len(LIST)),
        ("batch.drafted", 30, None),
    ]
    assert said[0].actor == said[1].actor != ""
    assert verify_chain(batch.institution).intact


def test_each_turn_takes_it_a_step_further(
    receive: Receive, at_once: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handle, "TURN", timedelta(0))
    batch, seen = receive(), []
    while run_pending(limit=1):
        if after(batch).state == BatchState.READING:
            progress = queries.reading_progress(batch)
            assert not progress.stuck
            seen.append((progress.stage, progress.done))
    assert [done for stage, done in seen if stage == Stage.JUDGING] == [0, 8, 16, 24]
    assert [stage for stage, _ in seen].count(Stage.LOOKING) > 3
    assert rows_of(batch) == at_once


@pytest.mark.parametrize("issuing", [False, True])
def test_no_institution_is_left_behind_in_the_worker(
    receive: Receive, monkeypatch: pytest.MonkeyPatch, issuing: bool
) -> None:
    batch = receive()
    if issuing:
        run_pending()
        monkeypatch.setattr(batches, "AT_ONCE", 1)
        monkeypatch.setattr(pipeline, "SLICE", 5)
        api.start_batch(after(batch))
    monkeypatch.setattr(handle, "TURN", timedelta(0))
    with unscoped("as a worker, which works for nobody"):
        run_pending(["default"], limit=1)
        assert current_institution() is None
    assert Job.objects.filter(status="queued", queue="default").exists()


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize(
    "step", ["begin", "measure", "read_on", "judged", "write_rows", "repeated", "refuse_repeated", "finish"]
)
def test_a_worker_is_killed(
    receive: Receive, at_once: list[Any], monkeypatch: pytest.MonkeyPatch, step: str, call: int
) -> None:
    batch = receive()
    real, calls = getattr(reading, step), []

    def killed(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        found = real(*arguments, **options)
        if len(calls) == call:
            raise KeyboardInterrupt
        return found

    with monkeypatch.context() as patch:
        patch.setattr(reading, step, killed)
        try:
            run_pending()
        except KeyboardInterrupt:
            Job.objects.filter(status="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    run_pending()
    assert after(batch).state == BatchState.DRAFT
    assert rows_of(batch) == at_once
    assert nothing_is_left()


def test_two_at_the_same_list_do_no_row_twice(receive: Receive, at_once: list[Any]) -> None:
    batch = receive()
    for turns in range(40):
        one, other = drafts.read_on(after(batch)), drafts.read_on(Batch.objects.get(pk=batch.pk))
        next(one, None)
        list(zip(range(turns % 3), other, strict=False))
        list(zip(range(2), one, strict=False))
    list(drafts.read_on(batch))
    assert rows_of(batch) == at_once
    assert after(batch).state == BatchState.DRAFT


def test_who_was_overtaken_writes_nothing(receive: Receive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its look at a portion and its transaction another worker has judged that portion."""
    batch, real = receive(), reading.judged

    def overtaken(*arguments: Any) -> Any:
        monkeypatch.setattr(reading, "judged", real)
        list(drafts.read_on(Batch.objects.select_related("institution").get(pk=batch.pk)))
        return real(*arguments)

    monkeypatch.setattr(reading, "judged", overtaken)
    run_pending()
    assert (after(batch).state, batch.rows.count()) == (BatchState.DRAFT, 30)
    assert AuditEntry.objects.filter(action="batch.drafted").count() == 1


@pytest.mark.parametrize("steps", [0, 1, 6, 8, 10])
def test_it_can_be_discarded_at_any_time(receive: Receive, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handle, "TURN", timedelta(0))
    batch = receive()
    run_pending(limit=steps)
    assert after(batch).state == BatchState.READING
    api.discard(batch)
    run_pending()
    assert nothing_is_left()
    assert not Batch.objects.exists()
    assert not BatchRow.objects.exists()
    assert not Job.objects.exclude(status="done").exists()


def test_it_is_discarded_in_the_middle_of_a_step(receive: Receive, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, real = receive(), reading.judged

    def discarded(*arguments: Any) -> Any:
        monkeypatch.setattr(reading, "judged", real)
        api.discard(batch)
        return real(*arguments)

    monkeypatch.setattr(reading, "judged", discarded)
    run_pending()
    assert nothing_is_left()
    assert not BatchRow.objects.exists()


def workbook() -> bytes:
    book, file = Workbook(), io.BytesIO()
    for line in LIST.decode().splitlines():
        book.active.append(line.split(","))
    book.create_sheet("Notes")
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "cp949", "utf-16", "not utf-8 at the end"])
def test_what_cannot_be_read_row_by_row_is_converted_once(
    receive: Receive, at_once: list[Any], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handle, "TURN", timedelta(0))
    if kind == "not utf-8 at the end":  # its only letters beyond ASCII stand where nobody has looked yet
        monkeypatch.setattr(streaming, "WHOLE", 0)
        content = LIST.replace(b"\n", b"\n" + b" " * 9000, 20).decode().encode("cp949")
    else:
        content = workbook() if kind == "xlsx" else LIST.decode().encode(kind)
    batch = receive(content)
    assert after(batch).state == BatchState.READING
    run_pending()
    assert after(batch).state == BatchState.DRAFT
    assert rows_of(batch) == at_once or kind == "not utf-8 at the end"
    assert [row.name for row in batch.rows.filter(line=31)] == ["김민준"]
    assert batch.reading["encoding"] == {"xlsx": "", "utf-16": "utf-16"}.get(kind, "cp949")
    assert batch.reading["otherSheets"] == (["Notes"] if kind == "xlsx" else [])
    assert nothing_is_left()


LATE = [
    (b'"open,x@example.org,2026-03-05\n', "table.quotes"),
    (b"a\x00b,x@example.org,2026-03-05\n", "table.not_text"),
    (b"x" * 10_001 + b",x@example.org,\n", "table.cell_too_long"),
    (b"A,a@example.org\n" * 30, "table.too_many_rows"),
    (b"\xff" * 400, "table.too_large"),
]


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is long from its first row, and only its beginning is looked at before it is stored."""
    monkeypatch.setattr(streaming, "WHOLE", 0)
    monkeypatch.setattr(streaming, "MAX_LONG_ROWS", 40)
    monkeypatch.setattr(reading, "MAX_BYTES", 100)


@pytest.mark.parametrize(("tail", "code"), LATE, ids=[code for _, code in LATE])
@pytest.mark.usefixtures("late")
def test_what_is_wrong_far_below_stands_on_the_page(
    receive: Receive,
    tail: bytes,
    code: str,
    client_for: Callable[[User | None], Client],
    issuer: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = LIST
    if code in ("table.not_text", "table.too_large"):  # so far below that nobody has looked there when it is stored
        content += (b"Plain" * 300 + b",p@example.org,2026-03-05\n") * 200
        monkeypatch.setattr(streaming, "MAX_LONG_ROWS", 400)
    batch = receive(content + tail)
    run_pending()
    assert after(batch).state == BatchState.UNREADABLE
    assert batch.problem["code"] == code
    assert not batch.rows.exists()
    assert nothing_is_left()
    assert AuditEntry.objects.get(action="batch.unreadable").facts == {"code": code}
    with pytest.raises(api.NotAllowedNow):
        api.start_batch(batch)
    client = client_for(issuer)
    page = reverse("issuing:batch", args=["han-river", batch.public_id])
    text = client.get(page).content.decode()
    assert "This list cannot be read" in text
    assert f"?m={batch.micro_credential.public_id}" in text
    assert 'http-equiv="refresh"' not in text
    assert "Not readable" in client.get(reverse("issuing:batches", args=["han-river"])).content.decode()
    assert client.get(reverse("issuing:progress", args=["han-river", batch.public_id]))["HX-Refresh"] == "true"
    client.post(reverse("issuing:discard", args=["han-river", batch.public_id]))
    assert not Batch.objects.exists()


@pytest.mark.usefixtures("late")
def test_a_program_is_told_at_once_and_nothing_is_kept(version: AchievementVersion) -> None:
    with pytest.raises(TableRefused) as refused:
        api.draft_batch(version, LIST + b'"open,x@example.org,2026-03-05\n')
    assert refused.value.code == "table.quotes"
    assert nothing_is_left()
    assert not Batch.objects.exists()


def test_what_could_not_be_read_to_its_end_leaves_nothing(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError("full")

    monkeypatch.setattr(reading, "repeated", full)
    with pytest.raises(OSError, match="full"):
        draft(cohort_list(20))
    assert nothing_is_left()
    assert not Batch.objects.exists()


def test_a_list_that_is_being_read_is_not_started_and_is_forgotten(receive: Receive) -> None:
    batch = receive()
    with pytest.raises(api.NotAllowedNow):
        api.start_batch(batch)
    Batch.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert drafts.forget_drafts() == 1
    assert nothing_is_left()
    assert not Batch.objects.exists()


def test_a_long_list_is_judged_again_by_a_job(receive: Receive, at_once: list[Any]) -> None:
    batch = receive()
    run_pending()
    drafts.judge_again(after(batch), ["name", "", ""], award_again=True, default_date=None)
    assert after(batch).state == BatchState.READING
    assert queries.reading_progress(batch) == queries.ReadingProgress(Stage.AGAIN, 0, 30, stuck=False)
    with pytest.raises(api.NotAllowedNow):
        drafts.judge_again(batch, batch.columns, award_again=False, default_date=None)
    run_pending()
    assert (after(batch).state, queries.verdict_counts(batch)["refused"]) == (BatchState.DRAFT, 30)
    drafts.judge_again(batch, ["name", "email", "awarded_date"], award_again=False, default_date=None)
    run_pending()
    assert rows_of(batch) == at_once
    assert AuditEntry.objects.filter(action="batch.drafted", target=f"batch:{batch.public_id}").count() == 1


@pytest.mark.parametrize(("person", "offered"), [("issuer", True), ("viewer", False)])
def test_the_page_says_how_far_it_is(
    receive: Receive,
    person: str,
    offered: bool,
    request: pytest.FixtureRequest,
    client_for: Callable[[User | None], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handle, "TURN", timedelta(0))
    batch = receive(file_name="autumn.csv")
    client = client_for(request.getfixturevalue(person))
    page, progress, carry_on, discard = (
        reverse(f"issuing:{name}", args=["han-river", batch.public_id])
        for name in ("batch", "progress", "carry_on", "discard")
    )
    text = client.get(page).content.decode()
    assert "Looking through the file" in text
    assert 'http-equiv="refresh" content="2"' in text
    assert "autumn.csv" in text
    assert (f'action="{discard}"' in text) is offered
    run_pending(limit=7)
    part = client.get(progress)
    assert "16 of 30" in part.content.decode()
    assert "HX-Refresh" not in part
    Job.objects.filter(status="queued").update(status="failed", error={"type": "x.Strange", "code": "jobs.error"})
    text = client.get(page).content.decode()
    assert "Nothing is working on this list" in text
    assert "Strange (jobs.error)" in text
    assert (f'action="{carry_on}"' in text) is offered
    if offered:
        client.post(carry_on)
        run_pending()
        assert client.get(progress)["HX-Refresh"] == "true"
        assert "will be awarded" in client.get(page).content.decode()


@pytest.mark.parametrize("in_memory", [0, 10_000])
def test_an_upload_on_the_page(
    version: AchievementVersion,
    client_for: Callable[[User | None], Client],
    issuer: User,
    settings: Any,
    in_memory: int,
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = in_memory
    client, address = client_for(issuer), reverse("issuing:batch_new", args=["han-river"])
    given = {"version": version.public_id, "language": "en", "default_date": "2026-03-05"}
    sent = client.post(address, {**given, "file": SimpleUploadedFile("a.csv", LIST)}, HTTP_ACCEPT_LANGUAGE="ko")
    assert sent.status_code == 302
    batch = Batch.objects.get()
    assert (batch.state, batch.being_read.language) == (BatchState.READING, "ko")
    wrong = client.post(address, {**given, "file": SimpleUploadedFile("a.csv", b"Phone,Town\n1,Seoul\n" * 20)})
    assert "Missing: Name, E-mail" in client.get(wrong["Location"]).content.decode()
    refused = client.post(address, {**given, "file": SimpleUploadedFile("a.csv", LIST + b'"open,x\n')})
    assert refused.status_code == 422
    assert "A quotation mark in row 32" in refused.content.decode()


def test_it_is_judged_anew_while_a_worker_ends_its_reading(
    receive: Receive,
) -> None:
    """The worker still has the list as it was, and finds it being read again: it goes on with what was chosen now."""
    batch = receive(class_list(*(f"Name {n},l{n}@example.org,2026-03-05" for n in range(20)), header="Name,Email,Day"))
    chosen = date(2026, 5, 4)
    steps, judged_anew = drafts.read_on(Batch.objects.select_related("institution", "version").get(pk=batch.pk)), []
    for _ in steps:
        if after(batch).state == BatchState.DRAFT and not judged_anew:
            assert queries.verdict_counts(batch) == {"ready": 0, "already": 0, "refused": 20}
            judged_anew.append(drafts.judge_again(batch, batch.columns, award_again=False, default_date=chosen))
    run_pending()
    assert judged_anew
    assert after(batch).state == BatchState.DRAFT
    assert {(row.verdict, row.awarded_date) for row in batch.rows.all()} == {("ready", chosen)}


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_that_is_judged_anew_is_not_forgotten_in_the_middle_of_that(receive: Receive, rows: int) -> None:
    batch = receive(class_list(*ROWS[:rows]))
    run_pending()
    Batch.objects.filter(pk=batch.pk).update(expires_at=timezone.now() + timedelta(seconds=1))
    drafts.judge_again(after(batch), batch.columns, award_again=False, default_date=None)
    assert after(batch).expires_at > timezone.now() + timedelta(hours=23)
