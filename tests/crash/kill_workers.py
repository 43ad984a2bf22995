"""Kill workers with SIGKILL in the middle of a batch, start others, and see that nothing is lost, doubled or signed twice.

    python -m tests.crash.kill_workers --rows 1000 --kills 10 [--workers 2] [--seed N]

1. A batch is started in a database of its own (SQLite in a temporary folder, or TESTAMUR_DATABASE_URL).
2. Workers (one, or several that compete) start in processes of their own. Somewhere on their way they are killed, all at once.
3. What is stored is compared with what was stored before. A lease of one second later the next worker takes over.
4. After the last kill they may finish; every award is then examined (see `cohort.Observer.examine`).

Ends with exit code 1 and a line for each fault.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cohort import Observer

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0
WORKER = "testamur_site.foundation.jobs"
LONGEST_MOMENT = 0.3
"""Seconds that a worker may go on, at most, after it has come as far as it should: about one slice of the pipeline."""


def start_worker(environment: Mapping[str, str], module: str = WORKER) -> subprocess.Popen[bytes]:
    """A worker in a process of its own, on the same database, with a lease of one second."""
    command = [sys.executable, "-m", module, "--poll", "0.05"]
    path = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    values = {**os.environ, **environment, "TESTAMUR_JOB_LEASE_SECONDS": "1", "PYTHONPATH": path}
    with log_of(environment).open("ab") as log:
        return subprocess.Popen(command, env=values, cwd=ROOT, stderr=log)


def log_of(environment: Mapping[str, str]) -> Path:
    return Path(environment["TESTAMUR_DATA"]) / "workers.log"


def wait_until(condition: Callable[[], bool], workers: Sequence[subprocess.Popen[bytes]], log: Path) -> None:
    """Poll; the limit is only there so that a defect fails instead of hanging."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if ended := [worker.returncode for worker in workers if worker.poll() is not None]:
            raise RuntimeError(f"a worker ended by itself with code {ended}: …{log.read_text('utf-8')[-2000:]}")
        if time.monotonic() > end:
            raise RuntimeError("nothing moved for too long")
        time.sleep(0.005)


def kill_in_the_middle(
    observer: Observer,
    rows: int,
    kills: int,
    environment: Mapping[str, str],
    chance: random.Random,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _: None,
    *,
    module: str = WORKER,
    moment: float = LONGEST_MOMENT,
) -> tuple[int, list[str]]:
    """Kill workers at work up to `kills` times, then let them finish; how often before the batch was done, and the faults seen. The workers
    run `module`; each may go on for up to `moment` seconds after it has come as far as it should."""
    faults: list[str] = []
    killed = 0
    while killed < kills and not observer.finished():
        # Three steps a row; with this the last kill comes when half of the batch or more are done, but not all.
        goal = observer.touched() + chance.randrange(2 * rows // kills)
        running = [start_worker(environment, module) for _ in range(workers)]
        try:
            wait_until(lambda goal=goal: observer.touched() > goal or observer.finished(), running, log_of(environment))
            time.sleep(chance.uniform(0, moment))
        finally:
            for worker in running:
                worker.send_signal(signal.SIGKILL)
            for worker in running:
                worker.wait()
        if not observer.finished():
            killed += 1
        seen = observer.look()
        faults += seen
        tell(f"kill {killed}: {observer.issued()} signed, {len(seen)} faults")
    last = [start_worker(environment, module) for _ in range(workers)]
    try:
        wait_until(observer.finished, last, log_of(environment))
    finally:
        for worker in last:
            worker.terminate()  # asked politely: it finishes the job in hand
        for worker in last:
            worker.wait()
    return killed, faults


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.crash.kill_workers", description="Kill workers with SIGKILL."
    )
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="testamur-crash-") as folder:
        environment = {
            "DJANGO_SETTINGS_MODULE": "testamur_site.config.settings",
            "TESTAMUR_DATA": folder,
            "TESTAMUR_DEMO": "yes",
        }
        os.environ.update(environment)
        return _run(options.rows, options.kills, options.workers, options.seed, environment)


def _run(rows: int, kills: int, workers: int, seed: int, environment: Mapping[str, str]) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    from testamur_site.foundation.accounts.api import create_institution

    from . import cohort

    call_command("migrate", verbosity=0)
    institution = create_institution(slug="crash-test", name="Crash Test College", country="KR", owner=None)
    batch = cohort.start(institution, rows)
    observer = cohort.Observer(institution, batch)
    print(f"{rows} rows, {kills} kills, {workers} workers at a time, seed {seed}")
    killed, faults = kill_in_the_middle(observer, rows, kills, environment, random.Random(seed), workers, print)
    faults += observer.examine(rows)
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"killed {killed} times; {observer.issued()} of {rows} signed; {len(faults)} faults")
    return 1 if faults or killed < kills else 0


if __name__ == "__main__":
    raise SystemExit(main())
