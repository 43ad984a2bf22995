"""Verification: from bytes to a report of named checks with three outcomes.

    from testamur.verification import Policy, Verifier
    report = Verifier(resolver).verify(data, Policy(recipient="mina@example.edu"))

A report answers six questions apart and is never a truth value; compare `report.verdict` and `report.outcome(question)`.
"""

from testamur.verification.codes import CODES, Code
from testamur.verification.obtain import obtain
from testamur.verification.outside import SystemClock
from testamur.verification.policy import Policy
from testamur.verification.registries import read_register
from testamur.verification.report import Check, Outcome, Question, Report, Verdict
from testamur.verification.transparency import History, Level, LogPolicy
from testamur.verification.trust import Institution, Listing, Register, TrustRegistry, register_from_json
from testamur.verification.verifier import Verifier

__all__ = [
    "CODES",
    "Check",
    "Code",
    "History",
    "Institution",
    "Level",
    "Listing",
    "LogPolicy",
    "Outcome",
    "Policy",
    "Question",
    "Register",
    "Report",
    "SystemClock",
    "TrustRegistry",
    "Verdict",
    "Verifier",
    "obtain",
    "read_register",
    "register_from_json",
]
