"""The report: what was checked, with what outcome, and what follows.

A check *passed*, *failed* or could not be decided (*unknown*). The third is never folded into the others:

1. The verdict is `invalid` as soon as one decisive check failed.
2. It is `undetermined` when nothing failed but a required check is unknown, or when there is no check at all: an empty proof
   proves nothing.
3. It is `valid` only when at least one check passed, none failed and no required check is unknown.

A report answers six questions apart (`Question`), each with the outcome of its own checks, so that "genuine but expired" and
"genuine but from nobody we know" stay different answers. A report refuses to be used as a truth value: `if report:` is a mistake
that raises, because "undetermined" is neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NoReturn, cast


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    UNDETERMINED = "undetermined"


class Question(StrEnum):
    """The six questions that a registrar asks, in the order in which they are asked."""

    GENUINE = "genuine"  # are these the bytes that somebody signed?
    STILL_VALID = "still_valid"  # dates and status
    FROM_WHOM = "from_whom"  # is the signer the issuer that the document names?
    ENTITLED = "entitled"  # may this issuer award this, according to whom?
    ABOUT_WHOM = "about_whom"  # is it about the person in front of us?
    WHAT_IT_TOOK = "what_it_took"  # what was learned and how it was assessed


@dataclass(frozen=True, slots=True)
class Check:
    """One named check.

    `name` is stable (`proof`, `status.revocation` …), `code` says stably what was found (`proof.signature_false` …), `facts` are JSON
    values for the sentence that `sentences.sentence(check, language)` makes late. `required` is False for what only informs: its
    `unknown` leaves the verdict alone, its `failed` does not. `problem` is a W3C problem-detail type address where one exists.
    """

    name: str
    question: Question
    outcome: Outcome
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True
    problem: str | None = None

    def __post_init__(self) -> None:
        if type(self.facts) is not MappingProxyType:
            object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def __bool__(self) -> NoReturn:
        raise TypeError("a check has three outcomes; compare check.outcome")


_set_name, _set_question, _set_outcome, _set_code, _set_facts, _set_required, _set_problem = (
    Check.__dict__[name].__set__ for name in ("name", "question", "outcome", "code", "facts", "required", "problem")
)


def check_of(
    name: str,
    question: Question,
    outcome: Outcome,
    code: str,
    facts: dict[str, Any],
    required: bool,
    problem: str | None,
) -> Check:
    """As `Check(…)`, in a third of the time: a report has a dozen or two. Nobody else may hold `facts`."""
    made = object.__new__(Check)
    _set_name(made, name)
    _set_question(made, question)
    _set_outcome(made, outcome)
    _set_code(made, code)
    _set_facts(made, MappingProxyType(facts))
    _set_required(made, required)
    _set_problem(made, problem)
    return made


def verdict_of(checks: Iterable[Check]) -> Verdict:
    """The verdict that follows from `checks` by the three rules of the module's docstring."""
    passed = open_ = False
    for check in checks:
        outcome = check.outcome
        if outcome is Outcome.FAILED:
            return Verdict.INVALID
        if outcome is Outcome.PASSED:
            passed = True
        elif check.required:
            open_ = True
    return Verdict.VALID if passed and not open_ else Verdict.UNDETERMINED


def outcome_of(checks: Iterable[Check]) -> Outcome:
    """The outcome of one question: failed if one failed, passed if one passed and no required one is unknown, else unknown."""
    match verdict_of(checks):
        case Verdict.VALID:
            return Outcome.PASSED
        case Verdict.INVALID:
            return Outcome.FAILED
        case Verdict.UNDETERMINED:
            return Outcome.UNKNOWN


def outcomes_of(checks: Iterable[Check]) -> dict[Question, Outcome]:
    """The outcome of every question, as `outcome_of` finds it for the checks of each."""
    passed, failed, open_ = set(), set(), set()
    for check in checks:
        if check.outcome is Outcome.PASSED:
            passed.add(check.question)
        elif check.outcome is Outcome.FAILED:
            failed.add(check.question)
        elif check.required:
            open_.add(check.question)
    good = passed - open_
    return {
        question: Outcome.FAILED if question in failed else Outcome.PASSED if question in good else Outcome.UNKNOWN
        for question in Question
    }


class Later:
    """A mapping that is made when somebody first looks at it. What it is made of must not be changed until then."""

    __slots__ = ("_made", "_make", "_write")

    def __init__(self, make: Callable[[], Mapping[str, Any]], write: Callable[[], bytes | None] | None = None) -> None:
        """`write` gives it as JSON (UTF-8, compact, as `orjson` writes it) without making it; or None, where it has to be made."""
        self._make: Callable[[], Mapping[str, Any]] | None = make
        self._write = write
        self._made: Mapping[str, Any] = {}

    def written(self) -> bytes | None:
        """It as JSON, where nothing has to be made for that."""
        return self._write() if self._write is not None else None

    def made(self) -> Mapping[str, Any]:
        make = self._make
        if make is not None:
            self._made = make()
            self._make = None
        return self._made


def told_later(told: Later) -> Mapping[str, Any]:
    """`told` for a report: whoever asks that for its subject or its technical details gets the mapping."""
    return cast("Mapping[str, Any]", told)


class Recurring:
    """Findings that recur: those of the same `kind` are the same but for `moments` and `numbers`, which stand in their facts. They are made
    when somebody first looks at them. What only writes them need not look (`presenters.outlines`).

    A kind holds words of ours and what issuers publish. Moments are as `moments.iso` writes them.
    """

    __slots__ = ("_made", "_make", "kind", "moments", "numbers")

    def __init__(
        self,
        kind: Hashable,
        moments: list[str],
        numbers: list[int],
        make: Callable[[Iterator[str], Iterator[int]], Sequence[Check]],
    ) -> None:
        """`make` gives the findings of this kind for any moments and numbers, which it takes in the order of the findings."""
        self.kind, self.moments, self.numbers = kind, moments, numbers
        self._make = make
        self._made: tuple[Check, ...] | None = None

    def made(self) -> tuple[Check, ...]:
        if self._made is None:
            self._made = self.of(self.moments, self.numbers)
        return self._made

    def of(self, moments: Iterable[str], numbers: Iterable[int]) -> tuple[Check, ...]:
        """The findings of this kind with other moments and numbers, as many of them."""
        return tuple(self._make(iter(moments), iter(numbers)))


def checks_later(findings: Recurring) -> tuple[Check, ...]:
    """`findings` for a report: whoever asks that for its checks gets them."""
    return cast("tuple[Check, ...]", findings)


@dataclass(frozen=True, slots=True)
class Report:
    """The result of verifying one document.

    `subject` is what the document says of itself (title, issuer, holder, dates, criteria, evidence …), read only from bytes whose
    proof was checked, as JSON values; it is empty where nothing could be read. `verified_at` is the clock's time of this verification,
    `as_of` the earlier moment about which was asked, if it was another.
    `children` are reports of documents inside this one (endorsements, parts).
    """

    checks: tuple[Check, ...]
    verified_at: datetime
    document_type: str = "unknown"
    subject: Mapping[str, Any] = field(default_factory=dict)
    children: tuple[Report, ...] = ()
    technical: Mapping[str, Any] = field(default_factory=dict)
    as_of: datetime | None = None

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.checks)

    def outcome(self, question: Question) -> Outcome:
        """The outcome of one of the six questions."""
        return outcome_of(check for check in self.checks if check.question is question)

    def written_subject(self) -> bytes | None:
        """`subject` in JSON as `orjson` writes it, where it is at hand without making the subject; else None."""
        subject: Any = _subject.__get__(self)
        return subject.written() if type(subject) is Later else None

    def written_technical(self) -> bytes | None:
        """`technical` in the same way."""
        technical: Any = _technical.__get__(self)
        return technical.written() if type(technical) is Later else None

    def recurring(self) -> Recurring | None:
        """`checks`, where they are findings that recur."""
        checks: Any = _checks.__get__(self)
        return checks if type(checks) is Recurring else None

    def __bool__(self) -> NoReturn:
        raise TypeError("a report has three verdicts; compare report.verdict")


# Most reports are asked for their verdict and not for what the document says or how it was proven, so that may be given as `Later`, and
# many are only written, so their findings may be given as `Recurring`; whoever asks gets the mapping and the checks.
_checks: Any = Report.__dict__["checks"]
_subject: Any = Report.__dict__["subject"]
_technical: Any = Report.__dict__["technical"]
Report.checks = property(  # type: ignore[assignment, misc]
    lambda self: checks.made() if type(checks := _checks.__get__(self)) is Recurring else checks, _checks.__set__
)
Report.subject = property(lambda self: _made(_subject.__get__(self)), _subject.__set__)  # type: ignore[assignment, misc]
Report.technical = property(lambda self: _made(_technical.__get__(self)), _technical.__set__)  # type: ignore[assignment, misc]


def _made(told: Mapping[str, Any] | Later) -> Mapping[str, Any]:
    return told.made() if isinstance(told, Later) else told
