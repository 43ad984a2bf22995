"""The lints: what STANDARDS forbid, each as a small rule with its source, so that nothing is signed that a verifier would refuse.

`lint(document)` looks in two steps: first whether the document is JSON at all that our own reader would read again; only then everything
else, so that the other rules may rely on that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from testamur.issuing.lints import contents, contexts, dates, identifiers, status, structure
from testamur.issuing.lints import document as whole
from testamur.issuing.lints.rule import Draft, Finding, Rule, Severity

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
    settled: frozenset[str] = frozenset()
    if draft.known is not None:  # what the form of the document decides is looked at once for all of that form
        settled = draft.known.settled("lints", lambda: _without_findings(draft))
    return [finding for rule in _OTHERS if rule.name not in settled for finding in _found(rule, draft)]


def _without_findings(draft: Draft) -> frozenset[str]:
    """The rules that no document of this form breaks."""
    return frozenset(rule.name for rule in _OTHERS if rule.by_form and not _found(rule, draft))


def _found(rule: Rule, draft: Draft) -> list[Finding]:
    return [
        Finding(rule.name, rule.severity, rule.source, problem.sentence, problem.path) for problem in rule.check(draft)
    ]
