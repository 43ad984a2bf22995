"""A university, a thief with a key of his own, and one way to ask about a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from testamur.ports import Resolver, Resource
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.did import did_key_for
from testamur.verification import Outcome, Policy, Question, Report, Verdict, Verifier
from tests.simulator import NOW, FixedClock, Institution
from tests.simulator.institution import key_from

VALID, INVALID, UNDETERMINED = Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED
THIEF = key_from("thief")
THIEF_DID, THIEF_METHOD = did_key_for(THIEF.public)


def verify(document: Any, resolver: Resolver, **policy: Any) -> Report:
    return Verifier(resolver, clock=FixedClock(NOW)).verify(document, Policy(**policy))


def codes(report: Report) -> set[str]:
    return {check.code for check in report.checks}


def from_whom(report: Report) -> Outcome:
    return report.outcome(Question.FROM_WHOM)


def stolen(document: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    """`document` without its proofs, signed by the thief."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return add_proof(unsigned, THIEF, **{"verification_method": THIEF_METHOD, "created": NOW, **options})


class Instead:
    """The outside of `university`, but at some addresses something else is answered, or somebody else answers."""

    def __init__(
        self, university: Institution, pages: Mapping[str, bytes] | None = None, answered_by: str | None = None
    ) -> None:
        self.university, self.pages, self.answered_by = university, dict(pages or {}), answered_by

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        content = self.pages[url] if url in self.pages else self.university.fetch(url, accept=accept).content
        return Resource(url, content, "application/json", NOW, self.answered_by)
