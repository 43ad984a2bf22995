"""Nobody outlives us: whoever starts processes here lets them die with it, however it ends itself."""

from __future__ import annotations

import ctypes
import os
import signal
from types import FrameType

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def end_with(parent: int, how: signal.Signals = signal.SIGKILL) -> None:
    """To be called in a new process: it gets the signal `how` when its parent ends, even by SIGKILL or while it is stopped itself."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(how))
    if os.getppid() != parent:
        os.kill(os.getpid(), how)


def end_properly_when_asked() -> None:
    """SIGTERM and SIGHUP end this process as Ctrl+C does: servers are stopped, folders removed."""

    def asked(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, asked)
