"""The door of renewal."""

from .archive import TABLES as ARCHIVED_TABLES
from .demo import create_demo, create_renewed_demo
from .errors import CycleFixed, NeverEnds, NotDone, RenewalError, TooMany, WrongState
from .models import Activity, Cycle, Renewal
from .queries import can_be_renewed, cycle_of, renewals
from .rules import Category, Phase, Progress, RenewalState, Terms
from .services import (
    accept,
    add_activity,
    ask,
    begin,
    count_credential,
    progress_of,
    refuse,
    remove_activity,
    set_cycle,
)

__all__ = [
    "ARCHIVED_TABLES",
    "Activity",
    "Category",
    "Cycle",
    "CycleFixed",
    "NeverEnds",
    "NotDone",
    "Phase",
    "Progress",
    "Renewal",
    "RenewalError",
    "RenewalState",
    "Terms",
    "TooMany",
    "WrongState",
    "accept",
    "add_activity",
    "ask",
    "begin",
    "can_be_renewed",
    "count_credential",
    "create_demo",
    "create_renewed_demo",
    "cycle_of",
    "progress_of",
    "refuse",
    "remove_activity",
    "renewals",
    "set_cycle",
]
