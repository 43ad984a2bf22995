"""Everything that may befall the platform, again and again, and what it leaves: `make crash`.

    python -m tests.crash [--database sqlite|postgresql] [--only kill-calls,pause,…] [--points N] [--resume] [--results FILE]

On SQLite in a folder in memory, and on a PostgreSQL server of its own; where there are two processors, both at the same time. Every
series that is done is noted in the results; `--resume` does what is not noted there yet, or was not good. A series that breaks off, or
takes longer than its time, is told and does not hold up the others. At the end a table; exit code 1 where anything was lost, doubled or
otherwise wrong, or was not run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from . import series
from .ending import end_properly_when_asked, end_with
from .results import HEAD, KINDS, Result

if TYPE_CHECKING:
    from .scenarios.bench import Bench

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
LIMIT = 45 * 60.0
"""Seconds that one series may take."""


class TookTooLong(Exception):
    """A series has had its time."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--database", choices=DATABASES, help="without it both")
    parser.add_argument("--only", default="", help="series, by commas; without it all")
    parser.add_argument(
        "--points", type=int, default=series.POINTS, help="kills of a batch of 1,000; other series have a share of it"
    )
    parser.add_argument("--results", type=Path, default=Path("var/crash.jsonl"), help="where it is noted what was done")
    parser.add_argument("--resume", action="store_true", help="leave out what is noted there already, and was good")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(given)
    unknown = set(_names(options.only)) - {name for each in series.ALL.values() for name in each}
    if unknown:
        parser.error(f"no such series: {', '.join(sorted(unknown))}")
    end_properly_when_asked()
    if options.part:
        return _part(options)
    results: Path = options.results
    results.parent.mkdir(parents=True, exist_ok=True)
    if not options.resume:
        results.unlink(missing_ok=True)
    databases = [options.database] if options.database else list(DATABASES)
    begun = time.monotonic()
    _parts(databases, given, together=(os.cpu_count() or 1) > 1)
    wanted = [
        (database, name)
        for database in databases
        for name in series.ALL[database]
        if not options.only or name in _names(options.only)
    ]
    return summary(results, wanted, time.monotonic() - begun)


def _names(only: str) -> list[str]:
    return [name for name in only.split(",") if name]


def _parts(databases: Sequence[str], given: Sequence[str], *, together: bool) -> None:
    """A process for each database, because Django is set up for one of them, once in a process. How they end is no matter: what they have
    not noted was not run."""
    us = os.getpid()
    parts: list[subprocess.Popen[bytes]] = []
    try:
        for database in databases:
            command = [sys.executable, "-m", "tests.crash", *given, "--database", database, "--part"]
            parts.append(subprocess.Popen(command, preexec_fn=lambda: end_with(us, signal.SIGTERM)))
            if not together:
                parts[-1].wait()
        for part in parts:
            part.wait()
    finally:
        for part in parts:
            if part.poll() is None:
                part.terminate()
                part.wait()


def _part(options: argparse.Namespace) -> int:
    """One database."""
    database: str = options.database
    good = {key for key, note in read(options.results).items() if all(each.good for each in _results(note))}
    names = [name for name in series.ALL[database] if not options.only or name in _names(options.only)]
    names = [name for name in names if (database, name) not in good]
    if not names:
        return 0

    def tell(said: str) -> None:
        print(f"{DATABASES[database]:<10}  {said}", flush=True)

    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="testamur-crash-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server = None
        url = "sqlite:"
        if database == "postgresql":
            from .server import Server

            server = Server()
            stack.callback(server.close)
            url = server.url("testamur")
            _create(server.url("postgres"), "testamur")
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "testamur_site.config.settings",
            "TESTAMUR_DATA": str(folder / "data"),
            "TESTAMUR_DATABASE_URL": url,
        }
        os.environ.pop("TESTAMUR_SMTP_URL", None)
        import logging

        import django

        django.setup()
        logging.disable(logging.WARNING)  # in this process; what a child says is kept beside the platform
        from django.core.management import call_command
        from django.db import connections

        from .scenarios.bench import Bench

        tell(f"{len(names)} series; making a platform")
        call_command("migrate", verbosity=0)
        bench = Bench(folder, tell, server=server)
        stack.callback(connections.close_all)
        stack.callback(bench.close)
        tell(HEAD)
        for name in names:
            begun = time.monotonic()
            found = one(name, database, bench, options.points)
            for result in found:
                tell(result.line())
            note = {"database": database, "series": name, "commit": _commit(), "seconds": time.monotonic() - begun}
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(note | {"results": [asdict(one) for one in found]}) + "\n")
    return 0


def one(name: str, database: str, bench: Bench, points: int) -> list[Result]:
    """One series. Where it breaks off, that is what it has found."""
    begun = time.monotonic()
    try:
        bench.recover()
        with _at_most(LIMIT):
            return series.run(name, database, bench, points)
    except Exception as error:  # noqa: BLE001 - told as a fault, and the other series go on
        fault = f"the series broke off: {''.join(traceback.format_exception(error))[-1500:]}"
        return [Result(name, faults=[(database, fault)], seconds=time.monotonic() - begun)]


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raises TookTooLong in what takes longer."""

    def over(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"more than {seconds:.0f} seconds")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _create(url: str, name: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())


def _commit() -> str:
    """Which code that was."""
    here = Path(__file__).parent
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=here, capture_output=True, text=True)
    return said.stdout.strip() or "unknown"


def read(results: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """The last note of each series, by database and name."""
    lines = results.read_text("utf-8").splitlines() if results.exists() else []
    return {(note["database"], note["series"]): note for note in map(json.loads, lines)}


def _results(note: dict[str, Any]) -> list[Result]:
    return [Result(**each) for each in note["results"]]


def summary(results: Path, wanted: Sequence[tuple[str, str]], took: float = 0.0) -> int:
    """Print the table of everything that is noted or was wanted, and one line of the whole; 0 where all of it was run and is good."""
    noted = read(results)
    everything, left = Result(""), []
    for database, title in DATABASES.items():
        lines, thousand = [], 0
        for name in series.ALL[database]:
            found = _results(noted[database, name]) if (database, name) in noted else []
            if not found and (database, name) in wanted:
                found = [Result(name, not_run="it was not come to")]
            for result in found:
                lines.append(result.line())
                everything.add(result)
                thousand += result.different if name.startswith("thousand-") else 0
                if not result.points and not result.faults:
                    left.append(f"{title}, {result.scenario}: {result.not_run or 'nothing befell it'}")
        if lines:
            print(f"\n{title}\n{HEAD}", *lines, sep="\n")
            print(f"{'of these kills of batches of 1,000':<50} {'':>7} {thousand:>9}")
    for where, fault in everything.faults:
        print(f"FAULT {where}: {fault}")
    for each in left:
        print(f"NOT RUN {each}")
    commits = sorted({note["commit"] for note in noted.values()})
    found_what = ", ".join(f"{everything.count(kind)} {kind}" for kind in KINDS)
    print(
        f"\n{everything.points} points, {everything.different} of them different; {everything.runs} platforms carried on and examined; "
        f"faults: {found_what}; {everything.again} mails sent twice; commit {', '.join(commits) or 'unknown'}; "
        f"{everything.seconds / 60:.0f} minutes of work, {took / 60:.0f} by the clock"
    )
    return 1 if everything.faults or left else 0


if __name__ == "__main__":
    raise SystemExit(main())
