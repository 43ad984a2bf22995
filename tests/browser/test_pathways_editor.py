"""The editor of a rule without scripts, and the public page of a microdegree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from tests.site.pathways.conftest import award_to, courses, liffey, make_microdegree, mina  # noqa: F401
from tests.site.pathways.test_editor import version  # noqa: F401

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.pathways.editor import services

Make = Callable[..., Any]


def test_a_rule_is_built_without_scripts(
    page_without_scripts: Page,
    sign_in: Make,
    glance: Make,
    designer: User,
    version: AchievementVersion,  # noqa: F811
    courses: list[AchievementVersion],  # noqa: F811
) -> None:
    page = page_without_scripts
    sign_in(page, designer)
    page.goto(reverse("pathways_editor:rule", args=[version.institution.slug, version.micro_credential.public_id]))
    page.get_by_role("button", name="Begin with a set").click()
    page.get_by_role("button", name="Edit Required micro-credentials").click()
    page.get_by_label("Words of the title or the content").fill("practice")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Maps in practice (Liffey College)").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Kept in the draft.")).to_be_visible()
    expect(page.get_by_role("link", name="Maps in practice")).to_be_visible()
    page.get_by_label("The rule as text").fill("requires: [")
    page.get_by_role("button", name="Use this rule").click()
    expect(page.get_by_text("The rule cannot be used yet.")).to_be_visible()
    expect(page.get_by_label("The rule as text")).to_have_value("requires: [")
    page.get_by_role("button", name="Save and check").last.click()


def test_the_editor(
    page: Page,
    sign_in: Make,
    look: Make,
    designer: User,
    version: AchievementVersion,  # noqa: F811
) -> None:
    sign_in(page, designer)
    page.goto(reverse("pathways_editor:rule", args=[version.institution.slug, version.micro_credential.public_id]))
    page.get_by_role("button", name="Begin with specialisations").click()
    look(page, "rule-editor")
    page.get_by_role("button", name="Edit Foundations").click()
    look(page, "rule-requirement")


def test_the_public_page(page: Page, look: Make, make_microdegree: Make) -> None:  # noqa: F811
    page.goto(reverse("pathways_public:detail", args=[make_microdegree().public_id]))
    look(page, "microdegree-public")


def test_facts_pools_and_tests_by_keyboard(
    page_without_scripts: Page,
    sign_in: Make,
    designer: User,
    version: AchievementVersion,  # noqa: F811
) -> None:
    """Everything is reached with the tabulator and pressed with the return key or the space bar."""
    page = page_without_scripts
    sign_in(page, designer)
    page.goto(reverse("pathways_editor:rule", args=[version.institution.slug, version.micro_credential.public_id]))
    reach(page, page.get_by_role("button", name="Begin with a set"), "Enter")
    reach(page, page.get_by_role("button", name="Add a fact", exact=True).last, "Enter")
    type_in(page, "Which fact", "semesters")
    type_in(page, "Value", "true")
    reach(page, page.get_by_label("Where it is not met, a person decides"), "Space")
    reach(page, page.get_by_role("button", name="Save", exact=True).last, "Enter")
    expect(page.get_by_text("Kept in the draft.")).to_be_visible()
    reach(page, page.get_by_role("button", name="Edit Pools"), "Enter")
    type_in(page, "Name of the pool", "breadth")
    type_in(page, "In how many requirements a credential may count", "2")
    reach(page, page.get_by_role("button", name="Save", exact=True), "Enter")
    expect(page.get_by_text("breadth", exact=True).first).to_be_visible()
    reach(page, page.get_by_role("button", name="Edit Tests of the rule"), "Enter")
    reach(page, page.get_by_role("link", name="Add a test"), "Enter")
    type_in(page, "What the test shows", "nobody")
    type_in(page, "Short name", "a")
    reach(page, page.get_by_role("button", name="Run").last, "Enter")
    expect(page.get_by_text("It comes out otherwise")).to_be_visible()
    page.get_by_label("it is not awarded").focus()
    page.keyboard.press("Space")
    reach(page, page.get_by_role("button", name="Save", exact=True), "Enter")
    expect(page.get_by_text("1 passed, 0 failed")).to_be_visible()


def reach(page: Page, target: Locator, key: str) -> None:
    """Go to `target` with the tabulator from where the focus is, and press `key` there."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            page.keyboard.press(key)
            page.wait_for_load_state()
            return
    raise AssertionError(f"{target} is not reached by keyboard")


def type_in(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label).first
    for _ in range(120):
        page.keyboard.press("Tab")
        if field.evaluate("element => element === document.activeElement"):
            page.keyboard.type(text)
            return
    raise AssertionError(f"{label} is not reached by keyboard")


RULE = """\
language: testamur-programme/1
id: data-for-the-city
version: "1"
title: {en: Data for the city, ko: 도시를 위한 데이터}
scales: {letter: {F: 0, C: 2, B: 3, A: 4}}
sharing: {breadth: {uses: 2, credits: 6}}
conditions:
  - name: semesters
    title: {en: Two semesters, ko: 두 학기 이상}
    condition: {fact: {name: semesters, at_least: 2}}
    otherwise: refer
    refer_to: records office
validity: {lasts: 3 years, grace: 90 days, lapse: {en: Take the examination again., ko: 시험을 다시 치러야 합니다.}}
requires:
  name: microdegree
  distinct: {of: issuer, at_least: 2}
  all:
    - name: foundations
      title: {en: Foundations, ko: 기초}
      from: {category: data, not: {language: fr}}
      credits: 6
      mean: {scale: letter, at_least: 3}
      within: {period: 2 years}
      shares: breadth
    - {name: practice, title: {en: Practice, ko: 실습}, count: 1, after: foundations}
tests:
  - name: two courses and a practice
    on: 2026-03-01
    facts: {semesters: 2}
    credentials:
      - {id: a, category: data, credits: 3, issuer: u1, grade: {letter: A}, started: 2025-01-01, awarded: 2025-06-01}
      - {id: b, category: data, credits: 3, issuer: u2, grade: {letter: B}, started: 2025-03-01, awarded: 2025-08-01}
      - {id: p, issuer: u2, awarded: 2026-01-10}
    expect: {outcome: holds, used: {p: practice}}
  - name: nobody knows the semesters
    credentials: [{id: a, category: data, credits: 6}]
    expect: {outcome: holds}
"""


def test_the_pages_of_the_parts(
    page: Page,
    korean_page: Page,
    sign_in: Make,
    look: Make,
    glance: Make,
    designer: User,
    version: AchievementVersion,  # noqa: F811
) -> None:
    services.begin(version, RULE, actor=None)
    here = [version.institution.slug, version.micro_credential.public_id]

    def address(name: str, query: str = "") -> str:
        return reverse(f"pathways_editor:{name}", args=here) + query

    sign_in(page, designer)
    for name, query, called in (
        ("rule", "", "rule-whole"),
        ("requirement", "?at=requires/all/0", "rule-measures"),
        ("settings", "", "rule-settings"),
        ("tests", "", "rule-tests"),
        ("test", "?at=0", "rule-test"),
    ):
        page.goto(address(name, query))
        look(page, called)
    page.get_by_role("button", name="Run").last.click()
    glance(page, "rule-test-ran")
    for name, query, called in (
        ("requirement", "?at=conditions/0", "rule-fact"),
        ("sharing", "", "rule-pools"),
        ("part", "?key=counts_if", "rule-part"),
    ):
        page.goto(address(name, query))
        glance(page, called)
    sign_in(korean_page, designer)
    for name, query, called in (
        ("rule", "", "rule-whole-ko"),
        ("requirement", "?at=requires/all/0", "rule-measures-ko"),
        ("test", "?at=0", "rule-test-ko"),
    ):
        korean_page.goto(address(name, query))
        glance(korean_page, called)
