"""What stands between a draft and an approval: gates, four eyes, the content that was seen, the review date."""

from __future__ import annotations

from typing import Any

import pytest
from tests.standing import standing

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import NotApproved, content_hash
from testamur_site.foundation.audit.api import entries
from testamur_site.quality import services
from testamur_site.quality.errors import QualityError
from testamur_site.quality.models import Condition, Decision, Proposal

from .conftest import approve, codes, edit, fresh, in_days, review

pytestmark = pytest.mark.usefixtures("at_work")


def test_a_reviewed_proposal_is_approved_and_can_then_be_published(reviewed: Proposal, second_officer: Any) -> None:
    version = fresh(reviewed.version)
    with pytest.raises(NotApproved):
        catalogue.publish(version)
    decision = approve(reviewed, second_officer)
    reviewed.refresh_from_db()
    assert reviewed.state == "approved"
    assert decision.reason == "It tests what it promises."
    version = fresh(version)
    assert (version.approved_hash, version.approved_until) == (content_hash(version), in_days(365))
    assert catalogue.publish(version).state == "published"


def test_without_a_review_it_is_not_approved(proposal: Proposal, quality_officer: Any) -> None:
    with pytest.raises(QualityError) as caught:
        approve(proposal, quality_officer)
    assert codes(caught) == ["gate.open"]
    assert not Decision.objects.filter(step="approved").exists()


def test_a_review_against_it_does_not_count_as_one_in_favour(proposal: Proposal, quality_officer: Any) -> None:
    review(proposal, quality_officer, "change")
    with pytest.raises(QualityError) as caught:
        approve(proposal, quality_officer)
    assert codes(caught) == ["gate.open"]


def test_who_proposed_it_neither_reviews_nor_decides(reviewed: Proposal, owner: Any, draft: Any) -> None:
    """The owner may do everything by role; having proposed it, not this."""
    services.take_back(reviewed, actor=owner)
    again = services.propose(fresh(draft), actor=owner)
    for step in (lambda: review(again, owner), lambda: approve(again, owner)):
        with pytest.raises(QualityError) as caught:
            step()
        assert "four_eyes.proposed" in codes(caught)


def test_who_edited_it_neither_reviews_nor_decides_even_after_somebody_else_edited_it(
    draft: Any, owner: Any, designer: Any, programme_lead: Any
) -> None:
    edit(draft, owner, "One title")
    edited = edit(draft, designer, "Another title")
    assert edited.changed_by == designer
    proposal = services.propose(edited, actor=programme_lead)
    for step in (
        lambda: review(proposal, owner),
        lambda: approve(proposal, owner),
        lambda: services.decline(proposal, "No.", seen_hash=proposal.content_hash, actor=owner),
        lambda: services.invite(proposal, kind="peer", name="P", email="p@x.example", organisation="X", actor=owner),
    ):
        with pytest.raises(QualityError) as caught:
            step()
        assert "four_eyes.edited" in codes(caught)


def test_where_the_policy_says_so_the_reviewer_does_not_decide(
    institution: Any, reviewed: Proposal, quality_officer: Any, second_officer: Any
) -> None:
    services.set_policy(institution, requires_approval="assessed", decider_apart=True, actor=None)
    with pytest.raises(QualityError) as caught:
        approve(reviewed, quality_officer)
    assert codes(caught) == ["four_eyes.reviewed"]
    approve(reviewed, second_officer)


def test_a_change_after_the_review_falls_out(reviewed: Proposal, designer: Any, second_officer: Any) -> None:
    edit(reviewed.version, designer)
    with pytest.raises(QualityError) as caught:
        approve(reviewed, second_officer)
    assert codes(caught) == ["content.changed"]


def test_proposed_again_the_earlier_review_counts_no_more(
    reviewed: Proposal, designer: Any, programme_lead: Any, second_officer: Any
) -> None:
    again = services.propose(edit(reviewed.version, designer), actor=programme_lead)
    assert (again.pk, again.round) == (reviewed.pk, 2)
    with pytest.raises(QualityError) as caught:
        approve(again, second_officer)
    assert codes(caught) == ["gate.open"]


def test_what_was_not_seen_is_not_decided(
    reviewed: Proposal, designer: Any, programme_lead: Any, second_officer: Any
) -> None:
    seen = reviewed.content_hash
    again = services.propose(edit(reviewed.version, designer), actor=programme_lead)
    for step in (
        lambda: review(again, second_officer, seen_hash=seen),
        lambda: approve(again, second_officer, seen_hash=seen),
        lambda: services.return_for_changes(again, "Why.", seen_hash=seen, actor=second_officer),
    ):
        with pytest.raises(QualityError) as caught:
            step()
        assert codes(caught) == ["content.not_seen"]


def test_a_change_after_the_approval_falls_out_of_it(approved: Proposal, designer: Any) -> None:
    changed = edit(approved.version, designer)
    with pytest.raises(NotApproved) as caught:
        catalogue.publish(changed)
    assert caught.value.why == "changed"


@pytest.mark.parametrize("days", [-1, 0, 800])
def test_the_review_date_lies_within_the_policy(reviewed: Proposal, second_officer: Any, days: int) -> None:
    with pytest.raises(QualityError) as caught:
        approve(reviewed, second_officer, review_on=in_days(days))
    assert "review.date" in codes(caught)


def test_a_rule_that_must_hold_and_does_not_needs_words(
    institution: Any, reviewed: Proposal, second_officer: Any
) -> None:
    """The workload of the sample is 60 hours for 2 ECTS, so a rule of New Zealand's about the title fails: "data" is forbidden nowhere,
    but a review after 4 years is too late."""
    services.set_policy(institution, requires_approval="assessed", profiles=("eu", "nz"), review_months=60, actor=None)
    late = in_days(4 * 365)
    with pytest.raises(QualityError) as caught:
        approve(reviewed, second_officer, review_on=late)
    assert codes(caught) == ["rules.failing"]
    assert caught.value.refusals[0].facts["rules"] == ["nz.review"]
    decision = approve(reviewed, second_officer, review_on=late, deviation="It changes slowly.")
    assert decision.deviation == "It changes slowly."
    assert decision.facts["rules"]["nz.review"] == "fails"


def test_all_reasons_come_at_once(proposal: Proposal, owner: Any, quality_officer: Any) -> None:
    with pytest.raises(QualityError) as caught:
        approve(proposal, quality_officer, review_on=in_days(0), conditions=[("A room.", in_days(30))])
    assert codes(caught) == ["gate.open", "review.date", "conditions.date"]


def test_a_decision_needs_a_reason(reviewed: Proposal, second_officer: Any) -> None:
    for step in (services.return_for_changes, services.decline):
        with pytest.raises(QualityError) as caught:
            step(reviewed, " . ", seen_hash=reviewed.content_hash, actor=second_officer)
        assert codes(caught) == ["reason.missing"]
    reviewed.refresh_from_db()
    assert reviewed.state == "open"


def test_returned_changed_and_proposed_again(
    reviewed: Proposal, designer: Any, programme_lead: Any, second_officer: Any
) -> None:
    services.return_for_changes(
        reviewed, "Say how talks are recorded.", seen_hash=reviewed.content_hash, actor=second_officer
    )
    with pytest.raises(QualityError) as caught:
        services.propose(fresh(reviewed.version), actor=programme_lead)
    assert codes(caught) == ["proposal.same"]
    again = services.propose(edit(reviewed.version, designer), actor=programme_lead)
    assert (again.state, again.round) == ("open", 2)
    assert [one.step for one in again.decisions.all()] == ["proposed", "returned", "proposed_again"]


def test_a_proposal_is_decided_once(approved: Proposal, quality_officer: Any) -> None:
    with pytest.raises(QualityError) as caught:
        approve(approved, quality_officer)
    assert codes(caught) == ["proposal.state"]


def test_an_incomplete_draft_is_not_proposed(institution: Any, programme_lead: Any, designer: Any) -> None:
    from testamur_site.catalogue.description.elements import Description

    version = fresh(catalogue.create(institution, Description(title={"en": "Empty"}), actor=designer).versions.get())
    with pytest.raises(QualityError) as caught:
        services.propose(version, actor=programme_lead)
    assert codes(caught) == ["version.incomplete"]


def test_a_discarded_draft_leaves_its_proposal_behind(reviewed: Proposal, designer: Any, second_officer: Any) -> None:
    catalogue.discard_draft(fresh(reviewed.version), actor=designer)
    reviewed.refresh_from_db()
    assert reviewed.version is None
    assert reviewed.title["en"] == "Data literacy for public services"
    with pytest.raises(QualityError) as caught:
        approve(reviewed, second_officer)
    assert codes(caught) == ["version.gone"]


def test_the_trail_holds_every_step_and_no_words(approved: Proposal, institution: Any) -> None:
    found = [
        entry for entry in entries(institution, action="quality") if entry.target == f"proposal:{approved.public_id}"
    ]
    assert [entry.action for entry in reversed(found)] == ["quality.proposed", "quality.reviewed", "quality.approved"]
    assert not any("tests what it promises" in str(entry.facts) for entry in found)


class TestConditions:
    @pytest.fixture
    @standing
    def condition(self, reviewed: Proposal, second_officer: Any) -> Condition:
        approve(reviewed, second_officer, conditions=[("Sign the contract with the ministry.", in_days(30))])
        return reviewed.conditions.get()

    def test_fulfilled_with_evidence_and_accepted_by_another(
        self, condition: Condition, designer: Any, quality_officer: Any
    ) -> None:
        services.fulfil(condition, "Signed today.", "https://han-river.example/contract", actor=designer)
        services.accept(condition, "I have read it.", actor=quality_officer)
        condition.refresh_from_db()
        assert (condition.state, condition.accepted_by) == ("accepted", quality_officer)

    def test_not_by_the_same_person(self, condition: Condition, owner: Any) -> None:
        services.fulfil(condition, "Signed today.", actor=owner)
        with pytest.raises(QualityError) as caught:
            services.accept(condition, "I say so.", actor=owner)
        assert codes(caught) == ["four_eyes.fulfilled"]

    def test_sent_back_it_is_open_again(self, condition: Condition, designer: Any, quality_officer: Any) -> None:
        services.fulfil(condition, "Nearly signed.", actor=designer)
        services.send_back(condition, "Nearly is not enough.", actor=quality_officer)
        condition.refresh_from_db()
        assert condition.state == "open"
        with pytest.raises(QualityError) as caught:
            services.accept(condition, "Yes.", actor=quality_officer)
        assert codes(caught) == ["condition.state"]

    def test_due_before_the_review(self, reviewed: Proposal, second_officer: Any) -> None:
        with pytest.raises(QualityError) as caught:
            approve(reviewed, second_officer, conditions=[("Later.", in_days(400))])
        assert codes(caught) == ["conditions.date"]
        assert not Condition.objects.exists()
