"""A complete assessed draft by the designer, and an institution that publishes assessed programmes only after an approval."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.site.catalogue.assessed import ASSESSED
from tests.standing import aside, standing

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import AchievementVersion, content_hash
from testamur_site.catalogue.description import sections
from testamur_site.foundation.accounts.api import add_member
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.quality import services
from testamur_site.quality.models import Proposal

PNG = b"\x89PNG\r\n\x1a\n not really a picture, but bytes that are kept"
Approve = Callable[..., Any]


def today() -> date:
    return timezone.now().date()


def in_days(number: int) -> date:
    return today() + timedelta(days=number)


@pytest.fixture
@aside
def at_work(institution: Institution) -> Iterator[Institution]:
    """Work for Han River University throughout the test."""
    with tenant(institution):
        yield institution


@pytest.fixture
@standing
def second_officer(institution: Institution, make_user: Callable[..., Any]) -> Any:
    user = make_user("quality2@han-river.example", "정하늘")
    add_member(institution, user, "quality_officer", actor=None)
    return user


@pytest.fixture
@standing
def policy(institution: Institution) -> Any:
    """Assessed programmes need an approval: one internal review, no panel."""
    with tenant(institution):
        return services.set_policy(institution, requires_approval="assessed", actor=None)


@pytest.fixture
@standing
def draft(institution: Institution, policy: Any, designer: Any) -> AchievementVersion:
    """A complete draft of an assessed programme, written by the designer."""
    with tenant(institution):
        micro_credential = catalogue.create(institution, ASSESSED, png=PNG, actor=designer)
        return fresh(micro_credential.versions.get())


@pytest.fixture
@standing
def proposal(draft: AchievementVersion, programme_lead: Any) -> Proposal:
    """The draft, proposed by the programme lead (who did not write it)."""
    with tenant(draft.institution):
        return services.propose(draft, "Ready for you.", actor=programme_lead)


@pytest.fixture
@standing
def reviewed(proposal: Proposal, quality_officer: Any) -> Proposal:
    """With a favourable internal review."""
    with tenant(proposal.institution):
        review(proposal, quality_officer)
    return proposal


@pytest.fixture
@standing
def approved(reviewed: Proposal, second_officer: Any) -> Proposal:
    with tenant(reviewed.institution):
        approve(reviewed, second_officer)
        reviewed.refresh_from_db()
    return reviewed


def fresh(version: AchievementVersion) -> AchievementVersion:
    """The version as it is stored now, with what its hash needs."""
    return AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(pk=version.pk)


def review(proposal: Proposal, person: Any, recommendation: str = "approve", **changed: Any) -> Any:
    given = {"need": {"answer": "yes", "note": "Two ministries asked for it."}}
    values: dict[str, Any] = {"seen_hash": proposal.content_hash, "actor": person, **changed}
    return services.review(proposal, recommendation, "Clear outcomes, sound tasks.", given, **values)


def approve(proposal: Proposal, person: Any, **changed: Any) -> Any:
    values: dict[str, Any] = {
        "review_on": in_days(365),
        "seen_hash": proposal.content_hash,
        "actor": person,
        "deviation": "",
        **changed,
    }
    return services.approve(proposal, "It tests what it promises.", **values)


def edit(version: AchievementVersion, person: Any, title: str = "Another title") -> AchievementVersion:
    """Change the title of a draft."""
    version = fresh(version)
    base = sections.token(version.description, "basics")
    members = {name: getattr(version.description, name) for name in sections.SECTIONS["basics"]}
    catalogue.save_section(version, "basics", members | {"title": {"en": title}}, base=base, actor=person)
    return fresh(version)


def codes(caught: Any) -> list[str]:
    """The codes of a refusal."""
    return [refusal.code for refusal in caught.value.refusals]


__all__ = ["approve", "codes", "content_hash", "edit", "fresh", "in_days", "review", "today"]
