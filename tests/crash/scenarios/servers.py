"""The database server dies: the process that serves a connection, within one of its own writes, or the whole server. PostgreSQL only, on a
server of our own."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError, connection, connections

from testamur_site.foundation.jobs import services
from testamur_site.foundation.jobs.api import run_worker

from .. import moments
from ..server import Server, kill_postmaster
from ..stage import Child, time_passes, unfinished
from .bench import Bench, Result, Timed, share

NAMES = ("first", "grown")
CALLS = "pwrite64,pwritev,write,fdatasync,fsync,sendto,recvfrom,openat,ftruncate,unlink,rename,mkdir,lseek"
ROUNDS = 9


def died(bench: Bench, points: int, names: tuple[str, ...] = NAMES) -> Result:
    """SIGKILL of the postmaster at a moment of the worker, half of the times with all its processes; it is started again, and recovers.
    Half of the workers end while it is away, half of them stay."""
    with Timed(Result("database server killed, and recovered")) as result:
        server = bench.server
        assert server is not None
        for name, wanted in share(points, names).items():
            for turn, number in enumerate(bench.chosen(bench.moments_of(name), wanted)):
                what = bench.begin(name)
                all_of_it, stays = bool(turn % 2), bool(turn // 2 % 2)
                pid = server.pid

                def kill(pid: int = pid, all_of_it: bool = all_of_it) -> None:
                    kill_postmaster(pid, backends=all_of_it)

                child = bench.stage.child(moments.at_moment(number, kill, staying if stays else what))
                child.start()
                where = f"{name} at moment {number}, {'all' if all_of_it else 'postmaster'}"
                result.hit(where, _recovered(server, pid, child))
                bench.judge(result, where, child)
    return result


def _recovered(server: Server, pid: int, child: Child) -> bool:
    """Start the server again as soon as it is gone; True when it was."""
    while not child.ended() and _lives(pid):
        time.sleep(0.005)
    gone = not _lives(pid)
    server.start()
    child.wait()
    connections.close_all()
    return gone


def _lives(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def backend_killed(bench: Bench, points: int, names: tuple[str, ...] = NAMES) -> Result:
    """SIGKILL of the process that serves the worker, instead of one of its own system calls: its writes of tables and of the write-ahead
    log, its syncs, its answers. The server ends all connections then, recovers, and goes on."""
    with Timed(Result("backend killed at its system calls")) as result:
        server = bench.server
        assert server is not None
        for name, wanted in share(points, names).items():
            what = bench.begin(name)
            out = bench.stage.folder / "backend.txt"
            child = _traced(bench, what, out, "-e", f"trace={CALLS}")
            if child.fault:
                raise RuntimeError(child.fault)
            seen = [line.partition("(")[0] for line in out.read_text("utf-8", "replace").splitlines() if "(" in line]
            for number in bench.chosen(len(seen), wanted):
                what = bench.begin(name)
                call = seen[number - 1]
                when = seen[:number].count(call)
                before = server.backends_killed()
                child = _traced(
                    bench,
                    what,
                    Path(os.devnull),
                    *("-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={when}", "-e", "signal=none"),
                )
                server.start()
                connections.close_all()
                where = f"{name} at the server's {call}, call {number}"
                result.hit(where, server.backends_killed() > before)
                bench.judge(result, where, child)
    return result


def _traced(bench: Bench, what: Callable[[], None], out: Path, *options: str) -> Child:
    """Run `what` with strace upon the process that serves it."""
    told = bench.stage.folder / "backend"
    told.unlink(missing_ok=True)

    def connected() -> None:
        connection.ensure_connection()
        told.write_text(str(connection.connection.info.backend_pid))
        os.kill(os.getpid(), signal.SIGSTOP)
        what()

    child = bench.stage.child(connected)
    if not child.stopped():
        raise RuntimeError(child.fault)
    served = Child(int(told.read_text()), -1, child.said)
    tracer = moments.attach(served, out, *options)
    os.kill(child.pid, signal.SIGCONT)
    child.wait()
    tracer.wait()
    return child


def staying() -> None:
    """A worker that outlives the server: while that is away it tries again and again, and time passes."""
    services.room = lambda: True
    stop, rounds = threading.Event(), iter(range(ROUNDS))

    def idle() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                time_passes()
                break
            except DatabaseError:
                connections.close_all()
                time.sleep(0.05)
        if not unfinished() or next(rounds, None) is None:
            stop.set()

    run_worker(stop, poll_seconds=0.01, idle=idle)
