"""The form and the text are twins: what the form shows, sent back unchanged, leaves the text as it was, to the letter; what is changed in
the form is what the form shows afterwards, and every comment is still there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml.comments import CommentedMap

from testamur.pathways import read_programme, trials
from testamur.pathways.reading import read_values
from testamur_site.pathways.editor.forms import RequirementForm
from testamur_site.pathways.editor.shapes.pools import pools_of, write_pools
from testamur_site.pathways.editor.shapes.requirement import OWN, fields_of, write_fields
from testamur_site.pathways.editor.shapes.trial import is_editable, trial_of, write_trial
from testamur_site.pathways.editor.shapes.whole import settings_of, write_settings
from testamur_site.pathways.editor.tree import Path as Place
from testamur_site.pathways.editor.tree import RuleTree

EXAMPLES = sorted((Path(__file__).parents[3] / "examples/programmes").glob("*.yaml"))


def form_of(tree: RuleTree, value: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> RequirementForm:
    """The form of a requirement as its page makes it."""
    seen, rest = fields_of(value)
    return RequirementForm(
        data,
        kind=seen["kind"],
        rest=rest,
        choices=[(each, each) for each in seen.get("achievement", ())],
        after=[(name, name) for name in tree.names()],
        pools=[row["name"] for row in pools_of(tree.values)[0]],
        seen=seen,
        initial={**seen, "issuer": seen.get("issuer") == OWN},
    )


def sent(form: RequirementForm) -> dict[str, Any]:
    """What a browser sends of a form that nobody has changed: what is empty or not ticked is not there."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, "", False, [])}


def through_the_form(text: str, place: Place, **changes: Any) -> str:
    """The text after a requirement was opened in the form, changed, and kept."""
    tree = RuleTree(text)
    value = tree.value(place)
    form = form_of(tree, value, {**sent(form_of(tree, value)), **changes})
    assert form.is_valid(), (place, form.errors)
    write_fields(tree.part(place), value, form.fields_now(fields_of(value)[0]))
    return tree.text()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_part_of_every_programme_goes_through_its_form_unchanged(path: Path) -> None:
    tree = RuleTree(path.read_text(encoding="utf-8"))
    text = tree.text()
    for place, value in tree.requirements():
        form = form_of(tree, value, sent(form_of(tree, value)))
        assert form.is_valid(), (place, form.errors)
        write_fields(tree.part(place), value, form.fields_now(fields_of(value)[0]))
    for number, test in enumerate(tree.values.get("tests", ())):
        seen = trial_of(test)
        rows = [{**row, "was": at} for at, row in enumerate(seen["credentials"])]
        write_trial(tree.part(("tests", number)), test, {**seen, "credentials": rows})
    seen, _rest = settings_of(tree.values)
    write_settings(tree.document, seen, dict(seen))
    write_pools(tree, pools_of(tree.values)[0])
    assert tree.text() == text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_shown_as_text_of_its_own_can_be_taken_out_and_written_again(path: Path) -> None:
    """Each requirement's `further`, emptied and filled in again, and each test, written as a new one, say the same."""
    tree = RuleTree(path.read_text(encoding="utf-8"))
    before = tree.values
    shown = {place: fields_of(value) for place, value in tree.requirements()}
    for place, (seen, rest) in shown.items():
        if "condition" not in rest:  # without it, it would be another kind of requirement
            write_fields(tree.part(place), tree.value(place), {**seen, "further": ""})
    for test in before.get("tests", ()):
        tree.document["tests"].append(CommentedMap(name="new", expect=CommentedMap(outcome="holds")))
        seen = trial_of(test)
        assert not seen["more"]
        rows = [{**row, "was": None} for row in seen["credentials"]]
        write_trial(tree.document["tests"][-1], {"name": "new", "expect": {}}, {**seen, "credentials": rows})
    again = RuleTree(tree.text())
    assert all(not rest or "condition" in rest for _, rest in (fields_of(value) for _, value in again.requirements()))
    for place, (seen, _rest) in shown.items():
        now = {
            **fields_of(again.value(place))[0],
            **seen,
            "count": seen.get("count"),
        }  # what asked for nothing got a count
        write_fields(again.part(place), again.value(place), now)
    after = RuleTree(again.text()).values
    number = len(before.get("tests", ()))
    assert [normal(test) for test in after["tests"][number:]] == [normal(test) for test in before["tests"]]
    assert {**after, "tests": after["tests"][:number]} == before


def normal(test: Mapping[str, Any]) -> dict[str, Any]:
    """A test without lists that are empty or have one text where a text would do."""
    return {
        **test,
        "credentials": [
            {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in each.items()}
            for each in test.get("credentials", ())
        ],
    }


TEXT = """\
# Whoever reads this first
language: testamur-programme/1
id: small
version: "1"
title: {en: Small}
scales: {letter: {C: 2, B: 3, A: 4}}
sharing: {breadth: {uses: 2}}  # two of them
conditions:
  - {name: paid, condition: {fact: {name: fee_paid, is: true}}}  # before the first day
requires:
  name: microdegree
  all:
    # the beginning
    - name: first
      from: {category: data, not: {language: fr}}
      count: 1  # one will do
    - name: second
      credits: 3.50
      at_most: [{name: load, per: term, credits: 6}]
"""
COMMENTS = ("# Whoever reads this first", "# two of them", "# before the first day", "# the beginning", "# one will do")
PLACE = ("requires", "all", 0)
WORD = st.text("abcdefgh가나다 -", min_size=1, max_size=12).map(str.strip).filter(bool)
AMOUNT = st.decimals(min_value=1, max_value=500, places=2).map(lambda number: f"{number.normalize():f}")
NUMBER = st.integers(1, 9).map(str)


@st.composite
def filled_in(draw: st.DrawFn) -> dict[str, Any]:
    """What somebody may fill in: any of the fields, each group of fields whole or not at all."""
    groups: list[dict[str, st.SearchStrategy[Any]]] = [
        {"title_en": WORD}, {"title_ko": WORD}, {"credits": AMOUNT}, {"unit": WORD}, {"issuer": st.just("on")},
        {"category": st.lists(WORD, min_size=1, max_size=3, unique=True).map("\n".join)},
        {"level_of": WORD, "level_least": NUMBER}, {"grade_of": WORD, "grade_least": WORD}, {"version_least": NUMBER},
        {"recent": st.sampled_from(["5 years", "18 months", "P1Y"])}, {"residency": st.sampled_from(["50", "33.3", "100"])},
        {"transfer_cap": AMOUNT}, {"prior_cap": AMOUNT}, {"shares": st.just("breadth")}, {"divisible": st.just("on")},
        {"distinct_of": st.sampled_from(["issuer", "term", "year"]), "distinct_least": NUMBER},
        {"distinct_of": st.just("language"), "distinct_most": NUMBER},
        {"mean_of": st.just("letter"), "mean_least": AMOUNT, "mean_weights": st.sampled_from(["", "credits", "equal"]),
         "mean_over": st.sampled_from(["", "counted", "held"])},
        {"same": st.lists(st.sampled_from(["issuer", "language", "term"]), min_size=1, max_size=2, unique=True)},
        {"within_period": st.just("2 years"), "within_from": st.sampled_from(["", "started", "awarded"])},
        {"count": st.integers(1, 3).map(str), "count_most": st.integers(3, 9).map(str)},
        {"after": st.just(["second"])},
        {"further": st.sampled_from(["", "from: {not: {language: de}}", "including: [{name: x, where: {type: Course}, count: 1}]"])},
    ]  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(groups), max_size=8, unique_by=id))
    return {name: draw(strategy) for group in chosen for name, strategy in group.items()}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(filled_in())
def test_what_is_filled_in_is_what_the_form_shows_afterwards(changes: dict[str, Any]) -> None:
    if "distinct_most" in changes and "distinct_least" in changes:
        changes.pop("distinct_least")
    text = through_the_form(TEXT, PLACE, **changes)
    assert [comment for comment in COMMENTS if comment not in text] == []
    tree = RuleTree(text)
    shown = sent(form_of(tree, tree.value(PLACE)))
    for name, value in changes.items():
        if name not in ("further", "issuer", "divisible"):
            assert (shown.get(name) or "") == (value or ""), name
    assert through_the_form(text, PLACE) == text, "and once more it changes nothing"
    read_values(text)
    before = read_values(TEXT)[0]
    assert tree.values["requires"]["all"][1] == before["requires"]["all"][1], "the neighbour is as it was"


@settings(max_examples=25, deadline=None)
@given(
    name=WORD,
    how=st.sampled_from(["is", "at_least", "until"]),
    value=st.sampled_from(["true", "3", "2.5", "2026-03-01", "word", "가나다"]),
    refer=st.booleans(),
)
def test_a_fact_is_what_the_form_says(name: str, how: str, value: str, refer: bool) -> None:
    changes = {
        "fact_name": name,
        "fact_how": how,
        "fact_value": value,
        **({"refer": "on", "refer_to": "office"} if refer else {}),
    }
    text = through_the_form(TEXT, ("conditions", 0), **changes)
    made = read_values(text)[0]["conditions"][0]
    assert (set(made["condition"]["fact"]) == {"name", how}, made.get("otherwise")) == (
        True,
        "refer" if refer else None,
    )
    assert str(made["condition"]["fact"][how]).lower() == value
    assert through_the_form(text, ("conditions", 0)) == text
    assert "# before the first day" in text


@st.composite
def tried_cases(draw: st.DrawFn) -> dict[str, Any]:
    texts = st.text("ab:#'\"{}[], &*!%@`-?|>\\가", max_size=10).map(str.strip)
    rows = [
        {
            "id": f"c{number}",
            "achievement": draw(st.sampled_from(["", "https://u.example/A/1", "STAT"])),
            "issuer": draw(texts),
            "credits": draw(st.sampled_from(["", "3", "2.5"])),
            "category": draw(st.sampled_from(["", "data", "data, ethics"])),
            "awarded": draw(st.sampled_from(["", "2026-01-01"])),
            "valid": draw(st.sampled_from(["", "true", "false", "unknown"])),
            "copies": draw(st.sampled_from(["", "2"])),
            "further": draw(st.sampled_from(["", "grade: {letter: A}, attempt: 2", 'term: "2025-1"'])),
            "was": None,
        }
        for number in range(draw(st.integers(0, 3)))
    ]
    return {
        "name": draw(texts.filter(bool)),
        "on": draw(st.sampled_from(["", "2026-05-01"])),
        "facts": draw(st.sampled_from(["", "semesters: 2", 'fee_paid: true\nname: "no: 1"'])),
        "further": draw(st.sampled_from(["", "approvals: [{of: board, by: A, reason: because}]"])),
        "credentials": rows,
        "expect_outcome": draw(st.sampled_from(["holds", "does not hold", "undecided"])),
        "expect_award": "",
        "expect_counted": draw(st.sampled_from(["", "6", "2.5"])),
        "expect_count": draw(st.sampled_from(["", "2"])),
        "expect_state": "",
        "expect_used": draw(st.sampled_from(["", "c0: first"])),
        "expect_refused": "",
        "expect_missing": draw(st.sampled_from(["", "second: 1.5"])),
        "expect_reclassified": "",
        "expect_open": draw(st.sampled_from(["", "first", "first\nsecond", "–"])),
        **{f"expect_{key}": "" for key in ("impossible", "undecided", "labels", "consequences", "audit", "debits")},
        "more": 0,
    }


@settings(max_examples=30, deadline=None)
@given(tried_cases(), tried_cases())
def test_a_test_is_what_its_form_says(first: dict[str, Any], second: dict[str, Any]) -> None:
    tree = RuleTree(
        TEXT + "tests:\n  # nobody\n  - {name: n, credentials: [{id: a}], expect: {outcome: does not hold}}  # yet\n"
    )
    write_trial(tree.part(("tests", 0)), tree.values["tests"][0], first)
    once = RuleTree(tree.text())
    assert trial_of(once.values["tests"][0]) == {**first, "credentials": without_was(first)}
    rows = [{**row, "was": at} for at, row in enumerate(without_was(first))]
    write_trial(
        once.part(("tests", 0)), once.values["tests"][0], {**second, "credentials": [*rows[1:], *second["credentials"]]}
    )
    twice = RuleTree(once.text())
    kept = [{key: row[key] for key in row if key != "was"} for row in [*rows[1:], *second["credentials"]]]
    assert trial_of(twice.values["tests"][0]) == {**second, "credentials": kept}
    assert all(comment in twice.text() for comment in (*COMMENTS, "# nobody"))
    list(trials(read_programme(RuleTree(TEXT).text())))


def without_was(test: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{key: row[key] for key in row if key != "was"} for row in test["credentials"]]


POOLS: dict[str, list[dict[str, Any]]] = {
    "width": [{"was": "breadth", "name": "width", "uses": 3, "credits": "6"}],
    "": [],
    "breadth": [
        {"was": "breadth", "name": "breadth", "uses": 2, "credits": ""},
        {"was": "", "name": "depth", "uses": 2, "credits": "4.5"},
    ],
}
"""What the pool of a requirement is called afterwards, by the rows of the form."""


@pytest.mark.parametrize("named", POOLS)
def test_the_requirements_follow_their_pool(named: str) -> None:
    rows = POOLS[named]
    text = through_the_form(TEXT, PLACE, shares="breadth")
    tree = RuleTree(text)
    write_pools(tree, rows)
    made = RuleTree(tree.text())
    found, rest = pools_of(made.values)
    assert [{**row, "was": ""} for row in found] == [{**row, "was": ""} for row in rows]
    assert rest == []
    assert made.value(PLACE).get("shares", "") == named
    read_programme(made.text())


KEYS = [
    "from", "all", "any", "choose", "of", "at_least", "at_most", "condition", "fact", "name", "title", "en", "credits",
    "count", "min", "distinct", "mean", "where", "within", "period", "same", "shares", "including", "after", "all_of",
    "issuer", "list", "achievement", "level", "grade", "scale", "awarded", "otherwise", "facts", "credentials", "expect",
    "on", "uses", "sharing", "validity", "lasts",
]  # fmt: skip
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 9)
    | st.sampled_from(["", "a", "50%", "awarding_body", "decision - 5 years"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=14,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=8))
def test_a_draft_may_say_anything(value: dict[str, Any]) -> None:
    """What is no programme yet is read into forms without an error, and what is sent back unchanged changes nothing."""
    tree = RuleTree(TEXT)
    seen, rest = fields_of(value)
    form = RequirementForm(kind=seen["kind"], rest=rest, choices=[], after=[], seen=seen, initial=seen)
    assert form.parts
    part = CommentedMap(value)
    write_fields(part, value, seen)
    assert {key: part[key] for key in value} == value
    settings_of(value)
    pools_of(value)
    if is_editable(value):
        again = CommentedMap(value)
        shown = trial_of(value)
        write_trial(
            again, value, {**shown, "credentials": [{**row, "was": at} for at, row in enumerate(shown["credentials"])]}
        )
        assert {key: again[key] for key in value if key != "expect"} == {
            key: value[key] for key in value if key != "expect"
        }
    assert tree.text()


def test_a_row_that_is_not_there_is_a_new_one() -> None:
    tree = RuleTree(TEXT + "tests:\n  - {name: n, credentials: [{id: a}], expect: {outcome: holds}}\n")
    test = tree.values["tests"][0]
    shown = trial_of(test)
    row = shown["credentials"][0]
    rows = [
        {**row, "was": 0},
        {**row, "id": "b", "was": 0},
        {**row, "id": "c", "was": 9},
        {**row, "id": "d", "was": -1},
    ]
    write_trial(tree.part(("tests", 0)), test, {**shown, "credentials": rows})
    assert [each["id"] for each in RuleTree(tree.text()).values["tests"][0]["credentials"]] == ["a", "b", "c", "d"]
