"""The door of decisions."""

from .archive import TABLES as ARCHIVED_TABLES
from .awarding import Assessors, AwardFacts, Piece, TaskFacts, award_facts, refusal
from .errors import DecisionError, NotAwardable
from .models import Appeal, Decision, MisconductCase, PriorLearningClaim
from .queries import board, current_decision, decision_by_public_id, open_counts, transcript
from .rules import Outcome, Route
from .services import (
    answer,
    claim,
    decide,
    decide_claim,
    decide_many,
    find,
    hear,
    impose,
    judge,
    lodge,
    refresh,
    suspect,
    take_up,
    withdraw,
)
from .texts import not_awarded, outcome_words, reasons_words

__all__ = [
    "ARCHIVED_TABLES",
    "Appeal",
    "Assessors",
    "AwardFacts",
    "Decision",
    "DecisionError",
    "MisconductCase",
    "NotAwardable",
    "Outcome",
    "Piece",
    "PriorLearningClaim",
    "Route",
    "TaskFacts",
    "answer",
    "award_facts",
    "board",
    "claim",
    "current_decision",
    "decide",
    "decide_claim",
    "decide_many",
    "decision_by_public_id",
    "find",
    "hear",
    "impose",
    "judge",
    "lodge",
    "not_awarded",
    "open_counts",
    "outcome_words",
    "reasons_words",
    "refresh",
    "refusal",
    "suspect",
    "take_up",
    "transcript",
    "withdraw",
]
