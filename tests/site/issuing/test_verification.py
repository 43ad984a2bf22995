"""What this site issues, judged by the library's verifier from nothing but the bytes that anybody can fetch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from testamur.verification import Outcome, Policy, Question, Report, Verdict, Verifier
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.issuing import api
from testamur_site.issuing.models import Award
from testamur_site.issuing.rules import Reason

from .conftest import ADA, public_site

pytestmark = pytest.mark.usefixtures("active")


def verify(award: Award, **policy: Any) -> Report:
    return Verifier(public_site(award.institution)).verify(api.credential_bytes(award), Policy(**policy))


def failed(report: Report) -> set[str]:
    return {check.code for check in report.checks if check.outcome is Outcome.FAILED}


def test_an_issued_award_is_genuine_valid_and_about_its_recipient(version: AchievementVersion) -> None:
    award = api.award_one(version, ADA)
    report = verify(award, recipient="ada@example.org")
    assert failed(report) == set()
    for question in (Question.GENUINE, Question.STILL_VALID, Question.FROM_WHOM, Question.ABOUT_WHOM):
        assert report.outcome(question) is Outcome.PASSED, question
    stranger = verify(award, recipient="bob@example.org")
    assert stranger.outcome(Question.ABOUT_WHOM) is Outcome.FAILED


@pytest.mark.parametrize("change", [api.revoke, api.suspend])
def test_what_was_revoked_or_suspended_is_refused(version: AchievementVersion, change: Any) -> None:
    award = api.award_one(version, ADA)
    change(award, Reason.ADMINISTRATIVE)
    report = verify(award)
    assert report.verdict is Verdict.INVALID
    assert report.outcome(Question.GENUINE) is Outcome.PASSED
    assert report.outcome(Question.STILL_VALID) is Outcome.FAILED


def test_what_was_suspended_and_then_revoked_is_revoked(version: AchievementVersion) -> None:
    award = api.award_one(version, ADA)
    api.suspend(award, Reason.ADMINISTRATIVE)
    assert failed(verify(award)) == {"status.suspended"}
    api.revoke(award, Reason.ADMINISTRATIVE)
    assert failed(verify(award)) == {"status.revoked"}, "final, and said so"


def test_of_a_corrected_award_only_the_newest_holds(version: AchievementVersion) -> None:
    award = api.award_one(version, ADA)
    new = api.correct(award, replace(ADA, name="Ada King"))
    assert verify(award).outcome(Question.STILL_VALID) is Outcome.FAILED
    assert verify(new).outcome(Question.STILL_VALID) is Outcome.PASSED
