"""The pure decisions: completeness, durations, differences, faults, tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.demo.digital_credentials import DESCRIPTION as SAMPLE
from testamur_site.catalogue.description import codec, sections
from testamur_site.catalogue.description import eu_vocabularies as lists
from testamur_site.catalogue.description.checks import faults, is_link
from testamur_site.catalogue.description.duration import (
    duration_in_hours,
    expires_on,
    hours_as_duration,
    parse_duration,
)
from testamur_site.catalogue.description.elements import Alignment, CreditPoints, Description, LearningOutcome
from testamur_site.catalogue.description.search import columns, words
from testamur_site.catalogue.description.vocabulary import Concept
from testamur_site.catalogue.rules import Completeness, Difference, Issuer, Presence, completeness, differences

ISSUER = Issuer("University of Zed", "IE", ("en", "ko"))


def state_of(description: Description, key: str, issuer: Issuer = ISSUER) -> Presence:
    return next(e.presence for e in completeness(description, issuer).elements if e.key == key)


def remarks_of(description: Description, key: str) -> list[str]:
    return [code for e in completeness(description, ISSUER).elements if e.key == key for code, _ in e.remarks]


def test_a_full_description_is_publishable_and_whole() -> None:
    found = completeness(DESCRIPTION, ISSUER)
    assert found.publishable
    assert [e.key for e in found.elements if e.presence is not Presence.PRESENT] == []
    assert found.percent == 100


@pytest.mark.parametrize(
    ("member", "empty", "key"),
    [
        ("title", {}, "title"),
        ("description", {}, "description"),
        ("outcomes", (), "outcomes"),
        ("assessments", (), "assessment"),
        ("participation", (), "participation"),
        ("quality_assurance", (), "quality"),
    ],
)
def test_each_mandatory_element_is_missed(member: str, empty: object, key: str) -> None:
    found = completeness(replace(DESCRIPTION, **{member: empty}), ISSUER)  # type: ignore[arg-type]
    assert [e.key for e in found.missing_mandatory] == [key]
    assert not found.publishable
    assert found.percent < 100


def test_workload_is_hours_or_credits() -> None:
    without_hours = replace(DESCRIPTION, workload="")
    assert state_of(without_hours, "workload") is Presence.WEAK
    assert remarks_of(without_hours, "workload") == ["workload_only_credits"]
    assert state_of(replace(without_hours, credits=()), "workload") is Presence.MISSING


def test_a_level_may_be_national_or_said_not_to_apply() -> None:
    without = replace(DESCRIPTION, eqf_level=None, cycle=None, national_levels=())
    assert state_of(without, "level") is Presence.MISSING
    assert state_of(replace(without, level_not_applicable=True), "level") is Presence.PRESENT
    assert remarks_of(replace(without, national_levels=SAMPLE.national_levels), "level") == ["level_only_national"]


def test_months_of_work_are_doubted_but_kept() -> None:
    doubtful = replace(DESCRIPTION, workload="P60M")
    assert ("workload_not_in_hours", {"duration": "P60M"}) in next(
        e.remarks for e in completeness(doubtful, ISSUER).elements if e.key == "workload"
    )
    assert completeness(doubtful, ISSUER).publishable


@pytest.mark.parametrize(
    ("hours", "points", "doubted"), [("PT60H", "2", False), ("PT60H", "20", True), ("PT60H", "0", False)]
)
def test_hours_are_held_against_ects(hours: str, points: str, doubted: bool) -> None:
    ects = lists.CREDIT_SYSTEMS.named("European Credit Transfer System")
    described = replace(DESCRIPTION, workload=hours, credits=(CreditPoints(points, ects),))
    assert ("workload_against_ects" in remarks_of(described, "workload")) is doubted


def test_a_language_that_the_institution_speaks_is_asked_for() -> None:
    english = replace(DESCRIPTION, title={"en": DESCRIPTION.title["en"]})
    assert state_of(english, "title") is Presence.WEAK
    assert state_of(english, "title", Issuer("Zed", "IE", ("en",))) is Presence.PRESENT


def test_country_and_name_come_from_the_institution() -> None:
    assert [e.key for e in completeness(DESCRIPTION, Issuer("", "", ("en",))).missing_mandatory] == [
        "country",
        "awarding_body",
    ]


def test_no_elements_is_not_publishable() -> None:
    assert not Completeness(()).publishable
    assert Completeness(()).percent == 0


def test_an_empty_description_lacks_what_can_be_described() -> None:
    found = completeness(Description(), ISSUER)
    assert {e.key for e in found.missing_mandatory} == {
        "title", "outcomes", "workload", "level", "assessment", "participation", "quality", "description"
    }  # fmt: skip
    assert all(e.section in sections.SECTIONS for e in found.missing_mandatory)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("PT60H", 60),
        ("PT7.5H", 7.5),
        ("PT90M", 1.5),
        ("PT1H30M", 1.5),
        ("P60M", None),
        ("P2DT12H", None),
        ("60", None),
        ("P", None),
    ],
)
def test_durations_in_hours(text: str, hours: float | None) -> None:
    found = duration_in_hours(text)
    assert (float(found) if found is not None else None) == hours


@pytest.mark.parametrize("text", ["P", "PT", "", "P1", "1M", "P1M2", "-P1M", "P1.5M", "PT١H", "P1M ", "P99999Y"])
def test_what_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


def test_hours_are_written_as_durations() -> None:
    assert [hours_as_duration(text) for text in ("60", "7,5", " 60 ", "pt60h", "P1M")] == [
        "PT60H",
        "PT7.5H",
        "PT60H",
        "PT60H",
        "P1M",
    ]
    for text in ("", "six", "-1", "0", "NaN", "Infinity", "1e9", "0.001"):
        with pytest.raises(ValueError):
            hours_as_duration(text)


def test_validity_goes_by_the_calendar() -> None:
    assert expires_on(date(2026, 1, 31), "P1M") == date(2026, 2, 28)
    assert expires_on(date(2024, 2, 29), "P1Y") == date(2025, 2, 28)
    assert expires_on(date(2026, 11, 25), "P2W") == date(2026, 12, 9)
    assert expires_on(date(2026, 11, 25), "P18M") == date(2028, 5, 25)
    assert expires_on(date(2026, 11, 25), "") is None
    assert expires_on(date(2026, 11, 25), "P9999Y") is None


def test_differences_name_the_place() -> None:
    before = {"title": {"en": "Old"}, "outcomes": [{"title": {"en": "A"}}], "tags": ["x"]}
    after = {"title": {"en": "New"}, "outcomes": [{"title": {"en": "A"}}, {"title": {"en": "B"}}]}
    assert differences(before, after) == [
        Difference(("title", "en"), "Old", "New"),
        Difference(("outcomes", 1), None, {"title": {"en": "B"}}),
        Difference(("tags",), ["x"], None),
    ]
    assert differences(before, before) == []


@pytest.mark.parametrize("description", [DESCRIPTION, SAMPLE, Description(), Description(partial_qualification=False)])
def test_a_description_survives_its_json(description: Description) -> None:
    assert codec.description_from_json(codec.to_json(description)) == description


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ([], "not_an_object", ""),
        ({"nonsense": 1}, "unknown_member", "/nonsense"),
        ({"title": "text"}, "not_a_language_map", "/title"),
        ({"title": {"english": "x"}}, "not_a_language", "/title/english"),
        ({"title": {"en": 1}}, "not_a_string", "/title/en"),
        ({"title": {"en": "a\x00b"}}, "forbidden_character", "/title/en"),
        ({"title": {"en": "\ud800"}}, "forbidden_character", "/title/en"),
        ({"title": {"en": "x" * 20_001}}, "too_long", "/title/en"),
        ({"outcomes": {}}, "not_an_array", "/outcomes"),
        ({"outcomes": [{}]}, "member_missing", "/outcomes/0"),
        ({"outcomes": [{"title": {"en": "x"}}] * 61}, "too_many_items", "/outcomes"),
        ({"level_not_applicable": "yes"}, "not_a_boolean", "/level_not_applicable"),
        ({"eqf_level": {"uri": ["x"]}}, "not_a_string", "/eqf_level/uri"),
    ],
)
def test_what_is_no_description_is_refused_with_its_place(value: object, code: str, path: str) -> None:
    with pytest.raises(codec.DescriptionError) as refusal:
        codec.description_from_json(value)
    assert (refusal.value.code, refusal.value.path) == (code, path)


@pytest.mark.parametrize(
    ("description", "code"),
    [
        (Description(homepage="javascript:alert(1)"), "not_a_link"),
        (Description(alignments=(Alignment("x", "ftp://example.org"),)), "not_a_link"),
        (Description(workload="60"), "not_a_duration"),
        (Description(credits=(CreditPoints("NaN", Concept()),)), "not_a_number"),
        (Description(achievement_type="Diploma of Everything"), "not_a_term"),
        (Description(awarding_bodies=("nobody",)), "no_such_organisation"),
    ],
)
def test_faults(description: Description, code: str) -> None:
    assert [fault.code for fault in faults(description)] == [code]


def test_the_demonstration_has_no_fault() -> None:
    assert faults(DESCRIPTION) == []
    assert faults(SAMPLE) == []


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://[::1]:8000/", True),
        ("https://user:secret@example.org/", False),
        ("//example.org", False),
        ("https://", False),
        ("https://exa mple.org", False),
        ("https://example.org/\n", False),
        ("data:text/html,x", False),
        ("https://[::1", False),
    ],
)
def test_which_addresses_are_links(address: str, good: bool) -> None:
    assert is_link(address) is good


def test_elements_with_keys_are_followed_when_they_move() -> None:
    one, two, three = ({"key": key, "title": {"en": key}} for key in ("a", "b", "c"))
    changed = {"key": "b", "title": {"en": "B"}}
    assert differences([one, two], [changed, one]) == [Difference((0, "title", "en"), "b", "B")]
    assert differences([one, two], [three, one, two]) == [Difference((0,), None, three)]
    assert differences([one, two, three], [one, three]) == [Difference((1,), two, None)]
    assert differences([one, two], [two, one]) == [Difference(("order",), ["a", "b"], ["b", "a"])]
    assert differences([one, one], [two, two])[0] == Difference((0, "key"), "a", "b"), (
        "keys that are not unique are no keys"
    )


def test_a_token_changes_with_its_section_only() -> None:
    other = replace(DESCRIPTION, outcomes=(LearningOutcome({"en": "Another"}),))
    assert sections.token(other, "outcomes") != sections.token(DESCRIPTION, "outcomes")
    assert sections.token(other, "basics") == sections.token(DESCRIPTION, "basics")


def test_the_sections_cover_every_member_once() -> None:
    listed = [member for members in sections.SECTIONS.values() for member in members]
    assert sorted(listed) == sorted(Description.__dataclass_fields__)


def test_search_finds_across_forms_and_languages() -> None:
    text = columns(DESCRIPTION)["search_text"]
    assert all(word in text for query in ("DATA literacy", "데이터", "Ｄａｔａ") for word in words(query))
    assert columns(DESCRIPTION)["eqf_level"] == 6
    assert columns(DESCRIPTION)["language_tags"] == ",en,ko,"
    assert len(words("a " * 100)) == 8


def test_the_explanation_names_every_member() -> None:
    page = (Path(__file__).parents[3] / "docs/explanation/annex-i.md").read_text(encoding="utf-8")
    assert [member for member in Description.__dataclass_fields__ if f"`{member}`" not in page] == []
