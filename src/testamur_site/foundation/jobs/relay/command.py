"""`testamur site relay`: the relay in a process of its own."""

from __future__ import annotations

import importlib.util
import signal
import sys
import threading
from types import FrameType

from django.conf import settings


def relay(poll_seconds: float) -> int:
    """Relay until SIGTERM or SIGINT. Returns the exit code: 0 stopped as asked, 2 not set up."""
    if not settings.TESTAMUR_BROKER_URL:
        print(
            "TESTAMUR_BROKER_URL names no broker, such as amqp://testamur:secret@10.0.0.30:5672/testamur.",
            file=sys.stderr,
        )
        return 2
    if importlib.util.find_spec("celery") is None:
        print('The relay needs Celery: pip install "testamur[celery]".', file=sys.stderr)
        return 2
    from .publisher import run_relay

    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    run_relay(stop, poll_seconds=poll_seconds)
    return 0
