"""A run from the files to the table, driven as a visitor and as a program would; the worker runs in between."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from tests.simulator import NOW, FixedClock, Institution

from testamur.verification import Institution as Listed
from testamur.verification import Register, TrustRegistry, Verifier
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.verification import services
from testamur_site.verification.bulk import jobs, outside, queries
from testamur_site.verification.bulk import services as bulk
from testamur_site.verification.bulk.models import BulkEntry, BulkRun
from testamur_site.verification.bulk.rules import Item

pytestmark = pytest.mark.django_db


def archive(files: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as opened:
        for name, content in files:
            opened.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("as_archive", [False, True])
def test_each_document_gets_its_verdict(
    client: Client, start: Callable[..., str], three: list[tuple[str, bytes]], as_archive: bool
) -> None:
    address = start(*([("class.zip", archive(three))] if as_archive else three))
    waiting = client.get(address)
    assert "The first results come in a moment" in waiting.content.decode()
    assert '<noscript><meta http-equiv="refresh"' in waiting.content.decode()
    run_pending()
    page = client.get(address).content.decode()
    assert "http-equiv" not in page
    results = list(BulkEntry.objects.values_list("name", "result", "code"))
    assert results == [
        ("good.json", "valid", "trust.issuer_unknown"),
        ("changed.json", "invalid", "proof.signature_false"),
        ("revoked.json", "invalid", "status.revoked"),
    ]
    assert "김미나" in page
    assert "김나미" not in page, "nothing of a document that was changed is shown as said"
    assert "The issuer has revoked it" in page


def test_valid_is_green_only_from_an_issuer_on_a_register(
    client: Client,
    start: Callable[..., str],
    three: list[tuple[str, bytes]],
    university: Institution,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def state() -> str:
        address = start(three[0])
        run_pending()
        return re.findall(r'<span class="pill (\w+)"', client.get(address).content.decode())[0]

    assert state() == "quiet"
    listed = Register("Known", (Listed("University", domains=frozenset({"university.example"})),), relied_on=True)
    judge = lambda resolver=None: Verifier(resolver or university, TrustRegistry([listed]), FixedClock(NOW))  # noqa: E731
    monkeypatch.setattr(services, "verifier", judge)
    assert state() == "passed"


def test_the_table_is_filtered(client: Client, start: Callable[..., str], three: list[tuple[str, bytes]]) -> None:
    address = start(*three, ("empty.json", b""))
    run_pending()

    def names(**query: str) -> list[str]:
        page = client.get(address, query).content.decode()
        return [name for name in ("good.json", "changed.json", "revoked.json", "empty.json") if name in page]

    everything = ["good.json", "changed.json", "revoked.json", "empty.json"]
    assert names() == everything
    assert names(result="valid") == ["good.json"]
    assert names(result="invalid") == ["changed.json", "revoked.json"]
    assert names(result="refused") == ["empty.json"]
    assert names(code="status.revoked") == ["revoked.json"]
    assert names(code="status.clear") == ["good.json"]
    issuer = BulkEntry.objects.get(name="good.json").issuer
    assert names(issuer=issuer) == ["good.json", "revoked.json"]
    assert names(issuer=issuer, result="invalid") == ["revoked.json"]
    assert names(result="' OR 1=1 --") == everything
    assert "Withdrawal · status.revoked</option>" in client.get(address).content.decode()


def test_one_report_of_the_run(client: Client, start: Callable[..., str], three: list[tuple[str, bytes]]) -> None:
    address = start(*three, ("empty.json", b""))
    run_pending()
    report = client.get(f"{address}/1").content.decode()
    assert "Six questions" in report
    assert "김미나" in report
    assert "This file is empty." in client.get(f"{address}/4").content.decode()
    assert client.get(f"{address}/5").status_code == 404


def test_exports_carry_the_filter_and_no_formula(
    client: Client, start: Callable[..., str], university: Institution, three: list[tuple[str, bytes]]
) -> None:
    evil = json.dumps(university.issue(name="=HYPERLINK(1)")).encode()
    address = start(*three, ("+cmd.json", evil))
    run_pending()
    response = client.get(f"{address}/results.csv")
    assert response["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"), newline="")))
    assert [row["result"] for row in rows] == ["valid", "invalid", "invalid", "valid"]
    assert (rows[3]["name"], rows[3]["holder"]) == ("'+cmd.json", "'=HYPERLINK(1)")
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    only = json.loads(b"".join(client.get(f"{address}/results.json", {"result": "valid"}).streaming_content))
    assert [(each["name"], each["report"]["verdict"]) for each in only["results"]] == [
        ("good.json", "valid"),
        ("+cmd.json", "valid"),
    ]


def test_addresses_of_a_table(client: Client, start: Callable[..., str], university: Institution) -> None:
    there, away = "https://university.example/c/1", "https://university.example/c/2"
    university.pages[there] = json.dumps(university.issue(name="Mina Kim")).encode()
    university.unreachable.add(away)
    address = start(("list.csv", f"name,address\nMina,{there}\nJo,{away}\n".encode()))
    run_pending()
    assert list(BulkEntry.objects.values_list("name", "result", "refusal")) == [
        ("list.csv:2", "valid", ""),
        ("list.csv:3", "refused", "address_unreachable"),
    ]
    assert "university.example did not answer" in client.get(address).content.decode()


def test_what_many_documents_share_is_fetched_once(start: Callable[..., str], university: Institution) -> None:
    start(("all.jsonl", b"\n".join(json.dumps(university.issue(name=f"Learner {n}")).encode() for n in range(12))))
    university.asked.clear()
    run_pending()
    assert BulkEntry.objects.filter(result="valid").count() == 12
    assert len(university.asked) == len(set(university.asked)) <= 3


def test_a_worker_that_dies_is_continued(
    start: Callable[..., str], three: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the middle: what was noted stays, the rest is done by whoever takes over, and nothing twice."""
    start(*three)
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    real, seen = bulk.result_of, []

    def dies_at_the_second(entry: BulkEntry, *args: object) -> BulkEntry:
        seen.append(entry.position)
        if len(seen) == 2:
            raise MemoryError
        return real(entry, *args)

    monkeypatch.setattr(bulk, "result_of", dies_at_the_second)
    with pytest.raises(MemoryError):
        run_pending()
    with unscoped("the pause before the second attempt is over"):
        Job.objects.filter(path=bulk.VERIFY).update(run_after=timezone.now())
    run_pending()
    assert seen == [1, 2, 2, 3]
    assert BulkEntry.objects.filter(result="").count() == 0


def test_a_document_that_kills_its_worker_does_not_stop_the_others(
    start: Callable[..., str], three: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    address = start(*three)
    real, deaths = bulk.result_of, []

    def dies_of_the_second(entry: BulkEntry, *args: object) -> BulkEntry:
        if entry.position == 2:
            deaths.append(entry.position)
            raise MemoryError
        return real(entry, *args)

    monkeypatch.setattr(bulk, "result_of", dies_of_the_second)
    for _ in range(2):
        with pytest.raises(MemoryError):
            run_pending()
        with unscoped("the pause before the next attempt is over"):
            Job.objects.filter(path=bulk.VERIFY).update(run_after=timezone.now())
    run_pending()
    assert len(deaths) == 2
    assert list(BulkEntry.objects.values_list("result", "refusal")) == [
        ("valid", ""),
        ("undetermined", ""),
        ("invalid", ""),
    ]
    assert "was begun 2 times and broke off each time" in client.get(address).content.decode()


def test_several_workers_go_on_with_one_run_and_none_waits_for_another(
    start: Callable[..., str], university: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "ENTRIES_OF_A_LANE", 3)
    start(*((f"{number}.json", json.dumps(university.issue()).encode()) for number in range(1, 8)))
    with unscoped("the jobs of the run"):
        queued = [job.args for job in Job.objects.filter(path=bulk.VERIFY)]
    assert sorted((args["part"], args["lane"], args["lanes"]) for args in queued) == [(1, 0, 2), (1, 1, 2)]
    real, seen = bulk.result_of, []

    def noting(entry: BulkEntry, *args: object) -> BulkEntry:
        seen.append(entry.position)
        return real(entry, *args)

    monkeypatch.setattr(bulk, "result_of", noting)
    run_pending()
    assert seen in ([2, 4, 6, 1, 3, 5, 7], [1, 3, 5, 7, 2, 4, 6])
    assert set(BulkEntry.objects.values_list("result", flat=True)) == {"valid"}


def test_long_runs_give_way_to_other_work(
    start: Callable[..., str], three: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.time, "monotonic", iter(range(1000)).__next__)
    monkeypatch.setattr(jobs, "SECONDS", 2.5)
    start(*three)
    run_pending()
    assert BulkEntry.objects.filter(result="").count() == 0
    with unscoped("how many parts there were"):
        assert Job.objects.filter(path=bulk.VERIFY).count() > 1


def test_a_slow_outside_takes_only_its_time_from_a_run() -> None:
    class Slow:
        asked = 0
        clock = 0.0

        def fetch(self, url: str, *, accept: object = ()) -> object:
            Slow.asked += 1
            Slow.clock += 4.0
            raise outside.Unreachable("no answer")

    remembering = outside.Remembering(Slow(), monotonic=lambda: Slow.clock)  # type: ignore[arg-type]
    for document in (1, 2):
        remembering.next_document()
        for number in range(16):
            with pytest.raises(outside.Unreachable):
                remembering.fetch(f"https://slow.example/{document}/{number}")
    assert Slow.asked == 6, "three questions of four seconds for each of the two documents"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.zip", b"PK\x03\x04 broken")], "This ZIP archive is damaged"),
        ([("list.csv", b"name\nMina")], "There is no web address in this table"),
        ([("up.zip", archive([("../x.json", b"{}")]))], "leads out of it (../x.json)"),
        ([], "This field is required"),
    ],
)
def test_refusals_are_words(start: Callable[..., str], files: list[tuple[str, bytes]], words: str) -> None:
    assert words in start(*files, status=422)
    assert BulkRun.objects.count() == 0


def test_every_place_is_taken(
    start: Callable[..., str], three: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MAX_RUNS", 1)
    start(*three)
    assert "come back" in start(*three, status=503)


def test_an_upload_of_ten_thousand_lines_is_taken_and_one_more_is_not(university: Institution) -> None:
    from testamur_site.verification.bulk.rules import BulkRefused, read

    lines = b"{}\n" * 10_000
    items = read([("all.jsonl", lines)])
    run = bulk.start(items, "en")
    assert queries.overview(run).total == 10_000
    with pytest.raises(BulkRefused):
        read([("all.jsonl", lines + b"{}\n")])
    assert bulk.forget(run.public_id) == 1


def test_the_progress_alone_for_htmx(client: Client, start: Callable[..., str], three: list[tuple[str, bytes]]) -> None:
    address = start(*three)
    part = client.get(f"{address}/progress")
    assert 'hx-trigger="every 2s"' in part.content.decode()
    assert "HX-Refresh" not in part
    run_pending()
    assert client.get(f"{address}/progress")["HX-Refresh"] == "true"


def test_hostile_content_is_a_result_like_any_other(start: Callable[..., str], university: Institution) -> None:
    hostile = [
        b"[" * 100_000,
        b'{"a":1,"a":2}',
        b"\xff\xfe\x00",
        b"<svg/>",
        b"eyJ.eyJ.x",
        b'{"@context":[]}',
        b"\x89PNG\r\n\x1a\n",
    ]
    start(*[(f"{n}.json", content) for n, content in enumerate(hostile)])
    run_pending()
    assert BulkEntry.objects.filter(result="").count() == 0
    assert not BulkEntry.objects.filter(result="valid").exists()


def test_refused_items_need_no_job() -> None:
    run = bulk.start([Item("a", refusal="document_empty")], "en")
    assert queries.overview(run).waiting == 0
