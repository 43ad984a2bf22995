"""What can be refused here. Each carries a stable `code` and facts; the words are made by the pages."""

from __future__ import annotations

from typing import Any


class RecordError(Exception):
    """Something that may not be done now. `facts` are JSON values for the sentence."""

    code = "records.refused"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts


class NothingChosen(RecordError):
    """A transcript needs at least one credential."""

    code = "records.nothing_chosen"


class TooMuch(RecordError):
    """More credentials, or more bytes, than a verifier reads in one document. Facts: `limit`, `unit` (credentials or bytes)."""

    code = "records.too_much"


class WrongState(RecordError):
    """The transcript or the sending is in another state than the action needs. Facts: `state`."""

    code = "records.wrong_state"


class TooMany(RecordError):
    """The holder has so many transcripts or open sendings that no further one is made. Facts: `limit`."""

    code = "records.too_many"
