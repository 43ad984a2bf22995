"""The door of mail."""

from .models import MailStatus, Message
from .queries import messages_of
from .services import queue_rendered, resend, send

__all__ = ["MailStatus", "Message", "messages_of", "queue_rendered", "resend", "send"]
