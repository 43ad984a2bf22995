"""The pages of quality in a real browser: accessible in both sizes and schemes, in Korean, by keyboard, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.site.catalogue.assessed import ASSESSED
from tests.site.quality.conftest import approve, fresh, in_days, review

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.accounts.api import add_member
from testamur_site.foundation.tenancy.api import tenant
from testamur_site.quality import services
from testamur_site.quality.models import Proposal

QUALITY = "/staff/han-river/quality/"
Visit = Callable[[Page, Any], None]
Look = Callable[[Page, str], None]


@pytest.fixture
def quality_officer(institution: Any, make_user: Callable[..., Any]) -> Any:
    user = make_user("quality@han-river.example", "Quinn Quality")
    add_member(institution, user, "quality_officer", actor=None)
    return user


@pytest.fixture
def second_officer(institution: Any, make_user: Callable[..., Any]) -> Any:
    user = make_user("quality2@han-river.example", "정하늘")
    add_member(institution, user, "quality_officer", actor=None)
    return user


@pytest.fixture
def draft(institution: Any, designer: Any) -> AchievementVersion:
    with tenant(institution):
        services.set_policy(
            institution,
            requires_approval="assessed",
            profiles=("eu", "nz", "kr"),
            panel=("industry", "quality_body"),
            actor=None,
        )
        return fresh(catalogue.create(institution, ASSESSED, actor=designer).versions.get())


@pytest.fixture
def proposal(draft: AchievementVersion, designer: Any) -> Proposal:
    with tenant(draft.institution):
        return services.propose(draft, "New: talks are recorded. We are unsure about the level.", actor=designer)


@pytest.fixture
def invited(proposal: Proposal, quality_officer: Any) -> list[str]:
    """Links of an industry member and of a quality body, paths only."""
    with tenant(proposal.institution):
        review(proposal, quality_officer)
        people = [
            ("industry", "Kim Ji-u", "kim@acme.example", "Acme Ltd"),
            ("quality_body", "Ó Briain", "q@qa.example", "QA Ireland"),
        ]
        links = [
            services.invite(
                proposal, kind=kind, name=name, email=email, organisation=organisation, actor=quality_officer
            )[1]
            for kind, name, email, organisation in people
        ]
    return [link[link.index("/quality/") :] for link in links]


@pytest.fixture
def approved(proposal: Proposal, invited: list[str], second_officer: Any) -> Proposal:
    with tenant(proposal.institution):
        for member in proposal.panel.all():
            services.answer(
                member, "approve", "We would rely on it.", {}, seen_hash=proposal.content_hash, name_public=True
            )
        approve(
            proposal,
            second_officer,
            conditions=[("Train a second assessor before the first offering.", in_days(60))],
            deviation="The title is not used in New Zealand.",
        )
        catalogue.publish(fresh(proposal.version))
        proposal.refresh_from_db()
    return proposal


def test_the_queue_and_the_policy(
    page: Page,
    sign_in: Visit,
    look: Look,
    owner: Any,
    quality_officer: Any,
    proposal: Proposal,
) -> None:
    sign_in(page, quality_officer)
    page.goto(QUALITY)
    look(page, "quality-queue")
    page.goto(f"{QUALITY}policy")
    look(page, "quality-policy")
    sign_in(page, owner)
    page.goto(f"{QUALITY}policy/change")
    look(page, "quality-policy-change")


def test_nothing_yet(page: Page, sign_in: Visit, look: Look, designer: Any) -> None:
    sign_in(page, designer)
    page.goto(QUALITY)
    look(page, "quality-empty")
    page.goto(f"{QUALITY}propose")
    look(page, "quality-choose-empty")


def test_proposing(page: Page, sign_in: Visit, look: Look, designer: Any, draft: AchievementVersion) -> None:
    sign_in(page, designer)
    page.goto(f"{QUALITY}propose")
    look(page, "quality-choose")
    page.get_by_role("link", name="Data literacy").click()
    look(page, "quality-propose")
    page.get_by_label("Note to the reviewers").fill("Please look at the rubric.")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("The reviewers have been told")).to_be_visible()


def test_reviewing_and_deciding(
    page: Page,
    sign_in: Visit,
    look: Look,
    quality_officer: Any,
    proposal: Proposal,
    invited: list[str],
) -> None:
    sign_in(page, quality_officer)
    page.goto(f"{QUALITY}proposals/{proposal.public_id}/")
    look(page, "quality-proposal")
    page.get_by_role("link", name="Read the programme").click()
    look(page, "quality-whole")
    page.goto(f"{QUALITY}proposals/{proposal.public_id}/review")
    look(page, "quality-review")
    page.goto(f"{QUALITY}proposals/{proposal.public_id}/invite")
    look(page, "quality-invite")
    page.goto(f"{QUALITY}proposals/{proposal.public_id}/decide")
    look(page, "quality-decide")
    page.get_by_label("Approve, with conditions").check()
    page.get_by_label("Reason").fill("Because it is good.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("alert")).to_contain_text("Industry")
    look(page, "quality-decide-refused")


def test_the_panel_answers_without_scripts(page_without_scripts: Page, look: Look, invited: list[str]) -> None:
    page = page_without_scripts
    page.goto(invited[0])
    page.get_by_label("No, I judge from outside").check()
    for group in page.get_by_role("group").all():
        yes = group.get_by_label("Yes", exact=True)
        if yes.count():
            yes.check()
    page.get_by_label("Approve", exact=True).check()
    page.get_by_label("Reason").fill("We need people who can read figures.")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    page.goto(invited[0])
    expect(page.get_by_text("We need people who can read figures.")).to_be_visible()


def test_the_panel_page(page: Page, korean_page: Page, look: Look, invited: list[str], institution: Any) -> None:
    page.goto(invited[1])
    look(page, "quality-panel")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "quality-panel-incomplete")
    page.get_by_label("Yes, so I stand back").check()
    page.get_by_label("Reason").fill("I wrote the second task.")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_text("You have an interest of your own and stand back")).to_be_visible()
    look(page, "quality-panel-conflict")
    korean_page.goto(invited[0])
    look(korean_page, "quality-panel-ko")


def test_after_the_approval(
    page: Page,
    korean_page: Page,
    sign_in: Visit,
    look: Look,
    designer: Any,
    quality_officer: Any,
    approved: Proposal,
) -> None:
    sign_in(page, designer)
    page.goto(f"{QUALITY}proposals/{approved.public_id}/")
    look(page, "quality-approved")
    page.get_by_role("link", name="Give the evidence").click()
    look(page, "quality-condition")
    page.get_by_label("How the condition is fulfilled").fill("박민준 was trained on Monday.")
    page.get_by_role("button", name="Save").click()
    sign_in(page, quality_officer)
    page.goto(f"{QUALITY}proposals/{approved.public_id}/")
    page.get_by_role("link", name="Accept or send back").click()
    look(page, "quality-accept")
    page.get_by_label("Yes, accept it").check()
    page.get_by_label("Reason").fill("I saw the list.")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{QUALITY}programmes/{approved.micro_credential.public_id}")
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    look(page, "quality-programme")
    page.goto(f"/quality/{approved.micro_credential.public_id}")
    look(page, "quality-record")
    page.get_by_role("link", name="Han River University").last.click()
    look(page, "quality-endorsement")
    page.get_by_role("button", name="Verify it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Valid")
    page.goto("/quality/profiles")
    look(page, "quality-profiles")
    page.goto("/quality/profiles/nz")
    look(page, "quality-profile")
    korean_page.goto(f"/quality/{approved.micro_credential.public_id}")
    look(korean_page, "quality-record-ko")
    korean_page.goto("/quality/profiles/kr")
    look(korean_page, "quality-profile-ko")


def test_what_a_quality_body_is_asked(
    page: Page,
    sign_in: Visit,
    look: Look,
    quality_officer: Any,
    outsider: Any,
    other_institution: Any,
    proposal: Proposal,
) -> None:
    sign_in(page, outsider)
    page.goto("/staff/liffey/quality/asked")
    look(page, "quality-asked-nothing")
    with tenant(proposal.institution):
        services.invite(
            proposal,
            kind="quality_body",
            name="Oscar Outsider",
            email=outsider.email,
            organisation="Liffey College",
            body=other_institution,
            actor=quality_officer,
        )
    page.goto("/staff/liffey/quality/asked")
    look(page, "quality-asked")
    page.get_by_role("link", name="Data literacy").click()
    expect(page.get_by_label("Sign our recommendation")).to_be_visible()
    look(page, "quality-asked-one")
