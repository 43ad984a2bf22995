"""Whether pages stay responsive while a cohort is issued:  python -m benchmarks.platform.responsive [--count 1000] [--rounds 3]

What an institution on a small machine has: `testamur site run` on the embedded database. A registrar uploads a class list in the browser's
way, looks at the dry run and starts it; the mails go to a mail server. Meanwhile another process asks for a share page, again and again
without a pause. The 95th percentile of its time is compared: alone, and while the list is received, issued, recorded and its mails are on
their way. A list is issued in two seconds, in which the slowest twentieth are a dozen pages: so several lists are issued, one after the
other, and their pages taken together. Wall times, so the machine should be quiet; the ratio counts.
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import socketserver
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from . import machine
from .cohort import QUEUES, class_list

RUN = "import sys; from testamur_site.portal.run import main; sys.exit(main(sys.argv[1:]))"
UPLOAD = "/staff/small/batches/new"
BOUNDARY = "----a-class-list"
MAIL_SECONDS = 8  # after so long they are sent in the same way as before


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.platform.responsive", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3, help="so many lists, one after the other")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long the page is asked for alone")
    parser.add_argument("--address", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.address:
        ask(options.address)
        return
    os.environ["TESTAMUR_DATABASE_URL"] = "sqlite:"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (
        mail_server() as mails,
        machine.platform(
            TESTAMUR_BASE_URL=f"http://localhost:{port}",
            TESTAMUR_SMTP_URL=f"smtp://127.0.0.1:{mails.server_address[1]}",
        ) as folder,
    ):
        run(options.count, options.rounds, options.seconds, folder, port, mails)


def run(count: int, rounds: int, seconds: float, folder: Path, port: int, mails: MailServer) -> None:
    from testamur_site.catalogue.api import create_demo, published
    from testamur_site.foundation.accounts.api import User, create_institution
    from testamur_site.foundation.jobs.api import run_pending
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing
    from testamur_site.wallet import api as wallet

    registrar = User.objects.create_user("registrar@example.org", "nobody asks for it")
    institution = create_institution(slug="small", name="A small college", country="IE", owner=registrar)
    create_demo(institution)
    run_pending()
    with tenant(institution):
        version = published(institution).first()
        data = issuing.AwardData(name="Ada Lovelace", email="ada@example.org", awarded_date=date(2026, 3, 5))
        award = issuing.award_one(version, data)
        run_pending()
        deposit = wallet.deposit_of(award.public_id)
        if deposit is None:
            raise RuntimeError("the award was not deposited")
        wallet.claim(deposit, "en")
        wallet.set_public(deposit, True)
        run_pending()
    browser = Browser(port, registrar)
    with served(folder, port) as server, Visitor(f"127.0.0.1:{port}/c/{award.public_id}") as visitor:
        browser.look_at_the_form()
        time.sleep(2)  # the first pages, and what the workers do first
        begun = time.monotonic()
        time.sleep(seconds)
        ended = time.monotonic()
        single = one_award(institution, version)
        stages: dict[str, list[tuple[float, float]]] = {}
        sent = mails.taken
        for number in range(rounds):
            uploading = time.monotonic()
            people = "".join(class_list(count)).replace("learner", f"learner.{number}.")
            batch = browser.upload(version.public_id, people.encode())
            issuing_begun = time.monotonic()
            browser.post(f"{batch}/start", {})
            with tenant(institution):
                waited(lambda: not issuing.Batch.objects.exclude(state="finished").exists())
                signed = time.monotonic()
                waited(lambda: idle(QUEUES))
                followed = time.monotonic()
                waited(lambda end=followed + MAIL_SECONDS: idle((*QUEUES, "mail")) or time.monotonic() > end)
            finished = time.monotonic()
            for name, since, until in (
                ("while the list is uploaded", uploading, issuing_begun),
                (f"while {count:,} are issued", issuing_begun, signed),
                ("while log, wallets and lists follow", signed, followed),
                ("while mails are sent", followed, finished),
                ("from the upload until here", uploading, finished),
            ):
                stages.setdefault(name, []).append((since, until))
        memory = {pid: resident(pid) for pid in (server, *descendants(server))}
        mailed = mails.taken - sent
    alone = tell("share page alone", visitor.times(begun, ended))
    for name, times in stages.items():
        took = " ".join(f"{until - since:.1f}" for since, until in times)
        tell(f"{name}, {took} s", [one for stage in times for one in visitor.times(*stage)], alone)
    print(f"{mailed:,} mails were sent")
    print(f"a single award, with nothing else to do, is deposited and its mail queued after {single * 1000:.0f} ms")
    print("resident, of which its own: " + ", ".join(f"{all_:.0f} ({own:.0f}) MB" for all_, own in memory.values()))


def tell(name: str, times: list[float], alone: float | None = None) -> float:
    if len(times) < 20:
        print(f"{name:52} too short to measure: {len(times)} pages")
        return 0.0
    p95 = statistics.quantiles(times, n=20)[-1]
    ratio = "" if alone is None else f", {p95 / alone:.2f} times"
    print(
        f"{name:52} median {statistics.median(times) * 1000:6.1f} ms, p95 {p95 * 1000:6.1f} ms, most {max(times) * 1000:4.0f} ms, "
        f"{len(times)} pages{ratio}"
    )
    return p95


def waited(condition: Callable[[], Any], pause: float = 0.1) -> None:
    end = time.monotonic() + 120
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("nothing moved for too long")
        time.sleep(pause)


def idle(queues: Sequence[str]) -> bool:
    from testamur_site.foundation.jobs.api import Job
    from testamur_site.foundation.tenancy.api import unscoped

    with unscoped("the whole queue is waited for"):
        return not Job.objects.filter(queue__in=queues, status__in=("queued", "running"), priority__gte=0).exists()


def one_award(institution: Any, version: Any) -> float:
    """Seconds from a single award, which is signed at once, until its deposit is there."""
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing
    from testamur_site.wallet.models import Deposit

    found = []
    for number in range(5):
        data = issuing.AwardData(name="Grace", email=f"grace{number}@example.org", awarded_date=date(2026, 3, 5))
        with tenant(institution):
            begun = time.monotonic()
            award = issuing.award_one(version, data)
            while not Deposit.objects.filter(award=award).exists():
                time.sleep(0.002)
        found.append(time.monotonic() - begun)
    return statistics.median(found)


# ---- who takes part


@contextmanager
def served(folder: Path, port: int) -> Iterator[int]:
    """The platform as its command starts it; the process id."""
    command = [sys.executable, "-c", RUN, "run", "--data", str(folder), "--listen", f"127.0.0.1:{port}"]
    path = f"{machine.ROOT / 'src'}{os.pathsep}{machine.ROOT}"
    environment = {name: value for name, value in os.environ.items() if name != "TESTAMUR_STATIC_COLLECTED"}
    with (folder / "served.log").open("w") as log:
        process = subprocess.Popen(
            command, env={**environment, "PYTHONPATH": path}, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            if not any(line.startswith("sign in: ") for line in process.stdout or ()):
                raise RuntimeError(f"it did not start: {(folder / 'served.log').read_text()[-3000:]}")
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


class Visitor:
    """A process that asks for one page all the time: the server's must not count for its work."""

    def __init__(self, address: str) -> None:
        command = [sys.executable, "-m", "benchmarks.platform.responsive", "--address", address]
        self._process = subprocess.Popen(command, cwd=machine.ROOT, stdout=subprocess.PIPE, text=True)
        self._found: list[tuple[float, float]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            begun, took = line.split()
            self._found.append((float(begun), float(took)))

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        ended = self._process.poll()
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        if ended is not None:
            raise RuntimeError(f"the visitor has ended by itself: {ended}")

    def times(self, since: float, until: float) -> list[float]:
        """Of the pages that were asked for between two moments, in seconds."""
        return [took for begun, took in self._found if since <= begun < until]


def ask(address: str) -> None:
    host, _, path = address.partition("/")
    lines: list[str] = []
    said = time.monotonic()
    while True:
        begun = time.monotonic()
        connection = http.client.HTTPConnection(host, timeout=60)
        connection.request("GET", f"/{path}", headers={"Host": f"localhost:{host.rpartition(':')[2]}"})
        response = connection.getresponse()
        response.read()
        connection.close()
        now = time.monotonic()
        if response.status != 200:
            raise RuntimeError(f"the page answered {response.status}")
        lines.append(f"{begun!r} {now - begun!r}")
        if now - said > 0.5:
            print("\n".join(lines), flush=True)
            lines.clear()
            said = now


class Browser:
    """Who is signed in, and what they send."""

    def __init__(self, port: int, person: Any) -> None:
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(person)
        self._host = f"localhost:{port}"
        self._token = "a" * 32
        session = settings.SESSION_COOKIE_NAME
        self._cookies = f"{session}={client.cookies[session].value}; {settings.CSRF_COOKIE_NAME}={self._token}"

    def look_at_the_form(self) -> None:
        self._ask("GET", UPLOAD)

    def upload(self, version: str, content: bytes) -> str:
        """The address of the batch, when its dry run is there."""
        fields = {"version": version, "language": "en", "encoding": "", "csrfmiddlewaretoken": self._token}
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="class.csv"\r\nContent-Type: text/csv\r\n\r\n'
        body = "".join(parts).encode() + file.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        _, batch = self._ask("POST", UPLOAD, body, f"multipart/form-data; boundary={BOUNDARY}", 302)
        waited(lambda: b"/start" in self._ask("GET", batch)[0], pause=1)
        return batch.rstrip("/")

    def post(self, path: str, fields: Mapping[str, str]) -> None:
        body = urlencode({**fields, "csrfmiddlewaretoken": self._token}).encode()
        self._ask("POST", path, body, "application/x-www-form-urlencoded", 302)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = "", wanted: int = 200
    ) -> tuple[bytes, str]:
        connection = http.client.HTTPConnection(self._host.replace("localhost", "127.0.0.1"), timeout=60)
        headers = {"Host": self._host, "Cookie": self._cookies, "Origin": f"http://{self._host}"}
        connection.request(method, path, body, headers | ({"Content-Type": kind} if kind else {}))
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if response.status != wanted:
            raise RuntimeError(f"{method} {path} answered {response.status}: {content[:3000].decode()}")
        return content, response.getheader("Location") or ""


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail."""

    daemon_threads = True
    taken = 0


class _Taking(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        def say(line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        say("220 localhost")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self.server.taken += 1  # type: ignore[attr-defined]
            say("221 bye" if word == b"QUIT" else "250 ok")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer(("127.0.0.1", 0), _Taking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def descendants(pid: int) -> list[int]:
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid for child in children for pid in (child, *descendants(child))]


def resident(pid: int) -> tuple[float, float]:
    """Megabytes a process has in memory, and of these those that it shares with nobody."""
    own = all_ = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name == "Rss":
            all_ = int(rest.split()[0])
        elif name.startswith("Private_"):
            own += int(rest.split()[0])
    return all_ / 1024, own / 1024


if __name__ == "__main__":
    main()
