"""The door of jobs."""

from .handle import GiveUp, JobCancelled, JobHandle, JobStopped, LeaseLost, TurnOver
from .models import Job, Status
from .queries import oldest_waiting_seconds, unattended
from .relay.command import relay as relay_command
from .relay.liveness import seen as relay_seen
from .services import UnknownHandler, cancel, enqueue, enqueue_many, retry
from .wake import until as wait_until
from .worker import run_pending, run_worker, start_thread

__all__ = [
    "GiveUp",
    "Job",
    "JobCancelled",
    "JobHandle",
    "JobStopped",
    "LeaseLost",
    "Status",
    "TurnOver",
    "UnknownHandler",
    "cancel",
    "enqueue",
    "enqueue_many",
    "oldest_waiting_seconds",
    "relay_command",
    "relay_seen",
    "retry",
    "run_pending",
    "run_worker",
    "start_thread",
    "unattended",
    "wait_until",
]
