"""Two web servers and four workers on one PostgreSQL, each with a folder of its own: nothing depends on who answers.

Real processes on the real test database: granian, as `testamur site run` starts it; Celery's workers, whom the relay hands jobs out to
through a real RabbitMQ. What hosts share is what docs/how-to/scale.md says: the database, the secret, the key-encryption key, the folder
of the log, a table in which visitors are counted, and the broker. On PostgreSQL alone (`conftest.py`): a file is for one host.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from tests.crash import cohort
from tests.site.foundation.jobs.relay.rabbitmq import RabbitMQ
from tests.site.foundation.jobs.test_killed_worker import ROOT, database_url

from testamur.log import SignedCheckpoint
from testamur_site.foundation.audit.api import entries, verify_chain
from testamur_site.foundation.jobs.api import Job, Status
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing.models import Award, PreparedCredential
from testamur_site.issuing.services import batches
from testamur_site.log.models import Entry, Shard
from testamur_site.wallet import api as wallet

ROWS, CHUNK, LIMIT = 400, 10, 5
WORKER = "testamur_site.foundation.jobs.relay.tasks"
RELAY = "from testamur.cli import main; raise SystemExit(main())"
COUNTED_IN = "counted_visitors"
PATIENCE = 300.0

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Said:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass
class Visitor:
    """A browser or a program before the load balancer: one visitor whatever host answers, with one set of cookies."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, port: int, path: str, body: bytes | None = None, **headers: str) -> Said:
        sent = {"Host": "localhost:8000", "X-Forwarded-For": self.address, "X-Forwarded-Proto": "http"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            server.request("GET" if body is None else "POST", path, body, sent)
            answer = server.getresponse()
            content = answer.read()
        finally:
            server.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return Said(answer.status, {name.lower(): value for name, value in answer.headers.items()}, content)

    def fill_in(self, shown_by: int, taken_by: int, path: str, values: dict[str, str]) -> Said:
        """The form that one host shows is sent to another."""
        page = self.ask(shown_by, path, Accept="text/html")
        assert page.status == 200, page.text[:500]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        body = urlencode(values | {"csrfmiddlewaretoken": token[1]}).encode()
        return self.ask(taken_by, path, body, Content_Type="application/x-www-form-urlencoded")


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """Poll; the limit is only there so that a defect fails instead of hanging: six processes start on however busy a machine."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.05)
    pytest.fail(f"gave up waiting for: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RabbitMQ]:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = RabbitMQ(folder)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


@pytest.fixture
def environment(settings: Any, tmp_path: Path, broker: RabbitMQ) -> dict[str, str]:
    """What all hosts are told."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.site.settings",
        "TESTAMUR_DATABASE_URL": database_url(),
        "TESTAMUR_KEY_ENCRYPTION_KEY": str(settings.TESTAMUR_KEY_ENCRYPTION_KEY),
        "TESTAMUR_LOG_FOLDER": str(settings.TESTAMUR_LOG_FOLDER),
        "TESTAMUR_CACHE_TABLE": COUNTED_IN,
        "TESTAMUR_BEHIND_PROXY": "yes",
        "TESTAMUR_VERIFICATIONS_PER_MINUTE": str(LIMIT),
        "TESTAMUR_BROKER_URL": broker.url,
        "TESTAMUR_JOB_LEASE_SECONDS": "2",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


@pytest.fixture
def counted(settings: Any) -> Iterator[None]:
    """The table of TESTAMUR_CACHE_TABLE; as it is no model's, nobody else empties or removes it."""
    settings.CACHES = {
        "default": {"BACKEND": "testamur_site.config.caches.SharedCache", "LOCATION": COUNTED_IN},
    }
    call_command("createcachetable", verbosity=0)
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {COUNTED_IN}")


@pytest.fixture
def start(
    environment: dict[str, str], settings: Any, tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a process on a host of its own: a folder that holds nothing but the shared secret."""
    started: list[subprocess.Popen[bytes]] = []

    def host(*command: str) -> subprocess.Popen[bytes]:
        folder = tmp_path / f"host-{len(started)}"
        folder.mkdir()
        shutil.copy(settings.TESTAMUR_DATA / "secret-key", folder)
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, *command] if command[0] == "-c" else [sys.executable, "-m", *command],
                env=environment | {"TESTAMUR_DATA": str(folder)},
                cwd=ROOT,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        started.append(process)
        return process

    yield host
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:  # a Celery worker that waits for a broker
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def web(start: Callable[..., subprocess.Popen[bytes]], counted: None) -> tuple[int, int]:
    """The ports of two web servers."""
    ports = free_port(), free_port()
    for port in ports:
        start(
            *("granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--workers", "1", "--blocking-threads", "4"),
            *("--log-level", "error", "--host", "127.0.0.1", "--port", str(port)),
            "testamur_site.config.wsgi:application",
        )
    for port in ports:
        wait_until(lambda port=port: _answers(port), "a web server")
    return ports


def _answers(port: int) -> bool:
    try:
        return Visitor("192.0.2.9").ask(port, "/readyz").status == 200
    except OSError:
        return False


def test_nothing_depends_on_who_answers(
    institution: Institution,
    owner: Any,
    web: tuple[int, int],
    broker: RabbitMQ,
    start: Callable[..., subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two = web
    signing_key(institution)
    # Four workers share a class list. Two relays hand ids out twice; a worker is killed at work, and the broker with all that it kept.
    for _ in range(2):
        start("-c", RELAY, "site", "relay", "--poll", "0.05")
    workers = [start(*_celery(number)) for number in range(4)]
    wait_until(lambda: _listening(one) == 4, "the workers")
    monkeypatch.setattr(batches, "CHUNK", CHUNK)
    batch = cohort.start(institution, ROWS)
    wait_until(lambda: _signed(institution, batch) > 0, "the first of the class list")
    os.killpg(workers[0].pid, signal.SIGKILL)
    broker.kill()
    signed_without = _signed(institution, batch)
    broker.start()
    wait_until(
        lambda: _signed(institution, batch) == ROWS and not _unfinished(institution, batch),
        "the class list",
    )
    assert signed_without < ROWS
    _nothing_lost_or_doubled(institution, batch)
    workers.append(start(*_celery(4)))
    staff, reader = Visitor("192.0.2.1"), Visitor("192.0.2.2")
    # Who signed in at one host is signed in at the other; a form of the one is taken by the other.
    browser = Client()
    browser.force_login(owner)
    staff.cookies["sessionid"] = browser.cookies["sessionid"].value
    form = {
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "language": "en",
        "awarded_date": "2026-03-05",
        "again": "a-nonce",
        "evidence-TOTAL_FORMS": "0",
        "evidence-INITIAL_FORMS": "0",
        "confirm": "yes",
    }
    micro_credential = batch.micro_credential.public_id
    awarded = staff.fill_in(one, two, f"/staff/han-river/awards/new?m={micro_credential}", form)
    assert awarded.status == 302, awarded.text[:500]
    ada = wait_until(lambda: _issued(institution, "ada@example.org"), "the single award")
    deposit = wait_until(lambda: wallet.deposit_of(ada.public_id), "the deposit")
    # The learner opens the link at one host and publishes at the other: the same session.
    learner = Visitor("192.0.2.3")
    claimed = learner.fill_in(one, two, wallet.claim_path(deposit), {"answer": "accept"})
    assert claimed.status == 302
    share = f"/c/{ada.public_id}"
    assert reader.ask(one, f"{share}.json").status == reader.ask(two, f"{share}.json").status == 403
    _publish(learner, two, one, ada.public_id)
    at_one, at_two = (reader.ask(port, f"{share}.json") for port in web)
    assert at_one.status == at_two.status == 200
    assert (at_one.content, at_one.headers["etag"]) == (at_two.content, at_two.headers["etag"])
    assert [_verdict(reader, port, at_one.content) for port in web] == ["valid", "valid"]
    # What is kept of the answers of one host is known to the other.
    assert reader.ask(two, f"{share}.json", If_None_Match=at_one.headers["etag"]).status == 304
    # Revoked at one host; the other says so in its next answer.
    revoked = staff.fill_in(two, one, f"/staff/han-river/awards/{ada.public_id}/revoke", {"reason": "issued_in_error"})
    assert revoked.status == 302, revoked.text[:500]
    assert [_verdict(reader, port, at_one.content) for port in web] == ["invalid", "invalid"]
    entry = json.loads(at_one.content)["credentialStatus"]["statusListCredential"]
    lists = [reader.ask(port, entry.removeprefix("http://localhost:8000")) for port in web]
    assert lists[0].status == lists[1].status == 200
    assert lists[0].content == lists[1].content
    # A file that was handed in at one host is worked on by any worker, and read at the other.
    lines = b"\n".join(json.dumps(json.loads(answer.content)).encode() for answer in (at_one, at_two))
    handed_in = Visitor("192.0.2.4").ask(one, "/api/verify/many", lines, Content_Type="application/x-ndjson")
    assert handed_in.status == 202, handed_in.text[:500]
    run = handed_in.headers["location"].removeprefix("http://localhost:8000")
    wait_until(lambda: json.loads(reader.ask(two, run).content)["state"] == "done", "the run")
    assert json.loads(reader.ask(two, run).content)["counts"]["invalid"] == 2
    # The log was written by one at a time: every entry has one place, and both hosts show the same head.
    with unscoped("the test looks at all work"):
        wait_until(lambda: not Entry.objects.filter(index=None).exists(), "the log")
        wait_until(lambda: not _due().exists(), "all work that is due")
        places = list(Entry.objects.order_by("index").values_list("index", flat=True))
        assert list(Job.objects.filter(status=Status.FAILED).values_list("path", "error")) == []
    year = Shard.objects.get().year
    heads = [reader.ask(port, f"/log/{year}/checkpoint").content for port in web]
    assert heads[0] == heads[1]
    assert places == list(range(SignedCheckpoint.from_bytes(heads[0]).checkpoint.size))
    assert [reader.ask(port, f"{share}.tlog-proof").status for port in web] == [200, 200]
    _one_visitor_is_counted_once(web, at_one.content)
    assert [worker.poll() for worker in workers] == [-signal.SIGKILL, None, None, None, None]


def _celery(number: int) -> tuple[str, ...]:
    """A worker of one process; each needs a name of its own."""
    options = ("--pool", "solo", "--hostname", f"worker-{number}@test", "--without-gossip", "--without-mingle")
    return ("celery", "-A", WORKER, "worker", *options)


def _listening(port: int) -> int | None:
    """How many workers the relay sees, as the web server tells."""
    relay = json.loads(Visitor("192.0.2.8").ask(port, "/readyz").content)["relay"]
    return relay["workers"]  # type: ignore[no-any-return]


def _signed(institution: Institution, batch: Any) -> int:
    with tenant(institution):
        return PreparedCredential.objects.filter(award__batch=batch).exclude(signed=None).count()


def _unfinished(institution: Institution, batch: Any) -> bool:
    with tenant(institution):
        return Award.objects.filter(batch=batch, state__in=("queued", "prepared")).exists()


def _nothing_lost_or_doubled(institution: Institution, batch: Any) -> None:
    """One award for each line, each with its own status entry and one line in the audit trail; one signed document for each."""
    with tenant(institution):
        awards = list(Award.objects.filter(batch=batch))
        signed = [bytes(one) for one in PreparedCredential.objects.values_list("signed", flat=True)]
    assert [award.state for award in awards] == ["issued"] * ROWS
    assert len({award.recipient_email for award in awards}) == len({award.status_entry_id for award in awards}) == ROWS
    assert len({json.loads(one)["id"] for one in signed}) == len(signed) == ROWS
    audited = [entry.target for entry in entries(institution, action="award.issued")]
    assert sorted(audited) == sorted(f"award:{award.public_id}" for award in awards)
    assert verify_chain(institution).intact


def _publish(learner: Visitor, shown_by: int, taken_by: int, public_id: str) -> None:
    """The button "publish" of the share page of one host, pressed at the other."""
    page = learner.ask(shown_by, f"/c/{public_id}", Accept="text/html")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None, page.text[:500]
    body = urlencode({"public": "1", "csrfmiddlewaretoken": token[1]}).encode()
    said = learner.ask(taken_by, f"/c/{public_id}/visibility", body, Content_Type="application/x-www-form-urlencoded")
    assert said.status == 302, said.text[:500]


def _due() -> Any:
    waiting = Q(status=Status.QUEUED, run_after__lte=timezone.now())
    return Job.objects.filter(waiting | Q(status=Status.RUNNING))


def _issued(institution: Institution, email: str) -> Award | None:
    with tenant(institution):
        return Award.objects.filter(recipient_email=email, state="issued").first()


def _verdict(visitor: Visitor, port: int, content: bytes) -> str:
    """Asked as somebody new each time, so that nobody asks too often."""
    _verdict.asked = getattr(_verdict, "asked", 0) + 1  # type: ignore[attr-defined]
    said = Visitor(f"198.51.100.{_verdict.asked}").ask(port, "/api/verify", content, Content_Type="application/json")  # type: ignore[attr-defined]
    assert said.status == 200, said.text[:500]
    verdict: str = json.loads(said.content)["verdict"]
    return verdict


def _one_visitor_is_counted_once(web: tuple[int, int], content: bytes) -> None:
    """Of twice as many questions as are allowed in a minute, sent to both hosts at once, just the allowed number is answered."""
    for _ in range(10):
        minute = int(time.time()) // 60
        visitor = Visitor(f"203.0.113.{minute % 250}")
        ask = partial(visitor.ask, path="/api/verify", body=content, Content_Type="application/json")
        with ThreadPoolExecutor(4) as pool:
            said = list(pool.map(ask, web * LIMIT))
        if int(time.time()) // 60 == minute:  # else the questions fell into two windows: ask again in the new one
            break
    else:
        pytest.fail("ten questions took more than a minute, ten times")
    assert sorted(answer.status for answer in said) == [200] * LIMIT + [429] * LIMIT
