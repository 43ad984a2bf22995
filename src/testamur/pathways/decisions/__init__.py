"""A decision that anybody can take again: what a microdegree's credential carries, and how it is re-run.

    record = make_record(programme_text, case, parts)      # decides, and keeps what the decision stood on
    evidence = to_evidence(record)                         # Open Badges 3.0 Evidence: the rule, the decision, the parts
    record = read_record(credential)                       # and back, out of the (verified) credential
    rerun(record, documents)                               # is it the same rule, are these the parts, does the same come out?
    take_again(credential, report, verifier.verify, on=…)  # the last two in one, from the credential alone
    reevaluate(record, fallen, on=…)                       # a part was revoked: does it still hold, since when not, until when?

There is no vocabulary of our own in the credential (decision 0035): every piece is an `Evidence` whose `id` is the data itself (a Data
URI, as Open Badges 3.0 foresees) or the address of a part, with its digest. Pure: who calls it has verified the documents.
"""

from testamur.pathways.decisions.evidence import (
    NoDecision,
    embedded_parts,
    is_decision,
    read_record,
    to_evidence,
)
from testamur.pathways.decisions.record import DecisionRecord, Part, Summary, make_record, part_of
from testamur.pathways.decisions.reevaluation import Fallen, Reevaluated, Stand, fallen_of, reevaluate
from testamur.pathways.decisions.rerun import Document, Finding, Rerun, Result, rerun
from testamur.pathways.decisions.taking_again import TakenAgain, take_again

__all__ = [
    "DecisionRecord",
    "Document",
    "Fallen",
    "Finding",
    "NoDecision",
    "Part",
    "Reevaluated",
    "Rerun",
    "Result",
    "Stand",
    "Summary",
    "TakenAgain",
    "embedded_parts",
    "fallen_of",
    "is_decision",
    "make_record",
    "part_of",
    "read_record",
    "reevaluate",
    "rerun",
    "take_again",
    "to_evidence",
]
