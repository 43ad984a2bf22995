"""Programmes that are made of credentials: what they require, whether they hold, by which use of which credential, and why.

`read_programme` reads a programme in the requirement language; `decide` finds the best assignment of a person's credentials to
it; `trials` runs the tests that the programme carries. Pure: no network, no files, no clock.
"""

from testamur.pathways.engine.deciding import decide
from testamur.pathways.engine.decision import AwardDecision, Decision, Outcome, Standing, State
from testamur.pathways.extra import ExtraMissing
from testamur.pathways.from_report import holding_from_report, holdings_from_report, only_stated, supplemented
from testamur.pathways.holdings import Approval, Case, Holding, Override, Use
from testamur.pathways.programme import Programme
from testamur.pathways.reading import SCHEMA, SCHEMA_ADDRESS, Mistake, NotAProgramme, read_programme
from testamur.pathways.reading.cases import read_case
from testamur.pathways.trials import Trial, trials

__all__ = [
    "SCHEMA",
    "SCHEMA_ADDRESS",
    "Approval",
    "AwardDecision",
    "Case",
    "Decision",
    "ExtraMissing",
    "Holding",
    "Mistake",
    "NotAProgramme",
    "Outcome",
    "Override",
    "Programme",
    "Standing",
    "State",
    "Trial",
    "Use",
    "decide",
    "holding_from_report",
    "holdings_from_report",
    "only_stated",
    "read_case",
    "read_programme",
    "supplemented",
    "trials",
]
