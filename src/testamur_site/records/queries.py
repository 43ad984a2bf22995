"""What is read."""

from __future__ import annotations

from django.db.models import QuerySet

from testamur_site.foundation.tenancy.api import Carried, Institution, tenant, unscoped
from testamur_site.pathways.api import documents_of
from testamur_site.wallet.api import Holder

from .models import OutsideSending, Sending, Transcript
from .rules import Piece, newest_first, piece_of

TABLES = (Carried(Sending),)
"""What goes along when an institution leaves: what it was sent, with consent and receipt. Transcripts are their holders', who have them."""


def pieces_of(holder: Holder) -> tuple[list[Piece], int]:
    """What a holder can put into a transcript, newest first, and how many of their documents cannot go into one."""
    found: dict[str, Piece] = {}
    other = 0
    for document in documents_of(holder):
        piece = piece_of(document.content)
        if piece is None:
            other += 1
        else:
            found.setdefault(piece.id, piece)
    return newest_first(found.values()), other


def transcripts(holder: Holder) -> QuerySet[Transcript]:
    return Transcript.objects.filter(holder=holder).defer("prepared", "signed")


def transcript(holder: Holder, public_id: str) -> Transcript | None:
    return Transcript.objects.filter(holder=holder, public_id=public_id).first()


def shared_transcript(public_id: str) -> Transcript | None:
    """A transcript that its holder lets anybody read who has its address."""
    return Transcript.objects.filter(public_id=public_id, shared=True).exclude(signed=None).first()


def sendings(holder: Holder) -> list[Sending | OutsideSending]:
    """All that a holder has sent, newest first."""
    with unscoped("a learner sends to several institutions"):
        inside = list(Sending.objects.filter(holder=holder).select_related("institution").defer("content"))
    outside = list(OutsideSending.objects.filter(holder=holder).defer("content"))
    return sorted([*inside, *outside], key=lambda one: one.sent_at, reverse=True)


def own_sending(holder: Holder, public_id: str) -> Sending | OutsideSending | None:
    with unscoped("a learner withdraws what they sent to any institution"):
        found = Sending.objects.filter(holder=holder, public_id=public_id).select_related("institution").first()
    return found or OutsideSending.objects.filter(holder=holder, public_id=public_id).first()


def received(institution: Institution) -> QuerySet[Sending]:
    """What learners sent to an institution, newest first."""
    with tenant(institution):
        return Sending.objects.defer("content").select_related("opened_by")


def received_one(institution: Institution, public_id: str) -> Sending | None:
    with tenant(institution):
        return Sending.objects.filter(public_id=public_id).select_related("institution", "holder").first()


def by_secret(secret: str) -> OutsideSending | None:
    return OutsideSending.objects.filter(secret=secret).select_related("holder").first()


def receivers() -> QuerySet[Institution]:
    """The institutions of this deployment that something can be sent to."""
    return Institution.objects.order_by("name", "pk")
