"""The writes of renewal: `cycles` what a version asks for, `activities` what a holder did, `asking` the renewal itself, `reminding`
what the clock does, `telling` its mails."""

from .activities import add_activity, count_credential, remove_activity, set_refreshing
from .asking import accept, ask, carry_out, progress_of, refuse
from .cycles import set_cycle
from .reminding import begin, look_at, look_at_all

__all__ = [
    "accept",
    "add_activity",
    "ask",
    "begin",
    "carry_out",
    "count_credential",
    "look_at",
    "look_at_all",
    "progress_of",
    "refuse",
    "remove_activity",
    "set_cycle",
    "set_refreshing",
]
