"""Measuring one call: the time of the processor and the memory that it needed at its peak.

The timer that stops a call which hangs counts the time of the processor, so a busy machine stops nothing. The peak is what Linux keeps for
a process and can be told to forget; elsewhere it is 0. During the call the address space is limited: what asks for more gets a
`MemoryError`, which no parser may let out.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 1.0
MEBIBYTES = 256

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Hangs(BaseException):
    """A call took more than ten times what it may. Not an `Exception`: nothing in between may catch it."""


@dataclass(frozen=True, slots=True)
class Cost:
    seconds: float
    mebibytes: float
    result: Any = None


@contextlib.contextmanager
def confined(mebibytes: int = MEBIBYTES) -> Iterator[None]:
    """Within, this process may use `mebibytes` more address space than it does now."""
    used = _kibibytes("VmSize") * 1024
    if not used:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + mebibytes * 2**20, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def measured(call: Callable[[], Any]) -> Cost:
    """What `call` returns and what it cost. Raises what it raises, and `Hangs`."""
    with contextlib.suppress(OSError):
        _FORGET.write_text("5")
    before = _kibibytes("VmRSS")
    with confined(), _stopped_after(10 * SECONDS):
        start = time.process_time()
        result = call()
        seconds = time.process_time() - start
    return Cost(seconds, max(0, _kibibytes("VmHWM") - before) / 1024, result)


@contextlib.contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    def stop(_signal: int, _frame: Any) -> None:
        raise Hangs(f"more than {seconds:g} seconds of the processor")

    previous = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)


def _kibibytes(name: str) -> int:
    try:
        status = _STATUS.read_text()
    except OSError:
        return 0
    found = next((line for line in status.splitlines() if line.startswith(name + ":")), "0 0")
    return int(found.split()[1])
