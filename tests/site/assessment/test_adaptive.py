"""A short adaptive test is a task without a rubric: its result is agreed when the test ends, and nobody marks it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.site.enrolment import examples as enrolled
from tests.site.item_bank import examples

from testamur_site.assessment import api, errors
from testamur_site.assessment.models import Mark
from testamur_site.foundation.jobs.api import Job, run_pending

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture
def learner(institution: Any) -> Any:
    bank = examples.open_bank(institution)
    version = enrolled.assessed_version(institution, examples.test_task(bank))
    return enrolled.enrolled(enrolled.open_offering(version))


def test_the_result_of_a_test_is_agreed_at_its_end(learner: Any) -> None:
    examples.sit(learner, 1.5)
    run_pending()
    (submission,) = api.latest_submissions(learner).values()
    found = api.result_of(submission)
    assert found is not None
    assert found.agreed
    assert found.method["formula"] == "adaptive test"
    assert found.passed == (found.percent >= 50)
    assert not Mark.objects.exists()
    assert api.all_agreed(learner)
    assert Job.objects.filter(path="testamur_site.decisions.jobs.result_agreed").count() == 1
    with pytest.raises(errors.NoSuchTask):
        api.reopen(submission, "Once more.")


def test_its_feedback_is_the_page_of_the_test(learner: Any) -> None:
    browser = enrolled.browser_of(learner)
    here = reverse("assessment:feedback", kwargs={"enrolment": learner.public_id, "key": "quiz"})
    assert browser.get(here)["Location"] == f"/learn/{learner.public_id}/test/quiz"
