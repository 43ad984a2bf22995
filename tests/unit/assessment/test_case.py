"""CASE rubrics: what we write comes back as it went, what others write is read, and nothing hostile gets further."""

from __future__ import annotations

import copy
import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.assessment.rubrics import Criterion, Level, Rubric
from testamur.assessment.rubrics.case import Item, read_case, to_case
from testamur.assessment.rubrics.words import note_sentence
from testamur.errors import InputError, Malformed, TooLarge

ADDRESS = "https://college.example/rubrics/report"
CHANGED = "2026-03-01T09:00:00Z"
KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
NUMBERS = st.decimals(0, 1000, places=3)
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
TEXTS = st.dictionaries(st.sampled_from(["en", "ko", "de-AT"]), WORDS, max_size=3)


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    criteria = []
    for key in draw(st.lists(KEYS, min_size=1, max_size=4, unique=True)):
        points = sorted(draw(st.lists(NUMBERS, min_size=1, max_size=4)))
        keys = draw(st.lists(KEYS, min_size=len(points), max_size=len(points), unique=True))
        levels = tuple(
            Level(level, number, draw(TEXTS), draw(TEXTS)) for level, number in zip(keys, points, strict=True)
        )
        outcomes = tuple(draw(st.lists(KEYS, max_size=2)))
        criteria.append(
            Criterion(
                key, levels, draw(NUMBERS), draw(st.sampled_from(["", *keys])), draw(TEXTS), draw(TEXTS), outcomes
            )
        )
    criteria.append(Criterion("0sure", (Level("one", Decimal(1)),)))
    return Rubric(draw(KEYS), tuple(criteria), draw(TEXTS), draw(TEXTS))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rubrics(), st.sampled_from(["en", "ko"]))
def test_a_rubric_comes_back_as_it_went(rubric: Rubric, language: str) -> None:
    written = json.dumps(to_case(rubric, address=ADDRESS, changed=CHANGED, language=language))
    (imported,) = read_case(written, language=language)
    assert imported.rubric == rubric
    assert imported.notes == ()


EXAMPLE: dict[str, Any] = {  # as a framework editor writes it: no extensions, levels from best to worst
    "identifier": "6b3c1c5e-64a0-4a5b-9a27-0a5d6a1c0001",
    "uri": "https://frameworks.example/uri/6b3c1c5e-64a0-4a5b-9a27-0a5d6a1c0001",
    "title": "Laboratory report",
    "lastChangeDateTime": "2025-05-05T10:00:00+00:00",
    "CFRubricCriteria": [
        {
            "identifier": "6b3c1c5e-64a0-4a5b-9a27-0a5d6a1c0002",
            "uri": "https://frameworks.example/uri/6b3c1c5e-64a0-4a5b-9a27-0a5d6a1c0002",
            "category": "Method",
            "description": "The method can be repeated.",
            "weight": 2,
            "position": 2,
            "CFItemURI": {"title": "NGSS.1", "identifier": "i1", "uri": "https://frameworks.example/uri/i1"},
            "lastChangeDateTime": "2025-05-05T10:00:00+00:00",
            "CFRubricCriterionLevels": [
                {
                    "identifier": "a",
                    "uri": "u:a",
                    "quality": "Complete",
                    "score": 3.5,
                    "position": 1,
                    "feedback": "Well done.",
                },
                {"identifier": "b", "uri": "u:b", "quality": "Partial", "score": 1, "position": 2},
                {"identifier": "c", "uri": "u:c", "quality": "Missing", "score": 0, "position": 3},
            ],
        },
        {
            "identifier": "6b3c1c5e-64a0-4a5b-9a27-0a5d6a1c0003",
            "uri": "https://frameworks.example/uri/6b3c1c5e-64a0-4a5b-9a27-0a5d6a1c0003",
            "description": "Sources are named.",
            "position": 1,
            "CFRubricCriterionLevels": [{"quality": "No"}, {"quality": "Yes"}],
        },
    ],
}


def test_what_others_write_is_read() -> None:
    (imported,) = read_case(json.dumps(EXAMPLE))
    sources, method = imported.rubric.criteria
    assert dict(sources.name) == {"en": "Sources are named."}
    assert [(dict(level.name), level.points) for level in sources.levels] == [({"en": "No"}, 0), ({"en": "Yes"}, 1)]
    assert sources.weight == 1
    assert [(level.name["en"], level.points) for level in method.levels] == [
        ("Missing", 0), ("Partial", 1), ("Complete", Decimal("3.5")),
    ]  # fmt: skip
    assert method.weight == 2
    assert imported.items == {method.key: Item("NGSS.1", "i1", "https://frameworks.example/uri/i1")}
    assert {note.code for note in imported.notes} == {"points_from_order", "name_from_description", "feedback_left_out"}
    for note in imported.notes:
        assert note_sentence(note) != note_sentence(note, "ko")


def test_a_package_says_its_language() -> None:
    package = {"CFDocument": {"language": "ko"}, "CFItems": [], "CFRubrics": [EXAMPLE, EXAMPLE]}
    for document in (package, {"CFPackage": package}):
        first, second = read_case(json.dumps(document))
        assert dict(first.rubric.title) == {"ko": "Laboratory report"}
        assert first.rubric == second.rubric


def test_what_is_written_has_what_case_requires() -> None:
    (imported,) = read_case(json.dumps(EXAMPLE))
    criterion = Criterion("c", imported.rubric.criteria[0].levels, name={"ko": "출처"}, outcomes=("o1", "o2"))
    written = to_case(
        Rubric("r", (criterion,), {"en": "Report"}),
        address=ADDRESS,
        changed=CHANGED,
        items={"o2": Item("NGSS.2", "i2", "u:i2")},
    )
    everything = [written, *written["CFRubricCriteria"], *written["CFRubricCriteria"][0]["CFRubricCriterionLevels"]]
    for part in everything:
        assert {"identifier", "uri", "lastChangeDateTime"} <= set(part)
    assert len({part["identifier"] for part in everything}) == len(everything)
    assert written["CFRubricCriteria"][0]["CFItemURI"] == {"title": "NGSS.2", "identifier": "i2", "uri": "u:i2"}
    assert written["CFRubricCriteria"][0]["category"] == "출처"
    assert written["CFRubricCriteria"][0]["rubricId"] == written["identifier"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([], "assessment.case.none"),
        (7, "assessment.case.none"),
        ([7], "assessment.case.object"),
        ({"CFRubrics": "all"}, "assessment.case.none"),
        ({"title": "x"}, "assessment.case.list"),
        ({"CFRubricCriteria": []}, "assessment.case.values"),
        ({"CFRubricCriteria": [{"CFRubricCriterionLevels": []}]}, "assessment.case.no_levels"),
        ({"CFRubricCriteria": [{"CFRubricCriterionLevels": [{"score": -1}]}]}, "assessment.case.number"),
        ({"CFRubricCriteria": [{"CFRubricCriterionLevels": [{"score": True}]}]}, "assessment.case.number"),
        ({"CFRubricCriteria": [{"CFRubricCriterionLevels": [{"score": 1e300}]}]}, "assessment.case.number"),
        ({"CFRubricCriteria": [{"CFRubricCriterionLevels": [{"score": 1, "quality": []}]}]}, "assessment.case.text"),
        ({"CFRubricCriteria": [{"CFRubricCriterionLevels": [{"score": 0}]}]}, "assessment.case.values"),
    ],
)
def test_what_is_no_rubric_is_refused_with_its_place(document: Any, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_case(json.dumps(document))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "document",
    [
        [EXAMPLE] * 101,
        {"CFRubricCriteria": [EXAMPLE["CFRubricCriteria"][0]] * 51},
        {"CFRubricCriteria": [{"CFRubricCriterionLevels": [{"score": 1}] * 21}]},
        {"title": "x" * 10_001, "CFRubricCriteria": EXAMPLE["CFRubricCriteria"]},
        {"extensions": {"testamur": {"title": {"en": "x" * 50_001}}}, "CFRubricCriteria": EXAMPLE["CFRubricCriteria"]},
    ],
)
def test_size_is_bounded(document: Any) -> None:
    with pytest.raises(TooLarge):
        read_case(json.dumps(document))


def test_nothing_that_is_put_anywhere_gets_further_than_a_refusal() -> None:
    """Every value of a good document replaced by something else, at random: a rubric or an InputError, never another error."""
    chance = random.Random(1)
    good = to_case(read_case(json.dumps(EXAMPLE))[0].rubric, address=ADDRESS, changed=CHANGED)
    others: list[Any] = [
        None,
        [],
        {},
        0,
        -1,
        1e9,
        "",
        "x" * 99,
        True,
        [[]],
        {"testamur": {"key": 3, "mustPass": [], "outcomes": 4}},
    ]
    for _ in range(1_500):
        document = copy.deepcopy(good)
        for _ in range(chance.randint(1, 3)):
            place: Any = document
            while isinstance(place, (dict, list)) and place:
                key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
                if chance.random() < 0.3 or not isinstance(place[key], (dict, list)):
                    place[key] = copy.deepcopy(chance.choice(others))
                    break
                place = place[key]
        try:
            read = read_case(json.dumps(document))
        except InputError:
            continue
        assert all(imported.rubric.maximum > 0 for imported in read)
