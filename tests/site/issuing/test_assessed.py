"""Awards that are made of decisions: what they say, that there is exactly one, and that none is left without its decision."""

# ruff: noqa: F811 - pytest hands fixtures over by their names
from __future__ import annotations

import base64
import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.site.decisions.conftest import Programme, at_work, decide, fresh, programme, second_lead  # noqa: F401
from tests.site.issuing.conftest import document_of, proof_holds, public_site

from testamur.verification import Verdict, Verifier
from testamur_site.decisions import services as decisions
from testamur_site.decisions.api import NotAwardable, award_facts
from testamur_site.decisions.models import Decision, DecisionPolicy
from testamur_site.decisions.rules import Consequence
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.issuing import api, services
from testamur_site.issuing.errors import NeedsDecision
from testamur_site.issuing.models import Award
from testamur_site.issuing.services import drafts

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture(autouse=True)
def _settled_at_once(settings: Any) -> None:
    settings.TESTAMUR_UNDO_MARK = timedelta(0)


def awarded(programme: Programme, lead: Any, **marks: Any) -> Award:
    decision = programme.decided(lead, **marks)
    run_pending()
    return Award.objects.get(decision=decision)


def results(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = document["credentialSubject"]["result"]
    return {one["resultDescription"].partition("#task-")[2]: one for one in found}


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
