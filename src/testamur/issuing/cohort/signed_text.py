"""JSON text with holes: written from values, and recognised again byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from testamur import strict_json
from testamur.linked_data.shapes import Unshaped, plan

_CONTROL: Final = re.compile("[\x00-\x1e]")


class SignedText:
    """A JSON text of which some texts vary.

    Made from one such text and the texts in it that are holes; each must stand in it at least once, as a whole, and look in JSON as it does
    in Python. `numbers` says which value stands in each hole.
    """

    def __init__(self, written: bytes, holes: Sequence[str]) -> None:
        text = written.decode("utf-8")
        places = sorted((at, number) for number, hole in enumerate(holes) for at in _places(text, f'"{hole}"'))
        if {number for _, number in places} != set(range(len(holes))):
            raise Unshaped
        self.numbers = tuple(number for _, number in places)
        parts: list[bytes] = []
        start = 0
        for at, number in places:
            parts.append(text[start : at + 1].encode("utf-8"))
            start = at + 1 + len(holes[number])
        parts.append(text[start:].encode("utf-8"))
        self.size = sum(map(len, parts))
        self.text = plan.KERNEL.Template(parts, list(self.numbers))

    def write(self, written: list[bytes]) -> bytes:
        """The text with `written` in its holes: for each value what stands between its quotation marks in JSON."""
        text: bytes = self.text.fill(written)
        return text

    def read(self, text: bytes) -> list[str]:
        """The values in a text of exactly this form. Raises `Unshaped` for every other text, and for one with escapes in a value.

        A value runs to the next quotation mark; without a backslash in it that is where JSON ends it too.
        """
        return self.require_readable(self.text.read(text))

    @staticmethod
    def require_readable(values: list[bytes]) -> list[str]:
        """The values in UTF-8 where JSON reads them as they stand. Raises `Unshaped` where it does not."""
        try:
            together = b"\x1f".join(values).decode("utf-8")
        except UnicodeDecodeError:
            raise Unshaped from None
        found = together.split("\x1f")
        # A control character or a backslash in a value would be read otherwise, or not at all, by JSON.
        if len(found) != len(values) or "\\" in together or _CONTROL.search(together) is not None:
            raise Unshaped
        return found


def json_text(value: str) -> bytes:
    """What stands between the quotation marks. Raises `Malformed` (`input.json_surrogate`)."""
    return strict_json.dumps(value)[1:-1]


def _places(text: str, hole: str) -> list[int]:
    if json.loads(hole) != hole[1:-1]:
        raise Unshaped
    found = []
    at = text.find(hole)
    while at >= 0:
        found.append(at)
        at = text.find(hole, at + 1)
    return found
