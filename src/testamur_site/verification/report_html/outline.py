"""The page of a link, by the outline of its report (`testamur.verification.presenters.outlines`): for what is asked most, a confirmed
credential by itself. Whatever has no outline is written part by part; both ways give the same page, letter for letter."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language

from testamur.verification import Report, presenters, sentences
from testamur.verification.moments import iso
from testamur.verification.presenters import outlines
from testamur.verification.sentences.dates import written

from .. import presentation
from ..own_documents import is_credential_of_ours
from . import frame, published
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


def page(report: Report, *, source: str, address: str, here: str, language: str = "") -> bytes | None:
    """The page at `here` for somebody without a session who asked for `address`, in the active language, which `language` may name; None
    where it has to be written part by part. Raises UnicodeEncodeError for half a surrogate."""
    language = language or get_language() or "en"
    if report.children or not source or not address or language not in sentences.LANGUAGES or not in_utc():
        return None
    said = _said(report, source, language)
    if said is None:
        return None
    known = _outlines(settings.TESTAMUR_OUTBOX, settings.TESTAMUR_OPEN_REGISTRATION)
    return known.written(report, language, _Beside(source, address, here, *said))


def _said(report: Report, source: str, language: str) -> tuple[str, str] | None:
    """The markup of what the document says: who has it, and what it took. None where it has no place in an outline."""
    written, ours, our = report.written_subject(), is_credential_of_ours(source), words(language)
    if written is not None and ours and (quick := published.shown(written, language)) is not None:
        rest = quick.rest
        rest["title"] = rest.get("name") or ""
        return of_itself(rest, our, language, heading=quick.heading, issued_by=quick.issued_by, utc=True), quick.took
    # Where its JSON is at hand what it says is read of that in half the time, and nobody else holds it.
    subject: Any = report.subject if written is None else orjson.loads(written)
    if not subject or "receipt" in subject:
        return None
    if written is not None and ours:
        published.keep(written, subject, our, language)
    shown, chain = presentation.of_itself(subject) if written is None else presentation.arranged_of_itself(subject)
    return None if chain else (of_itself(shown, our, language, utc=True), what_it_took(shown, our, published=ours))


def _write(report: Report, language: str, beside: _Beside) -> bytes:
    said: dict[str, Any] = presentation.arranged(presenters.to_json(report, language), language)
    if beside.marks:
        said |= {"ofItself": beside.of_itself, "took": beside.took}
    with translation.override(language):
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
