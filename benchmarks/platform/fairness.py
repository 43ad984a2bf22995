"""Whether one institution's long list delays another's single award:  python -m benchmarks.platform.fairness [--count 20000]

While two workers issue a long list of one institution, a second institution awards single credentials, one after the other, as a form does,
and queues what a decision queues. Measured is from the moment somebody presses the button until the credential is signed, and until the
learner's deposit and mail stand in the database, both with and without the long list. On a PostgreSQL that waits for the disk.
"""

from __future__ import annotations

import argparse
import statistics
import time
from datetime import date
from pathlib import Path
from typing import Any

from . import machine
from .cohort import QUEUES, class_list


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.platform.fairness", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--singles", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    machine.again_with_postgresql()
    with machine.platform() as folder:
        run(options.count, options.singles, options.workers, folder)


def run(count: int, singles: int, worker_count: int, folder: Path) -> None:
    from testamur_site.catalogue.api import create_demo, published
    from testamur_site.foundation.accounts.api import create_institution
    from testamur_site.foundation.jobs.api import run_pending
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing

    large, small = (
        create_institution(slug=slug, name=slug.title(), country="IE", owner=None) for slug in ("large", "small")
    )
    for one in (large, small):
        create_demo(one)
    run_pending()
    with tenant(large):
        batch = issuing.draft_batch(published(large).first(), "".join(class_list(count)).encode())
    with machine.workers(worker_count, folder, QUEUES):
        time.sleep(3)
        tell("alone", [single(small, f"alone{number}") for number in range(singles)])
        with tenant(large):
            issuing.start_batch(batch)
        time.sleep(1)
        beside = [single(small, f"beside{number}") for number in range(singles)]
        tell("beside a long list", beside)
        with tenant(large):
            left = issuing.Award.objects.filter(batch=batch).exclude(state="issued").exists()
            batch.refresh_from_db()
        print(f"the long list was {'still being issued' if left or batch.undecided else 'finished: take a longer one'}")
        with tenant(large):
            issuing.undo_batch(batch, issuing.Reason.ISSUED_IN_ERROR)


def single(institution: Any, name: str) -> tuple[float, float]:
    """Seconds until one award is signed, and until its deposit is there."""
    from testamur_site.catalogue.api import published
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing
    from testamur_site.wallet.models import Deposit

    data = issuing.AwardData(name=name, email=f"{name}@example.org", awarded_date=date(2026, 3, 5))
    begun = time.perf_counter()
    with tenant(institution):
        award = issuing.award_one(published(institution).first(), data)
        signed = time.perf_counter() - begun
        while not Deposit.objects.filter(award=award).exists():
            time.sleep(0.01)
    return signed, time.perf_counter() - begun


def tell(when: str, found: list[tuple[float, float]]) -> None:
    for what, values in (("signed", [one for one, _ in found]), ("deposited and mailed", [one for _, one in found])):
        median, most = statistics.median(values), max(values)
        print(f"{when:20} {what:22} median {median * 1000:7.0f} ms   most {most * 1000:7.0f} ms", flush=True)


if __name__ == "__main__":
    main()
