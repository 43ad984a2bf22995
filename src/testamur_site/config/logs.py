"""Logging without personal data.

A link in a mail holds a secret (claim, invitation, password reset) and an address can hold a person's search. So a line never shows
more of an address than its first two segments, never a query, and never an e-mail address.
"""

from __future__ import annotations

import logging
import re

_EMAIL = re.compile(r"[^\s@<>\"'()]+@[^\s@<>\"'()]+")
_QUERY = re.compile(r"(/[^\s?]*)\?\S+")
_SECRET_PATH = re.compile(
    r"(/(?:claim|wallet|verify/many|invitations|validate|learn/enter|learn/confirm|quality/panel|accounts/confirm-email|accounts/password/reset/key))/[^\s/]+\S*"
)


def without_secrets(text: str) -> str:
    """`text` with e-mail addresses, queries and secret parts of paths replaced by `…`."""
    return _EMAIL.sub("…@…", _QUERY.sub(r"\1?…", _SECRET_PATH.sub(r"\1/…", text)))


class WithoutSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = without_secrets(record.getMessage())
        record.args = ()
        return True


class Line(logging.Formatter):
    """One line a record; an exception is shown by its type and places, not by its message, which may quote what a person typed."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        kind, _, trace = ei  # type: ignore[misc]
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return f"{kind.__module__}.{kind.__qualname__} at {' < '.join(reversed(places[-12:]))}"
