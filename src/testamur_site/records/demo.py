"""What the demonstration shows of records: a transcript that a holder sent to an institution, opened or waiting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from testamur_site.foundation.tenancy.api import Institution
from testamur_site.wallet.api import Holder

from . import queries, services
from .models import Sending, Transcript
from .rules import MAX_CREDENTIALS


def create_demo(holder: Holder, receiver: Institution, *, opened_by: Any = None) -> Sending | None:
    """Put what `holder` has into a transcript, open its page, and send it to `receiver`, where `opened_by` opens it (None: it waits).
    Running it again changes nothing. None where the holder has nothing."""
    before = next((one for one in queries.sendings(holder) if isinstance(one, Sending)), None)
    if before is not None:
        return before
    pieces, _ = queries.pieces_of(holder)
    if not pieces:
        return None
    transcript: Transcript = services.make_transcript(holder, [one.digest for one in pieces[:MAX_CREDENTIALS]])
    services.set_shared(transcript, True)
    sending = services.send(
        transcript,
        receiver,
        purpose="석사 과정 지원" if holder.language == "ko" else "Admission to the master's programme",
        until=timezone.localdate() + timedelta(days=90),
    )
    if opened_by is not None:
        services.open_sending(sending, actor=opened_by)
    return sending
