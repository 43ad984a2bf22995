"""The parts of a report's page that all credentials of an achievement have in common: what it took, and who issued it.

Only of credentials that we ourselves show to everybody (`is_credential_of_ours`). Their achievement and their issuer are words that an
institution has published, and nothing in them is about the holder, so their markup may stay in memory (`design.Published`). It is found by
the JSON of the two, byte for byte, within that of what the document says; what is left of that is read anew each time.

Credentials with results or evidence, in which achievement and award are interwoven, are read as a whole.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from testamur_site.foundation.design_system import api as design

from .. import presentation
from .report import Said, headed, issuer, what_it_took
from .words import Words

with suppress(ImportError):  # an extra: without it no document has its JSON at hand
    import orjson

_ISSUER, _HOLDER, _ACHIEVEMENT = b',"issuer":', b',"holder":', b',"achievement":'
"""How members stand in what a document says, in this order. In a text of a document the quotation marks would have a backslash before
them."""
_OF_AN_AWARD = (b'"result":[', b'"evidence":[', b'"receipt":{')
_BEGINNING = 240
_LONGEST = 20_000  # bytes


class Shown(NamedTuple):
    """What a document says of itself apart from what is published, and the markup of that."""

    rest: Said
    heading: str
    issued_by: str
    took: str


class _Achievement(NamedTuple):
    written: bytes
    heading: str
    took: str


_ACHIEVEMENTS: design.Published[tuple[str, bytes], _Achievement] = design.Published()
"""By language and beginning; there is one of each."""
_ISSUERS: design.Published[tuple[str, bytes], str] = design.Published()
"""By language and JSON."""


def shown(written: bytes, language: str) -> Shown | None:
    """Of what a document says, `written` as JSON. None where its parts are not known, or where it has to be read as a whole."""
    places = _places(written)
    if places is None:
        return None
    begins, ends, at = places
    issued_by = _ISSUERS.get((language, written[begins:ends]))
    achievement = _ACHIEVEMENTS.get((language, written[at : at + _BEGINNING]))
    if issued_by is None or achievement is None or not written.startswith(achievement.written, at):
        return None
    rest = b"".join((written[:begins], b"{}", written[ends:at], b"{}", written[at + len(achievement.written) :]))
    if any(member in rest for member in _OF_AN_AWARD):
        return None
    return Shown(orjson.loads(rest), achievement.heading, issued_by, achievement.took)


def keep(written: bytes, said: Said, our: Words, language: str) -> None:
    """The parts of what a document says, which is `said` and stands in `written` as JSON."""
    places = _places(written)
    if places is None or any(member in written for member in _OF_AN_AWARD):
        return
    begins, ends, at = places
    achievement, issued_by = orjson.dumps(said["achievement"]), orjson.dumps(said["issuer"])
    if not _BEGINNING <= len(achievement) <= _LONGEST or not written.startswith(achievement, at):
        return
    if len(issued_by) > _LONGEST or written[begins:ends] != issued_by:
        return
    arranged, _ = presentation.of_itself(said)
    heading = headed(said["achievement"]["name"], our) if said["achievement"].get("name") else ""
    took = what_it_took(arranged, our, published=True)
    _ACHIEVEMENTS.keep((language, achievement[:_BEGINNING]), _Achievement(achievement, heading, took))
    _ISSUERS.keep((language, issued_by), issuer(arranged["issuer"], our))


def forget() -> None:
    """Nothing was kept: for tests."""
    _ACHIEVEMENTS.forget()
    _ISSUERS.forget()


def _places(written: bytes) -> tuple[int, int, int] | None:
    """Where the issuer begins and ends, and where the achievement begins."""
    begins = written.find(_ISSUER)
    ends = written.find(_HOLDER, begins)
    at = written.find(_ACHIEVEMENT, ends)
    return None if begins < 0 or ends < 0 or at < 0 else (begins + len(_ISSUER), ends, at + len(_ACHIEVEMENT))
