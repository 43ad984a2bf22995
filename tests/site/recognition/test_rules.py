"""What an agreement covers, whose name agrees, and how near two outcomes are. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from testamur_site.recognition.reading.comparison import compare, statements
from testamur_site.recognition.reading.credentials import sent_of
from testamur_site.recognition.rules import Direction, NameRule, Sent, Terms, coverage, missing, names_agree
from testamur_site.wallet.imported.rules import storable

DAY = date(2026, 5, 1)
TERMS = Terms(
    partner="did:web:a.example",
    achievements=("https://a.example/x",),
    minimum_level=6,
    cap=Decimal(10),
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
)
SENT = Sent(
    issuer="did:web:a.example",
    achievement="https://a.example/x",
    categories=frozenset({"Data"}),
    level=6,
    credits=Decimal(5),
    holder="Mina Kim",
    valid=True,
    shown=True,
)


def covered(
    terms: Terms = TERMS, *sent: Sent, used: str = "0", learner: str = "Kim, Mina", on: date = DAY
) -> tuple[str, ...]:
    return coverage(terms, sent or (SENT,), learner, used=Decimal(used), on=on).why_not


def test_covered() -> None:
    found = coverage(TERMS, [SENT], "Kim, Mina", used=Decimal(5), on=DAY)
    assert found.covers
    assert found.credits == 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"valid": False}, "not_valid"),
        ({"shown": False}, "not_shown"),
        ({"issuer": "did:web:b.example"}, "other_issuer"),
        ({"achievement": "https://a.example/y"}, "scope"),
        ({"level": 5}, "level"),
        ({"level": None}, "level"),
        ({"holder": "Nina Kim"}, "name"),
        ({"holder": ""}, "name"),
        ({"credits": None}, "credits_unknown"),
        ({"credits": Decimal(11)}, "cap"),
    ],
)
def test_each_reason_why_not(change: dict[str, Any], code: str) -> None:
    assert covered(TERMS, replace(SENT, **change)) == (code,)


def test_the_cap_counts_what_was_recognised_before() -> None:
    assert covered(used="5") == ()
    assert covered(used="5.01") == ("cap",)
    assert covered(TERMS, SENT, SENT, SENT) == ("cap",)


def test_days_and_direction() -> None:
    assert covered(on=date(2025, 12, 31)) == ("not_yet",)
    assert covered(on=date(2027, 1, 1)) == ("over",)
    assert covered(on=date(2026, 12, 31)) == ()
    assert covered(replace(TERMS, direction=Direction.OUTGOING)) == ("direction",)
    assert covered(replace(TERMS, direction=Direction.BOTH)) == ()
    assert coverage(TERMS, [], "Mina", used=Decimal(0), on=DAY).why_not == ("nothing",)


def test_all_reasons_are_said() -> None:
    assert covered(TERMS, replace(SENT, valid=False, level=1)) == ("not_valid", "level")


def test_a_category_is_enough_and_no_scope_is_any() -> None:
    assert covered(replace(TERMS, achievements=("https://a.example/y",), categories=("data",))) == ()
    assert covered(replace(TERMS, achievements=())) == ()
    assert covered(replace(TERMS, partner="")) == ("other_issuer",)


@pytest.mark.parametrize(
    ("rule", "one", "other", "agree"),
    [
        (NameRule.EXACT, "Mina Kim", "Mina  Kim", True),
        (NameRule.EXACT, "Mina Kim", "mina kim", False),
        (NameRule.FOLDED, "KIM Mína", "Mina Kim", True),
        (NameRule.FOLDED, "김미나", "김미나", True),
        (NameRule.FOLDED, "김미나", "김민아", False),
        (NameRule.NONE, "", "Mina", True),
        (NameRule.FOLDED, "", "", False),
    ],
)
def test_names(rule: NameRule, one: str, other: str, agree: bool) -> None:
    assert names_agree(rule, one, other) is agree


def test_what_an_agreement_lacks() -> None:
    assert missing(TERMS, "Title") == []
    assert missing(replace(TERMS, valid_until=date(2025, 1, 1)), "Title") == ["valid_until"]
    assert missing(Terms(partner=""), " ") == ["title", "partner_id", "valid_from"]


def test_the_nearest_by_the_words_they_share() -> None:
    ours = ["Analyse a table of public data", "Sing a folk song"]
    theirs = ["Write a report", "Analysing public data with tables"]
    near, none = compare(ours, theirs)
    assert near.theirs == "Analysing public data with tables"
    assert near.nearness == "near"
    assert set(near.shared) == {"analyse", "data", "public", "table"}
    assert (none.theirs, none.nearness) == ("", "none")
    assert compare(["데이터를 분석합니다"], ["데이터의 분석"])[0].nearness == "near"
    assert compare([], theirs) == []
    assert compare(["the of and"], ["the of and"])[0].nearness == "none", "little words say nothing"


def test_what_a_credential_says_was_learned() -> None:
    narrative = "## Learning outcomes\n\n- Judge a figure\n  - ESCO: x\n- Explain it\n\n## Workload\n\n- 5 credits\n"
    assert statements({"achievement": {"criteria": {"narrative": narrative}}}) == ["Judge a figure", "Explain it"]
    skills = {"alignment": [{"targetName": "analyse data"}, {"targetName": "EQF 6", "targetCode": "6"}]}
    assert statements({"achievement": {**skills, "description": "Reads and questions data."}}) == [
        "analyse data",
        "Reads and questions data.",
    ]
    assert statements({}) == []


@pytest.mark.parametrize("size", [True, "x", float("nan"), -1, 10**9, None, [], {}])
def test_hostile_sizes_are_no_credits(size: Any) -> None:
    assert sent_of({"creditsEarned": size}, valid=True, shown=True).credits is None


def test_what_postgresql_refuses_is_not_stored() -> None:
    assert storable({"a\x00": ["\x00b", 1, None, {"c": "d"}]}) == {"a\ufffd": ["\ufffdb", 1, None, {"c": "d"}]}


def test_hostile_subjects_are_read_as_nothing() -> None:
    for subject in (
        {"achievement": []},
        {"issuer": "x", "holder": 3},
        {"achievement": {"alignment": [1, {"targetCode": 6}]}},
    ):
        assert sent_of(subject, valid=True, shown=True).level is None
