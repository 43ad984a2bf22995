"""What an ordinary document says of itself, as JSON: of a form it is always the same but for the texts, and these stand in the document as
JSON writes them.

`presenters.subject.reading` is asked once, for a document of the form in which every text is a mark. What it makes of the others of this
form is the same with their texts in the places of the marks, as long as

- no text is empty, and none is as long as those that are cut off;
- texts that the reading compares with each other (which description a result has, which level) are alike where they were alike;
- who is named by an identity object of the kind "name" is named so in both.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from testamur.linked_data import Hole, Recognised
from testamur.linked_data.shapes.plan import KERNEL
from testamur.verification.case import many
from testamur.verification.presenters.quick import reading
from testamur.verification.report import Question

with suppress(ImportError):  # an extra: without it nothing is recognised
    import orjson

MOST: Final = 16
"""Ways in which the texts of one form are alike."""
_SHORTER: Final = 20_000  # bytes: a document of which no text is cut off
_COMPARED: Final = frozenset({"id", "resultDescription", "achievedLevel"})
_NAME: Final = b"name"


class Subjects:
    """The readings of the documents of one form."""

    __slots__ = ("_compared", "_kinds", "_templates")

    def __init__(self, recognised: Recognised) -> None:
        """Raises LookupError where a reading depends on more than this."""
        document = recognised.holes()
        if len(many(document.get("evidence"))) == len(Question) + 2:  # perhaps a receipt, of which each text decides
            raise LookupError
        self._compared = [*_compared(document.get("credentialSubject"))]
        self._kinds = [*_kinds(document.get("credentialSubject"))]
        self._templates: dict[tuple[Any, ...], Any] = {}

    def written(self, recognised: Recognised, size: int) -> bytes | None:
        """The reading of the document, which was `recognised` and has so many bytes, in JSON; None where it has to be read."""
        texts = recognised.texts
        if size >= _SHORTER or b"" in texts:
            return None
        alike = tuple([texts.index(texts[number]) for number in self._compared])
        key = (alike, tuple([texts[number] == _NAME for number in self._kinds]))
        template = self._templates.get(key)
        if template is None:
            if len(self._templates) >= MOST:
                return None
            template = self._templates[key] = self._made(recognised, dict(zip(self._compared, alike, strict=True)))
        filled: bytes = template.fill(texts)
        return filled

    def _made(self, recognised: Recognised, alike: Mapping[int, int]) -> Any:
        """The reading of a document in which each text is a mark, taken apart at the marks."""
        nonce = secrets.token_hex(12)
        names = {number for number in self._kinds if recognised.texts[number] == _NAME}

        def marked(value: Any) -> Any:
            if type(value) is Hole:
                return "name" if value in names else f"{nonce}{alike.get(value, int(value)):05}"
            if type(value) is dict:
                return {name: marked(member) for name, member in value.items()}
            return [marked(member) for member in value] if type(value) is list else value

        before, *rest = orjson.dumps(reading(marked(recognised.holes()))).split(nonce.encode())
        return KERNEL.Template([before, *(part[5:] for part in rest)], [int(part[:5]) for part in rest])


def _compared(subject: Any) -> Iterator[int]:
    """The places of texts that say which description and which level a result has."""
    if type(subject) is not dict:
        if any(type(each) is dict and "result" in each for each in many(subject)):
            raise LookupError
        return
    if "result" not in subject:
        return
    for member in (subject["result"], subject.get("achievement")):
        yield from _named(member)


def _named(value: Any) -> Iterator[int]:
    if type(value) is dict:
        for name, member in value.items():
            if type(member) is Hole and name in _COMPARED:
                yield int(member)
            elif type(member) in (dict, list):
                yield from _named(member)
    elif type(value) is list:
        for member in value:
            if type(member) in (dict, list):
                yield from _named(member)


def _kinds(subject: Any) -> Iterator[int]:
    """The places of the kinds of identity objects."""
    for each in many(subject):
        if type(each) is dict:
            for entry in many(each.get("identifier")):
                if type(entry) is dict and type(entry.get("identityType")) is Hole:
                    yield int(entry["identityType"])
