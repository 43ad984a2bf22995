"""`python -m testamur_site.foundation.jobs [--queue NAME]…`: a worker in a process of its own."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from collections.abc import Sequence
from types import FrameType

import django


def main(arguments: Sequence[str] | None = None) -> int:
    """Work until SIGTERM or SIGINT; the job in hand is finished first."""
    parser = argparse.ArgumentParser(prog="python -m testamur_site.foundation.jobs", description=__doc__)
    parser.add_argument("--queue", action="append", default=[], help="only this queue (may be given more than once)")
    parser.add_argument("--poll", type=float, default=1.0, help="seconds between two looks when idle")
    options = parser.parse_args(arguments)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
    django.setup()
    from testamur_site.foundation.jobs import wake, worker  # the models can be imported only now

    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        wake.up()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    worker.run_worker(stop, queues=options.queue, poll_seconds=options.poll)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
