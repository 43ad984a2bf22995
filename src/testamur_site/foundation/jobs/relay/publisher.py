"""The relay: publishes the ids of jobs that are due, in the order of turns, a few ahead of the workers.

1. Look: of what was published, forget what is no longer due (somebody has begun it).
2. Ask the broker how many messages wait. If none does, what is still due after some seconds was lost: it may be published again.
3. Publish the next ids, until so many as `TESTAMUR_RELAY_AHEAD` are published and not begun.
4. Once a minute do the housekeeping of the queue; every few seconds note that we live.

What it remembers is in memory only. Killed and started again, or started twice, it publishes some ids once more, and nothing is done twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from testamur_site.foundation.tenancy.api import unscoped

from .. import services, turns, worker
from ..models import Job
from . import liveness
from .rules import Due, Line, in_turn, lost

log = logging.getLogger("testamur_site.jobs")

NOTE_SECONDS = 5
BUSY_SECONDS = 0.05
"""Between two looks while there is something to publish."""


class Relay:
    """What was published and not begun: name of the job → (when, whose). `broker` is the application's connection to it (`Broker`)."""

    def __init__(self, broker: Any, *, ahead: int) -> None:
        self._broker, self._ahead = broker, ahead
        self._published: dict[tuple[str, Any], tuple[float, int | None]] = {}

    def look(self) -> int:
        """Publish what there is room for, and return how many. Raises the errors of the database and of the broker."""
        self._forget_begun()
        waiting, workers = self._broker.waiting()
        self.seen = (waiting, workers)
        times = {name: at for name, (at, _) in self._published.items()}
        for name in lost(times, time.monotonic(), waiting=waiting):
            del self._published[name]
        # A relay that was just started, or a second one, does not know what waits; nor is more needed then.
        room = self._ahead - max(len(self._published), waiting)
        chosen = in_turn(self._lines(room), room) if room > 0 else []
        for due, institution in chosen:
            self._broker.publish(due.id)
            self._published[due.name] = (time.monotonic(), institution)
        return len(chosen)

    def _forget_begun(self) -> None:
        if not self._published:
            return
        with unscoped(services.ALL):
            rows = Job.objects.filter(services.due(timezone.now()), pk__in=[job for job, _ in self._published])
            still = set(rows.values_list("pk", "started_at"))
        self._published = {name: value for name, value in self._published.items() if name in still}

    def _lines(self, room: int) -> list[Line]:
        """The next jobs of each institution with work: as many as there is room for, and those that are published already."""
        now = timezone.now()
        ahead = Counter(institution for _, institution in self._published.values())
        lines = []
        for institution in turns.with_work():
            with unscoped(services.ALL):
                rows = Job.objects.filter(services.due(now), institution=institution)
                rows = rows.order_by("-priority", "run_after", "created_at")[: room + ahead[institution]]
                due = [Due(*row) for row in rows.values_list("pk", "started_at", "priority", "run_after")]
            new = tuple(job for job in due if job.name not in self._published)
            if new:
                lines.append(Line(turns.standing(institution, now), ahead[institution], new))
        return lines


class Broker:
    """RabbitMQ, through Celery: one connection, opened anew after an error."""

    def __init__(self) -> None:
        from . import tasks

        self._tasks, self._connection = tasks, None

    def _channel(self) -> Any:
        if self._connection is None:
            self._connection = self._tasks.app.connection_for_write()
            self._connection.ensure_connection(max_retries=1)
        return self._connection.default_channel

    def waiting(self) -> tuple[int, int]:
        """How many messages wait in the queue, which is made if it is not there, and how many consumers it has."""
        made = self._tasks.queue(self._channel()).queue_declare()
        return made.message_count, made.consumer_count

    def publish(self, job_id: str) -> None:
        """Returns when the broker has confirmed the message."""
        self._tasks.run_job.apply_async((job_id,), connection=self._connection, retry=False)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.release()


def run_relay(stop: threading.Event, *, poll_seconds: float = 0.25) -> None:
    """Relay until `stop` is set. An error of the database or of the broker is told, and a second later tried again."""
    from amqp import AMQPError
    from kombu.exceptions import OperationalError

    broker = Broker()
    relay = Relay(broker, ahead=settings.TESTAMUR_RELAY_AHEAD)
    next_house = next_note = time.monotonic()
    while not stop.is_set():
        close_old_connections()
        pause = poll_seconds
        try:
            if time.monotonic() >= next_house:
                worker.keep_house(timezone.now())
                next_house = time.monotonic() + worker.HOUSEKEEPING_SECONDS
            if relay.look():
                pause = BUSY_SECONDS
            if time.monotonic() >= next_note:
                liveness.note(waiting=relay.seen[0], workers=relay.seen[1])
                next_note = time.monotonic() + NOTE_SECONDS
        except (DatabaseError, InterfaceError) as error:
            log.error("the relay cannot reach the database; it will try again", exc_info=error)
            connection.close()
            pause = 1.0
        except (OperationalError, AMQPError, OSError) as error:
            log.error("the relay cannot reach the broker; it will try again", exc_info=error)
            broker.close()
            pause = 1.0
        stop.wait(pause)
    broker.close()
    connection.close()
