"""What is done once for each award of a cohort: its values taken out, looked at, and set into the text.

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

from testamur.issuing.cohort.fit import ADDRESS, MAX_CHARACTERS
from testamur.issuing.cohort.pattern import BEGINNING
from testamur.issuing.compose import AwardDetails, Recipient
from testamur.linked_data.shapes.native import (
    are_plain,
    attributes_of,
    found_dates,
    found_sha256,
    hashed_address,
    is_index,
    is_trimmed,
    made_of,
    picked,
    places_of,
    plain_values,
    slots_of,
    utc_text,
)
from testamur.linked_data.shapes.skeleton import Unshaped
from testamur.model import Evidence, Image, Result
from testamur.model.identity import normal_email

COMPILED: bool = False  # the other form says otherwise
MAX_BYTES: int = MAX_CHARACTERS  # hardly any award has so many

# What may follow in an address whose beginning is known (`_PREFIX`), in whatever part of it that ends.
_TAIL: bytes = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~/:=&+,;-"
_IN_TAIL: bytes = bytes(byte in _TAIL for byte in range(256))
_PREFIX: Any = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?/(?:[A-Za-z0-9._~/:=&+,;-]*/)?(?:[A-Za-z0-9._~:=&+,;-]*\?(?:[A-Za-z0-9._~/:=&+,;-]*=)?)?"
    r"(?:[A-Za-z0-9._~/:=&+,;-]*#)?"
)
_FOLDER: Any = re.compile(rb"https?://[A-Za-z0-9.-]+(?::[0-9]+)?/(?:[A-Za-z0-9._~/:=&+,;-]*/)?")
_OF_RECIPIENT = ("name", "email", "identifiers", "id", "salt")
_OF_AWARD = (
    "id", "valid_from", "awarded_date", "valid_until", "activity_start_date", "activity_end_date",
    "name", "description", "narrative", "role", "term", "license_number",
    "credits_earned", "source", "refresh_service", "endorsement", "terms_of_use", "image", "evidence", "results", "status_entry",
)  # fmt: skip
_OF_EVIDENCE = ("type", "extra", "digest_sri", "id", "name", "description", "narrative", "genre", "audience")
_OF_RESULT = ("type", "extra", "alignment", "value", "result_description", "status", "achieved_level")
_recipient: Callable[[Any], Any] = attrgetter(*_OF_RECIPIENT)
_award: Callable[[Any], Any] = attrgetter(*_OF_AWARD)
_evidence: Callable[[Any], Any] = attrgetter(*_OF_EVIDENCE)
_result: Callable[[Any], Any] = attrgetter(*_OF_RESULT)
_RECIPIENT_SLOTS: bytes | None = slots_of(Recipient, _OF_RECIPIENT)
_AWARD_SLOTS: bytes | None = slots_of(AwardDetails, _OF_AWARD)
_EVIDENCE_SLOTS: bytes | None = slots_of(Evidence, _OF_EVIDENCE)
_RESULT_SLOTS: bytes | None = slots_of(Result, _OF_RESULT)
_CONSTANT, _INDEX, _ID, _LIST = range(4)
_ENTRY_HOLES = {"statusListIndex": _INDEX, "id": _ID, "statusListCredential": _LIST}
_EVIDENCE: Any = Evidence.TYPES
_RESULT: Any = Result.TYPES
_IMAGE: Any = Image.TYPES
_DATES: bool = found_dates()
_DIRECT: bool = found_sha256()


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
                if COMPILED:
                    if not made_of(value, len(beginning), _IN_TAIL):
                        return False
                elif value[len(beginning) :].translate(None, _TAIL):
                    return False
            elif not _is_address(value.decode(), self.kinds[number]):
                return False
            else:
                self.beginnings[number] = _common(beginning, value)
        return True


def _common(beginning: bytes, value: bytes) -> bytes:
    """What two addresses begin with, up to a slash of their path; the byte 0xFF, with which none begins, where that is nothing."""
    end = 0
    for end in range(min(len(beginning), len(value)) + 1):
        if beginning[end : end + 1] != value[end : end + 1]:
            break
    found = _FOLDER.match(beginning[:end])
    return b"\xff" if found is None else found[0]


def _is_address(text: str, kind: Any) -> bool:
    found = BEGINNING.match(text)
    return found is not None and found[0] == kind[0] and ADDRESS.fullmatch(text) is not None


def _normal(name: str) -> str:
    """As `model.person_name` writes it."""
    name = name.strip()
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _is_hashed(name: str) -> bool:
    """Would it be read as a hash?"""
    return name.startswith("sha256$") or name.startswith("md5$")  # noqa: PIE810 - in the other form a tuple is slower


def _hashed(email: str, salt: str) -> str:
    """As `model.identity` writes it."""
    email = email.strip().lower() if email.isascii() else normal_email(email)
    return "sha256$" + hashlib.sha256((email + salt).encode()).hexdigest()


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
        places: list[int],
        digest: Callable[[list[bytes]], bytes],
    ) -> None:
        self.email = bool(recipient.email)
        self.holder = bool(recipient.id)
        self.credits = repr(award.credits_earned)
        self.met: Any = award.credits_earned if type(award.credits_earned) in (int, float) else None
        self.moments = tuple([moment is not None for moment in _award(award)[3:6]])
        self.texts = tuple([bool(text) for text in _award(award)[6:12]])
        self.image = award.image
        self.evidence = [bytes([bool(text) for text in _evidence(piece)[3:]]) for piece in award.evidence]
        self.results = [tuple(_result(result)[3:]) for result in award.results]
        self.results_vary = results_vary
        entry = {} if award.status_entry is None else award.status_entry
        self.entry = [(*member, _ENTRY_HOLES.get(member[0], _CONSTANT)) for member in entry.items()]
        self.addresses = Addresses(identifiers, values)
        self.count = len(values)
        self.stamp = stamp
        self.places: Any = places_of(places)
        self.digest = digest

    def hashed(self, pairs: list[Any]) -> list[tuple[list[bytes], bytes] | None]:
        """For each recipient and award what `read` gives and the hash of the canonical form; None where `read` gives it, and for what is
        ambiguous."""
        outcomes: list[tuple[list[bytes], bytes] | None] = []
        for recipient, award in pairs:
            written = None
            try:
                written = self.read(recipient, award)
                outcomes.append(None if written is None else (written, self.digest(self.holes(written))))
            except Unshaped:
                outcomes.append(None)
        return outcomes

    def finished(self, fill: Callable[[list[bytes]], bytes], hashed: Any, date: bytes, digits: Any) -> list[bytes]:
        """The signed texts: for each pair that `hashed` gave, whose list of values is used up, and the digits of its signature."""
        texts: list[bytes] = []
        for number, proof_value in enumerate(digits):
            written: list[bytes] = hashed[number][0]
            written.append(date)
            written.append(proof_value)
            texts.append(fill(written))
        return texts

    def read_back(self, read: Callable[[bytes], Any], texts: list[bytes]) -> list[Any]:
        """For each text its values, the hash of the canonical form, and what `read` gives behind the values: the date of signing and the
        proof's value. None for what `read` or the form does not know, and for what is ambiguous."""
        outcomes: list[Any] = []
        for text in texts:
            try:
                values: list[bytes] = read(text)
                proof_value = values.pop()
                created = values.pop()
                known = (values, self.digest(self.holes(values)), created, proof_value) if self.plain(values) else None
                outcomes.append(known)
            except Unshaped:
                outcomes.append(None)
        return outcomes

    def holes(self, written: list[bytes]) -> list[bytes]:
        """What stands in the holes of the canonical form, in their order."""
        return picked(written, self.places)

    def read(self, recipient: Any, award: Any) -> list[bytes] | None:
        """The values of an award in UTF-8, if it is of this pattern and they stand for themselves in N-Quads and JSON alike; else None.

        As `pattern.take` and `fit.require_fit` have it, which are to be asked where this gives None.
        """
        values = self.taken(recipient, award)
        encoded = None if values is None else self.encoded(values)
        return encoded if encoded is not None and self.addresses.fit(encoded) else None

    def taken(self, recipient: Any, award: Any) -> list[Any] | None:
        """What `pattern.take` gives as the values, if the key is that of this pattern; None where that has to be asked. Compiled, what is
        written here and not by others is bytes already."""
        name, email, identifiers, holder, salt = attributes_of(recipient, Recipient, _RECIPIENT_SLOTS, _recipient)
        if type(name) is not str or identifiers or bool(email) is not self.email or bool(holder) is not self.holder:
            return None
        if (email is not None and type(email) is not str) or (holder is not None and type(holder) is not str):
            return None
        name = name if is_trimmed(name) else _normal(name)
        values: list[Any] = [name]
        if self.email:
            if type(email) is not str or type(salt) is not str or len(salt) < 8:
                return None
            hashed = hashed_address(b"sha256$", email, salt) if _DIRECT else None
            values.append(_hashed(email, salt) if hashed is None else hashed)
            values.append(salt)
        if self.holder:
            values.append(holder)
        parts: tuple[Any, ...] = attributes_of(award, AwardDetails, _AWARD_SLOTS, _award)
        if parts[13] is not None or parts[14] is not None or parts[15] or parts[16]:
            return None
        credits_earned = parts[12]
        if type(parts[0]) is not str:
            return None
        if credits_earned is None or credits_earned is not self.met:
            if credits_earned is not None and type(credits_earned) is not int and type(credits_earned) is not float:
                return None
            if repr(credits_earned) != self.credits:
                return None
        values.append(parts[0])
        begins = self._moment(parts[1])
        values.append(begins)
        values.append(begins if parts[2] is None else self._moment(parts[2]))
        if not self._moments(parts, begins, values) or not self._texts(parts, values):
            return None
        image = parts[17]
        if image is not None or self.image is not None:
            if type(image) is not Image or self.image is None or image.extra or image.type != _IMAGE:
                return None
            caption = image.caption
            if caption != self.image.caption or (caption is not None and type(caption) is not str):
                return None
            if type(image.id) is not str:
                return None
            values.append(image.id)
        if not self._pieces(parts[18], values) or not self._scores(parts[19], values):
            return None
        if not self._status(parts[20], values):
            return None
        if _is_hashed(name) or len(values) != self.count:
            return None
        return values

    def encoded(self, values: list[Any]) -> list[bytes] | None:
        """The values in UTF-8 where all are texts that are not empty and stand for themselves in N-Quads and JSON alike, else None."""
        return plain_values(values, MAX_BYTES)

    def plain(self, values: list[bytes]) -> bool:
        """Do these values, out of somebody's text, stand for themselves and fit, as `read` means it?"""
        return are_plain(values, MAX_BYTES) and self.addresses.fit(values)

    def _moment(self, moment: Any) -> Any:
        if not COMPILED:
            return self.stamp(moment)
        written = utc_text(moment) if _DATES else None
        return self.stamp(moment).encode() if written is None else written

    def _moments(self, parts: tuple[Any, ...], begins: Any, values: list[Any]) -> bool:
        until, started, ended = parts[3], parts[4], parts[5]
        moments = self.moments
        if (until is not None) is not moments[0] or (started is not None) is not moments[1]:
            return False
        if (ended is not None) is not moments[2]:
            return False
        if until is not None:
            until = self._moment(until)
            if until < begins:
                return False
            values.append(until)
        if started is not None:
            started = self._moment(started)
            values.append(started)
        if ended is not None:
            ended = self._moment(ended)
            if started is not None and ended < started:
                return False
            values.append(ended)
        return True

    def _texts(self, parts: tuple[Any, ...], values: list[Any]) -> bool:
        for at, there in enumerate(self.texts, 6):
            text = parts[at]
            if bool(text) is not there or (text is not None and type(text) is not str):
                return False
            if there:
                values.append(text)
        return True

    def _pieces(self, pieces: Any, values: list[Any]) -> bool:
        if type(pieces) is not tuple or len(pieces) != len(self.evidence):
            return False
        for number, piece in enumerate(pieces):
            if type(piece) is not Evidence:
                return False
            found: tuple[Any, ...] = attributes_of(piece, Evidence, _EVIDENCE_SLOTS, _evidence)
            if (found[0] is not _EVIDENCE and found[0] != _EVIDENCE) or found[1] or found[2]:
                return False
            expected: bytes = self.evidence[number]
            for at in range(3, 9):
                text = found[at]
                if text is not None and type(text) is not str:
                    return False
                if text:
                    if not expected[at - 3]:
                        return False
                    values.append(text)
                elif expected[at - 3]:
                    return False
        return True

    def _scores(self, results: Any, values: list[Any]) -> bool:
        if type(results) is not tuple or len(results) != len(self.results):
            return False
        for number, result in enumerate(results):
            if type(result) is not Result:
                return False
            found: tuple[Any, ...] = attributes_of(result, Result, _RESULT_SLOTS, _result)
            kinds, extra, alignment, value, description, status, level = found
            if extra or alignment or not value or (kinds is not _RESULT and kinds != _RESULT):
                return False
            expected = self.results[number]
            if description is not expected[1] and (
                description != expected[1] or type(description) is not type(expected[1])
            ):
                return False
            if status is not expected[2] and (status != expected[2] or type(status) is not type(expected[2])):
                return False
            if level is not expected[3] and (level != expected[3] or type(level) is not type(expected[3])):
                return False
            if self.results_vary:
                if type(value) is not str:
                    return False
                values.append(value)
            elif value != expected[0] or type(value) is not type(expected[0]):
                return False
        return True

    def _status(self, entry: Mapping[str, Any] | None, values: list[Any]) -> bool:
        if entry is None:
            return not self.entry
        if type(entry) is not dict or len(entry) != len(self.entry):
            return False
        members: dict[str, Any] = entry
        number = 0
        identifier, listed = None, None
        for name, value in members.items():  # in this form it is a loop over the dictionary itself
            expected = self.entry[number]
            number += 1
            if (name is not expected[0] and name != expected[0]) or type(value) is not str:
                return False
            kind: int = expected[2]
            if kind == _CONSTANT:
                if value is not expected[1] and value != expected[1]:
                    return False
                continue
            if kind == _INDEX:
                if not is_index(value):
                    return False
            elif kind == _ID:
                identifier = value
            else:
                listed = value
            values.append(value)
        return identifier != listed
