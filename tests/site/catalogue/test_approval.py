"""What needs an approval is not published, corrected or brought back without one that holds for exactly this content."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.site.catalogue.assessed import ASSESSED
from tests.standing import standing

from testamur_site.catalogue import services
from testamur_site.catalogue.api import (
    ApprovedOtherContent,
    NotApproved,
    approval_required,
    approve,
    content_hash,
    publishing_policy,
    set_publishing_policy,
    withdraw_approval,
)
from testamur_site.catalogue.description import sections
from testamur_site.catalogue.models import AchievementVersion, PublishingPolicy
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.tenancy.api import Institution


@pytest.fixture
@standing
def gated(at_work: Institution, draft: AchievementVersion) -> AchievementVersion:
    """A complete draft where everything needs an approval."""
    set_publishing_policy(at_work, requires_approval="all")
    return draft


def approved(version: AchievementVersion, until: date | None = None) -> AchievementVersion:
    return approve(version, content_hash(version), until, reference="decision-1")


def retitled(version: AchievementVersion) -> AchievementVersion:
    version.refresh_from_db()
    members = {name: getattr(version.description, name) for name in sections.SECTIONS["basics"]}
    base = sections.token(version.description, "basics")
    return services.save_section(version, "basics", members | {"title": {"en": "Another"}}, base=base)


def test_without_a_policy_nothing_is_needed(at_work: Institution, draft: AchievementVersion) -> None:
    assert publishing_policy(at_work).requires_approval == "none"
    assert not PublishingPolicy.objects.exists()
    assert services.publish(draft).state == "published"


@pytest.mark.parametrize(
    ("requires", "plain", "assessed"), [("none", False, False), ("assessed", False, True), ("all", True, True)]
)
def test_the_policy_says_which_versions(
    requires: str, plain: bool, assessed: bool, at_work: Institution, draft: AchievementVersion
) -> None:
    set_publishing_policy(at_work, requires_approval=requires)
    other = services.create(at_work, ASSESSED).versions.get()
    assert (approval_required(draft), approval_required(other)) == (plain, assessed)


def test_the_policy_is_changed_once_and_audited(at_work: Institution, designer: Any) -> None:
    for _time in range(2):
        set_publishing_policy(at_work, requires_approval="all", stop_when_overdue=True, actor=designer)
    told = [entry for entry in entries(at_work) if entry.action == "publishing_policy.changed"]
    assert [entry.facts for entry in told] == [{"requires_approval": "all", "stop_when_overdue": True}]
    with pytest.raises(ValueError, match="perhaps"):
        set_publishing_policy(at_work, requires_approval="perhaps")


def test_without_an_approval_it_is_not_published(gated: AchievementVersion) -> None:
    with pytest.raises(NotApproved) as refusal:
        services.publish(gated)
    assert refusal.value.why == "never"
    gated.refresh_from_db()
    assert gated.state == "draft"


def test_with_it_it_is(gated: AchievementVersion) -> None:
    approved(gated, timezone.localdate())  # the last day still counts
    assert services.publish(gated).state == "published"


def test_an_approval_of_other_content_does_not_count(gated: AchievementVersion) -> None:
    seen = content_hash(gated)
    approved(gated)
    retitled(gated)
    with pytest.raises(NotApproved) as refusal:
        services.publish(gated)
    assert refusal.value.why == "changed"
    with pytest.raises(ApprovedOtherContent):
        approve(gated, seen, None)


def test_an_approval_runs_out(gated: AchievementVersion) -> None:
    approved(gated, timezone.localdate() - timedelta(days=1))
    with pytest.raises(NotApproved) as refusal:
        services.publish(gated)
    assert refusal.value.why == "expired"


def test_a_published_version_is_not_corrected_behind_the_approval(gated: AchievementVersion) -> None:
    approved(gated)
    published = services.publish(gated)
    with pytest.raises(NotApproved) as refusal:
        retitled(published)
    assert refusal.value.why == "published"
    with pytest.raises(NotApproved):
        services.set_image(published, published.description.image, None)


def test_withdrawn_it_stays_published_but_does_not_come_back(gated: AchievementVersion) -> None:
    approved(gated)
    published = services.publish(gated)
    withdraw_approval(published, reference="decision-2")
    published.refresh_from_db()
    assert (published.state, published.approved_hash) == ("published", "")
    services.retire(published.micro_credential)
    with pytest.raises(NotApproved):
        services.bring_back(published.micro_credential)
    approved(published)
    services.bring_back(published.micro_credential)
    published.micro_credential.refresh_from_db()
    assert published.micro_credential.state == "published"


def test_a_locked_version_can_be_approved_anew(at_work: Institution, locked: AchievementVersion) -> None:
    for _time in range(2):
        approved(locked, date(2030, 1, 1))
    withdraw_approval(locked)
    withdraw_approval(locked)
    told = [(e.action, e.facts.get("until")) for e in entries(at_work) if "approv" in e.action]
    assert told == [("version.approval_withdrawn", None), ("version.approved", "2030-01-01")]
