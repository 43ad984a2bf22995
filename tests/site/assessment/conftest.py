"""A programme with one task, learners who have handed in, and the people who mark. Tests change one thing in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.site.catalogue.assessed import ASSESSED
from tests.standing import aside, standing

from testamur_site.assessment.models import Mark, TaskResult
from testamur_site.assessment.services import allocation, marking
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import AchievementVersion, MarkingScheme, Offering
from testamur_site.catalogue.offerings import services as offerings
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.enrolment import services as enrolment
from testamur_site.enrolment.api import Enrolment, Submission
from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.tenancy.api import Institution, tenant

TASK = "essay"
WEAK, SOUND, STRONG = "weak", "sound", "strong"
LEARNERS = (
    ("김하늘", "haneul@learners.example"),
    ("Niamh Ó Briain", "niamh@learners.example"),
    ("Zoltán Kertész", "zoltan@learners.example"),
    ("박서준", "seojun@learners.example"),
    ("Amélie Roux", "amelie@learners.example"),
    ("Tomás Quiroga", "tomas@learners.example"),
    ("Ingrid Solberg", "ingrid@learners.example"),
    ("이도윤", "doyun@learners.example"),
)


@pytest.fixture(autouse=True)
@aside
def _no_time_to_undo(settings: Any) -> None:
    """A result is settled with its last mark; tests of undoing give it time."""
    settings.TESTAMUR_UNDO_MARK = timedelta(0)


@dataclass
class Cohort:
    """An offering of a programme with one task, and who has handed in. Works inside `tenant(institution)`."""

    institution: Institution
    version: AchievementVersion
    offering: Offering
    enrolments: list[Enrolment] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)

    def enrol(self, count: int) -> list[Enrolment]:
        for name, email in LEARNERS[len(self.enrolments) :][:count]:
            made, _ = enrolment.enrol(self.offering, name=name, email=email, language="en")
            self.enrolments.append(made)
        return self.enrolments

    def hand_in(self, count: int = 1, text: str = "Figures mislead where the base is hidden.") -> list[Submission]:
        """So many more learners hand in; their marks are opened as the job would."""
        start = len(self.submissions)
        self.enrol(start + count - len(self.enrolments))
        for one in self.enrolments[start : start + count]:
            self.submissions.append(self.one_more(one, text))
        return self.submissions[start:]

    def one_more(self, one: Enrolment, text: str = "Another attempt.") -> Submission:
        draft = enrolment.begin_draft(one, TASK)
        enrolment.add_to_draft(draft, enrolment.add_text(one.learner, text))
        submission = enrolment.submit(draft, declared=True)
        allocation.open_submission(submission)
        return submission


def levels(argument: str = SOUND, data: str = SOUND) -> dict[str, str]:
    return {"argument": argument, "data": data}


def place(submission: Submission, role: str = "staff", position: int = 1) -> Mark:
    """The live mark of a place."""
    return Mark.objects.get(
        submission=submission, role=role, position=position, state__in=["open", "allocated", "draft", "done"]
    )


def give(mark: Mark, holder: Any, argument: str = SOUND, data: str = SOUND, overall: str = "") -> Mark:
    return marking.finish(mark, holder, levels(argument, data), {"overall": overall})


def result(submission: Submission) -> TaskResult:
    return TaskResult.objects.filter(submission=submission).order_by("-round")[0]


@pytest.fixture
@aside
def make_cohort(institution: Institution) -> Callable[..., Cohort]:
    """`make_cohort(assessors="2")`: a cohort whose task is marked by that scheme, by default by one assessor alone."""

    def make(attempts: str = "1", **scheme: Any) -> Cohort:
        values: dict[str, Any] = {"assessors": "1", "peers": "0", "peer_weight": "0"} | scheme
        task = replace(
            ASSESSED.tasks[0],
            evidence=("text", "link", "file"),
            due_after="P60D",
            attempts=attempts,
            marking=MarkingScheme(**values),
        )
        with tenant(institution):
            micro_credential = catalogue.create(institution, replace(ASSESSED, tasks=(task,)))
            version = catalogue.publish(micro_credential.versions.get())
            today = timezone.localdate()
            offering = offerings.create(version, Terms(starts_on=today, ends_on=today + timedelta(days=90)))
            offering = offerings.open_for_enrolment(offering)
            offering = Offering.objects.select_related("institution", "version").get(pk=offering.pk)
        return Cohort(institution, version, offering)

    return make


@pytest.fixture
@aside
def at_work(institution: Institution) -> Iterator[Institution]:
    """Work for the institution during the whole test."""
    with tenant(institution):
        yield institution


@pytest.fixture
@standing
def second_assessor(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("second@han-river.example", "Saoirse Second")
    add_member(institution, user, "assessor", actor=None)
    return user


@pytest.fixture
@standing
def third_assessor(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("third@han-river.example", "Tunde Third")
    add_member(institution, user, "assessor", actor=None)
    return user
