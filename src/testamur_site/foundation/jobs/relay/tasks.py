"""The Celery application and its one task. `celery -A testamur_site.foundation.jobs.relay.tasks worker` runs it.

A message says no more than the id of a job. Whether, when and by whom the job may be run the row decides, as for every worker.
"""

from __future__ import annotations

import logging
import os
import time
from typing import Any

import django
from celery import Celery, signals
from celery.worker.consumer import Consumer
from django.conf import settings
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
log = logging.getLogger("testamur_site.jobs")

# Celery's own care for Django (`fixups`) would close the connection to the database after each job.
app = Celery("testamur", fixups=[])
# Through the broker's default exchange, to which every queue is bound by its name. A queue of another type by this name is refused.
queue = Queue(
    settings.TESTAMUR_BROKER_QUEUE,
    Exchange(""),
    routing_key=settings.TESTAMUR_BROKER_QUEUE,
    queue_arguments={"x-queue-type": "quorum"},
)
app.conf.update(
    broker_url=settings.TESTAMUR_BROKER_URL or None,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"confirm_publish": True},
    task_queues=[queue],
    task_default_queue=queue.name,
    task_default_exchange="",
    task_default_routing_key=queue.name,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_consumer=f"{__name__}:WithoutDelays",
    task_serializer="json",
    accept_content=["json"],
)


class WithoutDelays(Consumer):
    """Celery's consumer, without the 28 queues that it declares to delay messages: when a job is due the table knows."""

    class Blueprint(Consumer.Blueprint):
        default_steps = [step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in str(step)]


@signals.worker_init.connect
def _begin(**_: Any) -> None:
    django.setup()  # once, before the processes of the pool are made; it opens no connection


@app.task(name="testamur.run_job")
def run_job(job_id: str) -> None:
    """Claim the job with this id and run it; nothing when it is not due (any more)."""
    from django.db import DatabaseError, InterfaceError, close_old_connections, connection

    from .. import services, worker  # the models can be imported only now

    close_old_connections()
    job = None
    try:
        job = services.claim_one(job_id) if services.room() else None
        if job is not None:
            worker.run(job)
    except (DatabaseError, InterfaceError) as error:
        log.error("the database cannot be reached; the job will be handed out again", exc_info=error)
        connection.close()
        if job is not None:
            _put_off(job)


def _put_off(job: Any) -> None:
    """Claimed, and its end could not be written: until that is done, or the lease has run out, nothing else is begun."""
    from django.db import DatabaseError, InterfaceError, connection

    from .. import services

    end = time.monotonic() + settings.TESTAMUR_JOB_LEASE.total_seconds()
    while time.monotonic() < end:
        try:
            services.put_off(job, {"type": "DatabaseError", "code": "jobs.database"})
            return
        except (DatabaseError, InterfaceError):
            connection.close()
            time.sleep(1)
