"""The way to the mail server for many mails: one connection."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from types import TracebackType

from django.core.mail import EmailMultiAlternatives, get_connection

GOES_AWAY = 421
"""What a server says before it closes the connection: after so many mails, or because it is told to stop."""


class Post:
    """Opens the connection with the first mail and keeps it; Django's own would open another for each.

    A server may close it when it likes. A mail that meets that on a connection which has carried others is tried at once over a new one.
    If the server had taken it and could not say so any more, it arrives twice, as it did when the queue tried it again.
    """

    def __init__(self) -> None:
        self._server = get_connection()

    def __enter__(self) -> Post:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # every mail was answered, or has told what was wrong
            self._server.close()

    def send(self, mail: EmailMultiAlternatives) -> None:
        """Hand a mail over. Raises what the mail server's library raises."""
        mail.connection = self._server
        new = self._server.open()
        try:
            mail.send()
        except smtplib.SMTPException as error:
            if new or not _went_away(error):
                raise
            with suppress(OSError):
                self._server.close()
            self._server.open()
            mail.send()


def _went_away(error: smtplib.SMTPException) -> bool:
    """Whether this is about the connection and not about the mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == GOES_AWAY for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPServerDisconnected) or getattr(error, "smtp_code", 0) == GOES_AWAY
