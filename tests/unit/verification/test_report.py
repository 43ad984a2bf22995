"""The report's arithmetic: three outcomes, never folded."""

import copy
import json
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from testamur.verification.report import Check, Later, Outcome, Question, Report, Verdict, outcome_of, verdict_of

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def check(outcome: Outcome, *, required: bool = True, question: Question = Question.GENUINE) -> Check:
    return Check(name="proof", question=question, outcome=outcome, code="proof.test", required=required)


PASSED, FAILED, UNKNOWN = (check(outcome) for outcome in Outcome)
INFORMS = check(Outcome.UNKNOWN, required=False)


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ((), Verdict.UNDETERMINED),
        ((PASSED,), Verdict.VALID),
        ((FAILED,), Verdict.INVALID),
        ((UNKNOWN,), Verdict.UNDETERMINED),
        ((PASSED, UNKNOWN), Verdict.UNDETERMINED),
        ((PASSED, FAILED), Verdict.INVALID),
        ((UNKNOWN, FAILED), Verdict.INVALID),
        ((PASSED, INFORMS), Verdict.VALID),
        ((INFORMS,), Verdict.UNDETERMINED),
        ((check(Outcome.FAILED, required=False), PASSED), Verdict.INVALID),
    ],
)
def test_verdict(checks: tuple[Check, ...], verdict: Verdict) -> None:
    assert verdict_of(checks) is verdict
    assert verdict_of(reversed(checks)) is verdict
    assert Report(checks=checks, verified_at=NOW).verdict is verdict


def test_an_unasked_question_is_unknown() -> None:
    report = Report(checks=(PASSED,), verified_at=NOW)
    assert report.outcome(Question.GENUINE) is Outcome.PASSED
    assert report.outcome(Question.ENTITLED) is Outcome.UNKNOWN
    assert outcome_of(()) is Outcome.UNKNOWN


@pytest.mark.parametrize("value", [PASSED, Report(checks=(PASSED,), verified_at=NOW)])
def test_neither_a_check_nor_a_report_is_a_truth_value(value: object) -> None:
    with pytest.raises(TypeError):
        bool(value)


def test_facts_cannot_be_changed_afterwards() -> None:
    facts = {"index": 5}
    one = Check(name="status", question=Question.STILL_VALID, outcome=Outcome.PASSED, code="status.clear", facts=facts)
    facts["index"] = 6
    assert one.facts["index"] == 5
    with pytest.raises(TypeError):
        one.facts["index"] = 7  # type: ignore[index]


def test_what_is_made_later_is_made_once_and_is_the_mapping_for_everybody() -> None:
    made: list[int] = []

    def make() -> dict[str, Any]:
        made.append(1)
        return {"name": "Data Literacy"}

    report = Report((), datetime(2026, 1, 1, tzinfo=UTC), subject=Later(make))  # type: ignore[arg-type]
    assert (report.verdict, made) == (Verdict.UNDETERMINED, [])
    assert json.dumps(report.subject) == '{"name": "Data Literacy"}'
    assert type(report.subject) is dict
    same = Report((), report.verified_at, subject={"name": "Data Literacy"})
    assert report == same == replace(report) == copy.deepcopy(report)
    assert repr(report) == repr(same)
    assert made == [1]
    with pytest.raises(FrozenInstanceError):
        report.subject = {}  # type: ignore[misc]
