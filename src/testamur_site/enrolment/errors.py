"""What enrolment refuses, and with which facts. The sentences are in `sentences.py`. Facts hold no personal data."""

from __future__ import annotations

from typing import Any


class EnrolmentError(Exception):
    """The root. `facts` are JSON values for the sentence."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts


class NotOpenForEnrolment(EnrolmentError):
    """The offering takes nobody now. `state`: not_yet, closed, cancelled, past."""


class NotTakingPart(EnrolmentError):
    """The learner has not been enrolled, or has left."""


class NoSuchTask(EnrolmentError):
    """The pinned version of the programme has no task of that key."""


class Closed(EnrolmentError):
    """Nothing can be handed in for the task any more. `closes_at` ISO 8601."""


class AlreadySubmitted(EnrolmentError):
    """The attempt was handed in; it never changes. Withdraw it, or wait until it is returned."""


class NoAttemptLeft(EnrolmentError):
    """Every attempt was used. `allowed` how many there were."""


class DraftChanged(EnrolmentError):
    """The draft was saved elsewhere since it was opened (another tab, another device)."""


class Incomplete(EnrolmentError):
    """The draft cannot be handed in yet. `missing`: codes of `rules.missing`."""


class NotAllowedNow(EnrolmentError):
    """The state does not allow the step. `state` what it is."""


class EvidenceRefused(EnrolmentError):
    """A piece of evidence is not taken. `code`: too_large, empty, dangerous_type, not_https, bad_address, too_long, too_many,
    too_many_pieces, portfolio_full, cut_off, no_space, not_yours."""


class EvidenceInUse(EnrolmentError):
    """The piece belongs to something handed in; it stays."""


class EvidenceGone(EnrolmentError):
    """The bytes are not there: erased on request, or damaged (then `code` is "damaged")."""
