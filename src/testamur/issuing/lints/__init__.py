"""The lints: what STANDARDS forbid, each as a small rule with its source, so that nothing is signed that a verifier would refuse.

`lint(document)` looks in two steps: first whether the document is JSON at all that our own reader would read again; only then everything
else, so that the other rules may rely on that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from testamur.issuing.lints import contents, contexts, dates, identifiers, status, structure
from testamur.issuing.lints import document as whole
from testamur.issuing.lints.rule import Draft, Finding, Problem, Rule, Severity

__all__ = ["RULES", "Finding", "Rule", "Severity", "lint"]

RULES: Final = tuple(
    entry
    for module in (whole, contexts, structure, identifiers, dates, status, contents)
    for entry in vars(module).values()
    if isinstance(entry, Rule)
)
"""Every rule, module by module in the order in which they are written."""

_OTHERS: Final = tuple(rule for rule in RULES if rule is not whole.json_readable)


def lint(document: Mapping[str, Any]) -> list[Finding]:
    """Every finding in an unsigned OB 3.0 credential (JSON values), in the order of the rules; empty when there is nothing to say.

    Never raises for a bad document: a finding says what is bad.
    """
    return findings_in(Draft(document))


def findings_in(draft: Draft) -> list[Finding]:
    """As `lint`, for a draft that somebody goes on with."""
    if unreadable := _found(whole.json_readable, draft):
        return unreadable
    rules = _OTHERS
    if draft.known is not None:  # what the form of the document decides is looked at once for all of that form
        rules = draft.known.settled("lints", lambda: _undecided(draft))
    return [_finding(rule, problem) for rule in rules for problem in rule.check(draft)]


def _undecided(draft: Draft) -> tuple[Rule, ...]:
    """The rules that a document of this form may break."""
    return tuple(rule for rule in _OTHERS if not rule.by_form or _found(rule, draft))


def _found(rule: Rule, draft: Draft) -> list[Finding]:
    return [_finding(rule, problem) for problem in rule.check(draft)]


def _finding(rule: Rule, problem: Problem) -> Finding:
    return Finding(rule.name, rule.severity, rule.source, problem.sentence, problem.path)
