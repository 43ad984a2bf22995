"""Pure decisions about mail."""

from __future__ import annotations

MAX_SUBJECT = 200


def one_line(text: str) -> str:
    """`text` as a subject: one line, no control characters (they would begin a new header), at most 200 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= MAX_SUBJECT else line[: MAX_SUBJECT - 1].rstrip() + "…"
