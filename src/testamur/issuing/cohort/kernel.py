"""What is done once for each award of a cohort: its values taken out, looked at, and set into the text; a signature as digits and back.

The same as `pattern.take`, `fit.require_fit` and `encodings` do, for the award that looks like the one before: whatever is not exactly as
foreseen gives None, and those decide. One source for two forms, as `linked_data.shapes.kernel`: compiled it is quicker.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from testamur.issuing.cohort.fit import ADDRESS
from testamur.issuing.cohort.pattern import BEGINNING
from testamur.linked_data.shapes.skeleton import Unshaped
from testamur.model import Evidence, Image, Result
from testamur.model.identity import normal_email

COMPILED: bool = False  # the other form says otherwise
MAX_BYTES: int = 100_000

# All bytes but those that may have to be escaped or refused: quotation mark, backslash, controls, and the first bytes of U+F000 to U+FFFF
# and of what lies beyond (where the noncharacters are). What `bytes.translate` leaves of a text is what has to be looked at.
_HARMLESS: bytes = bytes(set(range(256)) - {0x22, 0x5C, 0x7F, 0xEF, *range(0x20), *range(0xF0, 0x100)})
_IS_HARMLESS: bytes = bytes(byte in _HARMLESS for byte in range(256))
# What may follow in an address whose beginning is known (`_PREFIX`), in whatever part of it that ends.
_TAIL: bytes = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~/:=&+,;-"
_IN_TAIL: bytes = bytes(byte in _TAIL for byte in range(256))
_PREFIX: Any = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?/(?:[A-Za-z0-9._~/:=&+,;-]*/)?(?:[A-Za-z0-9._~:=&+,;-]*\?(?:[A-Za-z0-9._~/:=&+,;-]*=)?)?"
    r"(?:[A-Za-z0-9._~/:=&+,;-]*#)?"
)
_recipient: Callable[[Any], Any] = attrgetter("name", "email", "identifiers", "id", "salt")
_award: Callable[[Any], Any] = attrgetter(
    "id", "valid_from", "awarded_date", "valid_until", "activity_start_date", "activity_end_date",
    "name", "description", "narrative", "role", "term", "license_number",
    "credits_earned", "source", "refresh_service", "endorsement", "terms_of_use", "image", "evidence", "results", "status_entry",
)  # fmt: skip
_evidence: Callable[[Any], Any] = attrgetter(
    "type", "extra", "digest_sri", "id", "name", "description", "narrative", "genre", "audience"
)
_result: Callable[[Any], Any] = attrgetter(
    "type", "extra", "alignment", "value", "result_description", "status", "achieved_level"
)
_ENTRY_HOLES = frozenset({"id", "statusListIndex", "statusListCredential"})
_ALPHABET: bytes = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS: bytes = bytes(_ALPHABET.index(byte) if byte in _ALPHABET else 255 for byte in range(256))
_TEN: int = 58**10


class Addresses:
    """Values that are addresses: `places` are their numbers, `beginnings` how each begins as long as the cohort goes on as it began."""

    def __init__(self, places: list[int], values: list[str]) -> None:
        self.places = places
        self.beginnings: list[bytes] = []
        self.kinds: list[Any] = [BEGINNING.match(values[place]) for place in places]
        for place in places:
            found = _PREFIX.match(values[place])
            self.beginnings.append(found[0].encode() if found is not None else b"\xff")

    def fit(self, encoded: list[bytes]) -> bool:
        """Is each an address of the plain form (`fit.require_fit`), of the same kind as the first that was met?"""
        for number, place in enumerate(self.places):
            value: bytes = encoded[place]
            beginning: bytes = self.beginnings[number]
            if value.startswith(beginning):
                if not _made_of(value, len(beginning), _IN_TAIL, _TAIL):
                    return False
            elif not _is_address(value.decode(), self.kinds[number]):
                return False
        return True


def _made_of(text: bytes, start: int, table: bytes, same: bytes) -> bool:
    """Is there nothing in `text` from `start` on but bytes of `same`, which are those that `table` has a 1 for?"""
    if not COMPILED:
        return not text[start:].translate(None, same)
    source = text
    allowed = table
    for place in range(start, len(text)):  # noqa: SIM110 - a loop becomes a loop in C
        if not allowed[source[place]]:
            return False
    return True


def _is_address(text: str, kind: Any) -> bool:
    found = BEGINNING.match(text)
    return found is not None and found[0] == kind[0] and ADDRESS.fullmatch(text) is not None


class Form:
    """How the awards of one pattern look: what is there, what is constant. `award` is one of them, `identifiers` and `values` as
    `pattern.take` gives them for it."""

    def __init__(
        self,
        recipient: Any,
        award: Any,
        identifiers: list[int],
        values: list[str],
        results_vary: bool,
        stamp: Callable[[Any], str],
        holes: Callable[[list[bytes]], Any],
        digest: Callable[[list[bytes]], bytes],
    ) -> None:
        self.email = bool(recipient.email)
        self.holder = bool(recipient.id)
        self.credits = repr(award.credits_earned)
        self.moments = tuple([moment is not None for moment in _award(award)[3:6]])
        self.texts = tuple([bool(text) for text in _award(award)[6:12]])
        self.image = award.image
        self.evidence = [tuple([bool(text) for text in _evidence(piece)[3:]]) for piece in award.evidence]
        self.results = [tuple(_result(result)[3:]) for result in award.results]
        self.results_vary = results_vary
        self.entry = [] if award.status_entry is None else list(award.status_entry.items())
        self.addresses = Addresses(identifiers, values)
        self.count = len(values)
        self.separators = b"\x1f" * (len(values) - 1)
        self.stamp = stamp
        self.holes = holes
        self.digest = digest

    def hashed(self, pairs: list[Any]) -> list[tuple[list[bytes], bytes] | None]:
        """For each recipient and award what `read` gives and the hash of the canonical form; None where `read` gives it, and for what is
        ambiguous."""
        outcomes: list[tuple[list[bytes], bytes] | None] = []
        for recipient, award in pairs:
            written = None
            try:
                written = self.read(recipient, award)
                outcomes.append(None if written is None else (written, self.digest(list(self.holes(written)))))
            except Unshaped:
                outcomes.append(None)
        return outcomes

    def read(self, recipient: Any, award: Any) -> list[bytes] | None:
        """The values of an award in UTF-8, if it is of this pattern and they stand for themselves in N-Quads and JSON alike; else None."""
        values = self.taken(recipient, award)
        return None if values is None else self.encoded(values)

    def taken(self, recipient: Any, award: Any) -> list[str] | None:
        """What `pattern.take` gives as the values, if the key is that of this pattern; None where that has to be asked."""
        name, email, identifiers, holder, salt = _recipient(recipient)
        if type(name) is not str or identifiers or bool(email) is not self.email or bool(holder) is not self.holder:
            return None
        values: list[str] = [unicodedata.normalize("NFC", name.strip())]
        if self.email:
            if type(email) is not str or type(salt) is not str or len(salt) < 8:
                return None
            values.append("sha256$" + hashlib.sha256((normal_email(email) + salt).encode()).hexdigest())
            values.append(salt)
        if self.holder:
            values.append(holder)
        parts: tuple[Any, ...] = _award(award)
        if parts[13] is not None or parts[14] is not None or parts[15] or parts[16]:
            return None
        credits_earned = parts[12]
        if credits_earned is not None and type(credits_earned) is not int and type(credits_earned) is not float:
            return None
        if repr(credits_earned) != self.credits:
            return None
        values.append(parts[0])
        stamp = self.stamp
        begins = stamp(parts[1])
        values.append(begins)
        values.append(begins if parts[2] is None else stamp(parts[2]))
        if not self._moments(parts, begins, values) or not self._texts(parts, values):
            return None
        image = parts[17]
        if image is not None or self.image is not None:
            if type(image) is not Image or self.image is None or image.extra or image.type != Image.TYPES:
                return None
            caption = image.caption
            if caption != self.image.caption or (caption is not None and type(caption) is not str):
                return None
            values.append(image.id)
        if not self._pieces(parts[18], values) or not self._scores(parts[19], values):
            return None
        if not self._status(parts[20], values):
            return None
        for value in values:
            if type(value) is not str or not value:
                return None
        if values[0].startswith("sha256$") or values[0].startswith("md5$") or len(values) != self.count:
            return None
        return values

    def encoded(self, values: list[str]) -> list[bytes] | None:
        """The values in UTF-8 where they stand for themselves in N-Quads and JSON alike and may stand in their places, else None."""
        try:
            if COMPILED:
                encoded = [value.encode() for value in values]
                if not self._plain(encoded):
                    return None
            else:
                together = "\x1f".join(values).encode()
                if together.translate(None, _HARMLESS) != self.separators or len(together) > MAX_BYTES:
                    return None
                encoded = together.split(b"\x1f")
        except UnicodeEncodeError:
            return None
        return encoded if self.addresses.fit(encoded) else None

    def plain(self, values: list[bytes]) -> bool:
        """Do these values, out of somebody's text, stand for themselves and fit, as `encoded` means it?"""
        if not self._plain(values):
            return False
        try:
            b"\x1f".join(values).decode()
        except UnicodeDecodeError:
            return False
        return self.addresses.fit(values)

    def _plain(self, values: list[bytes]) -> bool:
        if not COMPILED:
            together = b"\x1f".join(values)
            return together.translate(None, _HARMLESS) == self.separators and len(together) <= MAX_BYTES
        size = 0
        for value in values:
            size += len(value)
            if not _made_of(value, 0, _IS_HARMLESS, _HARMLESS):
                return False
        return size <= MAX_BYTES

    def _moments(self, parts: tuple[Any, ...], begins: str, values: list[str]) -> bool:
        until, started, ended = parts[3], parts[4], parts[5]
        moments = self.moments
        if (until is not None) is not moments[0] or (started is not None) is not moments[1]:
            return False
        if (ended is not None) is not moments[2]:
            return False
        stamp = self.stamp
        if until is not None:
            until = stamp(until)
            if until < begins:
                return False
            values.append(until)
        if started is not None:
            started = stamp(started)
            values.append(started)
        if ended is not None:
            ended = stamp(ended)
            if started is not None and ended < started:
                return False
            values.append(ended)
        return True

    def _texts(self, parts: tuple[Any, ...], values: list[str]) -> bool:
        for at, there in enumerate(self.texts, 6):
            text = parts[at]
            if bool(text) is not there:
                return False
            if there:
                values.append(text)
        return True

    def _pieces(self, pieces: Any, values: list[str]) -> bool:
        if type(pieces) is not tuple or len(pieces) != len(self.evidence):
            return False
        for number, piece in enumerate(pieces):
            if type(piece) is not Evidence:
                return False
            found: tuple[Any, ...] = _evidence(piece)
            if found[0] != Evidence.TYPES or found[1] or found[2]:
                return False
            expected = self.evidence[number]
            for at in range(3, 9):
                text = found[at]
                if bool(text) is not expected[at - 3]:
                    return False
                if text:
                    values.append(text)
        return True

    def _scores(self, results: Any, values: list[str]) -> bool:
        if type(results) is not tuple or len(results) != len(self.results):
            return False
        for number, result in enumerate(results):
            if type(result) is not Result:
                return False
            kinds, extra, alignment, value, description, status, level = _result(result)
            if extra or alignment or not value or kinds != Result.TYPES:
                return False
            expected = self.results[number]
            if description != expected[1] or type(description) is not type(expected[1]):
                return False
            if status != expected[2] or type(status) is not type(expected[2]):
                return False
            if level != expected[3] or type(level) is not type(expected[3]):
                return False
            if self.results_vary:
                values.append(value)
            elif value != expected[0] or type(value) is not type(expected[0]):
                return False
        return True

    def _status(self, entry: Mapping[str, Any] | None, values: list[str]) -> bool:
        if entry is None:
            return not self.entry
        if type(entry) is not dict or len(entry) != len(self.entry):
            return False
        for number, (name, value) in enumerate(entry.items()):
            expected = self.entry[number]
            if name != expected[0] or type(value) is not str:
                return False
            if name == "statusListIndex":
                if not value.isascii() or not value.isdigit() or len(value) > 16 or (value[0] == "0" and value != "0"):
                    return False
                values.append(value)
            elif name in _ENTRY_HOLES:
                values.append(value)
            elif value != expected[1]:
                return False
        return entry.get("id") != entry.get("statusListCredential")


def base58(data: bytes) -> bytes:
    """The base-58 digits of 64 bytes, with the `z` of multibase before them. Made for the compiled form (`encodings` for the other)."""
    if len(data) != 64:
        raise ValueError("64 bytes")
    source = data
    # Places of five digits each, the least first: 58 ** 5 is below 2 ** 30, so a place and 32 more bits fit into 64.
    places = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    for at in range(0, 64, 4):
        carry = 0
        for byte in range(at, at + 4):
            carry = (carry << 8) | source[byte]
        for place in range(18):
            carry += places[place] << 32
            places[place] = carry % 656_356_768
            carry //= 656_356_768
    digits = bytearray(90)
    written = digits
    at = 90
    for place in range(18):
        carry = places[place]
        for _ in range(5):
            at -= 1
            written[at] = _ALPHABET[carry % 58]
            carry //= 58
    zeros = len(data) - len(data.lstrip(b"\0"))
    return b"z" + b"1" * zeros + bytes(digits).lstrip(b"1")


def from_base58(text: bytes) -> bytes | None:
    """The bytes of at most 100 base-58 digits that follow a `z`; None for anything else."""
    size = len(text)
    if not 1 < size <= 101 or text[0] != 0x7A:
        return None
    number: Any = 0
    at = 1
    first = (size - 1) % 10
    end = 1 + first
    while True:
        ten = 0
        while at < end:
            digit = _DIGITS[text[at]]
            if digit == 255:
                return None
            ten = ten * 58 + digit
            at += 1
        number = number * _TEN + ten
        if at == size:
            break
        end = at + 10
    zeros = size - 1 - len(text[1:].lstrip(b"1"))
    data: bytes = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return b"\0" * zeros + data
