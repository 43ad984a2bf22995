"""Whatever people do, in whatever order: no award without the decisions that its gates require, and none that outlives them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import hypothesis
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.site.decisions.conftest import BELOW as MISSED
from tests.site.decisions.conftest import GOOD, POOR, Programme, fresh

from testamur_site.assessment.api import AssessmentError, assessors_of
from testamur_site.assessment.models import Mark, TaskResult
from testamur_site.decisions import queries, rules, services
from testamur_site.decisions.errors import DecisionError
from testamur_site.decisions.models import Appeal, Decision, MisconductCase, PriorLearningClaim
from testamur_site.decisions.rules import AppealState, Consequence, Outcome
from testamur_site.enrolment.api import EnrolmentError, add_text, withdraw
from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.issuing import api as issuing
from testamur_site.issuing import services as awarding
from testamur_site.issuing.errors import IssuingError
from testamur_site.issuing.models import Award

pytestmark = pytest.mark.usefixtures("at_work")

OURS = (DecisionError, IssuingError)
BELOW = (EnrolmentError, AssessmentError)
PEOPLE = st.integers(min_value=0, max_value=4)
TASKS = st.sampled_from(["report", "briefing"])
IN_FORCE = ("issued", "suspended", "queued", "prepared")


def sequences(programme: Programme, people: list[User], fresh_log: Callable[[], None]) -> type[RuleBasedStateMachine]:
    """A learner, and five people of whom each may do anything. What is refused is refused; what is left must be in order."""

    class Sequences(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            fresh_log()  # each sequence is rolled back, and a log in a folder is not
            self.savepoint = transaction.savepoint()
            self.before: dict[int, set[int]] = {}  # appeal → who had a part in it when it was answered
            programme.learners.clear()
            self.learner = programme.learner(email="one@learners.example")

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.savepoint)

        def try_to(self, step: Callable[[], Any], refused: tuple[type[Exception], ...] = OURS) -> Any:
            """What decisions refuse, they refuse in words of their own: nothing else may come out of their services."""
            try:
                with transaction.atomic():
                    return step()
            except refused:
                return None

        @initialize(report=st.sampled_from([GOOD, GOOD, POOR, None]), briefing=st.sampled_from([GOOD, GOOD, POOR]))
        def begin(self, report: dict[str, str] | None, briefing: dict[str, str]) -> None:
            """Most sequences begin where something can be decided: both tasks are marked, by one who may do everything else too."""
            if report:
                self.hand_in_and_mark("report", report, 0)
            self.hand_in_and_mark("briefing", briefing, 0)

        @rule(task=TASKS, levels=st.sampled_from([GOOD, GOOD, POOR, MISSED]), by=PEOPLE)
        def hand_in_and_mark(self, task: str, levels: dict[str, str], by: int) -> None:
            submission = self.try_to(lambda: programme.hand_in(fresh(self.learner), task), BELOW)
            if submission is not None:
                self.try_to(lambda: programme.mark(submission, levels, by=people[by]), BELOW)

        @rule(levels=st.sampled_from([GOOD, POOR]), by=PEOPLE)
        def mark_what_is_open(self, levels: dict[str, str], by: int) -> None:
            for mark in Mark.objects.filter(role="staff", state__in=["open", "allocated"]).select_related("submission"):
                if people[by].pk not in assessors_of(mark.submission):
                    self.try_to(lambda one=mark: programme.mark(one.submission, levels, by=people[by]), BELOW)  # type: ignore[misc]

        @rule(outcome=st.sampled_from(list(Outcome)), by=PEOPLE)
        def decide(self, outcome: Outcome, by: int) -> None:
            run_pending()
            proposed = queries.proposed(self.learner)
            base = proposed.digest if proposed else ""
            self.try_to(lambda: services.decide(self.learner, outcome, base=base, actor=people[by], reason="So."))

        @rule(by=PEOPLE)
        def confirm_what_is_proposed(self, by: int) -> None:
            run_pending()
            proposed = queries.proposed(self.learner)
            if proposed is not None:
                services.decide_many([self.learner], {self.learner.public_id: proposed.digest}, actor=people[by])

        @rule(state=st.sampled_from(["upheld", "partly", "rejected"]), task=TASKS, again=st.booleans(), by=PEOPLE)
        def appeal_and_answer(self, state: str, task: str, again: bool, by: int) -> None:
            current = queries.current_decision(self.learner)
            if current is not None:
                self.try_to(lambda: services.lodge(current, ["marking"], "Look again."))
            for found in Appeal.objects.select_related("institution", "decision__enrolment__learner"):
                involved = queries.involved(self.learner)
                changes = {} if state == "rejected" else {"mark_again" if again else "hand_in_again": [task]}
                lift = [] if state == "rejected" else _closed_cases()
                self.try_to(lambda one=found: services.take_up(one, actor=people[by]))  # type: ignore[misc]
                done = self.try_to(
                    lambda one=found, what=changes, taken=lift: services.answer(  # type: ignore[misc]
                        one, AppealState(state), "So.", actor=people[by], lift=taken, **what
                    )
                )
                if done is not None:
                    self.before[found.pk] = involved

        @rule(task=TASKS, by=PEOPLE)
        def suspect(self, task: str, by: int) -> None:
            if MisconductCase.objects.filter(state__in=sorted(rules.OPEN_CASE)).exists():
                return  # one at a time, or hardly a sequence would come to an award
            work = queries.last_handed_in(self.learner, task)
            self.try_to(lambda: services.suspect(fresh(self.learner), "Seen.", submission=work, actor=people[by]))

        @rule(
            proven=st.booleans(),
            consequence=st.sampled_from(list(Consequence)),
            finder=PEOPLE,
            imposer=PEOPLE,
        )
        def hear_find_and_impose(self, proven: bool, consequence: Consequence, finder: int, imposer: int) -> None:
            for case in MisconductCase.objects.select_related("institution", "enrolment__institution", "submission"):
                self.try_to(lambda one=case: services.hear(one, "It is mine."))  # type: ignore[misc]
                self.try_to(lambda one=case: services.find(one, proven, "So.", actor=people[finder]))  # type: ignore[misc]
                points = Decimal(60 if consequence is Consequence.MARK_REDUCED else 0)
                self.try_to(
                    lambda one=case, off=points: services.impose(one, consequence, points=off, actor=people[imposer])  # type: ignore[misc]
                )

        @rule(task=TASKS, levels=st.sampled_from([GOOD, POOR]), judge=PEOPLE, decider=PEOPLE)
        def recognise(self, task: str, levels: dict[str, str], judge: int, decider: int) -> None:
            item = self.try_to(lambda: add_text(self.learner.learner, "Work of before.", "Before"), BELOW)
            if item is not None:
                self.try_to(lambda: services.claim(self.learner, task, "Elsewhere.", [item]))
            for made in PriorLearningClaim.objects.select_related("institution", "enrolment__institution"):
                self.try_to(lambda one=made: services.judge(one, levels, "So.", actor=people[judge]))  # type: ignore[misc]
                self.try_to(lambda one=made: services.decide_claim(one, True, "So.", actor=people[decider]))  # type: ignore[misc]

        @rule(chance=st.integers(min_value=0, max_value=9))
        def leave(self, chance: int) -> None:
            if chance:
                return
            self.try_to(lambda: withdraw(fresh(self.learner)), BELOW)

        @rule()
        def ask_for_awards_past_the_gates(self) -> None:
            for decision in Decision.objects.select_related("institution", "enrolment"):
                self.try_to(lambda one=decision: awarding.award_decision(one))  # type: ignore[misc]
            for award in Award.objects.select_related("institution", "decision"):
                self.try_to(lambda one=award: issuing.reinstate(one))  # type: ignore[misc]

        @invariant()
        def every_award_is_carried(self) -> None:
            run_pending()
            current = queries.current_decision(self.learner)
            held = list(Award.objects.filter(decision__enrolment=self.learner, state__in=IN_FORCE))
            assert len(held) <= 1
            if held:
                assert current is not None
                assert current.is_pass
                assert rules.propose(current.tasks).outcome is Outcome.PASS
                assert current.decided_by_id is not None
            for decision in Decision.objects.filter(outcome=Outcome.PASS):
                assert rules.propose(decision.tasks).outcome is Outcome.PASS
                for task in decision.tasks:
                    _assert_shown(task)

        @invariant()
        def nobody_answers_an_appeal_they_had_a_part_in(self) -> None:
            for answered in Appeal.objects.exclude(decided_by=None):
                assert answered.decided_by_id not in self.before[answered.pk]
                decided = Decision.objects.filter(enrolment=self.learner, number__lte=answered.decision.number)
                assert answered.decided_by_id not in set(decided.values_list("decided_by", flat=True))

    return Sequences


def _closed_cases() -> list[str]:
    return list(MisconductCase.objects.filter(state="closed", lifted_at=None).values_list("public_id", flat=True))


def _assert_shown(task: rules.TaskStanding) -> None:
    """A task that counts was marked to an agreed result, or recognised by two people."""
    if task.claim:
        claim = PriorLearningClaim.objects.get(public_id=task.claim)
        assert claim.judged_by_id != claim.decided_by_id
        assert claim.state == "recognised"
    else:
        assert TaskResult.objects.get(public_id=task.result).state == "agreed"


def test_no_sequence_of_actions_leads_around_the_gates(
    programme: Programme, make_user: Any, settings: Any, tmp_path: Any
) -> None:
    people = []
    for number in range(5):
        user = make_user(f"person{number}@han-river.example", f"Person {number}")
        add_member(programme.version.institution, user, "programme_lead", actor=None)
        people.append(user)
    numbers = itertools.count()

    def fresh_log() -> None:
        settings.TESTAMUR_LOG_FOLDER = tmp_path / f"log-{next(numbers)}"

    run_state_machine_as_test(
        sequences(programme, people, fresh_log),
        settings=hypothesis.settings(
            max_examples=10,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
