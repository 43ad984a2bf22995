"""The catalogue in a browser: what everybody sees, and what a designer does without JavaScript."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from testamur_site.catalogue.api import create_demo, lock_version
from testamur_site.catalogue.models import MicroCredential
from testamur_site.foundation.tenancy.api import Institution, tenant

Look = Callable[[Page, str], None]
SignIn = Callable[[Page, Any], None]


@pytest.fixture
def offered(institution: Institution) -> list[MicroCredential]:
    return create_demo(institution)


def test_a_designer_s_pages(
    page: Page, look: Look, sign_in: SignIn, designer: Any, offered: list[MicroCredential]
) -> None:
    base = f"/staff/{offered[0].institution.slug}/micro-credentials/"
    one = f"{base}{offered[0].public_id}/"
    sign_in(page, designer)
    for address, name in (
        (base, "list"),
        (f"{base}new", "new"),
        (f"{base}import", "import"),
        (one, "overview"),
        (f"{one}edit/basics", "edit-basics"),
        (f"{one}edit/outcomes", "edit-outcomes"),
        (f"{one}edit/workload", "edit-workload"),
        (f"{one}edit/assessment", "edit-assessment"),
        (f"{one}edit/organisations", "edit-organisations"),
        (f"{one}image", "image"),
        (f"{one}history", "history"),
        (f"{one}preview", "preview"),
    ):
        page.goto(address)
        look(page, f"design-{name}")


def test_pages_that_refuse(page: Page, look: Look, sign_in: SignIn, designer: Any, institution: Institution) -> None:
    sign_in(page, designer)
    base = f"/staff/{institution.slug}/micro-credentials/"
    look_at_import(page, look, base)
    page.get_by_role("link", name="To the draft").click()
    one = page.url
    page.goto(f"{one}publish")
    expect(page.get_by_text("mandatory elements of the EU recommendation are missing")).to_be_visible()
    look(page, "design-publish-refused")
    page.goto(f"{one}edit/basics")
    second = page.context.new_page()
    second.goto(f"{one}edit/basics")
    for designer_page, title in ((second, "Theirs"), (page, "Mine")):
        designer_page.get_by_role("group", name="Title", exact=True).get_by_label("English").fill(title)
        designer_page.get_by_role("button", name="Save", exact=True).last.click()
    second.close()
    expect(page.get_by_text("Somebody else saved this section")).to_be_visible()
    look(page, "design-conflict")
    page.get_by_role("group", name="Title", exact=True).get_by_label("English").fill("")
    page.get_by_role("group", name="Title", exact=True).get_by_label("Korean").fill("")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("heading", name="Please mend the following")).to_be_visible()
    look(page, "design-invalid")


def look_at_import(page: Page, look: Look, base: str) -> None:
    claim = {"type": "LearningAchievement", "title": {"en": "A course"}, "colour": "blue"}
    page.goto(f"{base}import")
    file = {"name": "claim.jsonld", "mimeType": "application/ld+json", "buffer": json.dumps(claim).encode()}
    page.get_by_label("File").set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Import as a draft").click()
    expect(page.get_by_text("1 value was not taken over")).to_be_visible()
    look(page, "design-imported")


def test_a_new_version_and_its_history(
    page: Page, look: Look, sign_in: SignIn, designer: Any, offered: list[MicroCredential]
) -> None:
    with tenant(offered[1].institution):
        lock_version(offered[1].versions.get())
    sign_in(page, designer)
    one = f"/staff/{offered[1].institution.slug}/micro-credentials/{offered[1].public_id}/"
    page.goto(one)
    look(page, "design-locked")
    page.get_by_role("link", name="Begin a new version").click()
    look(page, "design-new-version")
    page.get_by_label("What changes?").fill("The examination takes two hours.")
    page.get_by_role("button", name="Begin the new version").click()
    page.goto(f"{one}edit/basics")
    page.get_by_role("group", name="Title", exact=True).get_by_label("English").fill("Data literacy II")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.goto(f"{one}history")
    look(page, "design-history-changed")


def test_the_picture_follows_what_is_chosen(
    page: Page, sign_in: SignIn, designer: Any, offered: list[MicroCredential]
) -> None:
    sign_in(page, designer)
    page.goto(f"/staff/{offered[0].institution.slug}/micro-credentials/{offered[0].public_id}/image")
    with page.expect_response(lambda answer: "symbol=leaf" in answer.url) as drawn:
        page.get_by_label("Symbol").select_option("leaf")
    assert drawn.value.status == 200
    page.get_by_role("button", name="Save the image").click()
    with tenant(offered[0].institution):
        assert offered[0].versions.get().description.image.symbol == "leaf"


def test_a_designer_s_pages_in_korean(
    korean_page: Page, look: Look, sign_in: SignIn, designer: Any, offered: list[MicroCredential]
) -> None:
    base = f"/staff/{offered[0].institution.slug}/micro-credentials/"
    sign_in(korean_page, designer)
    for address, name in (
        ("", "list"),
        (f"{offered[0].public_id}/", "overview"),
        (f"{offered[0].public_id}/edit/outcomes", "outcomes"),
    ):
        korean_page.goto(base + address)
        look(korean_page, f"design-{name}-ko")


def test_describing_one_from_nothing_without_scripts(
    page_without_scripts: Page, sign_in: SignIn, designer: Any, institution: Institution
) -> None:
    page = page_without_scripts
    sign_in(page, designer)
    page.goto(f"/staff/{institution.slug}/micro-credentials/")
    page.get_by_role("link", name="Describe the first one").click()
    page.get_by_label("Title in English").fill("Reading a water meter")
    page.get_by_role("button", name="Create the draft").click()
    page.get_by_role("group", name="Description").get_by_label("English").fill(
        "Read it, write it down, and see when it leaks."
    )
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("group", name="Learning outcome").get_by_label("English").fill("Read the meter")
    page.get_by_role("button", name="Add a learning outcome").click()
    page.get_by_role("button", name="Add a skill").nth(1).click()
    page.locator("#row-outcomes-1").get_by_role("group", name="Learning outcome").get_by_label("English").fill(
        "Find the leak"
    )
    page.locator("#row-outcomes-1-skills-0").get_by_label("English").fill("inspect plumbing")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Notional workload in hours").fill("6")
    page.get_by_label("A level does not apply to this micro-credential").check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Presential").check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("group", name="Assessment", exact=False).first.get_by_label("English").first.fill("Ten meters")
    page.get_by_label("Type of assessment").select_option(label="practical assessment")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Overview and completeness").click()
    page.get_by_role("link", name="Publish").click()
    expect(page.get_by_role("heading", name="It cannot be published yet")).to_be_hidden()
    expect(page.get_by_text("1 mandatory element")).to_be_visible()
    page.get_by_role("link", name="Type of quality assurance").click()
    page.get_by_label("Type of quality assurance").select_option(label="Internal quality assurance of the provider")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("link", name="Overview and completeness").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish now").click()
    with tenant(institution):
        made = MicroCredential.objects.get()
        outcomes = made.versions.get().description.outcomes
    assert made.state == "published"
    assert [o.title["en"] for o in outcomes] == ["Read the meter", "Find the leak"]
    assert [len(o.skills) for o in outcomes] == [0, 1]
    page.goto(f"/m/{made.public_id}")
    expect(page.get_by_role("heading", level=1, name="Reading a water meter")).to_be_visible()
