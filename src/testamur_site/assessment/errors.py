"""What marking refuses, as errors with a stable code and facts; `sentences.py` says them in the reader's language."""

from __future__ import annotations

from typing import Any


class AssessmentError(Exception):
    """The root. `code` is stable and dotted, `facts` hold no personal data."""

    code = "assessment"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts


class NotYours(AssessmentError):
    """The mark was allocated to somebody else, or its lease ran out and somebody else has taken it."""

    code = "mark.not_yours"


class AlreadyTaken(AssessmentError):
    """Somebody else was quicker."""

    code = "mark.taken"


class NothingToTake(AssessmentError):
    """The queue holds nothing that this person may mark."""

    code = "mark.nothing"


class Incomplete(AssessmentError):
    """Not every criterion has a level. Facts: missing (keys of criteria)."""

    code = "mark.incomplete"


class UnknownLevel(AssessmentError):
    """A criterion or level that the rubric does not have. Facts: criterion."""

    code = "mark.unknown_level"


class NotAllowedNow(AssessmentError):
    """The mark or result is in a state from which this step does not lead on. Facts: state."""

    code = "mark.state"


class ResultAgreed(AssessmentError):
    """The result is agreed; only an appeal opens it again."""

    code = "result.agreed"


class MayNotMark(AssessmentError):
    """This person may not mark this submission: it is their own, they marked it already, or they are excluded."""

    code = "mark.excluded"


class MayNotModerate(AssessmentError):
    """Moderators are none of those whose marks are judged."""

    code = "result.moderator"


class ReasonNeeded(AssessmentError):
    """The step needs a reason in words."""

    code = "result.reason"


class PeersNotReady(AssessmentError):
    """The peer review cannot begin. Facts: submissions (how many there are), each."""

    code = "peers.not_ready"


class PeersClosed(AssessmentError):
    """The peer review is over, or has begun already."""

    code = "peers.phase"


class NotHandedIn(AssessmentError):
    """Who has not handed in may not review."""

    code = "peers.not_handed_in"


class CalibrateFirst(AssessmentError):
    """The samples come before the reviews."""

    code = "peers.calibrate_first"


class LinkClosed(AssessmentError):
    """The validator's link is unknown, was withdrawn or has expired."""

    code = "validator.closed"


class TooManyValidators(AssessmentError):
    """So many were invited today that somebody should look at it first."""

    code = "validator.too_many"


class NoSuchTask(AssessmentError):
    """The version of the offering has no such task, or the task has no rubric."""

    code = "task.unknown"


class DraftChanged(AssessmentError):
    """The draft was saved elsewhere since it was opened (another tab, another device)."""

    code = "mark.draft_changed"
