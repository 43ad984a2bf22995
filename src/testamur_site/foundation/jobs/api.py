"""The door of jobs."""

from .handle import GiveUp, JobCancelled, JobHandle, JobStopped, LeaseLost, TurnOver
from .models import Job, Status
from .queries import oldest_waiting_seconds
from .services import UnknownHandler, cancel, enqueue, enqueue_many, retry
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
    "retry",
    "run_pending",
    "run_worker",
    "start_thread",
]
