"""What reports with the same findings have in common, written once: an *outline*, constant bytes with holes for what differs.

The codes of a report's findings decide nearly every byte of it: names, titles, sentences, their order, the verdict. What differs are the
facts, the moments, and what the document says of itself. So:

1. `read` separates a report into its *form* (codes, names and kinds of facts, words of ours) and the values of its facts.
2. The first reports of a form are written by the ordinary presenter. The second time it also writes a report of that form whose values
   are marks, and what it wrote is taken apart at them. A hole remembers which value stands in it, and how that is written there: as it
   is, in a sentence, as a day in words. The presenters' own functions make these each time.
3. An outline is used only if, filled with the values of the report at hand, it gives what the ordinary presenter wrote of it, byte for
   byte. Otherwise the reports of its form are written the ordinary way from then on.

Findings that recur (`report.Recurring`) say themselves what they have in common, and need not be made for this. Their kind has an outline
of its own, learned in the same way, in which nothing but their moments and numbers are holes.

No form has: a finding that the catalogue does not know, or knows otherwise; a code that stands twice (presenters compare findings); values
of other kinds; moments and words that are not written as we write them. Kept are forms and marks, never a value of a report.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from typing import Any, Final, Generic, NamedTuple, TypeVar

from testamur.verification import sentences
from testamur.verification.codes import CODES
from testamur.verification.report import Check, Recurring, Report, check_of

Beside = TypeVar("Beside")
"""What else stands in the writing, and is no part of the report."""

Form = tuple[Hashable, ...]
Writing = Callable[[Any], bytes]

MOST: Final = 64
_NUMBERS, _MOMENTS, _LISTS = 2, 3, 4  # of `Told`
_LARGEST: Final = 2**63 - 1
_LONGEST_PLAIN: Final = 120  # characters; no presenter shortens a text of this length
_MOMENT: Final = re.compile(r"[12]\d{3}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ", re.ASCII).fullmatch
_ALL_MOMENTS: Final = re.compile(
    r"(?:[12]\d{3}-[01]\d-[0-3]\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ(?:\n(?=.)|\Z))*", re.ASCII
).fullmatch
_ALL_PLAIN: Final = re.compile(r"[ \0!#-%(-;=?-\[\]-~]*", re.ASCII).fullmatch
"""ASCII without what HTML or JSON write in another way."""


class Told(NamedTuple):
    """A report's findings, taken apart."""

    form: Form
    texts: list[str]
    numbers: list[int]
    moments: list[str]
    lists: list[list[Any]]


class _Code(NamedTuple):
    """What the catalogue says of a code; which of its facts are moments, and which are words of ours, in a language."""

    name: str
    question: Any
    outcome: Any
    problem: str | None
    moments: frozenset[str]
    words: Mapping[str, frozenset[str]]
    terms: frozenset[str]  # of these, the ones for which a word that is not ours stands as it is


@cache
def _codes(language: str) -> dict[str, _Code]:
    found = {}
    for code, row in CODES.items():
        forms = sentences.forms_of(code, language)
        moments = frozenset(fact for fact, form in forms if form == "date")
        words = {fact: sentences.known_as(form, language) for fact, form in forms if form not in ("", "date")}
        terms = frozenset(fact for fact, form in forms if form == "word")
        if len({fact for fact, form in forms if form}) == sum(
            1 for _, form in forms if form
        ):  # each is said in one way
            found[code] = _Code(row.name, row.question, row.outcome, row.problem, moments, words, terms)
    return found


def read(report: Report, language: str) -> Told | None:
    """The form and the values of the findings of `report`, for a presenter that writes in `language`; None where they have no form."""
    codes = _codes(language)
    form: list[Hashable] = [language, report.as_of is not None]
    add = form.append
    texts: list[str] = []
    numbers: list[int] = []
    moments: list[str] = []
    lists: list[list[Any]] = []
    seen = set()
    for check in report.checks:
        code = check.code
        known = codes.get(code)
        if (
            known is None
            or check.name != known.name
            or check.question is not known.question
            or check.outcome is not known.outcome
            or check.problem != known.problem
        ):
            return None
        seen.add(code)
        add(code)
        add(check.required)
        for name, value in check.facts.items():
            kind: Any = type(value)
            add(name)
            if name in known.words and (kind is not str or value in known.words[name] or name not in known.terms):
                if kind is not str or value not in known.words[name]:
                    return None
                add(value)
            elif name in known.moments:
                if kind is not str or not _MOMENT(value) or _unreadable(value):
                    return None
                moments.append(value)
            elif kind is str:
                add(kind)
                texts.append(value)
            elif kind is int:
                add(kind)
                numbers.append(value)
            elif kind is list:
                add(kind)
                lists.append(value)
            elif value is None or kind is bool:
                add(value)
            else:
                return None
    return Told(tuple(form), texts, numbers, moments, lists) if len(seen) == len(report.checks) else None


def _unreadable(moment: str) -> bool:
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        return True
    return False


def plain(texts: Sequence[str]) -> list[bytes] | None:
    """The texts in UTF-8, if every one is short and reads the same as it is, in a sentence, in JSON and in HTML; else None."""
    joined = "\0".join(texts)
    if not _ALL_PLAIN(joined) or "  " in joined or " \0" in joined or "\0 " in joined:
        return None
    if joined[:1] == " " or joined[-1:] == " " or max(map(len, texts), default=0) > _LONGEST_PLAIN:
        return None
    split = joined.encode().split(b"\0") if texts else []
    return split if len(split) == len(texts) else None


@dataclass(frozen=True, slots=True)
class Presenter(Generic[Beside]):
    """A way of writing reports. `write` is the ordinary one. The others say how a value is written in each kind of place where it may
    stand: texts as they are and in a sentence, moments as they are and in the words of a language, lists; `around` gives the writings of
    everything else in the report and beside it, and `marks` what stands beside a report of marks. They raise TypeError or
    UnicodeEncodeError for what only `write` can.
    """

    write: Callable[[Report, str, Beside], bytes]
    texts: tuple[Writing, Writing]
    moments: Callable[[str], tuple[Writing, ...]]
    lists: tuple[Writing, ...]
    around: Callable[[Report, str, Beside], list[bytes]]
    marks: Callable[[], Beside]


class _Outline(NamedTuple):
    pieces: list[bytes]  # every second one is a hole
    computed: tuple[tuple[int, int, Writing], ...]  # which list of `Told`, which value of it, and how it is written
    chosen: Callable[[Sequence[bytes]], tuple[bytes, ...]]  # what stands in the holes, of all writings


class Outlines(Generic[Beside]):
    """The outlines of one presenter, at most `most`."""

    def __init__(self, presenter: Presenter[Beside], most: int = MOST) -> None:
        self._presenter = presenter
        self._most = most
        self._known: dict[Form, _Outline | None] = {}
        self._met: set[Form] = set()
        self._recurring: dict[Form, _Outline | None] = {}
        self._met_kinds: set[int] = set()

    def written(self, report: Report, language: str, beside: Beside) -> bytes | None:
        """What the presenter writes of `report`; None where it has to do that itself."""
        recurring = report.recurring()
        told = read_recurring(report, recurring, language) if recurring is not None else None
        if recurring is None or told is None:
            return self._by_form(report, language, beside)
        try:
            outline = self._recurring.get(told.form)
            if outline is not None:
                return self._filled(outline, told, _moments_as_they_are(told), report, language, beside)
            made = self._by_form(report, language, beside)
            if made is not None:
                self._learn_recurring(told, recurring, made, report, language, beside)
            return made
        except (TypeError, UnicodeEncodeError):
            return None

    def _by_form(self, report: Report, language: str, beside: Beside) -> bytes | None:
        told = read(report, language)
        if told is None:
            return None
        try:
            outline = self._known[told.form]
        except KeyError:
            return self._learn(told, report, language, beside)
        try:
            made = self._texts(told)
            return None if outline is None else self._filled(outline, told, made, report, language, beside)
        except (TypeError, UnicodeEncodeError):
            return None

    def _filled(
        self, outline: _Outline, told: Told, made: list[bytes], report: Report, language: str, beside: Beside
    ) -> bytes:
        """`made` are the values that are written as they are."""
        made += [write(told[which][at]) for which, at, write in outline.computed]
        made += self._presenter.around(report, language, beside)
        pieces = outline.pieces.copy()
        pieces[1::2] = outline.chosen(made)
        return b"".join(pieces)

    def _texts(self, told: Told) -> list[bytes]:
        texts = plain(told.texts)
        if texts is not None:
            return texts + texts
        return [write(text) for write in self._presenter.texts for text in told.texts]

    def _learn(self, told: Told, report: Report, language: str, beside: Beside) -> bytes | None:
        """Steps 2 and 3 of the module's procedure."""
        if told.form not in self._met:
            if len(self._met) >= 4 * self._most:
                self._met.clear()
            self._met.add(told.form)
            return None
        written = self._presenter.write(report, language, beside)
        marked = _marked(report, told)
        marks = read(marked, language)
        outline = None
        if marks is not None and marks.form == told.form:
            moments = self._presenter.moments(language)
            outline = self._outline(marks, self._texts(marks), moments, marked, language)
        try:
            same = (
                outline is not None
                and self._filled(outline, told, self._texts(told), report, language, beside) == written
            )
        except (TypeError, UnicodeEncodeError):
            return written  # the next report may have other values
        while len(self._known) >= self._most:
            self._known.pop(next(iter(self._known)), None)
        self._known[told.form] = outline if same else None
        return written

    def _learn_recurring(
        self, told: Told, recurring: Recurring, written: bytes, report: Report, language: str, beside: Beside
    ) -> None:
        """The same for findings that recur, of which only moments and numbers are marks. `written` is what was written of `report`."""
        if told.form in self._recurring:
            return
        met = hash(told.form)
        if met not in self._met_kinds:
            if len(self._met_kinds) >= 4 * self._most:
                self._met_kinds.clear()
            self._met_kinds.add(met)
            return
        marks, marked = _marked_recurring(told, recurring, report)
        in_words = self._presenter.moments(language)[1:]
        outline = self._outline(marks, _moments_as_they_are(marks), in_words, marked, language)
        if outline is not None:
            filled = self._filled(outline, told, _moments_as_they_are(told), report, language, beside)
            outline = outline if filled == written else None
        while len(self._recurring) >= self._most:
            self._recurring.pop(next(iter(self._recurring)), None)
        self._recurring[told.form] = outline

    def _outline(
        self, marks: Told, made: list[bytes], moments: tuple[Writing, ...], marked: Report, language: str
    ) -> _Outline | None:
        """The outline of `marked`, whose values are `marks`. `made` are those that are written as they are, `moments` the other ways in
        which moments are."""
        beside = self._presenter.marks()
        written = self._presenter.write(marked, language, beside)
        ways: list[tuple[int, tuple[Writing, ...]]] = [
            (_NUMBERS, (_number,)),
            (_MOMENTS, moments),
            (_LISTS, self._presenter.lists),
        ]
        computed = [
            (which, at, write) for which, writings in ways for write in writings for at in range(len(marks[which]))
        ]
        computed = [each for each in computed if each[2](marks[each[0]][each[1]]) in written]
        made = made + [write(marks[which][at]) for which, at, write in computed]
        made += self._presenter.around(marked, language, beside)
        places = {mark: at for at, mark in enumerate(made)}
        if len(places) != len(made) or b"" in places:
            return None
        pieces = re.split(b"(" + b"|".join(map(re.escape, sorted(places, key=len, reverse=True))) + b")", written)
        holes = [places[piece] for piece in pieces[1::2]]
        return _Outline(pieces, tuple(computed), itemgetter(*holes)) if len(holes) > 1 else None


def read_recurring(report: Report, recurring: Recurring, language: str) -> Told | None:
    """The kind and the values of the findings of `report`, which are `recurring`; None for moments that we write otherwise."""
    if not _ALL_MOMENTS("\n".join(recurring.moments)):
        return None
    return Told((language, report.as_of is not None, recurring.kind), [], recurring.numbers, recurring.moments, [])


def _moments_as_they_are(told: Told) -> list[bytes]:
    """The moments of what `read_recurring` gave."""
    return "\n".join(told.moments).encode().split(b"\n") if told.moments else []


def _number(value: int) -> bytes:
    if not -_LARGEST <= value <= _LARGEST:
        raise TypeError("not every presenter writes a number of that size alike")
    return str(value).encode()


def mark() -> str:
    """A text that stands nowhere by accident. Whoever writes it in a sentence leaves out one of its blanks."""
    return f"m{secrets.token_hex(8)}  x{secrets.token_hex(4)}"


def _marked(report: Report, told: Told) -> Report:
    """A report of the same form in which every value is a mark. Moments are midnights: there the ways of writing them differ most."""
    moments, years = _midnights(len(told.moments))
    codes = _codes(str(told.form[0]))

    def marked(code: str, name: str, value: object) -> object:
        if value is None or isinstance(value, bool) or value in codes[code].words.get(name, ()):
            return value
        if name in codes[code].moments:
            return next(moments)
        if isinstance(value, int):
            return _some_number()
        return [mark(), mark()] if isinstance(value, list) else mark()

    checks = tuple(
        check_of(
            check.name,
            check.question,
            check.outcome,
            check.code,
            {name: marked(check.code, name, value) for name, value in check.facts.items()},
            check.required,
            check.problem,
        )
        for check in report.checks
    )
    return _around_marks(checks, years, as_of=report.as_of is not None)


def _marked_recurring(told: Told, recurring: Recurring, report: Report) -> tuple[Told, Report]:
    """The marks, and the report of the same kind in which they stand."""
    moments, years = _midnights(len(told.moments))
    marks = told._replace(moments=[*moments], numbers=[_some_number() for _ in told.numbers])
    return marks, _around_marks(recurring.of(marks.moments, marks.numbers), years, as_of=report.as_of is not None)


def _midnights(count: int) -> tuple[Iterator[str], Iterator[int]]:
    """So many moments of different years, and two more years."""
    draw = secrets.SystemRandom()
    *years, verified, asked = draw.sample(range(2100, 2999), count + 2)
    moments = (f"{year}-{draw.randrange(10, 13)}-{draw.randrange(10, 29)}T00:00:00Z" for year in years)
    return moments, iter([verified, asked])


def _some_number() -> int:
    return secrets.SystemRandom().randrange(10**15, 9 * 10**15)


def _around_marks(checks: tuple[Check, ...], years: Iterator[int], *, as_of: bool) -> Report:
    return Report(
        checks,
        datetime(next(years), 11, 12, 13, 14, 15, tzinfo=UTC),
        mark(),
        {mark(): mark()},
        technical={mark(): mark()},
        as_of=datetime(next(years), 11, 12, 13, 14, 15, tzinfo=UTC) if as_of else None,
    )
