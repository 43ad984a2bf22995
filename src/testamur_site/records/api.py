"""The door of records."""

from .demo import create_demo
from .errors import NothingChosen, RecordError, TooMany, TooMuch, WrongState
from .models import OutsideSending, Sending, Transcript
from .queries import TABLES as ARCHIVED_TABLES
from .queries import pieces_of, received, sendings, transcripts
from .rules import Piece, SendingState
from .services import (
    delete_transcript,
    make_transcript,
    open_sending,
    send,
    send_outside,
    set_shared,
    withdraw,
)

__all__ = [
    "ARCHIVED_TABLES",
    "NothingChosen",
    "OutsideSending",
    "Piece",
    "RecordError",
    "Sending",
    "SendingState",
    "TooMany",
    "TooMuch",
    "Transcript",
    "WrongState",
    "create_demo",
    "delete_transcript",
    "make_transcript",
    "open_sending",
    "pieces_of",
    "received",
    "send",
    "send_outside",
    "sendings",
    "set_shared",
    "transcripts",
    "withdraw",
]
