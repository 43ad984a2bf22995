"""The decision as a signed document: inside every credential, verified with it, revoked with the approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from tests.site.issuing.conftest import ADA, cohort, document_of, proof_holds, public_site, status_of
from tests.standing import aside, standing

from testamur import strict_json
from testamur.verification import Report, Verdict, Verifier
from testamur.verification.presenters import to_json, to_text
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import AchievementVersion, achievement_id
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.foundation.design_system.api import day
from testamur_site.foundation.keys.api import rotate
from testamur_site.issuing import api as issuing
from testamur_site.issuing.rules import Reason
from testamur_site.quality import api, endorsing, services
from testamur_site.quality.errors import QualityError
from testamur_site.quality.models import Endorsement, Proposal

from .conftest import PNG, approve, codes, edit, fresh, in_days, review

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture(autouse=True)
@aside
def _nobody_is_told(settings: Any) -> None:
    settings.TESTAMUR_AFTER_ISSUE = None


@pytest.fixture
@standing
def proposal(
    institution: Any, designer: Any, programme_lead: Any, quality_officer: Any, second_officer: Any
) -> Proposal:
    """A programme that is awarded by form, approved with the recommendation of a company and one condition."""
    made = catalogue.create(institution, DESCRIPTION, png=PNG, actor=designer)
    proposal = services.propose(fresh(made.versions.get()), actor=programme_lead)
    review(proposal, quality_officer)
    member, _ = services.invite(
        proposal, kind="industry", name="Kim Ji-u", email="kim@acme.example", organisation="Acme", actor=quality_officer
    )
    services.answer(member, "approve", "We would hire on it.", {}, seen_hash=proposal.content_hash)
    approve(proposal, second_officer, conditions=[("Train a second assessor.", in_days(60))])
    proposal.refresh_from_db()
    return proposal


@pytest.fixture
@standing
def version(proposal: Proposal) -> AchievementVersion:
    """The same, published."""
    return fresh(catalogue.publish(fresh(proposal.version)))


def verify(award: issuing.Award) -> Report:
    return Verifier(public_site(award.institution)).verify(issuing.credential_bytes(award))


def test_the_document_says_what_was_decided(version: AchievementVersion, institution: Any) -> None:
    (document,) = api.endorsements(version)
    assert document["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert document["issuer"]["id"] == institution.did
    assert document["credentialSubject"]["id"] == achievement_id(version)
    comment = document["credentialSubject"]["endorsementComment"]
    for said in ("한강대학교", "Acme", "조건 1개", str(in_days(365).year)):
        assert said in comment, comment
    assert document["validUntil"] == f"{in_days(365).isoformat()}T23:59:59Z"
    assert document["evidence"][0]["id"].endswith(f"/quality/{version.micro_credential.public_id}")
    assert document["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"
    assert proof_holds(document, institution)
    assert status_of(document).value == "passed"


def test_it_shows_in_every_verification(version: AchievementVersion) -> None:
    award = issuing.award_one(version, ADA)
    assert document_of(award)["credentialSubject"]["achievement"]["endorsement"] == api.endorsements(version)
    report = verify(award)
    (inside,) = report.children
    assert inside.verdict is Verdict.VALID
    assert "endorsements.valid" in {check.code for check in report.checks}
    said = to_json(report, "en")["endorsements"][0]
    assert said["relation"] == "endorsement"
    assert "Acme" in said["subject"]["endorsementComment"]
    printed = to_text(report, "en")  # by `testamur verify`
    assert "[Endorsements 1]\n  VALID" in printed


def test_a_cohort_is_issued_with_it_byte_for_byte_as_one_by_one(version: AchievementVersion) -> None:
    """The compiled way of a cohort does not cover a document inside the document: it must take the long way, not go astray."""
    batch = issuing.draft_batch(
        version, "\r\n".join(["Name,Email,Award date", *(f"{n},{e},2026-03-05" for n, e in cohort(6))]).encode()
    )
    issuing.start_batch(batch)
    from testamur_site.foundation.jobs.api import run_pending

    run_pending()
    awards = list(issuing.Award.objects.filter(batch=batch))
    assert [award.state for award in awards] == ["issued"] * 6
    for award in awards:
        assert verify(award).children[0].verdict is Verdict.VALID


def test_when_the_approval_is_withdrawn_it_is_revoked(
    version: AchievementVersion, proposal: Proposal, owner: Any
) -> None:
    award = issuing.award_one(version, ADA)
    (document,) = api.endorsements(version)
    services.withdraw_approval(proposal, "The ministry ended the contract.", actor=owner)
    assert api.endorsements(fresh(version)) == []
    assert status_of(document).value == "failed"
    report = verify(award)
    assert report.children[0].verdict is Verdict.INVALID
    assert report.verdict is not Verdict.INVALID  # the award itself stands
    assert "endorsements.not_all_valid" in {check.code for check in report.checks}


def test_another_content_is_not_endorsed(proposal: Proposal, designer: Any) -> None:
    draft = fresh(proposal.version)
    assert len(api.endorsements(draft)) == 1
    assert api.endorsements(edit(draft, designer)) == []


def test_a_renewal_takes_its_place(
    version: AchievementVersion, proposal: Proposal, designer: Any, quality_officer: Any, second_officer: Any
) -> None:
    again = services.propose(version, "Reviewed after a year.", actor=designer)
    assert again.pk != proposal.pk
    review(again, quality_officer)
    approve(again, second_officer, review_on=in_days(700))
    (document,) = api.endorsements(fresh(version))
    assert document["validUntil"].startswith(in_days(700).isoformat())
    proposal.refresh_from_db()
    assert proposal.state == "ended"
    assert Endorsement.objects.filter(revoked_at=None).count() == 2  # the earlier one was true and runs out by itself


def test_after_its_time_it_is_no_longer_embedded(version: AchievementVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + timedelta(days=366)
    monkeypatch.setattr("testamur_site.quality.queries.timezone.now", lambda: later)
    assert api.endorsements(version) == []


def test_it_is_revoked_once(proposal: Proposal, owner: Any) -> None:
    endorsements = list(proposal.endorsements.all())
    endorsing.revoke(endorsements, actor=owner)
    first = proposal.endorsements.get().revoked_at
    endorsing.revoke(endorsements, actor=owner)
    assert proposal.endorsements.get().revoked_at == first


def test_a_later_key_does_not_harm_it(version: AchievementVersion, institution: Any, owner: Any) -> None:
    rotate(institution, owner)
    award = issuing.award_one(version, ADA)
    assert verify(award).children[0].verdict is Verdict.VALID


def test_without_a_key_nothing_is_decided(
    institution: Any, designer: Any, quality_officer: Any, second_officer: Any, settings: Any, tmp_path: Any
) -> None:
    made = catalogue.create(institution, DESCRIPTION, png=PNG, actor=designer)
    proposal = services.propose(fresh(made.versions.get()), actor=designer)
    review(proposal, quality_officer)
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "gone"
    with pytest.raises(QualityError) as caught:
        approve(proposal, second_officer)
    assert codes(caught) == ["endorsement.key"]
    proposal.refresh_from_db()
    assert proposal.state == "open"
    assert not proposal.decisions.filter(step="approved").exists()
    assert fresh(proposal.version).approved_hash == ""


def test_its_bytes_never_change(proposal: Proposal) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        proposal.endorsements.update(document=b"{}")
    with pytest.raises(DatabaseError), transaction.atomic():
        proposal.decisions.update(reason="Another reason")
    with pytest.raises(DatabaseError), transaction.atomic():
        proposal.reviews.update(recommendation="decline")
    with pytest.raises(DatabaseError), transaction.atomic():
        proposal.panel.update(recommendation="decline")


def test_where_the_policy_does_not_want_it_nothing_is_signed(
    institution: Any, designer: Any, quality_officer: Any, second_officer: Any
) -> None:
    services.set_policy(institution, requires_approval="all", endorse=False, actor=None)
    made = catalogue.create(institution, DESCRIPTION, png=PNG, actor=designer)
    proposal = services.propose(fresh(made.versions.get()), actor=designer)
    review(proposal, quality_officer)
    approve(proposal, second_officer)
    assert not Endorsement.objects.exists()
    assert api.endorsements(fresh(proposal.version)) == []


class TestHosted:
    def test_programs_get_the_document_and_people_a_page(
        self, version: AchievementVersion, proposal: Proposal, client_for: Callable[..., Client]
    ) -> None:
        endorsement = proposal.endorsements.get()
        client, address = client_for(None), f"/endorsements/{endorsement.public_id}"
        answer = client.get(address)
        assert answer.content == bytes(endorsement.document)
        assert answer["Content-Type"] == "application/vc"
        assert strict_json.loads(answer.content)["id"].endswith(address)
        page = client.get(address, HTTP_ACCEPT="text/html,application/xhtml+xml,*/*;q=0.8").content.decode()
        assert "Acme" in page
        assert "Revoked" not in page
        assert client.get(f"{address}?format=json", HTTP_ACCEPT="text/html").content == answer.content

    def test_the_page_says_that_it_was_revoked(
        self, proposal: Proposal, owner: Any, client_for: Callable[..., Client]
    ) -> None:
        services.withdraw_approval(proposal, "The contract has ended.", actor=owner)
        address = f"/endorsements/{proposal.endorsements.get().public_id}"
        assert "was revoked on" in client_for(None).get(address, HTTP_ACCEPT="text/html").content.decode()

    @pytest.mark.parametrize("unknown", ["nothing", "%00", "한글", "x" * 100])
    def test_what_there_is_not(self, db: None, client_for: Callable[..., Client], unknown: str) -> None:
        for address in (f"/endorsements/{unknown}", f"/quality/{unknown}", f"/quality/panel/{unknown}"):
            assert client_for(None).get(address).status_code in (400, 404)


class TestAwarding:
    """What stops awards, and what does not."""

    @pytest.fixture
    @standing
    def strict(self, institution: Any, version: AchievementVersion) -> AchievementVersion:
        services.set_policy(institution, requires_approval="all", stop_when_overdue=True, actor=None)
        return version

    def test_nothing_while_all_is_well(self, strict: AchievementVersion) -> None:
        assert api.awarding_refusal(strict) is None
        assert issuing.award_one(strict, ADA).state == "issued"

    @pytest.mark.parametrize(("days", "code"), [(61, "award.condition_overdue"), (366, "award.overdue")])
    def test_an_overdue_date_stops_them_where_the_policy_says_so(
        self, strict: AchievementVersion, institution: Any, monkeypatch: pytest.MonkeyPatch, days: int, code: str
    ) -> None:
        later, due = timezone.now() + timedelta(days=days), in_days(days - 1)
        monkeypatch.setattr("testamur_site.quality.queries.timezone.now", lambda: later)
        refusal = api.awarding_refusal(strict)
        assert refusal is not None
        assert refusal.code == code
        assert day(due) in refusal.sentence
        services.set_policy(institution, requires_approval="all", stop_when_overdue=False, actor=None)
        assert api.awarding_refusal(strict) is None

    def test_a_withdrawn_approval_stops_them(self, strict: AchievementVersion, proposal: Proposal, owner: Any) -> None:
        services.withdraw_approval(proposal, "The contract has ended.", actor=owner)
        refusal = api.awarding_refusal(fresh(strict))
        assert refusal is not None
        assert refusal.code == "award.withdrawn"

    def test_what_was_published_before_there_was_a_policy_goes_on(self, institution: Any, designer: Any) -> None:
        made = catalogue.create(institution, DESCRIPTION, png=PNG, actor=designer)
        version = fresh(catalogue.publish(made.versions.get()))
        services.set_policy(institution, requires_approval="all", stop_when_overdue=True, actor=None)
        assert api.awarding_refusal(version) is None
        assert issuing.award_one(version, ADA).state == "issued"
        issuing.revoke(issuing.Award.objects.get(), Reason.ADMINISTRATIVE)
