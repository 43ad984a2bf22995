"""Whether a description agrees with itself: named rules, what each found, and which outcome is assessed where."""

from .coverage import Cell, Coverage, coverage
from .rules import RULES, Around, Finding, Rule, RuleState, Severity, errors, judged

__all__ = [
    "RULES",
    "Around",
    "Cell",
    "Coverage",
    "Finding",
    "Rule",
    "RuleState",
    "Severity",
    "coverage",
    "errors",
    "judged",
]
