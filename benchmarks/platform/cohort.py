"""A cohort from the class list to the last queued mail:  python -m benchmarks.platform.cohort [--count 2000] [--workers 2]

Starts a PostgreSQL that waits for the disk at every commit (or takes the empty database of TESTAMUR_DATABASE_URL), workers in processes of
their own, and does what a registrar does: uploads a class list, looks at the dry run, starts it. Measured is until every award is signed,
recorded in the public log, deposited, its mail queued, and the status lists published. Processor time is that of all processes, the
database's included. Afterwards everything is counted, compared with the log, and a random sample verified.

`--profile` runs one worker in this process below a profiler and prints where its time went.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import machine

NAMES = ("김민준", "محمد العلي", "Zoë Müller", "이서연", "فاطمة الزهراء", "Siobhán O'Neill")
QUEUES = ("default", "log", "status")
"""Mails are queued and not sent: how fast they go is the mail server's affair."""


class Stages:
    """Times of what followed each other, with the processor time that the processes used in each."""

    def __init__(self) -> None:
        self.pids: list[int] = []
        self.lines: list[tuple[str, float, float, float, float]] = []

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        before = self._used()
        begun = time.perf_counter()
        result = work()
        took = time.perf_counter() - begun
        here, there, database = (now - then for now, then in zip(self._used(), before, strict=True))
        self.lines.append((name, took, here, there, database))
        return result

    def _used(self) -> tuple[float, float, float]:
        return machine.cpu(os.getpid()), sum(map(machine.cpu, self.pids)), machine.database_cpu()

    def tell(self, count: int) -> None:
        print(f"{'':34}{'wall s':>9}{'here':>8}{'workers':>9}{'database':>9}{'awards/s':>10}")
        for name, took, here, there, database in self.lines:
            print(f"{name:34}{took:9.2f}{here:8.2f}{there:9.2f}{database:9.2f}{count / took:10,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.platform.cohort", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    machine.again_with_postgresql()
    with machine.platform() as folder:
        run(options.count, options.workers, options.sample, folder, profile=options.profile)


def class_list(count: int) -> Iterator[str]:
    yield "Name,Email,Award date\n"
    for number in range(count):
        yield f"{NAMES[number % len(NAMES)]} {number},learner{number}@example.org,2026-03-05\n"


def run(count: int, worker_count: int, sample: int, folder: Path, *, profile: bool) -> None:
    from testamur_site.catalogue.api import create_demo, published
    from testamur_site.foundation.accounts.api import create_institution
    from testamur_site.foundation.jobs.api import run_pending
    from testamur_site.foundation.keys.api import signing_key
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing

    institution = create_institution(slug="large", name="A large university", country="IE", owner=None)
    create_demo(institution)
    signing_key(institution)
    run_pending()
    uploaded = folder / "list.csv"
    with uploaded.open("w", encoding="utf-8") as file:
        file.writelines(class_list(count))
    stages = Stages()
    with tenant(institution):
        version = published(institution).first()
        machine.forget_peak(os.getpid())

        def upload() -> Any:
            with uploaded.open("rb") as file:
                return issuing.draft_batch(version, file)

        batch = stages("class list and dry run", upload)
        print(f"peak memory of the upload: {machine.peak_memory(os.getpid()):.0f} MB", flush=True)
        if profile:
            profiled(lambda: (issuing.start_batch(batch), run_pending(QUEUES)))
        else:
            with machine.workers(worker_count, folder, QUEUES) as stages.pids:
                time.sleep(3)  # until they have imported what they need
                begun = time.perf_counter()
                stages("started", lambda: issuing.start_batch(batch))
                stages("signed", lambda: wait(lambda: finished(batch), folder, count))
                stages("log, deposits, mails, lists", lambda: wait(idle, folder, count))
                took = time.perf_counter() - begun
                print(
                    f"peak memory of the workers: {', '.join(f'{machine.peak_memory(pid):.0f} MB' for pid in stages.pids)}"
                )
            stages.tell(count)
            used = sum(sum(line[2:]) for line in stages.lines[1:])
            print(
                f"{count:,} awards in {took:.1f} s: {count / took:,.0f}/s; {used / count * 1e6:,.0f} µs of processor time each"
            )
        examine(institution, batch, count, sample)


def profiled(work: Callable[[], Any]) -> None:
    import cProfile
    import pstats

    with cProfile.Profile(time.process_time) as profile:  # what it waits for is the database, and told apart
        work()
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    pstats.Stats(profile).sort_stats("cumtime").print_stats(60)


def wait(condition: Callable[[], bool], folder: Path, count: int) -> None:
    end = time.monotonic() + 120 + count / 50
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"nothing moved for too long: {(folder / 'workers.log').read_text()[-3000:]}")
        time.sleep(0.1)


def finished(batch: Any) -> bool:
    from testamur_site.issuing.models import Batch

    return bool(Batch.objects.filter(pk=batch.pk, state="finished").exists())


def idle() -> bool:
    from testamur_site.foundation.jobs.api import Job
    from testamur_site.foundation.tenancy.api import unscoped

    with unscoped("the whole queue is waited for"):
        return not Job.objects.filter(queue__in=QUEUES, status__in=("queued", "running"), priority__gte=0).exists()


def examine(institution: Any, batch: Any, count: int, sample: int) -> None:
    """Nothing is lost, nothing doubled, the log holds what the database says, and a sample verifies. Ends with code 1 where not."""
    from testamur.log import Proof
    from testamur.log.secured import secured
    from testamur_site.foundation.audit.api import AuditEntry, verify_chain
    from testamur_site.foundation.mail.api import Message
    from testamur_site.issuing.models import Award, PreparedCredential
    from testamur_site.log import api as log
    from testamur_site.log.models import Entry
    from testamur_site.status.models import StatusEntry
    from testamur_site.wallet.models import Deposit

    awards = Award.objects.filter(batch=batch)
    found = {
        "issued awards": awards.filter(state="issued").count(),
        "addresses": awards.values("recipient_email").distinct().count(),
        "status entries": awards.values("status_entry").distinct().count(),
        "entries given": StatusEntry.objects.count(),
        "signed credentials": PreparedCredential.objects.exclude(signed=None).count(),
        "audit entries": AuditEntry.objects.filter(action="award.issued").values("target").distinct().count(),
        "audit entries, all": AuditEntry.objects.filter(action="award.issued").count(),
        "entries in the log": Entry.objects.filter(kind=1).exclude(index=None).values("subject").distinct().count(),
        "deposits": Deposit.objects.count(),
        "mails": Message.objects.filter(template="wallet/mail/awarded").count(),
    }
    faults = [f"{name}: {number:,} instead of {count:,}" for name, number in found.items() if number != count]
    if not verify_chain(institution).intact:
        faults.append("the audit chain is broken")
    keys = list(awards.values_list("pk", flat=True))
    faults += verified(institution, random.Random(2026).sample(keys, min(sample, len(keys))))
    for one in Award.objects.filter(pk__in=keys[:: max(1, len(keys) // 20)]):
        looked = log.look_up(f"award:{one.public_id}", secured(issuing_bytes(one)))
        if looked.content is None:
            faults.append(f"no proof from the log for {one.pk}")
        else:
            Proof.from_bytes(looked.content)
    for fault in faults:
        print(f"FAULT: {fault}")
    print(
        f"examined: {len(found)} counts, the audit chain, {min(sample, count)} credentials verified; {len(faults)} faults"
    )
    if faults:
        sys.exit(1)


def issuing_bytes(award: Any) -> bytes:
    from testamur_site.issuing.api import credential_bytes

    return credential_bytes(award)


def verified(institution: Any, keys: list[int]) -> Iterator[str]:
    """What is wrong with the credentials of some awards, as a stranger verifies them."""
    from django.utils import timezone

    from testamur import strict_json
    from testamur.fetch import FixedResolver
    from testamur.verification import Outcome, Policy, Question, Verifier
    from testamur_site.foundation.keys.api import did_document, profile_json
    from testamur_site.issuing.models import Award
    from testamur_site.status.api import published_list
    from testamur_site.status.models import StatusList

    pages = {
        f"{institution.public_url}/did.json": strict_json.dumps(did_document(institution)),
        institution.profile_url: strict_json.dumps(profile_json(institution)),
    }
    for status_list in StatusList.objects.all():
        pages[status_list.url] = published_list(status_list.public_id) or b""
    verifier = Verifier(FixedResolver(pages, fetched_at=timezone.now()))
    for award in Award.objects.filter(pk__in=keys):
        report = verifier.verify(issuing_bytes(award), Policy(recipient=award.recipient_email))
        for question in (Question.GENUINE, Question.STILL_VALID, Question.FROM_WHOM, Question.ABOUT_WHOM):
            if report.outcome(question) is not Outcome.PASSED:
                yield f"the credential of award {award.pk}: {question} {report.outcome(question)}"


if __name__ == "__main__":
    main()
