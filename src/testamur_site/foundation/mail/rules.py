"""Pure decisions about mail."""

from __future__ import annotations

import re

MAX_SUBJECT = 200
MAX_PLAIN = 254

WITHDRAWN = "mail.withdrawn"
"""How a mail ends of which there was nothing to say any more when it was to be written."""

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}").fullmatch


def is_plain(address: str) -> bool:
    """Whether this is an e-mail address beyond doubt, as nearly all are. Every other one is left to Django's validator, which takes five
    times as long."""
    return len(address) <= MAX_PLAIN and _PLAIN(address) is not None


def one_line(text: str) -> str:
    """`text` as a subject: one line, no control characters (they would begin a new header), at most 200 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= MAX_SUBJECT else line[: MAX_SUBJECT - 1].rstrip() + "…"
