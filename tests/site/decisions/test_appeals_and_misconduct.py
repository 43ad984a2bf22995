"""Appeals by others than decided, hearings before findings, and what follows for results and awards."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from tests.site.decisions.conftest import GOOD, POOR, Programme, decide, fresh
from tests.standing import standing

from testamur_site.assessment.api import result_of
from testamur_site.decisions import queries, services
from testamur_site.decisions.errors import (
    CaseOpen,
    NotIndependent,
    NotPermitted,
    ReasonMissing,
    TooEarly,
    TooLate,
    Unfit,
    WrongState,
)
from testamur_site.decisions.jobs import suspect_copy
from testamur_site.decisions.models import Appeal, Decision, DecisionPolicy, MisconductCase, Proposal
from testamur_site.decisions.rules import AppealState, Consequence, Outcome
from testamur_site.enrolment.api import add_text
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.mail.models import Message

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture
@standing
def failed(programme: Programme, programme_lead: Any) -> Decision:
    return programme.decided(programme_lead, Outcome.FAIL, briefing=POOR)


@pytest.fixture
@standing
def lodged(failed: Decision) -> Appeal:
    return services.lodge(failed, ["marking"], "Read it again.")


def in_review(appeal: Appeal, by: Any) -> Appeal:
    services.take_up(appeal, actor=by)
    return Appeal.objects.select_related("institution", "decision__enrolment__learner").get(pk=appeal.pk)


def test_an_appeal_is_lodged_in_time_with_grounds_once(failed: Decision) -> None:
    with pytest.raises(Unfit):
        services.lodge(failed, ["because"], "Read it again.")
    with pytest.raises(ReasonMissing):
        services.lodge(failed, ["marking"], "  ")
    services.lodge(failed, ["marking"], "Read it again.")
    with pytest.raises(TooLate, match=r"appeal\.already"):
        services.lodge(failed, ["marking"], "And again.")


def test_when_the_time_is_over_nobody_appeals(programme: Programme, programme_lead: Any) -> None:
    DecisionPolicy.objects.create(institution=programme.version.institution, appeal_days=0)
    decision = programme.decided(programme_lead, Outcome.FAIL, briefing=POOR)
    with pytest.raises(TooLate, match=r"appeal\.too_late"):
        services.lodge(decision, ["marking"], "Read it again.")


def test_what_was_taken_back_can_be_lodged_again(failed: Decision, lodged: Appeal) -> None:
    services.take_back(lodged)
    assert services.lodge(failed, ["procedure"], "Better so.").state == "lodged"


@pytest.mark.parametrize("who", ["programme_lead", "assessor"])
def test_who_decided_or_marked_does_not_answer(lodged: Appeal, request: pytest.FixtureRequest, who: str) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(NotIndependent):
        services.take_up(lodged, actor=person)
    with pytest.raises(NotIndependent):
        services.answer(lodged, AppealState.REJECTED, "So it is.", actor=person)


def test_an_appeal_is_looked_into_before_it_is_answered(lodged: Appeal, second_lead: Any) -> None:
    with pytest.raises(WrongState):
        services.answer(lodged, AppealState.REJECTED, "So it is.", actor=second_lead)


def test_a_rejected_appeal_changes_nothing_and_says_why(lodged: Appeal, second_lead: Any) -> None:
    appeal = in_review(lodged, second_lead)
    with pytest.raises(ReasonMissing):
        services.answer(appeal, AppealState.REJECTED, "", actor=second_lead)
    with pytest.raises(Unfit):
        services.answer(appeal, AppealState.REJECTED, "So it is.", actor=second_lead, mark_again=["briefing"])
    services.answer(appeal, AppealState.REJECTED, "It was read twice.", actor=second_lead)
    assert queries.current_decision(appeal.decision.enrolment) == appeal.decision


def test_an_upheld_appeal_leads_to_new_marks_by_others_and_a_new_decision(
    programme: Programme, lodged: Appeal, programme_lead: Any, second_lead: Any, third_lead: Any, assessor: Any
) -> None:
    appeal = in_review(lodged, second_lead)
    services.answer(appeal, AppealState.UPHELD, "It was overlooked.", actor=second_lead, mark_again=["briefing"])
    one = fresh(appeal.decision.enrolment)
    assert one.state == "enrolled"
    assert queries.proposed(one) is None, "while it is marked again nothing can be decided"
    work = queries.last_handed_in(one, "briefing")
    assert work is not None
    again = result_of(work)
    assert again is not None
    assert {assessor.pk, programme_lead.pk, second_lead.pk} <= set(again.excluded)
    programme.mark(work, GOOD, by=third_lead)
    run_pending()
    decision = decide(fresh(one), programme_lead)
    assert (decision.outcome, decision.supersedes) == ("pass", appeal.decision)


def test_marks_that_are_confirmed_are_decided_anew(
    programme: Programme, lodged: Appeal, programme_lead: Any, second_lead: Any, third_lead: Any
) -> None:
    services.answer(
        in_review(lodged, second_lead), AppealState.PARTLY, "Look.", actor=second_lead, mark_again=["briefing"]
    )
    one = fresh(lodged.decision.enrolment)
    work = queries.last_handed_in(one, "briefing")
    assert work is not None
    programme.mark(work, POOR, by=third_lead)
    run_pending()
    decision = decide(one, programme_lead, Outcome.FAIL)
    assert (decision.number, fresh(one).state) == (2, "completed")


def test_a_further_attempt_can_be_granted(programme: Programme, lodged: Appeal, second_lead: Any) -> None:
    services.answer(
        in_review(lodged, second_lead), AppealState.UPHELD, "So be it.", actor=second_lead, hand_in_again=["briefing"]
    )
    programme.result(fresh(lodged.decision.enrolment), "briefing", GOOD)
    run_pending()
    assert Proposal.objects.get(enrolment=lodged.decision.enrolment).outcome == "pass"


def test_nothing_is_found_before_the_learner_was_heard(
    programme: Programme, programme_lead: Any, second_lead: Any
) -> None:
    case = services.suspect(programme.marked(), "Seen.", actor=programme_lead)
    with pytest.raises(TooEarly):
        services.find(case, True, "It is so.", actor=second_lead)
    with pytest.raises(TooEarly):
        services.no_answer(case, actor=second_lead)
    MisconductCase.objects.filter(pk=case.pk).update(answer_by=timezone.now() - timedelta(minutes=1))
    services.no_answer(case, actor=second_lead)
    services.find(case, True, "It is so.", actor=second_lead)
    case.refresh_from_db()
    assert case.state == "found"


def test_a_learner_is_heard_once(programme: Programme, programme_lead: Any) -> None:
    case = services.suspect(programme.marked(), "Seen.", actor=programme_lead)
    services.hear(case, "It is mine.")
    with pytest.raises(WrongState):
        services.hear(case, "I said something else.")


def test_nobody_passes_while_a_question_is_open(programme: Programme, programme_lead: Any, second_lead: Any) -> None:
    one = programme.marked()
    case = services.suspect(one, "Seen.", actor=second_lead)
    with pytest.raises(CaseOpen):
        decide(one, programme_lead)
    services.find(case, False, "Nothing was there.", actor=second_lead)
    assert decide(one, programme_lead).is_pass


def closed(
    programme: Programme, one: Any, consequence: Consequence, reporter: Any, finder: Any, points: int = 0
) -> MisconductCase:
    work = queries.last_handed_in(one, "report")
    case = services.suspect(one, "Seen.", submission=work, actor=reporter)
    services.hear(case, "It is mine.")
    services.find(case, True, "It is not.", actor=finder)
    return services.impose(case, consequence, points=Decimal(points), actor=finder)


@pytest.mark.parametrize(
    ("consequence", "points", "proposed"),
    [
        (Consequence.WARNING, 0, "pass"),
        (Consequence.MARK_REDUCED, 40, "pass"),
        (Consequence.MARK_REDUCED, 60, "resubmit"),
        (Consequence.TASK_VOID, 0, "fail"),
    ],
)
def test_consequences_are_graded(
    programme: Programme, programme_lead: Any, second_lead: Any, consequence: Consequence, points: int, proposed: str
) -> None:
    one = programme.marked()
    closed(programme, one, consequence, programme_lead, second_lead, points)
    assert Proposal.objects.get(enrolment=one).outcome == proposed


def test_an_exclusion_ends_it_and_an_appeal_can_take_it_back(
    programme: Programme, programme_lead: Any, second_lead: Any, third_lead: Any
) -> None:
    one = programme.marked()
    case = closed(programme, one, Consequence.EXCLUSION, programme_lead, second_lead)
    decision = queries.current_decision(one)
    assert decision is not None
    assert (decision.outcome, fresh(one).state) == ("void", "withdrawn")
    appeal = services.lodge(decision, ["misconduct_finding"], "It is mine, here is the draft.")
    with pytest.raises(NotIndependent):
        services.take_up(appeal, actor=second_lead)
    services.answer(
        in_review(appeal, third_lead), AppealState.UPHELD, "It is theirs.", actor=third_lead, lift=[case.public_id]
    )
    assert fresh(one).state == "enrolled"
    assert decide(fresh(one), programme_lead).is_pass


def test_who_reported_does_not_find_nor_impose(programme: Programme, programme_lead: Any, second_lead: Any) -> None:
    case = services.suspect(programme.marked(), "Seen.", actor=programme_lead)
    services.hear(case, "It is mine.")
    with pytest.raises(NotIndependent):
        services.find(case, True, "It is so.", actor=programme_lead)
    services.find(case, True, "It is so.", actor=second_lead)
    with pytest.raises(NotIndependent):
        services.impose(case, Consequence.WARNING, actor=programme_lead)


def test_one_finding_of_a_copy_is_one_case(programme: Programme, programme_lead: Any) -> None:
    class Job:
        def progress(self, done: int) -> None: ...

    work = queries.last_handed_in(programme.marked(), "report")
    assert work is not None
    for _ in range(2):
        suspect_copy(
            Job(),  # type: ignore[arg-type]
            submission=work.public_id,
            suspicion="Seen.",
            reporter=programme_lead.pk,
            reference="finding-1",
        )
    assert MisconductCase.objects.get().submission == work


def test_prior_learning_is_recognised_only_where_the_rubric_carries_it(
    programme: Programme, programme_lead: Any, assessor: Any
) -> None:
    one = programme.learner()
    item = add_text(one.learner, "Work of before.", "Before")
    claim = services.claim(one, "report", "Elsewhere.", [item])
    services.judge(claim, POOR, "Too little.", actor=assessor)
    with pytest.raises(Unfit, match=r"claim\.not_carried"):
        services.decide_claim(claim, True, "Still.", actor=programme_lead)
    services.decide_claim(claim, False, "Too little.", actor=programme_lead)
    assert services.claim(one, "report", "With more.", [item]).state == "claimed"


def test_who_judged_a_claim_does_not_decide_it(programme: Programme, programme_lead: Any) -> None:
    one = programme.learner()
    claim = services.claim(one, "report", "Elsewhere.", [add_text(one.learner, "Work.", "Before")])
    services.judge(claim, GOOD, "Sound.", actor=programme_lead)
    with pytest.raises(NotIndependent):
        services.decide_claim(claim, True, "So.", actor=programme_lead)


def test_a_pass_is_not_taken_back_by_withdrawing(programme: Programme, programme_lead: Any) -> None:
    decision = programme.decided(programme_lead)
    with pytest.raises(NotPermitted):
        services.withdraw(fresh(decision.enrolment), "Changed our mind.", actor=programme_lead)


def test_mails_name_the_programme_and_nothing_of_the_outcome(programme: Programme, failed: Decision) -> None:
    said = Message.objects.get(template="decisions/mail/decided")
    assert failed.enrolment.learner.email == said.to
    assert programme.version.title_in("en") in said.text
    assert "not passed" not in said.text.lower()


def test_what_was_said_is_forgotten_with_the_learner(lodged: Appeal) -> None:
    services.forget(lodged.decision.enrolment.learner.public_id)
    lodged.refresh_from_db()
    assert lodged.statement == ""
    assert Decision.objects.get(pk=lodged.decision_id).outcome == "fail"
