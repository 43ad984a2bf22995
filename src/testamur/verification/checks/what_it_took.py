"""What did it take? Whether the document shows criteria, evidence and results. This informs; no standard demands it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from testamur.verification.codes import found
from testamur.verification.report import Check


def checks(subject: Mapping[str, Any]) -> Iterator[Check]:
    """The finding about `subject`, the reading of a confirmed document (see `testamur.verification.presenters.subject`)."""
    achievement = subject.get("achievement") or {}
    evidence, results = len(subject.get("evidence", ())), len(subject.get("result", ()))
    if evidence or results:
        alignments = len(achievement.get("alignment", ()))
        yield found("what_it_took.described", evidence=evidence, results=results, alignments=alignments)
    elif achievement.get("criteria"):
        yield found("what_it_took.criteria_only")
    else:
        yield found("what_it_took.nothing")


def not_decided() -> Check:
    """What is said instead where no signature could be confirmed."""
    return found("what_it_took.not_decided")
