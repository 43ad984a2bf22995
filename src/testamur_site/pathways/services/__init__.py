"""The writes of pathways: `authoring` the rule of a version, `participants` who takes part and what was decided by hand for them,
`evaluating` what follows from what they hold, `awarding` the award and its end, `approving` the last word of a person."""

from .approving import approve, decline
from .authoring import read_rule, set_rule
from .evaluating import evaluate
from .participants import allow, join, leave, look_again, state_facts, withdraw_allowance

__all__ = [
    "allow",
    "approve",
    "decline",
    "evaluate",
    "join",
    "leave",
    "look_again",
    "read_rule",
    "set_rule",
    "state_facts",
    "withdraw_allowance",
]
