"""A report as the bytes of its JSON, for programs that ask for thousands of them: what `orjson` makes of `reports.to_json`, byte for byte.

What reports of one form have in common is written once (`outlines`). Where a report has none, what a finding says apart from its facts (its
name, its code, its title in the reader's language, often its whole sentence) is written once for each code and language. The members and
their meaning are those of `to_json`.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from testamur.strict_json import quick
from testamur.verification import sentences
from testamur.verification.codes import CODES
from testamur.verification.moments import iso
from testamur.verification.presenters import levels, outlines
from testamur.verification.presenters.reports import relation, to_json
from testamur.verification.report import Check, Outcome, Question, Report, Verdict, outcomes_of
from testamur.verification.sentences.dates import written

try:
    import orjson
except ImportError:  # an extra: without it the careful way writes everything
    orjson = None  # type: ignore[assignment]


def json_bytes(report: Report, language: str = "en") -> bytes:
    """`to_json(report, language)` in UTF-8, compact. Half a surrogate pair, and a number beyond 64 bits, are written by the careful way."""
    try:
        if orjson is not None:
            return _quickest(report, sentences.resolved(language))
    except TypeError:
        pass
    return json.dumps(to_json(report, language), ensure_ascii=False).encode("utf-8", "surrogatepass")


def members(report: Report, language: str = "en") -> bytes | None:
    """What `strict_json.dumps` writes of `to_json(report, language)`, without the first brace; None where it has to write that itself."""
    if orjson is None or report.children or not quick.is_plain(dict(report.subject)):
        return None
    try:
        return _quickest(report, sentences.resolved(language))[1:]
    except TypeError:
        return None


def _quickest(report: Report, language: str) -> bytes:
    if not report.children and (report.recurring() is not None or "unconfirmed" not in report.technical):
        made = _OUTLINES.written(report, language, None)
        if made is not None:
            return made
    return b"".join(_report(report, language))


def _in_sentence(value: Any) -> bytes:
    return orjson.dumps(sentences.plain(value))[1:-1]


def _as_text(value: str) -> bytes:
    return orjson.dumps(value)[1:-1]


def _moments(language: str) -> tuple[outlines.Writing, ...]:
    return (_as_text, lambda moment: written(moment, language).encode())


def _around(report: Report, _language: str, _beside: None) -> list[bytes]:
    made = [
        iso(report.verified_at).encode(),
        orjson.dumps(report.document_type),
        _subject(report),
        report.written_technical() or orjson.dumps(dict(report.technical)),
    ]
    return made if report.as_of is None else [*made, iso(report.as_of).encode()]


def _subject(report: Report) -> bytes:
    made = report.written_subject()
    return made if made is not None else bytes(orjson.dumps(dict(report.subject)))


_OUTLINES: Final[outlines.Outlines[None]] = outlines.Outlines(
    outlines.Presenter(
        write=lambda report, language, _: orjson.dumps(to_json(report, language)),
        texts=(_as_text, _in_sentence),
        moments=_moments,
        lists=(lambda value: orjson.dumps(value), _in_sentence),
        around=_around,
        marks=lambda: None,
    )
)


def _report(report: Report, language: str, around: str = "") -> list[bytes]:
    """The pieces of a report; of one inside another, `around` says what it is for that."""
    told = report.technical
    outcomes = outcomes_of(report.checks)
    parts = [_verdict(report.verdict, language), iso(report.verified_at).encode()]
    if report.as_of is not None:
        parts += [b'","asOf":"', iso(report.as_of).encode()]
    parts += [b'","documentType":', orjson.dumps(report.document_type), b',"questions":[']
    parts += [_question(question, outcomes[question], language) for question in _QUESTIONS]
    parts.append(b'],"checks":[')
    separator = b""
    for check in report.checks:
        parts.append(separator)
        _check(check, language, parts)
        separator = b","
    technical = {name: value for name, value in told.items() if name != "unconfirmed"}
    parts += [b'],"subject":', _subject(report), b',"technical":', orjson.dumps(technical)]
    parts.append(b',"endorsements":[')
    for number, child in enumerate(report.children):
        parts += [b"," if number else b"", *_report(child, language, relation(child))]
    parts.append(b"]")
    if (recorded := levels.to_json(report, language)) is not None:
        parts += [b',"transparency":', orjson.dumps(recorded)]
    if "unconfirmed" in told:
        parts += [b',"unconfirmed":', orjson.dumps(dict(told["unconfirmed"]))]
    if around:
        parts += [b',"relation":', orjson.dumps(around)]
    parts.append(b"}")
    return parts


_QUESTIONS: Final = tuple(Question)


@cache
def _verdict(verdict: Verdict, language: str) -> bytes:
    said = {"verdict": verdict.value, "verdictSentence": sentences.verdict_explained(verdict, language)}
    return orjson.dumps(said)[:-1] + b',"verifiedAt":"'


@cache
def _question(question: Question, outcome: Outcome, language: str) -> bytes:
    said = {"question": question.value, "title": sentences.question(question, language), "outcome": outcome.value}
    return (b"" if question is _QUESTIONS[0] else b",") + orjson.dumps(said)


class _Frame:
    """What every finding of one code has in common, in one language."""

    __slots__ = ("after", "before", "row", "whole")

    def __init__(self, check: Check, language: str) -> None:
        self.row = (check.name, check.question, check.outcome, check.problem)
        said: dict[str, Any] = {
            "name": check.name,
            "title": sentences.name(check.name, language),
            "code": check.code,
            "question": check.question.value,
            "outcome": check.outcome.value,
            "required": check.required,
        }
        self.before = orjson.dumps(said)[:-1] + b',"facts":'
        self.after = b',"problem":' + orjson.dumps(check.problem) + b"}" if check.problem else b"}"
        self.whole = None if check.facts else b"".join([self.before, *_told(check, language), self.after])


_FRAMES: Final[dict[tuple[str, bool, str], _Frame]] = {}


def _check(check: Check, language: str, parts: list[bytes]) -> None:
    key = (check.code, check.required, language)
    frame = _FRAMES.get(key)
    if frame is None:
        frame = _Frame(check, language)
        if check.code in CODES:  # a bounded number
            _FRAMES[key] = frame
    if frame.row != (check.name, check.question, check.outcome, check.problem) or (frame.whole and check.facts):
        frame = _Frame(check, language)
    if frame.whole is not None and not check.facts:
        parts.append(frame.whole)
        return
    parts.append(frame.before)
    parts += _told(check, language)
    parts.append(frame.after)


def _told(check: Check, language: str) -> list[bytes]:
    """The facts, the sentence and the next step."""
    sentence, step = sentences.told(check, language)
    told = [orjson.dumps(dict(check.facts)), b',"sentence":', orjson.dumps(sentence)]
    return [*told, b',"nextStep":', orjson.dumps(step)] if step else told
