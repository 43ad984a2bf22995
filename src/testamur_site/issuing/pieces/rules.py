"""How stored bytes are cut, without losing one: joined by `fields`, the pieces are what was cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

DOCUMENT_AT = len(b'{"document":')
"""Where the document begins in prepared bytes (`testamur.issuing.prepared`)."""

LEAST = 500
"""A text that is shorter is not worth a row of its own."""

PEOPLE = 20
"""What so many people have in common says nothing about one of them. Shared texts outlive a person's wish to be forgotten."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What contents begin with, hold somewhere, and end with."""

    head: bytes
    text: bytes
    tail: bytes

    @property
    def digest(self) -> str:
        """Of a text alone its SHA-256. No text begins as what is hashed otherwise: with a digit."""
        if not (self.head or self.tail):
            return sha256(self.text).hexdigest()
        return sha256(b"%d:%d:%b%b%b" % (len(self.head), len(self.text), self.head, self.text, self.tail)).hexdigest()

    def __len__(self) -> int:
        return len(self.head) + len(self.text) + len(self.tail)

    def without(self, content: bytes, at: int) -> tuple[bytes, int]:
        """A content without what it shares, and where in it the text belongs; the text begins at `at`."""
        head, end = len(self.head), at + len(self.text)
        return content[head:at] + content[end : len(content) - len(self.tail)], at - head


def framed(contents: Sequence[bytes], text: bytes, places: Sequence[int]) -> Shared:
    """What `contents` have in common: how they begin, `text` (which begins at `places`) with what stands before it in all of them, and how
    they end. Nothing behind the text is taken with it: that is where a person's name and address stand."""
    first, at = contents[0], places[0]
    last, place = contents[-1], places[-1]
    size = len(text)
    left = _common_end(first[:at], last[:place])
    for content, here in zip(contents, places, strict=True):
        if not content.endswith(left, 0, here):
            left = _common_end(left, content[:here])
    head = _common_beginning(first[: at - len(left)], last[: place - len(left)])
    tail = _common_end(first[at + size :], last[place + size :])
    for content, here in zip(contents, places, strict=True):
        if len(head) > here - len(left) or not content.startswith(head):
            head = _common_beginning(head, content[: here - len(left)])
        if not content.endswith(tail, here + size):
            tail = _common_end(tail, content[here + size :])
    return Shared(head, left + text, tail)


def _common_beginning(one: bytes, other: bytes) -> bytes:
    least, most = 0, min(len(one), len(other))
    while least < most:
        half = (least + most + 1) // 2
        if one[:half] == other[:half]:
            least = half
        else:
            most = half - 1
    return one[:least]


def _common_end(one: bytes, other: bytes) -> bytes:
    return _common_beginning(one[::-1], other[::-1])[::-1]


class Cutter:
    """Takes `text` out of contents in which it stands somewhere, mostly where it stood in the one before."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._at = 0

    def place_in(self, content: bytes) -> int | None:
        """Where the text begins in `content`; None where it does not stand in it."""
        if not content.startswith(self.text, self._at):
            found = content.find(self.text)
            if found < 0:
                return None
            self._at = found
        return self._at


def following(content: bytes, signed: bytes) -> tuple[bytes, int | None]:
    """Of a signed credential what follows the bytes that it has in common with the beginning of its prepared document, and how many these
    are; the whole and None where it begins otherwise."""
    size = content.rfind(b'},"proof":{') - DOCUMENT_AT
    if size <= 0 or not signed.startswith(content[DOCUMENT_AT : DOCUMENT_AT + size]):
        return signed, None
    return signed[size:], size
