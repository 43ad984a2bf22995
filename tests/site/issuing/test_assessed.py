"""Awards that are made of decisions: what they say, that there is exactly one, and that none is left without its decision."""

# ruff: noqa: F811 - pytest hands fixtures over by their names
from __future__ import annotations

import base64
import hashlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from tests.site.decisions.conftest import (  # noqa: F401
    GOOD,
    Programme,
    at_work,
    decide,
    fresh,
    programme,
    second_lead,
    third_lead,
)
from tests.site.issuing.conftest import document_of, proof_holds, public_site
from tests.standing import aside

from testamur.verification import Verdict, Verifier
from testamur_site.assessment.services import allocation
from testamur_site.decisions import services as decisions
from testamur_site.decisions.api import NotAwardable, award_facts
from testamur_site.decisions.models import Decision, DecisionPolicy
from testamur_site.decisions.queries import last_handed_in
from testamur_site.decisions.rules import AppealState, Consequence, Outcome
from testamur_site.enrolment.api import add_address, add_text, add_to_draft, begin_draft, submit
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.issuing import api, services
from testamur_site.issuing.errors import NeedsDecision
from testamur_site.issuing.models import Award
from testamur_site.issuing.services import assessed, drafts, pipeline
from testamur_site.wallet.models import Deposit
from testamur_site.wallet.services import claim

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture(autouse=True)
@aside
def _settled_at_once(settings: Any) -> None:
    settings.TESTAMUR_UNDO_MARK = timedelta(0)


def awarded(programme: Programme, lead: Any, **marks: Any) -> Award:
    decision = programme.decided(lead, **marks)
    run_pending()
    return Award.objects.get(decision=decision)


def results(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = document["credentialSubject"]["result"]
    return {one["resultDescription"].partition("#task-")[2]: one for one in found}


def reached(document: dict[str, Any]) -> dict[str, str]:
    return {name: one.get("value") or one["achievedLevel"] for name, one in results(document).items()}


def test_a_pass_becomes_a_signed_credential_with_the_whole_chain(programme: Programme, programme_lead: Any) -> None:
    award = awarded(programme, programme_lead)
    document = document_of(award)
    assert award.state == "issued"
    assert proof_holds(document, award.institution)
    found = results(document)
    assert set(found) == {
        "report", "report-reading", "report-explaining", "briefing", "briefing-reading", "briefing-explaining",
    }  # fmt: skip
    assert found["report"]["value"] == "100"
    assert found["report-reading"]["achievedLevel"].endswith("#task-report-reading-strong")
    evidence = {one["id"]: one for one in document["evidence"]}
    named = [one["targetUrl"] for one in found["report"]["alignment"]]
    # The record of the assessment is addressed in the credential itself; results refer to both.
    assert next(one.partition("#")[2] or one for one in named) == "assessment-report"
    pieces = [one for one in evidence.values() if "digestSRI" in one]
    expected = base64.b64encode(hashlib.sha256(b"What the figures hide.").digest()).decode()
    assert {one["digestSRI"] for one in pieces} == {f"sha256-{expected}"}
    assert all(target in evidence for target in named)


def test_our_own_verifier_finds_it_valid(programme: Programme, programme_lead: Any) -> None:
    award = awarded(programme, programme_lead)
    report = Verifier(public_site(award.institution)).verify(api.credential_bytes(award))
    assert report.verdict is Verdict.VALID, [check for check in report.checks if check.outcome != "passed"]


def test_a_decision_is_awarded_once_however_often_it_is_asked(programme: Programme, programme_lead: Any) -> None:
    award = awarded(programme, programme_lead)
    again = services.award_decision(Decision.objects.get(pk=award.decision_id))
    assert again.pk == award.pk
    assert Award.objects.count() == 1


def test_what_needs_a_decision_is_awarded_by_nothing_else(programme: Programme, issuer: Any) -> None:
    data = api.AwardData(name="Ada", email="ada@example.org", awarded_date=date(2026, 3, 5))
    with pytest.raises(NeedsDecision):
        services.award_one(programme.version, data, actor=issuer)
    with pytest.raises(NeedsDecision):
        drafts.draft_batch(programme.version, b"Name,Email\r\nAda,ada@example.org\r\n")
    assert not Award.objects.exists()


def test_an_award_waits_for_the_end_of_the_time_to_appeal(programme: Programme, programme_lead: Any) -> None:
    DecisionPolicy.objects.create(institution=programme.version.institution, at_once=False, appeal_days=14)
    decision = programme.decided(programme_lead)
    run_pending()
    assert decision.final_at > timezone.now()
    assert not Award.objects.exists()
    with pytest.raises(NotAwardable):
        services.award_decision(decision)


def test_a_void_leaves_no_valid_credential(programme: Programme, programme_lead: Any, second_lead: Any) -> None:
    award = awarded(programme, programme_lead)
    enrolment = fresh(programme.learners[0])
    case = decisions.suspect(enrolment, "The text is that of another.", submission=None, actor=programme_lead)
    decisions.hear(case, "It is mine.")
    decisions.find(case, True, "It is not.", actor=second_lead)
    decisions.impose(case, Consequence.EXCLUSION, actor=second_lead)
    run_pending()
    award.refresh_from_db()
    assert (award.state, award.reason_code) == ("revoked", "academic_misconduct")
    report = Verifier(public_site(award.institution)).verify(api.credential_bytes(award))
    assert report.verdict is Verdict.INVALID
    with pytest.raises(NotAwardable):
        award_facts(Decision.objects.get(pk=award.decision_id))


@pytest.mark.parametrize("step", ["_reserve", "_prepare", "_sign"])
def test_killed_at_any_step_there_is_one_award_in_the_end(
    programme: Programme, programme_lead: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    decision = programme.decided(programme_lead)

    def killed(*_arguments: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, step, killed)
        with pytest.raises(KeyboardInterrupt):
            services.award_decision(decision)
    run_pending()
    award = Award.objects.get()
    assert (award.state, award.decision_id) == ("issued", decision.pk)
    assert proof_holds(document_of(award), award.institution)


def test_killed_before_it_was_written_nothing_is_there(
    programme: Programme, programme_lead: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = programme.decided(programme_lead)

    def killed(_award: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(assessed, "queue", killed)
        with pytest.raises(KeyboardInterrupt):
            services.award_decision(decision)
    assert not Award.objects.exists()
    run_pending()
    assert Award.objects.get().state == "issued"


def test_a_better_result_after_an_appeal_supersedes_the_credential(
    programme: Programme, programme_lead: Any, second_lead: Any, third_lead: Any
) -> None:
    fair = {"reading": "sound", "explaining": "clear"}
    first = awarded(programme, programme_lead, briefing=fair)
    appeal = decisions.lodge(Decision.objects.get(pk=first.decision_id), ["marking"], "It is better than that.")
    decisions.take_up(appeal, actor=second_lead)
    decisions.answer(appeal, AppealState.UPHELD, "Look again.", actor=second_lead, mark_again=["briefing"])
    one = fresh(programme.learners[0])
    work = last_handed_in(one, "briefing")
    assert work is not None
    programme.mark(work, GOOD, by=third_lead)
    run_pending()
    decide(one, programme_lead)
    run_pending()
    first.refresh_from_db()
    second = Award.objects.get(state="issued")
    assert (first.state, second.supersedes_id) == ("superseded", first.pk)
    assert results(document_of(first))["briefing"]["value"] == "75"
    assert results(document_of(second))["briefing"]["value"] == "100"


def test_results_that_fell_take_the_credential_back(
    programme: Programme, programme_lead: Any, second_lead: Any
) -> None:
    award = awarded(programme, programme_lead)
    one = fresh(programme.learners[0])
    case = decisions.suspect(one, "Seen.", submission=last_handed_in(one, "report"), actor=second_lead)
    decisions.hear(case, "It is mine.")
    decisions.find(case, True, "It is not.", actor=programme_lead)
    decisions.impose(case, Consequence.MARK_REDUCED, points=Decimal(60), actor=programme_lead)
    award.refresh_from_db()
    assert award.state == "issued", "until somebody has decided anew"
    decide(one, programme_lead, Outcome.RESUBMIT)
    run_pending()
    award.refresh_from_db()
    assert (award.state, award.reason_code) == ("revoked", "issued_in_error")


def test_a_correction_mends_the_person_and_leaves_what_was_decided(
    programme: Programme, programme_lead: Any, issuer: Any, client_for: Any
) -> None:
    award = awarded(programme, programme_lead)
    browser = client_for(issuer)
    here = f"/staff/han-river/awards/{award.public_id}/correct"
    assert 'name="result_0"' not in browser.get(here).content.decode()
    form = {
        "name": "김민아",
        "email": award.recipient_email,
        "language": "ko",
        "awarded_date": award.awarded_date.isoformat(),
        "valid_until": award.valid_until.date().isoformat() if award.valid_until else "",
        "again": "x",
        "evidence-TOTAL_FORMS": "0",
        "evidence-INITIAL_FORMS": "0",
        "confirm": "yes",
    }
    assert browser.post(here, form).status_code == 302
    mended = Award.objects.get(state="issued")
    assert mended.supersedes_id == award.pk
    before, after = document_of(award), document_of(mended)
    assert reached(after) == reached(before)
    for member in ("licenseNumber", "term", "narrative"):
        assert before["credentialSubject"][member] == after["credentialSubject"][member]
    assert [one.get("digestSRI") for one in before["evidence"]] == [one.get("digestSRI") for one in after["evidence"]]
    assert after["credentialSubject"]["identifier"][0]["identityHash"] == "김민아"


def test_prior_learning_is_called_so(programme: Programme, programme_lead: Any, assessor: Any) -> None:
    one = programme.learner()
    item = add_text(one.learner, "Ten years of figures.", "Reference")
    claim = decisions.claim(one, "report", "Elsewhere.", [item])
    decisions.judge(claim, GOOD, "Shown.", actor=assessor)
    decisions.decide_claim(claim, True, "As judged.", actor=programme_lead)
    programme.result(fresh(one), "briefing", GOOD)
    run_pending()
    decide(one, programme_lead)
    run_pending()
    document = document_of(Award.objects.get())
    genres = {one["id"].partition("#")[2]: one["genre"] for one in document["evidence"]}
    assert genres["assessment-report"] == "선행 학습 인정"
    assert genres["assessment-briefing"] == "평가"
    assert "선행 학습 인정" in document["credentialSubject"]["narrative"]
    expected = base64.b64encode(hashlib.sha256(b"Ten years of figures.").digest()).decode()
    assert f"sha256-{expected}" in {one.get("digestSRI") for one in document["evidence"]}


def test_an_organisation_outside_is_the_source(
    programme: Programme, programme_lead: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [
        {"name": "Han River University", "url": "https://han-river.example/", "role": "staff", "count": 1},
        {"name": "Acme [Data]", "url": "javascript:alert(1)", "role": "industry", "count": 2},
    ]
    monkeypatch.setattr("testamur_site.decisions.awarding.assessment.assessor_organisations", lambda _work: said)
    document = document_of(awarded(programme, programme_lead))
    source = document["credentialSubject"]["source"]
    assert source["name"] == "Acme [Data]"
    assert source["id"].startswith("urn:uuid:")
    assert "url" not in source
    record = next(one for one in document["evidence"] if one["id"].endswith("#assessment-report"))
    assert "Acme \\[Data\\], 산업계 검증자 2명" in record["narrative"]


def test_a_piece_that_may_be_named_is_named_and_not_fixed(programme: Programme, programme_lead: Any) -> None:
    one = programme.learner()
    shown = add_address(one.learner, "link", "https://git.example/work", "Repository", public=True)
    hidden = add_address(one.learner, "link", "https://docs.example/secret-address", "Draft")
    draft = begin_draft(one, "report")
    for item in (shown, hidden):
        add_to_draft(draft, item)
    submission = submit(draft, declared=True)
    allocation.open_submission(submission)
    programme.mark(submission, GOOD)
    programme.result(one, "briefing", GOOD)
    run_pending()
    decide(fresh(one), programme_lead)
    run_pending()
    content = api.credential_bytes(Award.objects.get()).decode()
    evidence = {piece["name"]: piece for piece in document_of(Award.objects.get())["evidence"]}
    assert evidence["Repository"]["id"] == "https://git.example/work"
    assert "digestSRI" not in evidence["Repository"]
    assert evidence["Draft"]["id"].startswith("ni:///sha-256;")
    assert "secret-address" not in content


def test_the_award_is_found_from_its_decision(programme: Programme, programme_lead: Any, client_for: Any) -> None:
    DecisionPolicy.objects.create(institution=programme.version.institution, at_once=False)
    decision = programme.decided(programme_lead)
    browser = client_for(programme_lead)
    here = f"/staff/han-river/awards/of-decision/{decision.public_id}"
    assert "time to appeal is over" in browser.get(here).content.decode()
    refused = browser.post(f"{here}/award", follow=True)
    assert "time to appeal is over" in refused.content.decode()
    assert not Award.objects.exists()


def test_the_form_says_that_it_is_awarded_by_decision(programme: Programme, issuer: Any, client_for: Any) -> None:
    page = client_for(issuer).get(f"/staff/han-river/awards/new?m={programme.version.micro_credential.public_id}")
    assert "Awarded by decision" in page.content.decode()


def test_the_share_page_shows_how_it_was_earned(
    programme: Programme, programme_lead: Any, client: Any, settings: Any
) -> None:
    settings.TESTAMUR_AFTER_ISSUE = "testamur_site.wallet.jobs.after_issue"
    award = awarded(programme, programme_lead)
    run_pending()
    deposit = Deposit.objects.select_related("institution").get(award=award)
    claim(deposit, "en")
    Deposit.objects.filter(pk=deposit.pk).update(public=True)
    page = client.get(f"/c/{award.public_id}").content.decode()
    assert "How it was earned" in page
    assert hashlib.sha256(b"What the figures hide.").hexdigest() in page
    assert 'href="ni:' not in page
    assert 'href="#assessment' not in page
