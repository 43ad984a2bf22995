"""The page of a link, by the outline of its report (`testamur.verification.presenters.outlines`): for what is asked most, a confirmed
credential by itself. Whatever has no outline is written part by part; both ways give the same page, letter for letter."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import get_language

from testamur.verification import Report, presenters, sentences
from testamur.verification.moments import iso
from testamur.verification.presenters import outlines
from testamur.verification.sentences.dates import written

from .. import presentation
from ..own_documents import is_credential_of_ours
from . import frame
from .elements import date_in_utc, fact, in_utc, moment_in_utc, shortened, text
from .report import LONGEST_FACT, LONGEST_SOURCE, of_itself, render, what_it_took
from .words import words

with suppress(ImportError):  # an extra: without it no document has its JSON at hand
    import orjson


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is on the page beside the report's findings: where the document came from, what was asked for, the address of the page, and the
    markup of what the document says. Of a report of `marks` that markup is a mark too."""

    source: str
    address: str
    here: str
    of_itself: str
    took: str
    marks: bool = False


def page(report: Report, *, source: str, address: str, here: str) -> bytes | None:
    """The page at `here` for somebody without a session who asked for `address`; None where it has to be written part by part. Raises
    UnicodeEncodeError for half a surrogate."""
    subject, ours = _subject(report)
    if report.children or not subject or "receipt" in subject or not source or not address:
        return None
    shown, chain = presentation.arranged_of_itself(subject) if ours else presentation.of_itself(subject)
    if chain:
        return None
    language = get_language() or "en"
    if language not in sentences.LANGUAGES or not in_utc():
        return None
    our = words(language)
    took = what_it_took(shown, our, published=is_credential_of_ours(source))
    beside = _Beside(source, address, here, of_itself(shown, our, language), took)
    known = _outlines(settings.TESTAMUR_OUTBOX, settings.TESTAMUR_OPEN_REGISTRATION)
    return known.written(report, language, beside)


def _subject(report: Report) -> tuple[Any, bool]:
    """What the document says of itself, and whether only we hold it. Read from its JSON, where that is at hand, in half the time."""
    made = report.written_subject()
    return (report.subject, False) if made is None else (orjson.loads(made), True)


def _write(report: Report, language: str, beside: _Beside) -> bytes:
    said: dict[str, Any] = presentation.arranged(presenters.to_json(report, language), language)
    if beside.marks:
        said |= {"ofItself": beside.of_itself, "took": beside.took}
    made = render(said, source=beside.source, address=beside.address)
    return frame.page(made, verdict=said["verdictWord"], address=beside.address, here=beside.here)


def _around(report: Report, language: str, beside: _Beside) -> list[bytes]:
    return [
        moment_in_utc(iso(report.verified_at), language).encode(),
        beside.of_itself.encode(),
        beside.took.encode(),
        shortened(beside.source, LONGEST_SOURCE).encode(),
        text(beside.address).encode(),
        quote(beside.address, safe="").encode(),
        text(beside.here).encode(),
    ]


def _marks() -> _Beside:
    mark = outlines.mark
    return _Beside(mark(), f"{mark()}/&", mark(), mark(), mark(), marks=True)


def _as_it_is(value: object) -> bytes:
    return text(fact(value, LONGEST_FACT)).encode()


def _in_sentence(value: object) -> bytes:
    return text(sentences.plain(value)).encode()


def _moments(language: str) -> tuple[outlines.Writing, ...]:
    return (
        str.encode,
        lambda value: written(value, language).encode(),
        lambda value: date_in_utc(value, language).encode(),
    )


@lru_cache(maxsize=4)
def _outlines(*_settings: bool) -> outlines.Outlines[_Beside]:
    """For what the frame depends on."""
    return outlines.Outlines(
        outlines.Presenter(
            write=_write,
            texts=(_as_it_is, _in_sentence),
            moments=_moments,
            lists=(_as_it_is, _in_sentence),
            around=_around,
            marks=_marks,
        )
    )
