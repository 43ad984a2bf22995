"""The pages: the board from looking to confirming, one learner, and what the learner sees and does."""

from __future__ import annotations

from typing import Any

import pytest
from tests.site.decisions.conftest import POOR, Programme, decide, fresh
from tests.site.enrolment.examples import browser_of

from testamur_site.decisions import services
from testamur_site.decisions.models import (
    Appeal,
    Decision,
    DecisionPolicy,
    MisconductCase,
    PriorLearningClaim,
    Proposal,
)
from testamur_site.decisions.queries import last_handed_in, policy_for
from testamur_site.decisions.rules import Outcome
from testamur_site.enrolment.api import add_text
from testamur_site.foundation.jobs.api import run_pending

pytestmark = pytest.mark.usefixtures("at_work")
STAFF = "/staff/han-river"


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def board_of(programme: Programme) -> str:
    return f"{STAFF}/decisions/offerings/{programme.offering.public_id}/"


def test_a_board_looks_reviews_and_confirms(programme: Programme, programme_lead: Any, client_for: Any) -> None:
    good, poor = programme.marked(name="Aoife Byrne"), programme.marked(name="Zoe Walsh", report=POOR)
    browser = client_for(programme_lead)
    overview = text(browser.get(f"{STAFF}/decisions/"))
    assert "<strong>2</strong>" in overview
    page = text(browser.get(board_of(programme)))
    assert page.index("Zoe Walsh") < page.index("Aoife Byrne"), "exceptions stand on top"
    chosen = [f"{row.enrolment.public_id}:{row.digest}" for row in Proposal.objects.select_related("enrolment")]
    review = text(browser.post(board_of(programme), {"learner": chosen}))
    assert "Confirm 2 decisions?" in review
    assert "25 per cent; 50 were needed. Not reached." in review
    assert not Decision.objects.exists(), "nothing is decided before the confirmation"
    answer = browser.post(board_of(programme), {"learner": chosen, "confirm": "yes"}, follow=True)
    assert "2 decisions are made." in text(answer)
    assert {one.outcome for one in Decision.objects.all()} == {"pass", "resubmit"}
    again = browser.post(board_of(programme), {"learner": chosen, "confirm": "yes"}, follow=True)
    assert "decided upon by somebody else" in text(again)
    assert Decision.objects.filter(enrolment__in=[good, poor]).count() == 2


def test_a_board_does_not_decide_on_results_that_changed(
    programme: Programme, programme_lead: Any, client_for: Any
) -> None:
    one = programme.marked()
    answer = client_for(programme_lead).post(board_of(programme), {"learner": [f"{one.public_id}:old"]}, follow=True)
    assert "have changed since you looked" in text(answer)
    assert not Decision.objects.exists()


def test_one_learner_is_decided_with_the_reasons_beside(
    programme: Programme, programme_lead: Any, client_for: Any
) -> None:
    one = programme.marked(report=POOR)
    browser = client_for(programme_lead)
    here = f"{STAFF}/decisions/learners/{one.public_id}/"
    page = text(browser.get(here))
    assert "What follows from the results" in page
    assert "1 further attempt is left" in page
    base = Proposal.objects.get(enrolment=one).digest
    refused = browser.post(here, {"base": base, "outcome": "fail", "reason": ""})
    assert refused.status_code == 422
    assert "Say why." in text(refused)
    done = browser.post(here, {"base": base, "outcome": "resubmit", "reason": "", "resubmit": ["report"]}, follow=True)
    assert "The decision is made." in text(done)
    assert Decision.objects.get().resubmit == ["report"]


def test_the_learner_reads_why_and_appeals_once(programme: Programme, programme_lead: Any) -> None:
    decision = programme.decided(programme_lead, Outcome.FAIL, briefing=POOR)
    one = fresh(decision.enrolment)
    browser = browser_of(one)
    page = text(browser.get(f"/learn/{one.public_id}/decision"))
    assert "You have not passed." in page
    assert "no further attempt is left" in page
    item = add_text(one.learner, "What was not read.", "Appendix")
    here = f"/learn/{one.public_id}/appeal"
    refused = browser.post(here, {"statement": "Nobody read the appendix."})
    assert refused.status_code == 422
    said = {"grounds": ["marking"], "statement": "Nobody read the appendix.", "evidence": [item.public_id]}
    assert "Your appeal has arrived." in text(browser.post(here, said, follow=True))
    appeal = Appeal.objects.get()
    assert appeal.exhibits.get().item == item
    browser.post(here, said)
    assert Appeal.objects.count() == 1


def test_an_appeal_is_answered_by_somebody_new_and_marked_again(
    programme: Programme, programme_lead: Any, second_lead: Any, client_for: Any
) -> None:
    decision = programme.decided(programme_lead, Outcome.FAIL, briefing=POOR)
    appeal = services.lodge(decision, ["marking"], "Read it again, please.")
    here = f"{STAFF}/appeals/{appeal.public_id}/"
    own = client_for(programme_lead)
    assert "Somebody else has to answer" in text(own.get(here))
    own.post(f"{here}take-up")
    appeal.refresh_from_db()
    assert appeal.state == "lodged"
    other = client_for(second_lead)
    other.post(f"{here}take-up")
    answer = {"state": "upheld", "answer": "The appendix was overlooked."}
    unchanged = other.post(here, answer)
    assert unchanged.status_code == 422
    assert "must change something" in text(unchanged)
    done = other.post(here, answer | {"mark_again": ["briefing"]}, follow=True)
    assert "The appeal is answered." in text(done)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.reopened) == ("upheld", ["briefing"])
    assert "Looked at again" in text(
        browser_of(fresh(decision.enrolment)).get(f"/learn/{decision.enrolment.public_id}/appeal")
    )


def test_a_suspicion_is_heard_found_and_closed(
    programme: Programme, programme_lead: Any, second_lead: Any, client_for: Any
) -> None:
    one = programme.marked()
    work = programme_work(one)
    reporter = client_for(programme_lead)
    new = f"{STAFF}/decisions/learners/{one.public_id}/misconduct"
    reporter.post(new, {"submission": work, "suspicion": "Half of it stands elsewhere."})
    case = MisconductCase.objects.get()
    learner = browser_of(one)
    hearing = f"/learn/{one.public_id}/hearing/{case.public_id}"
    assert "Nothing has been decided." in text(learner.get(hearing))
    learner.post(hearing, {"statement": "I quoted, and forgot the marks."})
    here = f"{STAFF}/misconduct/{case.public_id}/"
    own = reporter.post(here, {"proven": "yes", "finding": "It is so."})
    assert own.status_code == 422
    assert "You reported this" in text(own)
    finder = client_for(second_lead)
    finder.post(here, {"proven": "yes", "finding": "Half of it is not theirs."})
    wrong = finder.post(here, {"consequence": "mark_reduced", "points": ""})
    assert wrong.status_code == 422
    finder.post(here, {"consequence": "mark_reduced", "points": "60"})
    case.refresh_from_db()
    assert (case.state, str(case.points)) == ("closed", "60.00")
    assert "Mark reduced" in text(learner.get(hearing))
    assert Proposal.objects.get(enrolment=one).outcome == "resubmit"


def programme_work(one: Any) -> str:
    found = last_handed_in(one, "report")
    assert found is not None
    return found.public_id


def test_prior_learning_is_claimed_judged_and_recognised(
    programme: Programme, programme_lead: Any, assessor: Any, client_for: Any
) -> None:
    one = programme.learner()
    item = add_text(one.learner, "Ten years of reading figures.", "Reference")
    learner = browser_of(one)
    here = f"/learn/{one.public_id}/prior-learning"
    learner.post(here, {"task": "report", "statement": "At the statistics office.", "evidence": [item.public_id]})
    claim = PriorLearningClaim.objects.get()
    staff = f"{STAFF}/prior-learning/{claim.public_id}/"
    judging = client_for(assessor)
    assert "Judge by the rubric" in text(judging.get(staff))
    assert judging.get(f"{STAFF}/decisions/evidence/{item.public_id}").content == b"Ten years of reading figures."
    incomplete = judging.post(staff, {"judgement": "Sound."})
    assert incomplete.status_code == 422
    judging.post(
        staff, {"level_reading": "strong", "level_explaining": "clear", "judgement": "Shown by the reference."}
    )
    assert judging.get(f"{staff}decide").status_code == 403
    client_for(programme_lead).post(f"{staff}decide", {"recognised": "yes", "reason": "As judged."})
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by) == ("recognised", programme_lead)
    programme.result(fresh(one), "briefing", {"reading": "strong", "explaining": "clear"})
    run_pending()
    decision = decide(fresh(one), programme_lead)
    assert decision.is_pass
    assert decision.standings[0]["route"] == "recognition"


def test_a_transcript_is_a_page_and_a_table(programme: Programme, programme_lead: Any, client_for: Any) -> None:
    decision = programme.decided(programme_lead, name="=김미나")
    one = fresh(decision.enrolment)
    staff = client_for(programme_lead)
    here = f"{STAFF}/decisions/transcripts/{one.learner.public_id}/"
    assert decision.transcript_line in text(staff.get(here))
    table = staff.get(f"{here}transcript.csv").content.decode("utf-8-sig").splitlines()
    assert len(table) == 2
    assert table[1].startswith(decision.transcript_line)
    own = browser_of(one)
    assert decision.transcript_line in text(own.get(f"/learn/{one.public_id}/transcript"))
    assert own.get(f"/learn/{one.public_id}/transcript.csv").status_code == 200


def test_nobody_sees_another_learners_pages(programme: Programme, programme_lead: Any) -> None:
    mine, theirs = programme.marked(), programme.decided(programme_lead).enrolment
    browser = browser_of(mine)
    for page in ("decision", "appeal", "prior-learning", "transcript", "transcript.csv"):
        assert browser.get(f"/learn/{theirs.public_id}/{page}").status_code == 404, page
    case = services.suspect(fresh(theirs), "Seen.", actor=programme_lead)
    for way in (theirs.public_id, mine.public_id):
        assert browser.get(f"/learn/{way}/hearing/{case.public_id}").status_code == 404


def test_the_rules_of_deciding_are_the_institutions(owner: Any, programme: Programme, client_for: Any) -> None:
    browser = client_for(owner)
    here = f"{STAFF}/decisions/policy"
    values = {
        "four_eyes": "on",
        "appeal_days": "10",
        "answer_days": "20",
        "hearing_days": "5",
        "resubmission_days": "30",
    }
    assert browser.post(here, values).status_code == 302
    policy = DecisionPolicy.objects.get()
    assert (policy.four_eyes, policy.at_once, policy.appeal_days) == (True, False, 10)
    assert browser.post(here, values | {"appeal_days": "900"}).status_code == 422
    browser.post(here, values)
    assert DecisionPolicy.objects.count() == 1
    own = f"{here}?m={programme.version.micro_credential.public_id}"
    assert browser.post(own, values | {"appeal_days": "30"}).status_code == 302
    assert policy_for(programme.version.micro_credential_id).appeal_days == 30
    assert policy_for(None).appeal_days == 10


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_staff_page_opens_in_both_languages(
    programme: Programme, programme_lead: Any, owner: Any, client_for: Any, language: str
) -> None:
    one = programme.marked(report=POOR)
    failed = programme.decided(programme_lead, Outcome.FAIL, briefing=POOR)
    appeal = services.lodge(failed, ["procedure"], "So it was.")
    case = services.suspect(one, "Seen.", actor=programme_lead)
    learner = programme.learner()
    item = add_text(learner.learner, "Work.", "Work")
    claim = services.claim(learner, "report", "Elsewhere.", [item])
    browser = client_for(owner)
    said = {"accept-language": language}
    for page in (
        "decisions/",
        "decisions/policy",
        f"decisions/offerings/{programme.offering.public_id}/",
        f"decisions/learners/{one.public_id}/",
        f"decisions/learners/{failed.enrolment.public_id}/",
        f"decisions/learners/{one.public_id}/misconduct",
        f"decisions/learners/{learner.public_id}/withdraw",
        f"decisions/transcripts/{one.learner.public_id}/",
        "appeals/",
        "appeals/?state=closed",
        f"appeals/{appeal.public_id}/",
        "misconduct/",
        f"misconduct/{case.public_id}/",
        "prior-learning/",
        f"prior-learning/{claim.public_id}/",
    ):
        answer = browser.get(f"{STAFF}/{page}", headers=said)
        assert (answer.status_code, answer.headers["Content-Language"]) == (200, language), page
    mine = browser_of(learner)
    for page in ("decision", "prior-learning", "transcript"):
        assert mine.get(f"/learn/{learner.public_id}/{page}", headers=said).status_code == 200, page
    assert mine.get(f"/learn/{learner.public_id}/appeal").status_code == 404, "there is nothing to appeal against"
    assert browser_of(fresh(failed.enrolment)).get(f"/learn/{failed.enrolment.public_id}/appeal").status_code == 200
