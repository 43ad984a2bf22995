"""Copies: what is surely found, what is never found, and that what is shown is really the same."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.assessment.similarity import Likeness, Passage, digest, similar_pairs
from testamur.assessment.similarity.comparing import _agree, _agree_backwards
from testamur.assessment.similarity.letters import letters
from testamur.assessment.similarity.winnowing import SURELY_FOUND
from testamur.errors import TooLarge

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True)
# fmt: off
ENGLISH = [
    "time", "data", "model", "people", "result", "method", "sample", "answer", "figure", "measure", "school", "river", "market", "error",
    "survey", "number",
]
KOREAN = [
    "자료", "분석", "결과", "방법", "표본", "조사", "오차", "학교", "시장", "모형", "사람", "시간", "측정", "그림", "숫자", "대답",
]
# fmt: on


def prose(seed: int, words: int = 150, vocabulary: list[str] = ENGLISH) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(vocabulary) + chance.choice(["", "", ".", ","]) for _ in range(words))


def edited(text: str, seed: int, every: int) -> str:
    """Every so-and-so-many-th word replaced."""
    chance = random.Random(seed)
    return " ".join(f"x{chance.randrange(10**6)}" if n % every == every - 1 else w for n, w in enumerate(text.split()))


@pytest.mark.parametrize("vocabulary", [ENGLISH, KOREAN])
def test_copies_are_found_whatever_their_dress(vocabulary: list[str]) -> None:
    text = prose(1, vocabulary=vocabulary)
    dressed = {
        "capitals": text.upper(),
        "spaces": text.replace(" ", "  \n\t"),
        "commas": text.replace(".", " ,; "),
        "decomposed": unicodedata.normalize("NFD", text),
        "wide": unicodedata.normalize("NFKC", text).translate({ord("a"): "ａ"}),
    }
    for name, other in dressed.items():
        (found,) = similar_pairs({"a": text, "b": other, "c": prose(2, vocabulary=vocabulary)})
        assert (found.a, found.b, found.share, found.exact) == ("a", "b", 1.0, True), name
        assert digest(text) == digest(other), name
        ((a_start, a_end, b_start, b_end),) = found.passages
        assert letters(text[a_start:a_end]).stream == letters(other[b_start:b_end]).stream == letters(text).stream


@pytest.mark.parametrize("vocabulary", [ENGLISH, KOREAN])
def test_near_copies_are_found_with_what_they_share(vocabulary: list[str]) -> None:
    text = prose(1, vocabulary=vocabulary)
    copy = prose(3, 60, vocabulary) + " " + edited(text, 1, 20) + " " + prose(4, 60, vocabulary)
    (found,) = similar_pairs({"a": text, "b": copy, "c": prose(2, vocabulary=vocabulary)})
    assert (found.a, found.b, found.exact) == ("a", "b", False)
    assert 0.8 < found.share < 1.0


def test_texts_that_have_nothing_in_common_are_left_in_peace() -> None:
    assert similar_pairs({str(n): prose(n) for n in range(30)}) == []
    assert similar_pairs({}) == []
    assert similar_pairs({"a": "Yes.", "b": "Yes."}) == [], "too short to say anything"
    assert similar_pairs({"a": "", "b": ""}) == []


@SETTINGS
@given(st.integers(0, 10**6), st.integers(SURELY_FOUND, 120), st.sampled_from([ENGLISH, KOREAN]))
def test_so_many_letters_in_a_row_are_surely_found(seed: int, length: int, vocabulary: list[str]) -> None:
    common = letters(prose(seed, 200, vocabulary)).stream[:length]
    a = prose(seed + 1, 40, vocabulary) + " " + common + " " + prose(seed + 2, 40, vocabulary)
    b = prose(seed + 3, 40, vocabulary) + " " + common + " " + prose(seed + 4, 40, vocabulary)
    (found,) = similar_pairs({"a": a, "b": b}, least_letters=SURELY_FOUND, least_share=0.0)
    assert found.letters >= length


@SETTINGS
@given(
    st.lists(st.text(st.sampled_from("ab 가각.é1"), max_size=150), min_size=2, max_size=4),
    st.text("ab 가", max_size=60),
)
def test_what_is_shown_is_the_same_and_inside_the_texts(parts: list[str], template: str) -> None:
    texts = {str(n): part + parts[0] for n, part in enumerate(parts)}
    for found in similar_pairs(texts, template=template, least_letters=1, least_share=0.0):
        assert found.a < found.b
        assert 0 < found.share <= 1
        for passage in found.passages:
            assert 0 <= passage.a_start < passage.a_end <= len(texts[found.a])
            assert 0 <= passage.b_start < passage.b_end <= len(texts[found.b])
    straight = similar_pairs(texts, template=template, least_letters=1, least_share=0.0)
    turned = dict(reversed(list(texts.items())))
    assert similar_pairs(turned, template=template, least_letters=1, least_share=0.0) == straight


def test_the_template_is_taken_out_first() -> None:
    template = prose(9, 120)
    a, b = prose(1, 60), prose(2, 60)
    middle = len(template) // 2
    texts = {"a": template[:middle] + a + template[middle:], "b": template[:middle] + b + template[middle:]}
    assert similar_pairs(texts)[0].share > 0.5
    assert similar_pairs(texts, template=template) == []
    assert similar_pairs(texts, template=["other", template]) == []
    copied = {**texts, "c": texts["a"]}
    (found,) = similar_pairs(copied, template=template)
    assert (found.a, found.b, found.share, found.exact) == ("a", "c", 1.0, True)
    for passage in found.passages:
        assert texts["a"][passage.a_start : passage.a_end].strip() in a


def test_nobody_copies_from_themselves() -> None:
    text = prose(1)
    texts = {"first attempt": text, "second attempt": text, "somebody else": text}
    owners = {"first attempt": "p1", "second attempt": "p1", "somebody else": "p2"}
    assert [(one.a, one.b) for one in similar_pairs(texts, owners=owners)] == [
        ("first attempt", "somebody else"), ("second attempt", "somebody else"),
    ]  # fmt: skip
    assert len(similar_pairs(texts)) == 3
    assert [(one.a, one.b) for one in similar_pairs(texts, among=["first attempt"])] == [
        ("first attempt", "second attempt"), ("first attempt", "somebody else"),
    ]  # fmt: skip


def test_two_passages_stay_two() -> None:
    first, second = prose(1, 40), prose(2, 40)
    texts = {"a": first + prose(3, 60) + second, "b": second + prose(4, 60) + first}
    (found,) = similar_pairs(texts)
    assert len(found.passages) == 2
    assert {texts["a"][p.a_start : p.a_end].strip(" .,") for p in found.passages} == {
        first.strip(" .,"),
        second.strip(" .,"),
    }


def test_a_copy_of_a_copy_in_a_crowd_is_found() -> None:
    text = prose(1)
    texts = {f"p{n:03}": text + prose(n + 10, 20) for n in range(60)}
    found = similar_pairs(texts)
    assert {name for one in found for name in (one.a, one.b)} == set(texts)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text("ab", max_size=300), st.text("ab", max_size=300), st.integers(0, 300))
def test_how_far_two_texts_agree(one: str, other: str, most: int) -> None:
    most = min(most, len(one), len(other))
    plain = next((place for place in range(most) if one[place] != other[place]), most)
    assert _agree(one, 0, other, 0, most) == plain
    turned = next((back for back in range(most) if one[-1 - back] != other[-1 - back]), most)
    assert _agree_backwards(one, len(one), other, len(other), most) == turned


def test_hostile_texts_take_no_time() -> None:
    texts = {
        "one letter": "a" * 20_000,
        "the same": "a" * 20_000,
        "two letters": "ab" * 10_000,
        "marks": "\u0301" * 20_000,
        "nothing": " \u200b" * 10_000,
        "expanding": "\ufdfa" * 2_000,
        "surrogate-like": "\U0001f600" * 5_000,
    }
    found = similar_pairs(texts, template="a" * 50)
    assert all(isinstance(one, Likeness) for one in found)
    ((a, b),) = {(one.a, one.b) for one in similar_pairs({k: texts[k] for k in ("one letter", "the same")})}
    assert (a, b) == ("one letter", "the same")


def test_size_is_bounded() -> None:
    with pytest.raises(TooLarge):
        similar_pairs({str(n): "" for n in range(5_001)})
    with pytest.raises(TooLarge):
        similar_pairs({"a": "x" * 10_000_001})


def test_a_likeness_is_a_value() -> None:
    assert Likeness("a", "b", 1.0, 100, True, (Passage(0, 1, 0, 1),)) == Likeness(
        "a", "b", 1.0, 100, True, ((0, 1, 0, 1),)
    )  # type: ignore[arg-type]
