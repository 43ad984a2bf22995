"""From agreed results to a decision that a person answers for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from tests.site.decisions.conftest import BELOW, GOOD, POOR, Programme, decide, fresh

from testamur_site.catalogue.api import Offering
from testamur_site.decisions import queries, services
from testamur_site.decisions.errors import (
    NotIndependent,
    NotOpen,
    NotPermitted,
    ReasonMissing,
    ResultsChanged,
    WrongState,
)
from testamur_site.decisions.models import Decision, DecisionPolicy, Proposal
from testamur_site.decisions.rules import AppealState, Outcome
from testamur_site.enrolment.api import reopen, withdraw
from testamur_site.foundation.jobs.api import enqueue, run_pending

pytestmark = pytest.mark.usefixtures("at_work")


def codes(decision: Any) -> list[str]:
    return [one["code"] for one in decision.findings]


def test_agreed_results_propose_a_pass_with_its_reasons(programme: Programme) -> None:
    one = programme.marked()
    proposal = Proposal.objects.get(enrolment=one)
    assert proposal.outcome == Outcome.PASS
    assert codes(proposal) == ["task.reached", "task.reached", "overall", "outcome.pass"]
    assert str(proposal.percent) == "100.00"


def test_nothing_is_proposed_while_a_task_is_open(programme: Programme) -> None:
    one = programme.learner()
    programme.result(one, "report", GOOD)
    run_pending()
    assert not Proposal.objects.filter(enrolment=one).exists()


def test_a_pass_is_decided_once(programme: Programme, programme_lead: Any) -> None:
    one = programme.marked()
    base = Proposal.objects.get(enrolment=one).digest
    decision = services.decide(one, Outcome.PASS, base=base, actor=programme_lead)
    assert (decision.outcome, decision.number, decision.transcript_number) == ("pass", 1, 1)
    assert fresh(one).state == "completed"
    with pytest.raises(NotOpen):
        services.decide(one, Outcome.PASS, base=base, actor=programme_lead)
    assert Decision.objects.filter(enrolment=one).count() == 1


def test_who_saw_other_results_looks_again(programme: Programme, programme_lead: Any) -> None:
    one = programme.marked()
    with pytest.raises(ResultsChanged):
        services.decide(one, Outcome.PASS, base="0" * 64, actor=programme_lead)


@pytest.mark.parametrize(
    ("marks", "proposed", "refused"),
    [
        ({}, "pass", "fail"),
        ({"report": POOR}, "resubmit", "pass"),
        ({"report": BELOW}, "resubmit", "pass"),
        ({"briefing": POOR}, "fail", "pass"),
    ],
    ids=["good", "below the mark", "below the level", "no attempt left"],
)
def test_the_results_carry_one_outcome_and_not_another(
    programme: Programme, programme_lead: Any, marks: dict[str, Any], proposed: str, refused: str
) -> None:
    one = programme.marked(**marks)
    assert Proposal.objects.get(enrolment=one).outcome == proposed
    with pytest.raises(NotPermitted):
        decide(one, programme_lead, Outcome(refused), reason="Because I say so.")
    assert decide(one, programme_lead, Outcome(proposed)).outcome == proposed


def test_departing_from_the_proposal_needs_a_reason(programme: Programme, programme_lead: Any) -> None:
    one = programme.marked(report=POOR)
    with pytest.raises(ReasonMissing):
        decide(one, programme_lead, Outcome.FAIL)
    decision = decide(one, programme_lead, Outcome.FAIL, reason="The rules of the cohort.")
    assert decision.outcome == "fail"
    # What belongs to the outcome that it did not become is left out.
    assert codes(decision) == ["task.below", "task.reached", "overall", "outcome.departed"]


def test_resubmission_gives_the_failed_task_back_and_the_new_result_is_proposed_anew(
    programme: Programme, programme_lead: Any
) -> None:
    one = programme.marked(report=POOR)
    decision = decide(one, programme_lead, Outcome.RESUBMIT)
    assert decision.resubmit == ["report"]
    assert decision.until is not None
    first = queries.last_handed_in(one, "report")
    assert first is not None
    assert (first.state, first.attempt) == ("returned", 1)
    run_pending()
    assert not Proposal.objects.filter(enrolment=one).exists()
    programme.result(fresh(one), "report", GOOD)
    run_pending()
    passed = decide(one, programme_lead)
    assert (passed.outcome, passed.number, passed.supersedes) == ("pass", 2, decision)


def test_four_eyes_where_the_programme_says_so(programme: Programme, programme_lead: Any, make_user: Any) -> None:
    one = programme.learner()
    programme.result(one, "report", GOOD)
    programme.mark(programme.hand_in(one, "briefing"), GOOD, by=programme_lead)
    run_pending()
    policy = DecisionPolicy.objects.create(institution=one.institution, four_eyes=True)
    with pytest.raises(NotIndependent):
        decide(one, programme_lead)
    policy.four_eyes = False
    policy.save()
    assert decide(one, programme_lead).is_pass


def test_nobody_decides_about_themselves(programme: Programme, programme_lead: Any) -> None:
    one = programme.learner(name="Lena Lead", email=programme_lead.email)
    one.learner.user = programme_lead
    one.learner.save()
    programme.result(one, "report", GOOD)
    programme.result(one, "briefing", GOOD)
    run_pending()
    with pytest.raises(NotIndependent):
        decide(one, programme_lead)


def test_a_board_decides_what_it_looked_at_and_says_what_it_could_not(
    programme: Programme, programme_lead: Any
) -> None:
    good, poor, late = programme.marked(), programme.marked(report=POOR), programme.marked()
    bases = {row.enrolment.public_id: row.digest for row in queries.board(programme.offering)}
    bases[late.public_id] = "0" * 64
    rows = {row.enrolment: row for row in services.decide_many([good, poor, late], bases, actor=programme_lead)}
    assert rows[good.public_id].decision.outcome == "pass"
    assert rows[poor.public_id].decision.outcome == "resubmit"
    assert isinstance(rows[late.public_id].error, ResultsChanged)
    assert Decision.objects.count() == 2


def test_a_board_that_was_overtaken_shows_what_there_is_now(programme: Programme, programme_lead: Any) -> None:
    one = programme.marked()
    (row,) = queries.board(programme.offering)
    Proposal.objects.filter(pk=row.pk).update(digest="1" * 64)  # as if the results had changed and no job had come yet
    (answer,) = services.decide_many([one], {one.public_id: "1" * 64}, actor=programme_lead)
    assert isinstance(answer.error, ResultsChanged)
    assert queries.board(programme.offering)[0].digest == row.digest


def test_a_board_has_its_exceptions_on_top(programme: Programme) -> None:
    programme.marked(name="Aoife")
    programme.marked(name="Zoe", report=POOR)
    rows = queries.board(programme.offering)
    assert [(row.enrolment.learner.name, row.exceptions) for row in rows] == [("Zoe", ["resubmit"]), ("Aoife", [])]


def test_what_was_decided_never_changes(programme: Programme, programme_lead: Any) -> None:
    decision = decide(programme.marked(), programme_lead)
    for change in ({"outcome": "fail"}, {"standings": []}, {"reason": "Another."}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**change)


def test_the_institution_takes_a_learner_out_with_a_reason(programme: Programme, programme_lead: Any) -> None:
    one = programme.learner()
    with pytest.raises(ReasonMissing):
        services.withdraw(one, " ", actor=programme_lead)
    decision = services.withdraw(one, "Never came.", actor=programme_lead)
    assert (decision.outcome, fresh(one).state) == ("withdrawn", "withdrawn")
    run_pending()
    assert Decision.objects.filter(enrolment=one).count() == 1


def test_a_learner_who_leaves_is_put_on_record(programme: Programme) -> None:
    one = programme.learner()
    withdraw(one)
    run_pending()
    decision = Decision.objects.get(enrolment=one)
    assert (decision.outcome, decision.decided_by) == ("withdrawn", None)


def test_a_resubmission_says_what_was_missing_where_nobody_wrote_a_reason(
    programme: Programme, programme_lead: Any
) -> None:
    one = programme.marked(report=POOR)
    decide(one, programme_lead, Outcome.RESUBMIT)
    work = queries.last_handed_in(one, "report")
    assert work is not None
    assert work.returned_reason.startswith("A report on one dataset: 25 per cent; 50 were needed. Not reached.")


def test_what_those_below_refuse_is_refused_in_our_words(
    programme: Programme, programme_lead: Any, second_lead: Any
) -> None:
    decision = decide(programme.marked(briefing=POOR), programme_lead, Outcome.FAIL)
    appeal = services.lodge(decision, ["marking"], "Look again.")
    services.take_up(appeal, actor=second_lead)
    withdraw(reopen(fresh(decision.enrolment)))
    with pytest.raises(WrongState):
        services.answer(appeal, AppealState.UPHELD, "So.", actor=second_lead, mark_again=["briefing"])
    appeal.refresh_from_db()
    assert appeal.state == "in_review", "nothing of it is kept"


def test_when_an_offering_has_ended_what_was_never_handed_in_is_missing(programme: Programme) -> None:
    one = programme.learner()
    programme.result(one, "report", GOOD)
    run_pending()
    assert not Proposal.objects.exists()
    ended = timezone.localdate() - timedelta(days=3)
    Offering.objects.filter(pk=programme.offering.pk).update(starts_on=ended - timedelta(weeks=8), ends_on=ended)
    enqueue("testamur_site.decisions.jobs.look_again", {})
    run_pending()
    proposal = Proposal.objects.get(enrolment=one)
    assert (proposal.outcome, proposal.exceptions) == ("fail", ["missing", "fail"])
    assert "task.missing" in codes(proposal)
