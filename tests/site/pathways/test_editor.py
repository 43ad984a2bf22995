"""The editor's pages: the form and the text are one rule; what was typed is kept, what was valid stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.standing import standing

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import achievement_id
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.pathways import api as pathways
from testamur_site.pathways.editor import services
from testamur_site.pathways.editor.models import RuleDraft
from testamur_site.wallet.api import Holder

from .conftest import rule_text

Make = Callable[..., Any]
TEXT = """\
language: testamur-programme/1
id: small
version: "1"
title: {en: Small}
requires:
  name: microdegree
  all:
    - {name: first, count: 1}  # the beginning
    - {name: second, count: 1}
"""


@pytest.fixture
@standing
def version(institution: Institution) -> AchievementVersion:
    """A draft without a rule."""
    with tenant(institution):
        made = catalogue.create(institution, replace(DESCRIPTION, title={"en": "Data for the city"}))
        return AchievementVersion.objects.select_related("institution", "micro_credential").get(micro_credential=made)


class Desk:
    """A designer at the rule of a version."""

    def __init__(self, client: Client, version: AchievementVersion) -> None:
        self.client, self.version = client, version
        self.here = [version.institution.slug, version.micro_credential.public_id]

    def url(self, name: str, query: str = "") -> str:
        return reverse(f"pathways_editor:{name}", args=self.here) + query

    def page(self, name: str = "rule", query: str = "", **options: Any) -> str:
        return str(self.client.get(self.url(name, query), follow=True, **options).content.decode())

    @property
    def draft(self) -> RuleDraft:
        found = services.draft_of(self.version)
        assert found is not None
        return found

    def press(self, do: str, text: str | None = None, revision: int | None = None) -> Any:
        draft = self.draft
        values = {"do": do, "text": draft.text if text is None else text, "revision": revision or draft.revision}
        return self.client.post(self.url("change"), values)


@pytest.fixture
def desk(client_for: Make, designer: User, version: AchievementVersion) -> Desk:
    return Desk(client_for(designer), version)


@pytest.fixture
def begun(desk: Desk) -> Desk:
    services.begin(desk.version, TEXT, actor=None)
    return desk


@pytest.mark.parametrize("start", ["set", "credits", "tracks"])
def test_begin_with_a_small_one_and_use_it(desk: Desk, start: str) -> None:
    assert "Begin with a set" in desk.page()
    desk.client.post(desk.url("begin"), {"start": start})
    page = desk.page()
    assert "Read aloud" in page
    assert "What is to be mended" not in page
    desk.press("use")
    rule = pathways.rule_of(desk.version)
    assert rule is not None
    assert rule.text == desk.draft.text
    assert "In use" in desk.page()
    assert "요건" in desk.page(headers={"accept-language": "ko"})


def test_nothing_begins_with_what_is_not_offered(desk: Desk) -> None:
    desk.client.post(desk.url("begin"), {"start": "anything"})
    assert services.draft_of(desk.version) is None


def test_a_panel_is_moved_in_the_text(begun: Desk) -> None:
    begun.press("down:requires/all/0")
    assert begun.draft.text.index("second") < begun.draft.text.index("first")
    assert "# the beginning" in begun.draft.text
    begun.press("undo")
    assert begun.draft.text == TEXT


def test_what_was_typed_is_kept_by_any_button(begun: Desk) -> None:
    typed = TEXT.replace("Small", "Smaller")
    begun.press("remove:requires/all/0", text=typed)
    assert begun.draft.text == typed, "kept, and the panel of the older text was not removed"


def test_a_mistake_is_said_with_its_line_and_the_rule_in_use_stays(begun: Desk) -> None:
    begun.press("use")
    wrong = TEXT.replace("{name: second, count: 1}", "{name: second, cuont: 1}")
    begun.press("use", text=wrong)
    page = begun.page()
    assert "Line 9:" in page
    assert "cuont" in page
    assert "stays as it is" in page
    rule = pathways.rule_of(begun.version)
    assert rule is not None
    assert rule.text == TEXT
    assert begun.draft.text == wrong


def test_a_mistake_is_said_in_the_language_of_the_reader(begun: Desk) -> None:
    begun.press("check", text=TEXT.replace("{name: second, count: 1}", "{name: second, cuont: 1}"))
    page = begun.page(headers={"accept-language": "ko"})
    assert "9번째 줄:" in page
    assert "“cuont”은(는) 여기에 쓰는 말이 아닙니다. “count”을(를) 뜻하셨습니까?" in page
    assert "is no word of the language" not in page
    begun.press("check", text=TEXT + "tests:\n  - {name: nobody, credentials: [], expect: {outcome: holds}}\n")
    page = begun.page(headers={"accept-language": "ko"})
    assert "판정: 예상은 충족, 결과는 미충족" in page
    case = begun.client.post(
        begun.url("try"), {"do": "case", "case": "credentials: [{cuont: 1}]"}, headers={"accept-language": "ko"}
    )
    assert "“cuont”은(는)" in case.content.decode()


@pytest.mark.parametrize(
    "text", ["", "- a", "a: [", "requires: 3", "\x00", "x" * 5000, "a: &b c", '{"requires": {"all": 7}}']
)
def test_any_text_is_kept_and_shown(begun: Desk, text: str) -> None:
    begun.press("check", text=text)
    assert begun.client.get(begun.url("rule")).status_code == 200
    for name in ("settings", "try", "requirement"):
        assert begun.client.get(begun.url(name, "?at=requires")).status_code in (200, 302)


def test_a_text_that_is_too_long_comes_back(begun: Desk) -> None:
    assert begun.press("check", text="# " + "x" * 200_001).status_code == 422
    assert begun.draft.text == TEXT


def test_two_do_not_write_over_each_other(begun: Desk) -> None:
    begun.press("check", text=TEXT.replace("Small", "Hers"))
    answer = begun.press("check", text=TEXT.replace("Small", "His"), revision=1)
    assert answer.status_code == 409
    assert "His" in answer.content.decode()
    assert "Hers" in begun.draft.text
    begun.press("down:requires/all/0", revision=1)
    assert begun.draft.text.index("first") < begun.draft.text.index("second")


def test_a_test_of_the_rule_that_fails_is_said(begun: Desk) -> None:
    test = "tests:\n  - {name: nobody, credentials: [], expect: {outcome: holds}}\n"
    begun.press("check", text=TEXT + test)
    assert "The test “nobody” comes out otherwise" in begun.page()


def test_a_requirement_is_filled_in(begun: Desk, courses: list[AchievementVersion]) -> None:
    at = "?at=requires/all/1"
    found = begun.client.post(begun.url("requirement", at), {"do": "search", "query": "maps", "title_en": "Kept"})
    page = found.content.decode()
    assert "Maps in practice (Liffey College)" in page
    assert 'value="Kept"' in page
    values = {
        "do": "keep",
        "revision": begun.draft.revision,
        "title_en": "Practice",
        "title_ko": "실습",
        "kind": "each",
        "achievement": [achievement_id(courses[2])],
        "residency": "40",
        "recent": "2 years",
        "after": ["first"],
    }
    answer = begun.client.post(begun.url("requirement", at), values)
    assert answer.status_code == 302
    tree_text = begun.draft.text
    assert achievement_id(courses[2]) in tree_text
    assert begun.version.institution.did in tree_text, "whose residency is asked for is named"
    page = begun.page()
    assert "What is to be mended" not in page
    assert "Maps in practice (Liffey College)" in page, "read aloud by its title"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recent", "soon"),
        ("count", "0"),
        ("kind", "all"),
        ("credits", "1.234"),
        ("grade_least", "B"),
        ("after", "third"),
    ],
)
def test_a_requirement_that_is_filled_in_wrongly_comes_back(begun: Desk, field: str, value: str) -> None:
    values = {"do": "keep", "revision": begun.draft.revision, "kind": "take", "count": "1", field: value}
    assert begun.client.post(begun.url("requirement", "?at=requires/all/1"), values).status_code == 422
    assert begun.draft.text == TEXT


def test_the_whole_is_filled_in(begun: Desk) -> None:
    values = {
        "revision": begun.draft.revision,
        "title_en": "Large",
        "awarding": "automatic",
        "grace": "14",
        "unit": "ECTS",
    }
    assert begun.client.post(begun.url("settings"), values).status_code == 302
    draft = begun.draft
    assert draft.awarding == "automatic"
    assert "14 days" in draft.text
    begun.press("use")
    rule = pathways.rule_of(begun.version)
    assert rule is not None
    assert rule.awarding == pathways.Awarding.AUTOMATIC


def test_a_case_is_tried(begun: Desk, courses: list[AchievementVersion]) -> None:
    services.keep(begun.draft, rule_text(courses), revision=1, actor=None)
    names = [achievement_id(version) for version in courses]
    holds = begun.client.post(begun.url("try"), {"do": "case", "chosen": names[:2]}).content.decode()
    assert "It would be awarded" in holds
    assert "one of each" in holds, "the rule's own test"
    fails = begun.client.post(begun.url("try"), {"do": "case", "chosen": names[1:]}).content.decode()
    assert "It would not be awarded" in fails
    wrong = begun.client.post(begun.url("try"), {"do": "case", "case": "credentials: [{cuont: 1}]"})
    assert wrong.status_code == 422
    assert "Line 1:" in wrong.content.decode()


def test_how_many_participants_it_would_be_awarded_to(
    client_for: Make, designer: User, make_microdegree: Make, mina: Holder, courses: list[AchievementVersion]
) -> None:
    made = make_microdegree()
    pathways.join(mina, made)
    run_pending()
    with tenant(made.institution):
        catalogue.begin_version(made, "Less is asked.", actor=designer)
        version = AchievementVersion.objects.select_related("institution", "micro_credential").get(
            micro_credential=made, state="draft"
        )
    desk = Desk(client_for(designer), version)
    assert "Begin with it" in desk.page()
    desk.client.post(desk.url("begin"), {"start": "earlier"})
    answer = desk.client.post(desk.url("try"), {"do": "participants"}).content.decode()
    assert "1 of 1 participants" in answer
    assert "김미나" not in answer
    desk.press("remove:requires/all/1", text=desk.draft.text)
    assert achievement_id(courses[1]) not in desk.draft.text.partition("tests:")[0]


def test_a_published_rule_is_shown_and_not_changed(client_for: Make, designer: User, make_microdegree: Make) -> None:
    made = make_microdegree()
    with tenant(made.institution):
        version = AchievementVersion.objects.select_related("institution", "micro_credential").get(
            micro_credential=made
        )
    desk = Desk(client_for(designer), version)
    assert "This rule does not change any more" in desk.page()
    desk.client.post(desk.url("begin"), {"start": "set"})
    assert services.draft_of(version) is None


def test_another_institutions_rule_is_not_there(
    client_for: Make, designer: User, courses: list[AchievementVersion]
) -> None:
    there = courses[1].micro_credential.public_id
    address = reverse("pathways_editor:rule", args=["han-river", there])
    assert client_for(designer).get(address).status_code == 404
