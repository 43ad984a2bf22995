"""How stored bytes are cut, without losing one: joined by `fields`, the pieces are what was cut."""

from __future__ import annotations

DOCUMENT_AT = len(b'{"document":')
"""Where the document begins in prepared bytes (`testamur.issuing.prepared`)."""

LEAST = 500
"""A text that is shorter is not worth a row of its own."""


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

    def without(self, content: bytes, at: int) -> bytes:
        """`content` without the text, which begins at `at`."""
        return content[:at] + content[at + len(self.text) :]


def following(content: bytes, signed: bytes) -> tuple[bytes, int | None]:
    """Of a signed credential what follows the bytes that it has in common with the beginning of its prepared document, and how many these
    are; the whole and None where it begins otherwise."""
    size = content.rfind(b'},"proof":{') - DOCUMENT_AT
    if size <= 0 or not signed.startswith(content[DOCUMENT_AT : DOCUMENT_AT + size]):
        return signed, None
    return signed[size:], size
