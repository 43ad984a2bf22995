"""A programme with two tasks, whose results are agreed as tests want them, and the people who decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from tests.site.enrolment import examples
from tests.standing import aside, standing

from testamur_site.assessment.models import Mark
from testamur_site.assessment.services import allocation, marking
from testamur_site.catalogue.api import AchievementVersion, MarkingScheme, Offering
from testamur_site.decisions import services
from testamur_site.decisions.models import Decision, Proposal
from testamur_site.decisions.rules import Outcome
from testamur_site.enrolment.api import Enrolment, Submission, enrolment_by_public_id
from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant

ONE_ASSESSOR = MarkingScheme(assessors="1", peers="0", peer_weight="0")
GOOD = {"reading": "strong", "explaining": "clear"}
POOR = {"reading": "sound", "explaining": "unclear"}  # 25 per cent of the points
BELOW = {"reading": "missing", "explaining": "clear"}  # 50 per cent, below the level that must be reached


@pytest.fixture(autouse=True)
@aside
def _at_once(settings: Any) -> None:
    """Results are settled with their last mark. What the wallet does with an award is tested there."""
    settings.TESTAMUR_UNDO_MARK = timedelta(0)
    settings.TESTAMUR_AFTER_ISSUE = None


@pytest.fixture
@standing
def second_lead(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("second.lead@han-river.example", "Lorcan Lead")
    add_member(institution, user, "programme_lead", actor=None)
    return user


@pytest.fixture
@standing
def third_lead(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("third.lead@han-river.example", "Lucía Líder")
    add_member(institution, user, "programme_lead", actor=None)
    return user


@pytest.fixture
@aside
def at_work(institution: Institution) -> Iterator[Institution]:
    """Work for Han River University during the whole test."""
    with tenant(institution):
        yield institution


@dataclass
class Programme:
    """An offering whose learners hand in and are marked by one assessor. Works inside `tenant(institution)`."""

    version: AchievementVersion
    offering: Offering
    assessor: User
    learners: list[Enrolment] = field(default_factory=list)

    def learner(self, name: str = "김미나", email: str = "", language: str = "en") -> Enrolment:
        email = email or f"learner{len(self.learners)}@learners.example"
        one = examples.enrolled(self.offering, name, email, language)
        self.learners.append(one)
        return one

    def hand_in(self, one: Enrolment, task: str) -> Submission:
        submission = examples.handed_in(one, task)
        allocation.open_submission(submission)
        return submission

    def mark(self, submission: Submission, levels: dict[str, str], *, by: User | None = None) -> None:
        """Mark the open staff mark as `by`, whoever it was allocated to."""
        mark = Mark.objects.get(submission=submission, role="staff", state__in=["open", "allocated"])
        Mark.objects.filter(pk=mark.pk).update(user=by or self.assessor, state="allocated")
        marking.finish(Mark.objects.get(pk=mark.pk), by or self.assessor, levels, {"overall": "Read with care."})

    def result(self, one: Enrolment, task: str, levels: dict[str, str]) -> Submission:
        submission = self.hand_in(one, task)
        self.mark(submission, levels)
        return submission

    def marked(
        self, report: dict[str, str] | None = None, briefing: dict[str, str] | None = None, **who: Any
    ) -> Enrolment:
        """A learner whose tasks are marked so (by default both well), with a proposal waiting."""
        one = self.learner(**who)
        self.result(one, "report", report or GOOD)
        self.result(one, "briefing", briefing or GOOD)
        run_pending()
        return fresh(one)

    def decided(self, actor: User, outcome: Outcome = Outcome.PASS, **marks: Any) -> Decision:
        return decide(self.marked(**marks), actor, outcome)


def fresh(one: Enrolment) -> Enrolment:
    found = enrolment_by_public_id(one.public_id)
    assert found is not None
    return found


def decide(one: Enrolment, actor: User, outcome: Outcome = Outcome.PASS, **options: Any) -> Decision:
    """Decide as a person who has just looked."""
    return services.decide(one, outcome, base=Proposal.objects.get(enrolment=one).digest, actor=actor, **options)


@pytest.fixture
@standing
def programme(institution: Institution, assessor: User) -> Programme:
    """Two attempts at the report, one at the briefing, one assessor each."""
    tasks = (replace(examples.REPORT, marking=ONE_ASSESSOR), replace(examples.BRIEFING, marking=ONE_ASSESSOR))
    version = examples.assessed_version(institution, *tasks)
    return Programme(version, examples.open_offering(version), assessor)
