"""Everything that may befall the platform, again and again, and what it leaves: `make crash`.

    python -m tests.crash [--database sqlite|postgresql] [--only kill-calls,pause,…] [--points N] [--resume] [--results FILE]

On SQLite in a folder in memory, and on a PostgreSQL server of its own. Every scenario that is done is noted in the results; `--resume` does
what is not noted there yet. At the end a table; exit code 1 where anything was lost, doubled or otherwise wrong, or was not run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .ending import end_properly_when_asked, end_with

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--database", choices=DATABASES, help="without it both, one after the other")
    parser.add_argument("--only", default="", help="scenarios, by commas; without it all")
    parser.add_argument(
        "--points", type=int, default=500, help="kills of a batch of 1,000; other scenarios have a share of it"
    )
    parser.add_argument("--results", type=Path, default=Path("var/crash.jsonl"), help="where it is noted what was done")
    parser.add_argument("--resume", action="store_true", help="leave out what is noted there already")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    end_properly_when_asked()
    if options.part:
        return _part(options)
    results: Path = options.results
    results.parent.mkdir(parents=True, exist_ok=True)
    if not options.resume:
        results.unlink(missing_ok=True)
    code = 0
    us = os.getpid()
    for database in [options.database] if options.database else DATABASES:
        # Django is set up for one database, once in a process.
        command = [sys.executable, "-m", "tests.crash", *(sys.argv[1:] if arguments is None else arguments)]
        part = subprocess.Popen([*command, "--database", database, "--part"], preexec_fn=lambda: end_with(us, 15))
        try:
            code = max(code, part.wait())
        finally:
            if part.poll() is None:
                part.terminate()
                part.wait()
    return max(code, summary(results))


def _part(options: argparse.Namespace) -> int:
    """One database."""
    database: str = options.database
    wanted = [name for name in options.only.split(",") if name]
    noted = {(one["database"], one["scenario"]) for one in read(options.results)}
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

        from .scenarios import ALL
        from .scenarios.bench import HEAD, Bench

        names = [name for name in ALL[database] if not wanted or name in wanted]
        names = [name for name in names if (database, name) not in noted]
        if not names:
            return 0
        print(f"{DATABASES[database]}: making a platform", flush=True)
        call_command("migrate", verbosity=0)
        bench = Bench(folder, lambda said: print(said, flush=True), server=server)
        stack.callback(connections.close_all)
        stack.callback(bench.close)
        print(f"\n{DATABASES[database]}, {len(names)} scenarios\n{HEAD}", flush=True)
        code = 0
        for name in names:
            begun = time.monotonic()
            found = ALL[database][name](bench, options.points)
            for result in found:
                print(result.line(), flush=True)
                code = max(code, 1 if result.faults else 0)
            note = {"database": database, "scenario": name, "seconds": time.monotonic() - begun}
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(note | {"results": [asdict(one) for one in found]}) + "\n")
        return code


def _create(url: str, name: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())


def read(results: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in results.read_text("utf-8").splitlines()] if results.exists() else []


def summary(results: Path) -> int:
    """Print the table of everything that is noted, and one line of the whole; 1 where something was wrong."""
    from .results import HEAD, Result

    noted = read(results)
    everything = Result("")
    for database, title in DATABASES.items():
        found = [Result(**each) for one in noted if one["database"] == database for each in one["results"]]
        if found:
            print(f"\n{title}\n{HEAD}")
        for result in found:
            print(result.line())
            everything.add(result)
    for where, fault in everything.faults:
        print(f"FAULT {where}: {fault}")
    print(
        f"\n{everything.points} points, {everything.runs} platforms carried on and examined: {everything.count('lost')} lost, "
        f"{everything.count('doubled')} doubled, {everything.count('other')} otherwise wrong; "
        f"{everything.again} mails sent twice; {everything.seconds / 60:.0f} minutes"
    )
    return 1 if everything.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
