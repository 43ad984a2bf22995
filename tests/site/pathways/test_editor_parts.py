"""The pages of the editor for what used to be only text: facts, pools, validity, versions, further parts, and the tests of the rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.site.pathways.conftest import rule_text
from tests.site.pathways.test_editor import TEXT, Desk, begun, desk, version  # noqa: F401

from testamur.pathways import read_programme
from testamur.pathways.reading import read_values
from testamur_site.catalogue.api import achievement_id
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.pathways.editor import services
from testamur_site.pathways.editor.starting import PARTS, STARTS, About, starting
from testamur_site.pathways.editor.whole.presentation import PART_WORDS

Make = Callable[..., Any]
TESTS = """\
tests:
  # the usual case
  - name: two of them
    credentials: [{id: a}, {id: b, grade: {percent: 80}}]
    expect: {outcome: holds}
"""


def values(desk: Desk) -> dict[str, Any]:  # noqa: F811
    found: dict[str, Any] = read_values(desk.draft.text)[0]
    return found


def test_a_fact_is_asked_of_the_person(begun: Desk) -> None:  # noqa: F811
    answer = begun.press("ask:")
    assert "at=conditions/0" in answer["Location"]
    at = "?at=conditions/0"
    page = begun.page("requirement", at)
    assert "Which fact" in page
    assert "Least credits" not in page
    filled = {"do": "keep", "revision": begun.draft.revision, "kind": "condition", "fact_name": "semesters"}
    wrong = begun.client.post(begun.url("requirement", at), {**filled, "fact_how": "at_least", "fact_value": "2\n3"})
    assert wrong.status_code == 422
    kept = {**filled, "fact_how": "at_least", "fact_value": "2", "refer": "on", "refer_to": "records office"}
    assert begun.client.post(begun.url("requirement", at), kept).status_code == 302
    (made,) = values(begun)["conditions"]
    assert made["condition"] == {"fact": {"name": "semesters", "at_least": 2}}
    assert (made["otherwise"], made["refer_to"]) == ("refer", "records office")
    assert "What is to be mended" not in begun.page()
    begun.press("remove:conditions/0")
    assert "conditions" not in values(begun)


def test_a_fact_stands_in_a_group_too(begun: Desk) -> None:  # noqa: F811
    begun.press("ask:requires")
    assert "condition" in values(begun)["requires"]["all"][-1]
    assert "What is to be mended" not in begun.page()


def test_what_counts_together_is_filled_in(begun: Desk) -> None:  # noqa: F811
    at = "?at=requires"
    filled = {
        "do": "keep",
        "revision": begun.draft.revision,
        "kind": "all",
        "distinct_of": "issuer",
        "distinct_least": "2",
        "mean_of": "percent",
        "mean_least": "70",
        "within_period": "2 years",
        "same": ["language"],
        "further": "including: [{name: lab, where: {type: Course}, count: 1}]",
    }
    assert begun.client.post(begun.url("requirement", at), filled).status_code == 302
    made = values(begun)["requires"]
    assert made["distinct"] == {"of": "issuer", "at_least": 2}
    assert made["mean"] == {"scale": "percent", "at_least": 70}
    assert (made["within"], made["same"]) == ({"period": "2 years"}, "language")
    assert made["including"][0]["name"] == "lab"
    assert "What is to be mended" not in begun.page()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"distinct_least": "2"}, "Say in what they differ."),
        ({"distinct_of": "issuer"}, "Say how many."),
        ({"mean_of": "percent"}, "Say the least mean."),
        ({"within_period": "soon"}, "Write a time"),
        ({"count": "3", "count_most": "2"}, "This is less than the least."),
        ({"further": "from: {not: {language: fr}"}, "Line "),
    ],
)
def test_what_is_half_filled_in_comes_back(begun: Desk, changes: dict[str, str], sentence: str) -> None:  # noqa: F811
    filled = {"do": "keep", "revision": begun.draft.revision, "kind": "take", "count": "1", **changes}
    answer = begun.client.post(begun.url("requirement", "?at=requires/all/0"), filled)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert begun.draft.text == TEXT


def test_validity_and_versions_are_settings(begun: Desk) -> None:  # noqa: F811
    filled = {
        "revision": begun.draft.revision,
        "title_en": "Small",
        "awarding": "approval",
        "validity_lasts": "3 years",
        "validity_from": "certified",
        "validity_grace": "90 days",
        "validity_lapse_en": "Take the examination again.",
        "as_named": "on",
    }
    assert begun.client.post(begun.url("settings"), filled).status_code == 302
    made = values(begun)
    assert made["validity"] == {
        "lasts": "3 years", "from": "certified", "grace": "90 days", "lapse": {"en": "Take the examination again."},
    }  # fmt: skip
    assert made["versions"] == "as_named"
    assert "Only the versions that are named count" not in begun.page(), "nothing is named yet"
    without = {**filled, "revision": begun.draft.revision, "validity_lasts": ""}
    assert "Say how long it is valid." in begun.client.post(begun.url("settings"), without).content.decode()
    gone = {key: filled[key] for key in ("title_en", "awarding")} | {"revision": begun.draft.revision}
    begun.client.post(begun.url("settings"), gone)
    assert begun.draft.text == TEXT


def pools(*rows: tuple[str, str, str, str], initial: int = 0) -> dict[str, str]:
    sent = {"pool-TOTAL_FORMS": str(len(rows)), "pool-INITIAL_FORMS": str(initial)}
    for number, row in enumerate(rows):
        sent |= {
            f"pool-{number}-{name}": value for name, value in zip(("was", "name", "uses", "credits"), row, strict=True)
        }
    return sent


def test_a_pool_is_made_used_renamed_and_taken_away(begun: Desk) -> None:  # noqa: F811
    def post(sent: dict[str, str]) -> Any:
        return begun.client.post(begun.url("sharing"), {**sent, "revision": begun.draft.revision})

    assert post(pools(("", "breadth", "2", "6"), ("", "", "", ""))).status_code == 302
    assert values(begun)["sharing"] == {"breadth": {"uses": 2, "credits": 6}}
    filled = {"do": "keep", "revision": begun.draft.revision, "kind": "take", "count": "1", "shares": "breadth"}
    begun.client.post(begun.url("requirement", "?at=requires/all/0"), filled)
    assert values(begun)["requires"]["all"][0]["shares"] == "breadth"
    post(pools(("breadth", "width", "3", ""), initial=1))
    assert values(begun)["sharing"] == {"width": {"uses": 3}}
    assert values(begun)["requires"]["all"][0]["shares"] == "width"
    assert "What is to be mended" not in begun.page()
    assert post(pools(("", "a", "2", ""), ("", "a", "2", ""))).status_code == 422
    assert post(pools(("", "a", "", ""))).status_code == 422
    post(pools(("width", "", "", ""), initial=1))
    assert values(begun) == read_values(TEXT)[0]


@pytest.mark.parametrize("key", PARTS)
def test_each_further_part_begins_with_an_example_that_is_right(key: str) -> None:
    tree_text = starting("set", About("A", "가", 1, "did:web:a.example"))
    lines = [line for line in tree_text.splitlines() if not line.startswith(f"{key}:")]
    read_programme("\n".join(lines) + "\n" + PARTS[key])
    assert set(PARTS) == set(PART_WORDS)
    assert STARTS


def test_a_part_is_edited_for_itself(begun: Desk) -> None:  # noqa: F811
    at = "?key=scales"
    assert "The rule has no such part yet." in begun.page("part", at)
    sent = {"revision": begun.draft.revision, "part": "scales:\r\n  letter: [C, B, A]  # least first\r\n"}
    assert begun.client.post(begun.url("part", at), sent).status_code == 302
    assert values(begun)["scales"] == {"letter": ["C", "B", "A"]}
    assert "# least first" in begun.page("part", at)
    for wrong in ("scales: [", "lists: {a: [b]}", "scales: {letter: [A]}\nlists: {a: [b]}", "- a"):
        answer = begun.client.post(begun.url("part", at), {"revision": begun.draft.revision, "part": wrong})
        assert answer.status_code == 422, wrong
    assert begun.client.post(begun.url("part", at), {"revision": begun.draft.revision, "part": ""}).status_code == 302
    assert "scales" not in values(begun)
    assert begun.client.get(begun.url("part", "?key=requires")).status_code == 404


def case(*ids: str, was: int = 0, **changes: str) -> dict[str, str]:
    """What the page of a test sends."""
    sent = {
        "name": "two of them",
        "expect_outcome": "holds",
        "credential-TOTAL_FORMS": str(len(ids)),
        "credential-INITIAL_FORMS": str(was),
    }
    for number, name in enumerate(ids):
        sent |= {f"credential-{number}-id": name, f"credential-{number}-was": str(number) if number < was else ""}
    return {**sent, **changes}


def test_a_test_is_added_run_and_kept(begun: Desk) -> None:  # noqa: F811
    assert "There are none yet." in begun.page("tests")
    ran = begun.client.post(begun.url("test"), {**case("a"), "do": "run", "revision": begun.draft.revision})
    page = ran.content.decode()
    assert "It comes out otherwise" in page
    assert "outcome: expected holds, found does not hold" in page
    assert begun.draft.text == TEXT, "running keeps nothing"
    ran = begun.client.post(begun.url("test"), {**case("a", "b"), "do": "run", "revision": begun.draft.revision})
    assert "It comes out as expected" in ran.content.decode()
    sent = {**case("a", "b"), "do": "keep", "revision": begun.draft.revision}
    assert begun.client.post(begun.url("test"), sent).status_code == 302
    assert values(begun)["tests"] == [
        {"name": "two of them", "credentials": [{"id": "a"}, {"id": "b"}], "expect": {"outcome": "holds"}}
    ]
    assert "1 passed, 0 failed" in begun.page("tests")
    assert "통과 1건, 실패 0건" in begun.page("tests", headers={"accept-language": "ko"})


def test_a_test_is_changed_and_what_was_not_shown_stays(begun: Desk) -> None:  # noqa: F811
    begun.press("check", text=TEXT + TESTS)
    page = begun.page("test", "?at=0")
    assert "grade: {percent: 80}" in page
    sent = case(
        "a", "b", was=2, **{"credential-1-further": "grade: {percent: 80}", "expect_open": "–", "facts": "semesters: 2"}
    )
    at = begun.url("test", "?at=0")
    assert begun.client.post(at, {**sent, "do": "keep", "revision": begun.draft.revision}).status_code == 302
    (test,) = values(begun)["tests"]
    assert test["credentials"] == [{"id": "a"}, {"id": "b", "grade": {"percent": 80}}]
    assert (test["facts"], test["expect"]) == ({"semesters": 2}, {"outcome": "holds", "open": []})
    assert "# the usual case" in begun.draft.text
    gone = case("a", "", was=2, facts="semesters: 2")
    begun.client.post(at, {**gone, "do": "keep", "revision": begun.draft.revision})
    (test,) = values(begun)["tests"]
    assert test["credentials"] == [{"id": "a"}]
    assert "0 passed, 1 failed" in begun.page("tests")
    assert "The test “two of them” comes out otherwise" in begun.page()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"on": "soon"},
        {"expect_counted": "many"},
        {"facts": "semesters"},
        {"facts": "a: [", "do": "run"},
        {"credential-0-credits": "x"},
        {"credential-0-awarded": "2026-02-30"},
        {"credential-0-further": "grade: {"},
        {"credential-0-id": "", "credential-0-credits": "3"},
        {"credential-0-further": "colour: red", "do": "run"},
    ],
)
def test_a_test_that_is_filled_in_wrongly_comes_back(begun: Desk, changes: dict[str, str]) -> None:  # noqa: F811
    sent = {**case("a"), "do": "keep", "revision": begun.draft.revision, **changes}
    answer = begun.client.post(begun.url("test"), sent)
    assert answer.status_code == 422
    assert begun.draft.text == TEXT


def test_tests_are_moved_and_removed(begun: Desk) -> None:  # noqa: F811
    more = TESTS + "  - {name: none, credentials: [], expect: {outcome: does not hold}}  # of course\n"
    begun.press("check", text=TEXT + more)

    def press(do: str) -> list[str]:
        begun.client.post(begun.url("tests"), {"do": do, "revision": begun.draft.revision})
        return [test["name"] for test in values(begun).get("tests", ())]

    assert press("up:1") == ["none", "two of them"]
    assert "# of course" in begun.draft.text
    assert press("up:0") == ["none", "two of them"]
    assert press("remove:9") == ["none", "two of them"]
    assert press("remove:0") == ["two of them"]
    assert press("remove:0") == []
    assert "What is to be mended" not in begun.page()
    begun.client.get(begun.url("test", "?at=7"), follow=True)


def test_without_a_programme_nothing_is_run(begun: Desk) -> None:  # noqa: F811
    begun.press("check", text=TEXT.replace("count: 1", "cuont: 1") + TESTS)
    assert "Nothing can be run yet" in begun.page("tests")
    answer = begun.client.post(begun.url("test"), {**case("a"), "do": "run", "revision": begun.draft.revision})
    assert answer.status_code == 422
    assert "is no word of the language here" in answer.content.decode()


def test_a_case_that_was_tried_is_kept_as_a_test(begun: Desk, courses: list[AchievementVersion]) -> None:  # noqa: F811
    services.keep(begun.draft, rule_text(courses), revision=1, actor=None)
    chosen = [achievement_id(course) for course in courses[1:]]
    page = begun.client.post(begun.url("try"), {"do": "case", "chosen": chosen}).content.decode()
    assert "Keep this case as a test" in page
    sent = {"do": "test", "chosen": chosen, "revision": begun.draft.revision}
    answer = begun.client.post(begun.url("try"), sent)
    assert answer["Location"].endswith("?at=1")
    test = values(begun)["tests"][1]
    assert test["expect"] == {"outcome": "does not hold"}
    assert {each["achievement"] for each in test["credentials"]} == set(chosen)
    assert [each["id"] for each in test["credentials"]] == ["a", "b"]
    assert "2 passed, 0 failed" in begun.page("tests")
    assert begun.client.get(answer["Location"]).status_code == 200
    stale = begun.client.post(begun.url("try"), sent)
    assert stale.status_code == 200, "somebody else has changed the draft: said, and nothing kept"
    assert len(values(begun)["tests"]) == 2
    text = begun.client.post(
        begun.url("try"), {"do": "test", "case": "facts: {a: 1}", "revision": begun.draft.revision}
    )
    assert text.status_code == 302
    assert values(begun)["tests"][2]["facts"] == {"a": 1}
