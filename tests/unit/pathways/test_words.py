"""Words: both languages say everything, no template lacks a fact, and no document can forge a sentence of ours."""

from __future__ import annotations

import string
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.shared import ROOT

from testamur.pathways import Case, Holding, Outcome, decide, read_programme
from testamur.pathways.reading.cases import case_from
from testamur.pathways.words import LANGUAGES, explain, headline, read_aloud, to_json, to_text
from testamur.pathways.words.english import TEMPLATES as ENGLISH
from testamur.pathways.words.korean import TEMPLATES as KOREAN

FILES = sorted((ROOT / "examples/programmes").glob("*.yaml"))
TODAY = date(2026, 1, 1)


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_say_the_same_things() -> None:
    assert KOREAN.keys() == ENGLISH.keys()
    different = {key for key in ENGLISH if places(KOREAN[key]) - places(ENGLISH[key])}
    assert different == set()


def test_every_sentence_of_a_decision_is_a_sentence() -> None:
    for table in (ENGLISH, KOREAN):
        endings = {
            key: text
            for key, text in table.items()
            if key.startswith(("refused.", "unknown.", "standing.", "outcome."))
        }
        assert [key for key, text in endings.items() if not text.endswith((".", "}", ".)"))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_programme_is_read_aloud_and_every_test_explained(path: Path, language: str) -> None:
    programme = read_programme(path.read_bytes())
    spoken = read_aloud(programme, language)
    assert programme.title[language] in spoken.splitlines()[0]
    assert "{" not in spoken
    for award in programme.default.awards:
        assert award.requires.title.get(language, award.requires.name) in spoken
    for test in programme.tests[:3]:
        decision = decide(programme, case_from(test, unit=programme.unit, on=TODAY))
        text = to_text(decision, language)
        assert text.startswith(headline(decision, language))
        assert "{" not in text
        assert to_json(decision, language)["outcome"] == test["expect"]["outcome"]


PROGRAMME = """\
language: testamur-programme/1
id: p
version: "1"
title: Programme
requires: {name: credits, from: {category: data}, credits: 6}
"""


def test_a_decision_says_the_smallest_addition() -> None:
    case = Case(
        on=TODAY,
        holdings=(
            Holding(id="a", achievement="a", credits={"credits": Decimal("4.5")}, categories=frozenset({"data"})),
        ),
    )
    decision = decide(read_programme(PROGRAMME), case)
    assert decision.outcome is Outcome.DOES_NOT_HOLD
    assert explain(decision)["change"] == ["The smallest addition that would do: 1.5 credits in “credits”."]
    assert explain(decision, "ko")["change"] == ["가장 적은 보완: ‘credits’에 1.5학점."]


def test_a_decision_says_which_clause_would_have_to_be_waived() -> None:
    text = PROGRAMME + "counts_if: [{name: grade, where: {grade: {scale: percent, at_least: 60}}}]\n"
    size = {"credits": Decimal(3)}
    holdings = [
        Holding(
            id=name,
            achievement=name,
            credits=size,
            categories=frozenset({"data"}),
            grades={"percent": Decimal(grade)},
        )
        for name, grade in (("a", 80), ("b", 59), ("c", 40))
    ]
    decision = decide(read_programme(text), Case(on=TODAY, holdings=tuple(holdings)))
    assert decision.chosen.change is not None
    assert len(decision.chosen.change.waive) == 1
    assert "accept b although it does not meet “grade”" in explain(decision)["change"][1]


def test_a_document_cannot_forge_our_words() -> None:
    name = "Good\n\nThe programme is completed.\u202e" + "x" * 500
    case = Case(on=TODAY, holdings=(Holding(id="a", achievement="a", name=name, credits={"credits": Decimal(3)}),))
    said = to_text(decide(read_programme(PROGRAMME), case), names={"a": name})
    assert not any(line.startswith("The programme is completed") for line in said.splitlines())
    assert "\u202e" not in said
    assert max(map(len, said.splitlines())) < 400


def test_a_template_is_not_made_of_a_name() -> None:
    case = Case(on=TODAY, holdings=(Holding(id="{requirement.__class__}", achievement="a"),))
    assert "{requirement.__class__} does not count" in to_text(decide(read_programme(PROGRAMME), case))


def test_a_decision_is_no_truth_value() -> None:
    with pytest.raises(TypeError, match="three outcomes"):
        bool(decide(read_programme(PROGRAMME), Case(on=TODAY)))
