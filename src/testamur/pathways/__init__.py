"""Programmes that are made of credentials: what they require, whether they hold, by which use of which credential, and why.

`read_programme` reads a programme in the requirement language; `decide` finds the best assignment of a person's credentials to
it; `trials` runs the tests that the programme carries; `evaluate` decides a whole cohort. `make_record`, `to_evidence` and `take_again`
let a decision travel in the credential that was awarded by it (`pathways.decisions`); `plan` finds the way to a goal
(`pathways.planning`). Pure: no network, no files, no clock.
"""

from testamur.pathways.batch import Evaluated, evaluate
from testamur.pathways.decisions import (
    DecisionRecord,
    Fallen,
    NoDecision,
    Part,
    Reevaluated,
    Stand,
    TakenAgain,
    is_decision,
    make_record,
    part_of,
    read_record,
    reevaluate,
    take_again,
    to_evidence,
)
from testamur.pathways.engine.deciding import decide
from testamur.pathways.engine.decision import AwardDecision, Decision, Outcome, Standing, State
from testamur.pathways.extra import ExtraMissing
from testamur.pathways.from_report import holding_from_report, holdings_from_report, only_stated, supplemented
from testamur.pathways.holdings import Approval, Case, Holding, Override, Use
from testamur.pathways.planning import (
    Catalogue,
    Constraints,
    Objective,
    Offering,
    Plan,
    Planned,
    ProgrammeGoal,
    Question,
    SkillsGoal,
    plan,
    read_catalogue,
    read_goal,
    what_if,
)
from testamur.pathways.programme import Programme
from testamur.pathways.reading import SCHEMA, SCHEMA_ADDRESS, Fault, Mistake, NotAProgramme, read_programme
from testamur.pathways.reading.cases import read_case
from testamur.pathways.trials import Trial, trials

__all__ = [
    "SCHEMA",
    "SCHEMA_ADDRESS",
    "Approval",
    "AwardDecision",
    "Case",
    "Catalogue",
    "Constraints",
    "Decision",
    "DecisionRecord",
    "Evaluated",
    "ExtraMissing",
    "Fallen",
    "Fault",
    "Holding",
    "Mistake",
    "NoDecision",
    "NotAProgramme",
    "Objective",
    "Offering",
    "Outcome",
    "Override",
    "Part",
    "Plan",
    "Planned",
    "Programme",
    "ProgrammeGoal",
    "Question",
    "Reevaluated",
    "SkillsGoal",
    "Stand",
    "Standing",
    "State",
    "TakenAgain",
    "Trial",
    "Use",
    "decide",
    "evaluate",
    "holding_from_report",
    "holdings_from_report",
    "is_decision",
    "make_record",
    "only_stated",
    "part_of",
    "plan",
    "read_case",
    "read_catalogue",
    "read_goal",
    "read_programme",
    "read_record",
    "reevaluate",
    "supplemented",
    "take_again",
    "to_evidence",
    "trials",
    "what_if",
]
