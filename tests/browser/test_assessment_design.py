"""Tasks and rubrics in a browser: the pages as they look, and a rubric written without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from testamur_site.catalogue.api import create_assessed_demo
from testamur_site.catalogue.models import MicroCredential
from testamur_site.foundation.tenancy.api import Institution

Look = Callable[[Page, str], None]
SignIn = Callable[[Page, Any], None]


@pytest.fixture
def assessed(institution: Institution) -> MicroCredential:
    return create_assessed_demo(institution, publish=False)


def address(made: MicroCredential, page: str) -> str:
    return f"/staff/{made.institution.slug}/micro-credentials/{made.public_id}/{page}"


PAGES = {
    "plan": "plan",
    "tasks/report": "task",
    "tasks/report/preview": "task-preview",
    "rubrics/judgement": "rubric",
    "rubrics/judgement/preview": "rubric-preview",
    "consistency": "rules",
    "edit/partners": "partners",
    "edit/outcomes": "outcomes",
    "edit/workload": "workload",
    "": "overview",
}


@pytest.mark.parametrize(("path", "name"), PAGES.items())
def test_the_pages(
    path: str, name: str, page: Page, look: Look, sign_in: SignIn, designer: Any, assessed: MicroCredential
) -> None:
    sign_in(page, designer)
    page.goto(address(assessed, path))
    look(page, f"plan-{name}")


@pytest.mark.parametrize("path", ["plan", "rubrics/judgement", "tasks/report"])
def test_the_pages_in_korean(
    path: str, korean_page: Page, look: Look, sign_in: SignIn, designer: Any, assessed: MicroCredential
) -> None:
    sign_in(korean_page, designer)
    korean_page.goto(address(assessed, path))
    look(korean_page, f"plan-{PAGES[path]}-ko")


def test_a_rubric_is_written_without_javascript(
    page_without_scripts: Page, sign_in: SignIn, designer: Any, assessed: MicroCredential
) -> None:
    page = page_without_scripts
    sign_in(page, designer)
    page.goto(address(assessed, "plan"))
    page.get_by_role("link", name="Write a rubric").click()
    page.get_by_label("Title of the rubric").fill("Talk")
    page.get_by_label("Criterion 1").fill("Voice")
    page.get_by_role("button", name="Add a level").click()
    expect(page.get_by_label("Criterion 1")).to_have_value("Voice")
    page.get_by_label("Level 5").fill("Outstanding")
    page.get_by_label("5: Voice").fill("One could listen for hours.")
    page.get_by_role("button", name="Remove Criterion 3").click()
    page.get_by_role("button", name="Remove Criterion 2").click()
    page.get_by_role("checkbox", name="3. Justify a decision").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("heading", name="Talk", exact=True)).to_be_visible()
    page.get_by_role("link", name="Edit Talk").click()
    expect(page.get_by_label("Outstanding: Voice")).to_have_value("One could listen for hours.")
    page.get_by_role("button", name="Save and write in Korean").click()
    expect(page.get_by_label("Level 1")).to_have_value("아직 미흡")
    expect(page.get_by_label("Criterion 1")).to_have_value("")


def test_a_task_is_written_by_keyboard(page: Page, sign_in: SignIn, designer: Any, assessed: MicroCredential) -> None:
    sign_in(page, designer)
    page.goto(address(assessed, "tasks/new"))
    page.get_by_role("group", name="Task").get_by_label("English").fill("Poster")
    page.get_by_role("group", name="Task").get_by_label("English").press("Enter")
    expect(page.get_by_role("heading", name="Poster")).to_be_visible()


def test_a_rubric_goes_into_the_library_and_comes_back_as_a_copy(
    page: Page, look: Look, sign_in: SignIn, designer: Any, assessed: MicroCredential
) -> None:
    sign_in(page, designer)
    page.goto(address(assessed, "plan"))
    page.get_by_role("button", name="Keep in the library Judging an AI system").click()
    page.get_by_role("button", name="Take a copy").click()
    expect(page.get_by_text("Here is the copy.")).to_be_visible()
    page.goto(f"/staff/{assessed.institution.slug}/rubrics/")
    look(page, "plan-library")
    page.get_by_role("link", name="Judging an AI system").click()
    look(page, "plan-library-rubric")
    page.goto(f"/staff/{assessed.institution.slug}/rubrics/import")
    look(page, "plan-import")


def test_what_is_owned_together_is_agreed_to_and_published(
    page: Page,
    visitor: Callable[..., Page],
    look: Look,
    sign_in: SignIn,
    designer: Any,
    outsider: Any,
    other_institution: Institution,
    assessed: MicroCredential,
) -> None:
    sign_in(page, designer)
    page.goto(address(assessed, "edit/partners"))
    page.get_by_label("Institutions on this platform").fill(other_institution.slug)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.goto(address(assessed, "publish"))
    page.get_by_role("button", name="Ask for their agreement").click()
    look(page, "plan-publish")
    theirs = visitor()
    sign_in(theirs, outsider)
    theirs.goto(f"/staff/{other_institution.slug}/owned-together/")
    look(theirs, "plan-owned-together")
    theirs.get_by_role("link", name="Responsible AI at work").click()
    look(theirs, "plan-consent")
    theirs.get_by_role("button", name="Agree", exact=True).click()
    expect(theirs.get_by_text("Agreed. It can be published as it stands.")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Published.", exact=False)).to_be_visible()
    page.goto(address(assessed, "new-version"))
    look(page, "plan-new-version")
