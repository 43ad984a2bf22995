"""A disk that is full: from some system call on nothing can be written any more; later there is room again.

* By strace: from the N-th on, every call that writes fails with ENOSPC. Points as fine as one likes, without a disk.
* On a real, small file system in memory (needs the right to mount), which is nearly full. The files of the log lie there, and SQLite's
  database.

While the disk is full, workers come and go, or one of them stays that is not told how much is free (a quota): attempts would run out, if
these were attempts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection, connections

from testamur_site.foundation.jobs import services
from testamur_site.foundation.jobs.api import run_worker

from .. import moments
from ..stage import time_passes
from .bench import Bench, Result, Timed, share

NAMES = ("first", "grown", "by hand")
ROUNDS = 7
"""More workers than a job has attempts."""


def by_errors(bench: Bench, points: int, names: tuple[str, ...] = NAMES) -> Result:
    """ENOSPC for all writes of a worker, from one of its writes on."""
    with Timed(Result("disk full, by injected ENOSPC")) as result:
        for name, wanted in share(points, names).items():
            seen = bench.calls_of(name, moments.FILE_CALLS)
            for number in bench.chosen(len(seen), wanted):
                what = bench.begin(name)
                child = moments.from_system_call(bench.stage, what, seen, number)
                where = f"{name} from {seen[number - 1]}, call {number}"
                result.hit(where)
                if name == "by hand":
                    child.code = 0  # the page answers with an error, as it should: what was done before is what counts
                bench.judge(result, where, child)
    return result


def by_a_small_disk(bench: Bench, points: int) -> Result:
    """A file system in memory on which so many kilobytes are free: for the log and SQLite's database."""
    with Timed(Result("disk full, a real small file system")) as result:
        if not may_mount(bench.stage.folder):
            result.not_run = "this user may not mount a small file system"
            return result
        for name, wanted in share(points, ("first", "grown")).items():
            for number in range(wanted):
                free = _left(number, wanted) if wanted > 1 else 64 << 10
                what = bench.begin(name)
                with small_disk(bench, free) as make_room:
                    if number % 2:
                        child = bench.stage.run(_staying)
                    for _ in range(0 if number % 2 else ROUNDS):
                        child = bench.stage.run(what)
                        _pass()
                    where = f"{name} with {free >> 10} kB left, {'one worker' if number % 2 else f'{ROUNDS} workers'}"
                    result.hit(where)
                    make_room()
                    bench.judge(result, where, child)
    return result


def of_the_server(bench: Bench, points: int) -> Result:
    """The disk of the database server has so many kilobytes free: for its tables, its write-ahead log and everything else. When it cannot
    write the log it ends itself, and does not come up; whoever makes room starts it again."""
    with Timed(Result("disk full, PostgreSQL's data folder")) as result:
        server = bench.server
        if server is None or not server.own_disk:
            result.not_run = "this user may not mount a small file system for the server"
            return result
        for name, wanted in share(points, ("first", "grown")).items():
            for number in range(wanted):
                free = _left(number, wanted)
                what = bench.begin(name)
                if number % 2:
                    _use_up_what_is_there(bench)
                before = server.disk_full()
                server.fill(free)
                for _ in range(ROUNDS):
                    child = bench.stage.run(what)
                    _pass()
                    if server.exited():
                        break  # nothing to work with any more, until there is room
                where = f"{name} with {free >> 10} kB left for the server"
                result.hit(where, server.disk_full() > before)
                server.make_room()
                server.start()
                connections.close_all()
                bench.judge(result, where, child)
    return result


def _left(number: int, of: int) -> int:
    """From 4 kB to nearly 8 MB, each a little more than the one before."""
    return int((4 << 10) * 2 ** (number * 11 / of))


def _use_up_what_is_there(bench: Bench) -> None:
    """The server keeps segments of its write-ahead log for reuse, 16 MiB each. Go to the end of the one in use, so that the log needs a new
    one soon, and let go of those kept."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint % (16 * 1024 * 1024)")
        used = cursor.fetchone()[0]
        cursor.execute(
            "SELECT pg_logical_emit_message(false, 'x', repeat('x', %s))", [max(1, (16 << 20) - used - (64 << 10))]
        )
    connections.close_all()
    assert bench.server is not None
    bench.server.let_go_of_spare_segments()


def _staying() -> None:
    """A worker that tries again and again, and does not know how full the disk is."""
    services.room = lambda: True
    stop, rounds = threading.Event(), iter(range(ROUNDS))

    def idle() -> None:
        _pass()
        if next(rounds, None) is None:
            stop.set()

    run_worker(stop, poll_seconds=0.01, idle=idle)


def _pass() -> None:
    """Pauses end, which needs a row to be written: where the disk has no room even for that, time stands still for the queue too."""
    try:
        time_passes()
    except DatabaseError:
        connections.close_all()


def may_mount(folder: Path) -> bool:
    place = folder / "may-mount"
    place.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True).returncode:
        return False
    subprocess.run(["umount", str(place)], check=True)
    return True


@contextmanager
def small_disk(bench: Bench, free: int) -> Iterator[Callable[[], None]]:
    """Move the platform's data (the log, and SQLite's database) to a small disk with `free` bytes left. Gives what makes room."""
    data = bench.log_folder.parent
    aside = data.with_name("data-aside")
    data.rename(aside)
    data.mkdir()
    size = sum(each.stat().st_size for each in aside.rglob("*") if each.is_file()) + (128 << 20)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(data)], check=True)
    try:
        shutil.copytree(aside, data, dirs_exist_ok=True, ignore=shutil.ignore_patterns("static"))
        ballast = data / "ballast"
        left = os.statvfs(data)
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, left.f_bavail * left.f_bsize - free)
        yield ballast.unlink
    finally:
        connections.close_all()
        subprocess.run(["umount", str(data)], check=True)
        data.rmdir()
        aside.rename(data)
