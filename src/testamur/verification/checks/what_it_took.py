"""What did it take? Whether the document shows criteria, evidence and results. This informs; no standard demands it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from testamur.linked_data import Matched
from testamur.verification.codes import found
from testamur.verification.presenters.quick import has_criteria, how_much
from testamur.verification.report import Check


def checks(document: Mapping[str, Any], known: Matched | None = None) -> Iterator[Check]:
    """The finding about `document`, which was confirmed; in the words of Open Badges 3.0. `known` is its shape, where that is known."""
    if known is not None:  # how many there are of each belongs to the form, what the criteria say does not
        evidence, results, alignments, criteria = known.settled("how much", lambda: how_much(document))
        if evidence or results:
            yield found("what_it_took.described", evidence=evidence, results=results, alignments=alignments)
            return
        criteria = has_criteria(document)
    else:
        evidence, results, alignments, criteria = how_much(document)
    if evidence or results:
        yield found("what_it_took.described", evidence=evidence, results=results, alignments=alignments)
    elif criteria:
        yield found("what_it_took.criteria_only")
    else:
        yield found("what_it_took.nothing")


def not_decided() -> Check:
    """What is said instead where no signature could be confirmed."""
    return found("what_it_took.not_decided")
