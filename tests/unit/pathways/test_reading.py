"""Reading a programme: every mistake with its line and a sentence; hostile files end quickly and in words."""

from __future__ import annotations

import json
from decimal import Decimal

import jsonschema_rs
import pytest

from testamur.pathways import SCHEMA, SCHEMA_ADDRESS, NotAProgramme, read_programme
from testamur.pathways.reading import read_values

GOOD = """\
language: testamur-programme/1
id: example
version: "1"
title: Example
scales: {letter: [C, B, A]}
requires:
  name: credits
  from: {grade: {scale: letter, at_least: B}}
  credits: 6
"""


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(NotAProgramme) as refused:
        read_programme(text)
    return [(mistake.line, mistake.sentence) for mistake in refused.value.mistakes]


def test_the_good_case_is_good() -> None:
    assert read_programme(GOOD).default.awards[0].requires.credits.low == 600  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("title: Example", "titel: Example", 4, "did you mean “title”?"),
        ('version: "1"\n', "", 1, "“version” is missing"),
        ("testamur-programme/1", "testamur-programme/2", 1, "testamur-programme/1"),
        ("credits: 6", "credits: many", 9, "a number"),
        ("credits: 6", "credits: -6", 9, "out of range"),
        ("credits: 6", "credits: {min: 9, max: 6}", 9, "the least (9) is more than the most (6)"),
        ("credits: 6", "credits: 6.005", 9, "finer than what is counted"),
        ("credits: 6", "credits: 0", 6, "met by nothing at all"),
        ("credits: 6", "credits: {value: least}", 9, "there is no “least” under “values”"),
        ("credits: 6", "shares: pool\n  credits: 6", 9, "there is no “pool” under “sharing”"),
        ("credits: 6", "after: nothing\n  credits: 6", 9, "there is no requirement “nothing”"),
        ("credits: 6", "within: {period: soon}\n  credits: 6", 9, "no duration"),
        ("credits: 6", "including: [{credits: 3, count: 2}]\n  credits: 6", 9, "one bound"),
        ("credits: 6", "including: [{share: 120%}]\n  credits: 6", 9, "more than the whole"),
        ("credits: 6", "condition: {fact: {name: a, is: 1}}", 6, "several things at once"),
        ("credits: 6", "choose: {at_least: 2, of: [{credits: 1}]}", 6, "2 are to be chosen of 1"),
        ("at_least: B", "at_least: B+", 8, "no word of the scale “letter”"),
        ("from: {grade", "from: {identity: {at_least: passport}, grade", 8, "no word of the scale “identity”"),
        ("credits: 6", "credits: 6\nclaim: [{name: c, when: {not: {issuer: x}}}]", 10, "only facts can be asked for"),
        ("credits: 6", "all: [{name: a, condition: {achievement: x}}]", 9, "only facts can be asked for"),
        ("at_least: B", "better_than: B", 8, "is no word of the language"),
        ("from: {grade", "from: {awarded: {from: yesterday or so}, grade", 8, "is no date"),
        ("from: {grade", "from: {issuer: {list: friends}, grade", 8, "there is no list “friends”"),
        ("id: example", "id: example\nid: again", 3, "a second time"),
        ("id: example", "id: &x example", 2, "anchors"),
        ("id: example", "id: !!python/object:os.system example", 2, "tags"),
        ("id: example", "<<: {id: x}", 2, "merge keys"),
        ("requires:", "requires: [", 8, "YAML"),
        ("requires:", "---\nrequires:", 6, "second document"),
    ],
)
def test_a_mistake_has_its_line_and_says_what_is_wrong(old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    found = mistakes(GOOD.replace(old, new))
    assert any(says in sentence for _, sentence in found), found
    assert line in {place for place, sentence in found if says in sentence}, found


def test_all_mistakes_are_named_at_once() -> None:
    found = mistakes(
        GOOD.replace("title:", "titel:").replace("credits: 6", "credits: many").replace("scale:", "scales:")
    )
    assert len(found) >= 4
    assert [line for line, _ in found] == sorted(line for line, _ in found)


def test_two_requirements_of_one_name_are_refused() -> None:
    text = GOOD[: GOOD.index("requires")] + "requires:\n  all:\n  - {name: a, credits: 1}\n  - {name: a, credits: 2}\n"
    assert mistakes(text) == [(9, "a requirement “a” exists already; a decision speaks of each by its name")]


@pytest.mark.parametrize("key", ["shares: pool", "divisible: true"])
def test_what_only_a_leaf_can_do_is_refused_on_a_group(key: str) -> None:
    text = (
        GOOD[: GOOD.index("requires")]
        + f"sharing: {{pool: {{uses: 2}}}}\nrequires:\n  {key}\n  all: [{{name: a, credits: 1}}]\n"
    )
    assert [(line, "takes credentials itself" in sentence) for line, sentence in mistakes(text)] == [(8, True)]


def test_every_entry_of_a_table_is_read() -> None:
    text = (
        GOOD.replace("credits: 6", "credits: {value: least}")
        + "values: {least: [{when: {fact: {name: a, is: 1}}, is: 3}, {is: 6.001}]}\n"
    )
    assert "finer" in mistakes(text)[0][1]


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 2_000 + "]" * 2_000,
        "[" + "{a: " * 60 + "1" + "}" * 60 + "]",
        "x: [" + "1, " * 70_000 + "1]",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
        "? [a]\n: 1",
        "a: \x00",
        "\t- a",
        b"\xff\xfe\x00",
        "a: " + "9" * 400,
        "x" * 1_100_000,
        "",
        "[]",
        "%YAML 9.9\n---\na",
        "{'a': 'b'",
        "!!binary aGVsbG8=",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_is_refused_in_words(text: str | bytes) -> None:
    with pytest.raises(NotAProgramme) as refused:
        read_programme(text)
    assert all(len(mistake.sentence) < 3_000 for mistake in refused.value.mistakes)


def test_words_are_what_they_look_like() -> None:
    values, _ = read_values('a: no\nb: 2020-08-01\nc: 0.80\nd: 1e2\ne: "1"\nf: ~\ng: true\nh: 007\ni: .5\nj: 0x1F\n')
    assert values == {
        "a": "no", "b": "2020-08-01", "c": Decimal("0.80"), "d": Decimal(100), "e": "1", "f": None, "g": True, "h": "007",
        "i": ".5", "j": "0x1F",
    }  # fmt: skip


def test_json_is_the_same_language() -> None:
    values, _ = read_values(GOOD)
    plain = json.dumps(values, indent="\t")
    assert read_programme(plain).default == read_programme(GOOD).default
    found = mistakes(plain.replace('"title"', '"titel"'))
    assert (5, "“titel” is no word of the language here; did you mean “title”?") in found


def test_json_escapes_are_joined() -> None:
    assert read_values(r'{"a": "\ud83d\ude00", "b": "\ud83d"}')[0] == {"a": "😀", "b": "\ufffd"}


def test_the_schema_is_a_schema() -> None:
    jsonschema_rs.meta.validate(dict(SCHEMA))
    assert SCHEMA["$id"] == SCHEMA_ADDRESS
    used = json.dumps(SCHEMA)
    assert [name for name in SCHEMA["$defs"] if f'"#/$defs/{name}"' not in used and name != "case"] == []
