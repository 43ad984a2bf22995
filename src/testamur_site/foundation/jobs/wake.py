"""A bell between the threads of one process: a job that was just queued need not wait for the worker's next look."""

from __future__ import annotations

import threading

_bell = threading.Event()


def up() -> None:
    _bell.set()


def wait(seconds: float) -> None:
    """Until somebody rings, or `seconds` have passed."""
    _bell.wait(seconds)
    _bell.clear()
