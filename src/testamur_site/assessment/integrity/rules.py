"""Pure decisions: states, and when the texts of a task are compared."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class FindingState(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"
    REPORTED = "reported"


class ReadState(StrEnum):
    """What became of reading a piece of evidence."""

    READ = "read"
    NO_TEXT = "no_text"  # a picture of text, or nothing
    OTHER_KIND = "other_kind"  # a link, a film, a kind of file that is not read
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    GONE = "gone"


COMPARED_EVERY = timedelta(minutes=10)
"""All texts of a task are compared at once, at most so often: what is handed in meanwhile waits for the next time."""

COMMON = 5
"""A piece that more people than this handed in is taken for given material."""

MAX_TEXT = 200_000  # characters of one piece that are compared
MAX_ALL = 9_000_000  # characters of one comparison
MAX_SUBMISSIONS = 2_000
MAX_REASON = 4_000


def next_comparison(now: datetime) -> tuple[str, datetime]:
    """(Name, moment) of the next comparison: whoever asks for one within the same ten minutes gets the same."""
    step = int(COMPARED_EVERY.total_seconds())
    number = int(now.timestamp()) // step + 1
    return str(number), datetime.fromtimestamp(number * step, tz=now.tzinfo)


def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch or overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def marked(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it belongs to a span."""
    pieces: list[tuple[str, bool]] = []
    reached = 0
    for start, end in merged([(max(0, start), min(len(text), end)) for start, end in spans]):
        if start >= end:
            continue
        if start > reached:
            pieces.append((text[reached:start], False))
        pieces.append((text[start:end], True))
        reached = end
    if reached < len(text):
        pieces.append((text[reached:], False))
    return pieces
