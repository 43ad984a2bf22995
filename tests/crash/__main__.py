"""Everything that may befall the platform, again and again, and what it leaves: `make crash`.

    python -m tests.crash [--only kill,pause,…] [--points N] [--folder DIR]

On SQLite, or in a database of its own on the server of TESTAMUR_DATABASE_URL. Prints a table; exit code 1 where anything was lost, doubled
or otherwise wrong.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from .scenarios.bench import Bench, Result


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--only", default="", help="scenarios, by commas; without it all")
    parser.add_argument("--points", type=int, default=500, help="so many kills; other scenarios have a share of it")
    parser.add_argument("--folder", help="where the platform lives for the run (default: in memory, where that can be)")
    parser.add_argument("--minutes", type=float, help="so long at most; what is left out is said")
    options = parser.parse_args(arguments)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="testamur-crash-", dir=options.folder or memory))
    try:
        with _database(os.environ.get("TESTAMUR_DATABASE_URL", "sqlite:")) as url:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "testamur_site.config.settings",
                "TESTAMUR_DATA": str(folder / "data"),
                "TESTAMUR_DATABASE_URL": url,
            }
            return _run(folder, [name for name in options.only.split(",") if name], options.points, options.minutes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(url: str) -> Iterator[str]:
    """The address of a new, empty database, which is dropped afterwards."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        yield "sqlite:"
        return
    import psycopg

    name = f"testamur_crash_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        from django.db import connections

        connections.close_all()
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _run(folder: Path, only: list[str], points: int, minutes: float | None) -> int:
    import logging
    import time

    import django

    begun = time.monotonic()
    django.setup()
    from django.core.management import call_command

    from .scenarios import ALL
    from .scenarios.bench import HEAD, Bench, on_postgresql

    logging.disable(logging.WARNING)  # in this process; what a child says is kept beside the platform
    call_command("migrate", verbosity=0)
    bench = Bench(folder)
    bench.until = None if minutes is None else begun + 60 * minutes
    results: list[Result] = []
    try:
        for name, scenario in ALL.items():
            if not only or name in only:
                results += _of(bench, scenario, points)
    finally:
        bench.close()
    print(f"\n{'PostgreSQL' if on_postgresql() else 'SQLite'}\n{HEAD}")
    for result in results:
        print(result.line())
    return 1 if any(result.faults for result in results) else 0


def _of(bench: Bench, scenario: Callable[[Bench, int], list[Result]], points: int) -> list[Result]:
    found = scenario(bench, points)
    for result in found:
        print(result.line(), flush=True)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
