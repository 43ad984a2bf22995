"""Workers under libfaketime, whose clock jumps for everything in them: Python, SQLite, the C library.

`Faked` starts this module in a process with libfaketime, which imports the platform once, and forks a worker for each run. The monotonic
clock is left alone, as it is when somebody sets the time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from .ending import end_with

if TYPE_CHECKING:
    from .stage import Stage

ROOT = Path(__file__).parents[2]


def library() -> str | None:
    """Where libfaketime lies; None where it is not installed."""
    return next(map(str, Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)


class Faked:
    """A process that forks workers whose clocks jump."""

    def __init__(self, stage: Stage) -> None:
        self._clock = stage.folder / "clock"
        self._said = stage.folder / "faked.txt"
        self._clock.write_text("+0\n")
        us = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.faked"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said.open("wb"),
            text=True,
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "LD_PRELOAD": str(library()),
                "FAKETIME_TIMESTAMP_FILE": str(self._clock),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            },
            preexec_fn=lambda: end_with(us),
        )
        mail = {name: value for name, value in stage.overrides.items() if isinstance(value, str | int | bool)}
        seconds = stage.overrides["TESTAMUR_JOB_LEASE"].total_seconds()
        self._ask(
            {"settings": mail, "lease": seconds, "log": str(stage.log_folder), "folder": str(stage.folder / "faked")}
        )

    def jump(self, number: int, by: timedelta, dies_after: int) -> str:
        """A worker whose clock jumps at its moment `number`, and that is killed so many moments later (0: not). '' or what went wrong."""
        self._clock.write_text("+0\n")
        answer = self._ask({"number": number, "by": by.total_seconds(), "dies": dies_after})
        self._clock.write_text("+0\n")
        return str(answer["fault"])

    def skew(self, by: timedelta) -> float:
        """How far the clock of such a worker goes from ours, in seconds, when it is told to: the control."""
        return float(self._ask({"skew": by.total_seconds()})["skew"])

    def _ask(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process under libfaketime has ended: {self._said.read_text('utf-8')[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def _set(by: float) -> None:
    Path(os.environ["FAKETIME_TIMESTAMP_FILE"]).write_text(f"{by:+.0f}\n")


def _jump(by: float) -> Callable[[], None]:
    return lambda: _set(by)


def main() -> None:
    import logging
    import time

    import django

    django.setup()
    logging.disable(logging.WARNING)
    from . import moments, platforms
    from .stage import Stage, work

    first = json.loads(sys.stdin.readline())
    lease = timedelta(seconds=first["lease"])
    for name, value in first["settings"].items():
        setattr(settings, name, value)
    platforms.small_steps()
    stage = Stage(Path(first["folder"]), Path(first["log"]), {**first["settings"], "TESTAMUR_JOB_LEASE": lease})
    print("{}", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "skew" in asked:
            before = time.time(), time.monotonic()
            _set(asked["skew"])
            after = time.time(), time.monotonic()
            _set(0)
            print(json.dumps({"skew": after[0] - before[0] - (after[1] - before[1])}), flush=True)
            continue
        what = moments.at_moment(asked["number"], _jump(asked["by"]), work)
        if asked["dies"]:
            what = moments.at_moment(asked["number"] + asked["dies"], moments.die, what)
        child = stage.run(what)
        print(json.dumps({"fault": child.fault}), flush=True)


if __name__ == "__main__":
    main()
