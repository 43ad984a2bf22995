"""What decisions refuse, as errors with a stable code and facts; `texts.py` says them in the reader's language."""

from __future__ import annotations

from typing import Any


class DecisionError(Exception):
    """The root. `code` is stable and dotted, `facts` hold no personal data."""

    code = "decision"

    def __init__(self, code: str = "", **facts: Any) -> None:
        self.code = code or self.code
        super().__init__(self.code)
        self.facts = facts


class ResultsChanged(DecisionError):
    """The results are not those that the person saw. They look again."""

    code = "decision.changed"


class NotOpen(DecisionError):
    """There is nothing to decide: results are still to come, or the same results were decided already. Facts: open."""

    code = "decision.not_open"


class NotPermitted(DecisionError):
    """The results do not carry this outcome. Facts: outcome, proposed."""

    code = "decision.not_permitted"


class NotIndependent(DecisionError):
    """The person marked, moderated, reported or decided something of this before, and somebody else has to decide."""

    code = "decision.not_independent"


class ReasonMissing(DecisionError):
    """A decision that departs from the proposal, or takes something from the learner, needs a reason in words."""

    code = "decision.reason"


class CaseOpen(DecisionError):
    """A case of misconduct is open: nothing is passed before it is closed. Facts: case."""

    code = "decision.case_open"


class WrongState(DecisionError):
    """Somebody was faster, or this step does not follow on the present state. Facts: state."""

    code = "decision.state"


class TooLate(DecisionError):
    """The time for it is over, or it was done before. The code is one of `rules.no_appeal`."""

    code = "appeal.too_late"


class TooEarly(DecisionError):
    """The learner has not been heard and still has time to answer. Facts: until (ISO 8601)."""

    code = "misconduct.too_early"


class Unfit(DecisionError):
    """What was filled in does not fit together. The code says how."""

    code = "decision.unfit"


class NotAwardable(DecisionError):
    """This decision makes no award (any more, or yet). Facts: why."""

    code = "decision.not_awardable"
