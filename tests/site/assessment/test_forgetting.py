"""What is forgotten: words about learners who were erased, validators whose work is long done, and what leavers had in hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from testamur_site.assessment.models import Mark, TaskResult, Validator
from testamur_site.assessment.services import forgetting, validators
from testamur_site.enrolment import services as enrolment
from testamur_site.foundation.accounts.api import remove_member
from testamur_site.foundation.jobs.api import enqueue, run_pending
from testamur_site.foundation.tenancy.api import membership_of

from .conftest import TASK, Cohort, give, place, result

pytestmark = pytest.mark.usefixtures("at_work")
MakeCohort = Callable[..., Cohort]


def test_words_about_somebody_who_was_erased_are_emptied(make_cohort: MakeCohort, assessor: Any) -> None:
    erased, kept = make_cohort().hand_in(2)
    for submission in (erased, kept):
        give(place(submission), assessor, overall="Dear Haneul, well done.")
    enrolment.erase(erased.enrolment.learner)
    assert forgetting.forget_words() == 1
    assert forgetting.forget_words() == 0
    assert place(erased).feedback == {}
    assert place(kept).feedback == {"overall": "Dear Haneul, well done."}
    assert (result(erased).percent, result(erased).state) == (Decimal("44.44"), "agreed")


def test_a_validator_is_forgotten_and_the_organisation_is_not(
    make_cohort: MakeCohort, assessor: Any, owner: Any
) -> None:
    cohort = make_cohort(industry="1")
    cohort.hand_in()
    values = {"organisation_name": "Cooperative", "organisation_url": "", "name": "Vera", "email": "vera@coop.example"}
    made, _ = validators.invite(cohort.offering, TASK, **values, language="en", most=2, actor=owner)
    Validator.objects.update(expires_at=timezone.now() - timedelta(days=200))
    assert forgetting.forget_validators() == 0  # something is in hand
    Mark.objects.filter(validator=made).update(state="returned")
    assert forgetting.forget_validators() == 1
    made.refresh_from_db()
    assert (made.name, made.email, made.organisation_name) == ("", "", "Cooperative")


def test_what_somebody_has_in_hand_who_leaves_goes_to_others(
    make_cohort: MakeCohort, assessor: Any, second_assessor: Any, institution: Any, owner: Any
) -> None:
    (submission,) = make_cohort().hand_in()
    leaver = place(submission).user
    other = second_assessor if leaver == assessor else assessor
    remove_member(institution, membership_of(leaver, institution), actor=owner)
    enqueue("testamur_site.assessment.jobs.end_leases", {}, key="now")
    enqueue("testamur_site.assessment.jobs.forget", {}, key="now too")
    run_pending()
    assert place(submission).user == other
    assert TaskResult.objects.get().state == "provisional"
