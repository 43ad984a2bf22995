"""The door of pathways."""

from .archive import TABLES as ARCHIVED_TABLES
from .errors import NotOpen, PathwayError, RuleFixed, RuleRefused, WrongState
from .holdings import Document, Held, documents_of, held_by
from .models import Allowance, DecisionRow, Participant, Rule
from .queries import by_award, open_rule, own_participant, participants, participations, rule_of
from .rules import Awarding, Event, ParticipantState
from .services import (
    allow,
    approve,
    decline,
    evaluate,
    join,
    leave,
    read_rule,
    set_rule,
    state_facts,
    withdraw_allowance,
)

__all__ = [
    "ARCHIVED_TABLES",
    "Allowance",
    "Awarding",
    "DecisionRow",
    "Document",
    "Event",
    "Held",
    "NotOpen",
    "Participant",
    "ParticipantState",
    "PathwayError",
    "Rule",
    "RuleFixed",
    "RuleRefused",
    "WrongState",
    "allow",
    "approve",
    "by_award",
    "decline",
    "documents_of",
    "evaluate",
    "held_by",
    "join",
    "leave",
    "open_rule",
    "own_participant",
    "participants",
    "participations",
    "read_rule",
    "rule_of",
    "set_rule",
    "state_facts",
    "withdraw_allowance",
]
