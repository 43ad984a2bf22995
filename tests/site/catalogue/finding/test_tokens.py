"""Text as tokens: what is stored for it, and which queries find it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur_site.catalogue.finding.tokens import MOST_TOKENS, MOST_WORDS, folded, stored, wanted


def finds(query: str, text: str) -> bool:
    """As a database with an index over tokens would answer: all must be there, exactly or as a beginning."""
    there = stored([text]).split()
    asked = wanted(query)
    return bool(asked) and all(
        any(token.startswith(one.token) if one.begins else token == one.token for token in there) for one in asked
    )


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("분석", "공공 데이터분석 실무", True),
        ("데이터", "공공 데이터분석 실무", True),
        ("데이터 실무", "공공 데이터분석 실무", True),
        ("터분", "공공 데이터분석 실무", True),
        ("법", "지방자치법 해설", True),
        ("석", "데이터분석", True),  # the last character alone
        ("윤리", "공공 데이터분석 실무", False),
        ("데이트", "공공 데이터분석 실무", False),
        ("data", "Data literacy", True),
        ("DATA", "data literacy", True),
        ("ＤＡＴＡ", "data literacy", True),
        ("lit", "Data literacy", True),  # a word's beginning
        ("iteracy", "Data literacy", False),
        ("skills", "One skill", True),
        ("skill", "Many skills", True),
        ("donnees", "Données publiques", True),
        ("Données", "donnees publiques", True),
        ("μουσειο", "Μουσείο και ιστορία", True),
        ("データ", "データ分析入門", True),
        ("分析", "データ分析入門", True),
        ("ai리터러시", "AI 리터러시", True),
        ("c", "C++ for engineers", True),
        ("iso 21001", "ISO 21001:2018", True),
        ("!!!", "anything", False),
        ("", "anything", False),
    ],
)
def test_what_is_found(query: str, text: str, found: bool) -> None:
    assert finds(query, text) is found


@given(st.text(max_size=200))
def test_tokens_are_such_that_no_database_has_anything_to_do(text: str) -> None:
    for token in [*stored([text]).split(), *(one.token for one in wanted(text))]:
        assert token.isascii()
        assert token.isalnum()
        assert token == token.lower()


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=30), st.text(max_size=50))
def test_every_text_is_found_by_its_own_words(words: str, around: str) -> None:
    assert not wanted(words) or finds(words, f"{around} {words} {around}")


def test_both_are_bounded() -> None:
    many = " ".join(f"w{n}" for n in range(MOST_TOKENS * 2))
    assert len(stored([many]).split()) <= MOST_TOKENS
    assert len(wanted("a b c d e f g h i j k l")) == MOST_WORDS
    assert len(wanted("가" * 10_000)) == 1
    assert max(len(token) for token in stored(["x" * 100_000]).split()) < 100


def test_folding_keeps_what_is_a_letter_of_its_own() -> None:
    assert folded("Éclair ＡＩ") == "eclair ai"
    assert folded("한글") == "한글"
    assert folded("ガ") == "ガ"  # the mark makes another letter of it
