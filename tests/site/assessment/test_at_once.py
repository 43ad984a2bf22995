"""What two people do at the same moment, on real connections: a submission is never in two hands, a result never agreed twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.site.foundation.test_concurrency import at_once

from testamur_site.assessment.errors import AssessmentError, NothingToTake
from testamur_site.assessment.models import Mark, TaskResult
from testamur_site.assessment.services import allocation, settling
from testamur_site.foundation.jobs.api import Job
from testamur_site.foundation.tenancy.api import tenant, unscoped

from .conftest import Cohort, give, place

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_assessors_take_the_same_submission(
    make_cohort: Callable[..., Cohort], owner: Any, programme_lead: Any, institution: Any
) -> None:
    cohort = make_cohort()
    with tenant(institution):
        (submission,) = cohort.hand_in()
        mark = place(submission)

    def take(user: Any) -> Any:
        with tenant(institution):
            return allocation.claim(mark, user).user_id

    results = at_once(*[lambda user=user: take(user) for user in (owner, programme_lead, owner, programme_lead)])
    won = {one for one in results if isinstance(one, int)}
    assert len(won) == 1
    assert all(isinstance(one, int | AssessmentError) for one in results)
    with tenant(institution):
        assert place(submission).user_id == won.pop()


def test_each_takes_the_next_and_nobody_takes_the_same(
    make_cohort: Callable[..., Cohort], owner: Any, programme_lead: Any, institution: Any
) -> None:
    cohort = make_cohort()
    with tenant(institution):
        cohort.hand_in(3)

    def take_all(user: Any) -> list[int]:
        taken = []
        with tenant(institution):
            while True:
                try:
                    taken.append(allocation.claim_next(institution, user).pk)
                except NothingToTake:
                    return taken

    one, two = at_once(lambda: take_all(owner), lambda: take_all(programme_lead))
    assert sorted([*one, *two]) == sorted(set(one) | set(two))
    assert len(one) + len(two) == 3


def test_opening_and_settling_many_times_at_once_is_doing_it_once(
    make_cohort: Callable[..., Cohort], assessor: Any, institution: Any
) -> None:
    cohort = make_cohort()
    with tenant(institution):
        (submission,) = cohort.hand_in()
        give(place(submission), assessor)
        TaskResult.objects.filter(submission=submission).count()

    def again() -> None:
        with tenant(institution):
            allocation.open_submission(submission)
            settling.settle(submission)

    assert at_once(*[again] * 4) == [None] * 4
    with unscoped("everything is counted"):
        assert Mark.objects.count() == TaskResult.objects.count() == 1
        assert Job.objects.filter(path="testamur_site.decisions.jobs.result_agreed").count() == 1
