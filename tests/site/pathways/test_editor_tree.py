"""Changing one part of a rule's text leaves everything else as its author wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from testamur.pathways import read_programme, trials
from testamur.pathways.reading import read_values
from testamur_site.pathways.editor.shapes.requirement import OWN, fields_of, write_fields
from testamur_site.pathways.editor.shapes.whole import settings_of, write_settings
from testamur_site.pathways.editor.starting import STARTS, About, starting
from testamur_site.pathways.editor.tree import CHANGES, CannotChange, RuleTree, read

EXAMPLES = [
    Path(__file__).parents[3] / f"examples/programmes/{name}.yaml"
    for name in ("consortium-microdegree", "HK-SPACE-PP", "US-MITX-SCM-MM")
]
TEXT = """\
# Whoever reads this first
language: testamur-programme/1
id: small
version: "2026"  # a text, not a number
title: {en: Small, ko: 작은 것}
requires:
  name: microdegree
  all:
    - {name: first, from: {category: data}, count: 1}  # the beginning
    - name: second
      from: {achievement: [A, B], not: {language: fr}}
      credits: 3
      after: first
    - name: third
      choose:
        at_least: 2
        of:
          - {name: left, count: 1}
          - {name: right, count: 1}
"""
SECOND, LEFT = ("requires", "all", 1), ("requires", "all", 2, "choose", "of", 0)


def second(text: str) -> dict[str, Any]:
    values, _ = read_values(text)
    found: dict[str, Any] = values["requires"]["all"][1]
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_real_programmes_come_out_as_they_went_in(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = RuleTree(text)
    for place, value in list(tree.requirements()):
        write_fields(tree.part(place), value, fields_of(value)[0])
    seen, _ = settings_of(tree.values)
    write_settings(tree.document, seen, seen)
    assert read_values(tree.text())[0] == tree.values
    assert [line for line in text.splitlines() if "#" in line] == [
        line for line in tree.text().splitlines() if "#" in line
    ]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_moved_it_stays_a_programme(change: str) -> None:
    for place, _value in RuleTree(TEXT).requirements():
        tree = RuleTree(TEXT)
        before = tree.text()
        try:
            CHANGES[change](tree, place)
        except CannotChange:
            assert tree.text() == before, "what is refused changes nothing"
        else:
            read_programme(tree.text().encode())


def test_a_field_is_written_and_the_rest_stays() -> None:
    tree = RuleTree(TEXT)
    seen, rest = fields_of(tree.value(SECOND))
    assert (seen["achievement"], seen["credits"], seen["after"], rest) == (["A", "B"], "3", ["first"], ["from: not"])
    now = {
        **seen,
        "title_en": "Second",
        "credits": "4.5",
        "residency": "50",
        "transfer_cap": "2",
        "issuer": OWN,
        "recent": "5 years",
    }
    write_fields(tree.part(SECOND), tree.value(SECOND), now)
    made = second(tree.text())
    assert made["title"] == {"en": "Second"}
    assert float(made["credits"]) == 4.5
    assert made["from"] == {
        "achievement": ["A", "B"],
        "not": {"language": "fr"},
        "issuer": {"list": "awarding_body"},
        "awarded": {"from": "decision - 5 years"},
    }
    assert made["including"] == [{"name": "residency", "where": {"issuer": {"list": "awarding_body"}}, "share": "50%"}]
    assert made["at_most"] == [{"name": "credits from elsewhere", "where": {"source": "transferred"}, "credits": 2}]
    assert "# the beginning" in tree.text()
    assert fields_of(made) == (now, rest)


def test_a_field_that_is_emptied_goes() -> None:
    tree = RuleTree(TEXT)
    seen, _rest = fields_of(tree.value(SECOND))
    write_fields(tree.part(SECOND), tree.value(SECOND), {**seen, "credits": None, "achievement": [], "after": []})
    assert second(tree.text()) == {"name": "second", "from": {"not": {"language": "fr"}}, "count": 1}


def test_chosen_micro_credentials_may_all_be_asked_for() -> None:
    tree = RuleTree(TEXT)
    seen, _rest = fields_of(tree.value(SECOND))
    write_fields(tree.part(SECOND), tree.value(SECOND), {**seen, "kind": "each"})
    assert second(tree.text())["all_of"] == ["A", "B"]
    assert "achievement" not in second(tree.text())["from"]


def test_a_group_that_becomes_smaller_asks_for_no_more_than_it_has() -> None:
    tree = RuleTree(TEXT)
    CHANGES["remove"](tree, LEFT)
    assert read_values(tree.text())[0]["requires"]["all"][2]["choose"]["at_least"] == 1
    CHANGES["remove"](tree, ("requires", "all", 0))
    assert "after" not in second(tree.text().replace("- name: second", "- {name: x, count: 1}\n    - name: second"))


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ("remove", "requires", "last_one"),
        ("up", "requires/all/0", "first"),
        ("in", "requires/all/1", "no_group"),
        ("out", "requires/all/1", "no_group"),
        ("add", "requires/all/0", "no_group"),
        ("add", "requires/all/0/from", "no_such_part"),
        ("remove", "title/en", "no_such_part"),
        ("down", "requires/all/99", "no_such_part"),
        ("down", "", "no_such_part"),
    ],
)
def test_what_cannot_be_changed_is_refused(change: str, place: str, code: str) -> None:
    with pytest.raises(CannotChange) as refused:
        CHANGES[change](RuleTree(TEXT), read(place))
    assert refused.value.code == code


@pytest.mark.parametrize("key", STARTS)
def test_one_can_begin_with_each_of_the_starts(key: str) -> None:
    about = About('Data: the “basics" \\ {x}', "데이터 # 기초", 3, "did:web:example.org")
    programme = read_programme(starting(key, about).encode())
    assert programme.title == {"en": 'Data: the “basics" \\ {x}', "ko": "데이터 # 기초"}
    assert all(trial.passed for trial in trials(programme))
    RuleTree(starting(key, about))


def test_the_whole_is_written() -> None:
    tree = RuleTree(TEXT)
    seen, rest = settings_of(tree.values)
    assert rest == []
    now = {**seen, "grace": 10, "grace_en": "Ten days.", "exclusive": True, "unit": "ECTS"}
    write_settings(tree.document, seen, now)
    again, _ = settings_of(read_values(tree.text())[0])
    assert {key: again[key] for key in ("grace", "grace_en", "exclusive", "unit")} == {
        "grace": 10,
        "grace_en": "Ten days.",
        "exclusive": True,
        "unit": "ECTS",
    }
    read_programme(tree.text().encode())
