"""What can be refused here. Each carries a stable `code` and facts; the words are made by the pages."""

from __future__ import annotations

from typing import Any


class RecognitionError(Exception):
    """Something that may not be done now. `facts` are JSON values for the sentence."""

    code = "recognition.refused"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts


class DeskClosed(RecognitionError):
    """The institution takes no requests."""

    code = "recognition.desk_closed"


class NothingToSend(RecognitionError):
    """No credential was chosen, or too many. Facts: `limit`."""

    code = "recognition.nothing_to_send"


class AlreadySent(RecognitionError):
    """The same credential waits there already, or was recognised there. Facts: `request`."""

    code = "recognition.already_sent"


class WrongState(RecognitionError):
    """The request or the agreement is in another state than the action needs. Facts: `state`."""

    code = "recognition.wrong_state"


class NotValid(RecognitionError):
    """A credential that was sent is not valid now, so it is not recognised. Facts: `titles`."""

    code = "recognition.not_valid"


class CreditsMissing(RecognitionError):
    """Elective credits are recognised by a number of credits."""

    code = "recognition.credits_missing"


class Incomplete(RecognitionError):
    """An agreement that lacks what it needs to be in force. Facts: `missing`, a list of names of fields."""

    code = "recognition.incomplete"


class CannotBeAwarded(RecognitionError):
    """The decision could not become a credential, so it was not made. Facts: `code`."""

    code = "recognition.cannot_be_awarded"
