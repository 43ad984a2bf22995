"""A PostgreSQL server of our own, that may be killed, started again and given a full disk. It keeps what it commits, as it does by
default (`tools/with-postgresql` is faster, and does not).

Where we may mount, its data folder is a small file system of its own, in memory: filling that fills its tables, its write-ahead log and
its temporary files.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from .ending import end_with

PATIENCE = 300.0
SIZE = "1536m"
_OPTIONS = (
    "listen_addresses=",
    "max_connections=60",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "max_wal_size=256MB",
    "shared_buffers=64MB",
)


class Server:
    """Runs from when it is made until `close`, or until we end."""

    def __init__(self) -> None:
        self.folder = Path(
            tempfile.mkdtemp(prefix="testamur-pg-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        )
        self._log = self.folder.with_name(f"{self.folder.name}.log")  # not on the disk that will be full
        self._user = _unprivileged()
        self.own_disk = self._mount()
        self._process: subprocess.Popen[bytes] | None = None
        try:
            if self._user is not None:
                shutil.chown(self.folder, self._user, self._user)
            self._run(
                "initdb",
                "-D",
                str(self._data),
                "-U",
                "testamur",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            )
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str) -> str:
        return f"postgresql://testamur@/{database}?host={self.folder}&port=5432"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    # ---- its life

    def start(self) -> None:
        """Start it, or start it again after whatever happened to it; ends when it lets somebody in."""
        end = time.monotonic() + PATIENCE
        while True:
            if self._process is None or self._process.poll() is not None:
                self._process = self._begin()
            if self.answers():
                return
            if time.monotonic() > end:
                raise RuntimeError(f"the server does not start: {self._said()[-3000:].decode('utf-8', 'replace')}")
            time.sleep(0.02)

    def _begin(self) -> subprocess.Popen[bytes]:
        options = [each for option in (*_OPTIONS, f"unix_socket_directories={self.folder}") for each in ("-c", option)]
        us = os.getpid()
        with self._log.open("ab") as said:
            return subprocess.Popen(
                [_binary("postgres"), "-D", str(self._data), *options],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
                env={**os.environ, "HOME": str(self.folder)},
                cwd=self.folder,
                preexec_fn=lambda: end_with(us, signal.SIGQUIT),  # "immediate shutdown", of all its processes
            )

    def answers(self) -> bool:
        import psycopg

        with suppress(psycopg.Error), psycopg.connect(self.url("template1"), connect_timeout=30):
            return True
        return False

    def backends_killed(self) -> int:
        """How many of its processes the server says it has lost to SIGKILL."""
        return self._said().count(b"was terminated by signal 9")

    def disk_full(self) -> int:
        """How often the server says that there is no room."""
        return self._said().count(b"No space left on device")

    def _said(self) -> bytes:
        return self._log.read_bytes()

    def exited(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def kill(self, *, backends: bool) -> None:
        """SIGKILL: the postmaster, and with it, or not, everybody who serves a connection or writes in the background. May be called by any
        process of ours."""
        kill_postmaster(self.pid, backends=backends)

    def stop(self) -> None:
        """At once, as after a failure: what it is to keep it has kept."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        self._process = None

    def close(self) -> None:
        self.stop()
        if self.own_disk:
            # Whoever served a connection of a killed postmaster may need a moment to notice.
            for _ in range(100):
                if not subprocess.run(["umount", str(self.folder)], capture_output=True).returncode:
                    break
                time.sleep(0.1)
            else:
                subprocess.run(["umount", "-l", str(self.folder)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._log.unlink(missing_ok=True)

    # ---- its disk

    def fill(self, free: int) -> None:
        """Leave so many bytes free."""
        left = os.statvfs(self.folder)
        with (self.folder / "ballast").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, left.f_bavail * left.f_bsize - free))

    def let_go_of_spare_segments(self) -> None:
        """Of the write-ahead log only what it is written to: it does not miss those that wait to be
        used next."""
        import psycopg

        with psycopg.connect(self.url("template1"), autocommit=True) as server:
            row = server.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
        assert row is not None
        for each in (self._data / "pg_wal").iterdir():
            if len(each.name) == 24 and each.name > row[0]:
                each.unlink()

    def make_room(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def _mount(self) -> bool:
        return not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(self.folder)], capture_output=True
        ).returncode

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [_binary(program), *arguments],
            capture_output=True,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            env={**os.environ, "HOME": str(self.folder)},
            cwd=self.folder,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode('utf-8', 'replace')}")


def kill_postmaster(pid: int, *, backends: bool) -> None:
    others = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] if backends else []
    for each in (pid, *others):
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    names = {line.partition(":")[0] for line in Path("/etc/passwd").read_text().splitlines()}
    return "postgres" if "postgres" in names else "nobody"


def _binary(name: str) -> str:
    found = shutil.which(name) or next(
        iter(sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)), None
    )
    if found is None:
        raise RuntimeError("There is no PostgreSQL server. Run: sh tools/ensure-debian-packages postgresql")
    return found
