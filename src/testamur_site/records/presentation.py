"""Transcripts and sendings as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur import strict_json
from testamur_site.verification.api import reader_language, report_page, verify_document

from .errors import NothingChosen, RecordError, TooMany, TooMuch
from .models import OutsideSending, Sending
from .rules import MAX_STORED, Piece, SendingState, piece_of

STATES = {
    SendingState.SENT: ("pending", gettext_lazy("Not opened yet")),
    SendingState.OPENED: ("passed", gettext_lazy("Opened")),
    SendingState.WITHDRAWN: ("inactive", gettext_lazy("Taken back")),
    SendingState.ENDED: ("expired", gettext_lazy("Its day has passed")),
}


def contents(document: Mapping[str, Any]) -> list[Piece]:
    """The credentials inside a transcript."""
    inside = document.get("credentialSubject", {}).get("verifiableCredential", [])
    return [piece for one in inside if (piece := piece_of(strict_json.dumps(one))) is not None]


def contents_of(content: bytes) -> list[Piece]:
    return contents(strict_json.loads(content, max_bytes=MAX_STORED))


def report_on(content: bytes) -> dict[str, Any]:
    """The verification report on a copy, now, as the pages of reports want it."""
    return report_page(verify_document(content), reader_language())


def sending_row(sending: Sending | OutsideSending) -> dict[str, Any]:
    state, word = STATES[SendingState(sending.state)]
    to = sending.institution.localised_name if isinstance(sending, Sending) else sending.receiver
    return {
        "sending": sending,
        "state": state,
        "word": word,
        "to": to,
        "link": sending.url if isinstance(sending, OutsideSending) and sending.readable_state else "",
        "open": sending.readable_state,
    }


def refusal(error: RecordError) -> str:
    """Why something was not done, and what to do, in words."""
    if isinstance(error, NothingChosen):
        return _("Choose at least one credential.")
    if isinstance(error, TooMuch):
        if error.facts["unit"] == "bytes":
            return _("Together these credentials are too large for one document. Choose fewer of them.")
        return _("One transcript holds up to %(limit)d credentials. Choose fewer of them.") % error.facts
    if isinstance(error, TooMany):
        return _("You have %(limit)d already. Delete or withdraw one that you do not need any more.") % error.facts
    return _("This cannot be done now. Open the page again: something has changed meanwhile.")
