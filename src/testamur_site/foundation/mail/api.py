"""The door of mail."""

from .models import MailStatus, Message
from .queries import messages_of
from .services import forget_address, queue_rendered, resend, send

__all__ = ["MailStatus", "Message", "forget_address", "messages_of", "queue_rendered", "resend", "send"]
