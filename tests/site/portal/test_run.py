"""`testamur site run`: what it refuses, and a platform that really starts, names its addresses and stops."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from testamur_site.portal import run

START = "import sys; from testamur_site.portal.run import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["walk"], ["run", "extra"], ["run", "--data"]),
        *(
            ["run", "--listen", value]
            for value in ("8000", "localhost:http", ":8000", "127.0.0.1:0", "127.0.0.1:65536")
        ),
    ],
)
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)
    assert ended.value.code == 2
    assert "usage: testamur site" in capsys.readouterr().err


def test_help_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(["run", "--help"])
    assert ended.value.code == 0
    assert "--demo" in capsys.readouterr().out


def test_a_port_that_is_taken_is_said_before_anything_is_prepared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run.main(["run", "--data", str(tmp_path / "data"), "--listen", f"127.0.0.1:{port}"]) == 1
    assert f"127.0.0.1:{port + 1 if port < 65_535 else 8000}" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "warned"),
    [
        (["--demo", "--listen", "0.0.0.0:{}"], True),
        (["--demo", "--listen", "127.0.0.1:{}"], False),
        (["--demo", "--listen", "localhost:{}"], False),
        (["--listen", "0.0.0.0:{}"], False),
    ],
)
def test_a_demonstration_that_others_can_reach_is_warned_of(
    arguments: list[str], warned: bool, port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "_run", lambda *_, **__: 0)
    assert run.main(["run", *(argument.format(port) for argument in arguments)]) == 0
    assert ("shows all mail to everybody" in capsys.readouterr().err) is warned


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    """Start the platform as its command does; every start of a test shares one data folder. At the end everything is stopped."""
    running: list[subprocess.Popen[str]] = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TESTAMUR", "DJANGO"))}

    def begin(port: int) -> tuple[subprocess.Popen[str], dict[str, str]]:
        command = [
            sys.executable,
            "-c",
            START,
            "run",
            "--data",
            str(tmp_path / "data"),
            "--listen",
            f"127.0.0.1:{port}",
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        running.append(process)
        said: dict[str, str] = {}
        for line in process.stdout or ():
            label, _, address = line.strip().partition(": ")
            said[label] = address
            if label == "sign in":
                break
        return process, said

    yield begin
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.fixture
def of_an_earlier_release(migrated_file: Path | None, tmp_path: Path) -> Path:
    """A database that lacks one migration. All of them from nothing are what every run of the tests begins with, and take long."""
    (tmp_path / "data").mkdir(mode=0o700)
    database = tmp_path / "data/testamur.sqlite3"
    if migrated_file is not None:
        shutil.copyfile(migrated_file, database)
        database.chmod(0o600)
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("DROP TABLE django_session")
            connection.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    return database


def test_it_starts_says_where_it_is_and_stops_as_asked(
    start: object, port: int, tmp_path: Path, of_an_earlier_release: Path
) -> None:
    process, said = start(port)  # type: ignore[operator]
    base = f"http://localhost:{port}"
    assert said["start page"] == f"{base}/"
    assert said["verify page"] == f"{base}/verify"
    assert said["catalogue"] == f"{base}/catalogue"
    for address in said.values():
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200
    report = urllib.request.Request(f"{base}/api/verify", data=b"nonsense", headers={"Content-Type": "text/plain"})
    with urllib.request.urlopen(report) as answer:
        assert json.load(answer)["verdict"] == "undetermined"
    with closing(sqlite3.connect(of_an_earlier_release)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM django_session").fetchone() == (0,), "it has been migrated"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert run._is_free("127.0.0.1", port), "the server ended with it"
    assert (tmp_path / "data/base-url").read_text().strip() == base
    for file in (tmp_path / "data").glob("*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, f"{file.name} can be read by others"


def test_a_worker_gives_way_and_ends_with_a_platform_that_is_killed() -> None:
    """A killed platform cannot stop its processes in order: the operating system tells them (Linux)."""
    begin = (
        "import time; from testamur_site.portal import run; "
        "print(run._start('http.server', '--bind', '127.0.0.1', '0', niceness=run._WORKER_NICENESS).pid, flush=True); "
        "time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", begin], stdout=subprocess.PIPE) as platform:
        assert platform.stdout is not None
        worker = int(platform.stdout.readline())
        ours = os.getpriority(os.PRIO_PROCESS, platform.pid)
        assert os.getpriority(os.PRIO_PROCESS, worker) == min(19, ours + run._WORKER_NICENESS)
        platform.kill()
        if sys.platform == "linux":
            platform.stdout.read()  # ends when both have let go of it
        else:
            os.kill(worker, signal.SIGTERM)
