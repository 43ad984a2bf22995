"""Whatever a learner and those who mark do, in whatever order: attempts are counted right, and what was handed in stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur_site.enrolment import queries, services
from testamur_site.enrolment.errors import EnrolmentError
from testamur_site.enrolment.models import Enrolment, Submission
from testamur_site.enrolment.rules import SubmissionState

pytestmark = pytest.mark.usefixtures("at_work")

Step = Callable[[Enrolment, Submission], Any]
STEPS: dict[str, Step] = {
    "begin": lambda mina, _: services.begin_draft(mina, "report"),
    "save": lambda _, one: services.save_draft(one, revision=one.revision, note="a word", help_used=""),
    "add": lambda mina, one: services.add_to_draft(one, services.add_text(mina.learner, f"text {one.revision}")),
    "empty": lambda _, one: services.save_draft(one, revision=one.revision, note="", help_used="", items=[]),
    "submit": lambda _, one: services.submit(one, declared=True),
    "submit undeclared": lambda _, one: services.submit(one, declared=False),
    "take back": lambda _, one: services.withdraw_submission(one),
    "return": lambda _, one: services.return_for_resubmission(one, "Again.", timezone.localdate()),
    "return beyond": lambda _, one: services.return_for_resubmission(one, "Again.", None, extra_attempt=True),
    "leave": lambda mina, _: services.withdraw(mina),
    "delete evidence": lambda mina, _: [services.delete_item(item) for item in queries.portfolio(mina.learner)],
}


def fixed(one: Submission) -> tuple[Any, ...]:
    pieces = tuple(item.sha256 for item in queries.evidence_of(one))
    return one.note, one.help_used, one.submitted_at, one.due_at, one.authorship_declared_at, pieces


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=14))
def test_no_order_of_steps_breaks_the_account(mina: Enrolment, steps: list[str]) -> None:
    with transaction.atomic():
        handed_in: dict[int, tuple[Any, ...]] = {}
        services.begin_draft(mina, "report")
        for name in steps:
            latest = Submission.objects.filter(enrolment=mina).order_by("-attempt")[0]
            try:
                with transaction.atomic():
                    STEPS[name](
                        Enrolment.objects.select_related("learner", "offering", "version").get(pk=mina.pk), latest
                    )
            except EnrolmentError:
                pass
            tries = list(Submission.objects.filter(enrolment=mina).order_by("attempt"))
            assert [one.attempt for one in tries] == list(range(1, len(tries) + 1))
            assert sum(one.state in (SubmissionState.DRAFT, SubmissionState.SUBMITTED) for one in tries) <= 1
            account = queries.task_for(mina, "report").attempts
            assert account.used <= account.allowed
            for one in tries:
                if one.state != SubmissionState.DRAFT:
                    assert queries.evidence_of(one), "nothing is handed in without evidence"
                    assert one.authorship_declared_at is not None
                    assert handed_in.setdefault(one.pk, fixed(one)) == fixed(one)
        transaction.set_rollback(True)
