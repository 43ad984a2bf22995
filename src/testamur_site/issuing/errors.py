"""What issuing refuses, as errors with a stable code and facts; `sentences.py` says them in the reader's language."""

from __future__ import annotations

from typing import Any


class IssuingError(Exception):
    """The root. `code` is stable and dotted, `facts` hold no personal data."""

    code = "issuing"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts


class AlreadyAwarded(IssuingError):
    """The same person holds this micro-credential, and awarding again was not chosen. Facts: award (public id), state, date."""

    code = "award.already"


class NotAllowedNow(IssuingError):
    """The award or batch is in a state from which this step does not lead on. Facts: state."""

    code = "award.state"


class NotOffered(IssuingError):
    """The micro-credential is not published, or a newer version has taken this one's place."""

    code = "award.not_offered"


class NeedsDecision(IssuingError):
    """This micro-credential is awarded by a decision on the learner's results, and by nothing else."""

    code = "award.needs_decision"


class StoppedByQuality(IssuingError):
    """The institution awards nothing by a programme whose approval was withdrawn or is overdue. Facts: sentence (of quality)."""

    code = "award.stopped"


class BeingCorrected(IssuingError):
    """A successor is already on its way."""

    code = "award.being_corrected"


class RefusedByLints(IssuingError):
    """The rules of the standards forbid to sign this. Facts: findings (rule, sentence)."""

    code = "award.refused"


class CredentialNotIssued(IssuingError):
    """There is no signed credential (yet). Facts: state."""

    code = "award.not_issued"


class NeedsSecondPerson(IssuingError):
    """The institution revokes only what a second person has approved: it has to be proposed."""

    code = "award.second_person"


class SamePerson(IssuingError):
    """Whoever proposed or made a revocation does not also approve it, and does not answer the objection to it."""

    code = "award.same_person"


class NumberChanged(IssuingError):
    """It concerns another number of credentials than the person was shown. Facts: found, expected."""

    code = "award.number_changed"
