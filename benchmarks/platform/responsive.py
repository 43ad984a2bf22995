"""Whether pages stay responsive while a cohort is issued:  python -m benchmarks.platform.responsive [--count 1000]

The embedded database, one server process with a worker thread, as on a small machine. A share page is asked for again and again by another
process; the 95th percentile of its time is compared: alone, and while a class list is issued behind it. Wall times, so the machine
should be quiet; the ratio counts.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

from . import machine
from .cohort import QUEUES, class_list


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.platform.responsive", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--asked", type=int, default=300)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.address:
        print(*asked(options.address, options.asked))
        return
    os.environ["TESTAMUR_DATABASE_URL"] = "sqlite:"
    with machine.platform() as folder:
        run(options.count, options.asked, folder)


def run(count: int, number: int, _folder: Path) -> None:
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from testamur_site.catalogue.api import create_demo, published
    from testamur_site.foundation.accounts.api import create_institution
    from testamur_site.foundation.jobs.api import run_pending, start_thread
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing
    from testamur_site.wallet import api as wallet

    institution = create_institution(slug="small", name="A small college", country="IE", owner=None)
    create_demo(institution)
    run_pending(QUEUES)
    with tenant(institution):
        version = published(institution).first()
        data = issuing.AwardData(name="Ada Lovelace", email="ada@example.org", awarded_date=date(2026, 3, 5))
        award = issuing.award_one(version, data)
        run_pending(QUEUES)
        deposit = wallet.deposit_of(award.public_id)
        if deposit is None:
            raise RuntimeError("the award was not deposited")
        wallet.claim(deposit, "en")
        wallet.set_public(deposit, True)
        run_pending(QUEUES)
        batch = issuing.draft_batch(version, "".join(class_list(count)).encode())
    from testamur_site.config.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    finish = start_thread(queues=QUEUES, poll_seconds=0.1)
    address = f"127.0.0.1:{server.server_port}/c/{award.public_id}"
    try:
        client(address, 50)
        alone = client(address, number)
        with tenant(institution):
            issuing.start_batch(batch)
        begun, beside = time.perf_counter(), []
        while not beside or not _finished(institution, batch):
            beside += client(address, 50)
        took = time.perf_counter() - begun
    finally:
        finish()
        server.shutdown()
    one, other = (statistics.quantiles(values, n=20)[-1] for values in (alone, beside))
    print(
        f"share page alone:           median {statistics.median(alone) * 1000:6.1f} ms, p95 {one * 1000:6.1f} ms, {len(alone)} times"
    )
    print(
        f"while {count:,} are issued:    median {statistics.median(beside) * 1000:6.1f} ms, p95 {other * 1000:6.1f} ms, {len(beside)} times"
    )
    print(f"p95 in proportion: {other / one:.2f}; the list took {took:.1f} s")


def _finished(institution: Any, batch: Any) -> bool:
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing

    with tenant(institution):
        return issuing.Batch.objects.filter(pk=batch.pk, state="finished").exists()


def client(address: str, number: int) -> list[float]:
    """Asked for by a process of its own: the server's must not count for the client's work."""
    command = [sys.executable, "-m", "benchmarks.platform.responsive", "--address", address, "--asked", str(number)]
    found = subprocess.run(command, cwd=machine.ROOT, capture_output=True, text=True, check=True)
    return [float(text) for text in found.stdout.split()]


def asked(address: str, number: int) -> list[float]:
    host, _, path = address.partition("/")
    times = []
    for _ in range(number):
        begun = time.perf_counter()
        connection = http.client.HTTPConnection(host, timeout=60)
        connection.request("GET", f"/{path}", headers={"Host": "credentials.example.edu", "X-Forwarded-Proto": "https"})
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"the page answered {response.status}")
        times.append(time.perf_counter() - begun)
    return times


if __name__ == "__main__":
    main()
