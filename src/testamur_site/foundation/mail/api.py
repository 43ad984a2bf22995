"""The door of mail."""

from .models import MailStatus, Message
from .queries import messages_of, was_told
from .services import (
    Waiting,
    Written,
    forget_address,
    is_address,
    queue_many,
    queue_rendered,
    resend,
    send,
    spoken,
    write,
)

__all__ = [
    "MailStatus",
    "Message",
    "Waiting",
    "Written",
    "forget_address",
    "is_address",
    "messages_of",
    "queue_many",
    "queue_rendered",
    "resend",
    "send",
    "spoken",
    "was_told",
    "write",
]
