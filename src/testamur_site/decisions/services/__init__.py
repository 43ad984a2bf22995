"""The writes of decisions: `deciding` proposals and decisions, `misconduct`, `appeals`, `recognition` of prior learning,
`policies`, `forgetting`."""

from .appeals import answer, lodge, take_back, take_up
from .deciding import Row, decide, decide_many, note_withdrawal, refresh, withdraw
from .forgetting import forget
from .misconduct import find, hear, impose, no_answer, suspect
from .policies import set_policy
from .recognition import carries, claim, decide_claim, judge, take_back_claim

__all__ = [
    "Row",
    "answer",
    "carries",
    "claim",
    "decide",
    "decide_claim",
    "decide_many",
    "find",
    "forget",
    "hear",
    "impose",
    "judge",
    "lodge",
    "no_answer",
    "note_withdrawal",
    "refresh",
    "set_policy",
    "suspect",
    "take_back",
    "take_back_claim",
    "take_up",
    "withdraw",
]
