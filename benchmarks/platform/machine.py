"""What the benchmarks of the platform have in common: a database of their own, workers in processes of their own, and what each process
has used (from /proc, so Linux only).

`main_with_postgresql` begins the program again below `tools/with-postgresql`, with a server that waits for the disk at every commit.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")

DURABLE = (
    "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c wal_compression=lz4 -c shared_buffers=1GB "
    "-c max_wal_size=8GB -c checkpoint_timeout=15min -c default_toast_compression=lz4"
)
"""Commits wait for the disk; the rest is what an administrator sets on a machine of this size (docs/how-to/scale.md)."""


def again_with_postgresql() -> None:
    """Unless there is a database already: run this program again with one. Does not return then."""
    if os.environ.get("TESTAMUR_DATABASE_URL"):
        return
    environment = {**os.environ, "TESTAMUR_POSTGRESQL_OPTIONS": os.environ.get("TESTAMUR_POSTGRESQL_OPTIONS", DURABLE)}
    module = sys.modules["__main__"].__spec__
    command = ["sh", str(ROOT / "tools/with-postgresql"), sys.executable, "-m", module.name if module else ""]
    os.chdir(ROOT)
    raise SystemExit(subprocess.call([*command, *sys.argv[1:]], env=environment))


@contextmanager
def platform(**settings: str) -> Iterator[Path]:
    """Django, set up with a folder of its own and an empty database that is migrated; the folder. `settings`: of the environment."""
    with tempfile.TemporaryDirectory(prefix="testamur-benchmark-") as folder:
        os.environ |= {
            "TESTAMUR_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "testamur_site.config.settings",
            "TESTAMUR_STATIC_COLLECTED": "no",
            "TESTAMUR_BASE_URL": "https://credentials.example.edu",
            "TESTAMUR_SMTP_URL": "smtp://localhost:9",
            **settings,
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield Path(folder)


@contextmanager
def workers(count: int, folder: Path, queues: Sequence[str] = ()) -> Iterator[list[int]]:
    """So many workers, each a process; their process ids. Asked to stop at the end."""
    command = [sys.executable, "-m", "testamur_site.foundation.jobs", "--poll", "0.1"]
    for queue in queues:
        command += ["--queue", queue]
    path = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    running = []
    with (folder / "workers.log").open("ab") as log:
        try:
            for _ in range(count):
                environment = {**os.environ, "PYTHONPATH": path}
                running.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log))
            yield [one.pid for one in running]
            if gone := [one.returncode for one in running if one.poll() is not None]:
                raise RuntimeError(f"a worker ended by itself: {gone}; {(folder / 'workers.log').read_text()[-3000:]}")
        finally:
            for one in running:
                one.send_signal(signal.SIGTERM)
            for one in running:
                one.wait()


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has used, with its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def peak_memory(pid: int) -> float:
    """The most that a process had resident so far, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def forget_peak(pid: int) -> None:
    """Begin to measure the peak anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def database_cpu() -> float:
    """The same for the whole server of the database; 0 for one that is embedded, whose time is its processes'."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    server = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    children = [
        int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and _parent(int(one.name)) == server
    ]
    return cpu(server) + sum(map(cpu, children))


class Busy:
    """How much of all processors was used since this was made, by whoever: 1.0 is all of them all the time."""

    def __init__(self) -> None:
        self._before = self._now()

    def share(self) -> float:
        busy, everything = (now - then for now, then in zip(self._now(), self._before, strict=True))
        return busy / everything

    @staticmethod
    def _now() -> tuple[int, int]:
        times = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(times) - times[3] - times[4], sum(times)  # not idle, not waiting for a disk


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
