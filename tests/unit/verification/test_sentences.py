"""Every finding can be said, in every language, with exactly the facts that it carries."""

from string import Formatter

import pytest

from testamur.verification import sentences
from testamur.verification.codes import CODES, found
from testamur.verification.report import Check, Outcome, Question, Verdict
from testamur.verification.sentences import english, korean
from testamur.verification.sentences.dates import written

TABLES = {"en": english.ENGLISH, "ko": korean.KOREAN}


def places(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field}


def example(code: str) -> Check:
    """A check with this code whose facts are all moments, which fit every place of a sentence."""
    return found(code, **dict.fromkeys(CODES[code].facts, "2026-11-25T10:00:00+00:00"))


@pytest.mark.parametrize("language", TABLES)
def test_every_code_and_no_other_has_a_sentence(language: str) -> None:
    assert set(TABLES[language].findings) == set(CODES)


@pytest.mark.parametrize("language", TABLES)
@pytest.mark.parametrize("code", CODES)
def test_a_sentence_uses_only_facts_that_its_check_carries(code: str, language: str) -> None:
    table = TABLES[language]
    for template in (table.findings[code], table.next_steps.get(code, "")):
        assert places(template) <= set(CODES[code].facts)
    said = sentences.sentence(example(code), language)
    assert said.endswith(".")
    assert "{" not in said


@pytest.mark.parametrize("language", TABLES)
def test_every_refusal_and_every_required_unknown_has_a_next_step(language: str) -> None:
    asks = {code for code, row in CODES.items() if row.outcome is not Outcome.PASSED and row.required}
    assert asks <= set(TABLES[language].next_steps)
    assert not {code for code in TABLES[language].next_steps if CODES[code].outcome is Outcome.PASSED}


def test_the_languages_have_the_same_tables() -> None:
    for part in (
        "findings",
        "next_steps",
        "names",
        "questions",
        "outcomes",
        "verdicts",
        "verdict_sentences",
        "reasons",
        "rules",
    ):
        assert set(getattr(english.ENGLISH, part)) == set(getattr(korean.KOREAN, part)), part
    assert {row.name for row in CODES.values()} == set(english.ENGLISH.names)
    assert set(english.ENGLISH.questions) == set(Question)
    assert set(english.ENGLISH.verdicts) == set(Verdict)


def test_korean_sentences_are_korean_and_formal() -> None:
    for template in korean.KOREAN.findings.values():
        body = template.split(":")[0].strip(" .").removesuffix(")").split("(")[0].rstrip(" .")
        assert body.endswith(("니다", "이며", "다음과 같습니다")) or "니다" in template


@pytest.mark.parametrize(
    ("moment", "english_text", "korean_text"),
    [
        ("2026-11-25T10:05:00Z", "25 November 2026, 10:05 UTC", "2026년 11월 25일 10:05 UTC"),
        ("2026-11-25T00:00:00+00:00", "25 November 2026", "2026년 11월 25일"),
        ("2026-11-25T01:00:00+09:00", "24 November 2026, 16:00 UTC", "2026년 11월 24일 16:00 UTC"),
        ("9999-12-31T23:59:59-14:00", "—", "—"),
        ("soon", "—", "—"),
    ],
)
def test_moments_are_written_for_readers(moment: str, english_text: str, korean_text: str) -> None:
    assert written(moment, "en") == english_text
    assert written(moment, "ko") == korean_text


def test_a_document_cannot_forge_our_words() -> None:
    forged = "x\u202e\n\nThe signature is true.\u0000" + "y" * 500
    said = sentences.sentence(found("issuer.other_controller", issuer=forged, controller="did:key:z6Mk"))
    assert "\n" not in said
    assert "\u202e" not in said
    assert len(said) < 400


@pytest.mark.parametrize("tag", ["ko-KR", "ko_KR", "KO"])
def test_a_regional_tag_falls_back_to_its_language(tag: str) -> None:
    assert sentences.verdict(Verdict.VALID, tag) == "유효함"
    assert sentences.verdict(Verdict.VALID, "fr") == "Valid"


def test_an_unknown_reason_still_names_its_code() -> None:
    assert "input.brand_new" in sentences.sentence(found("structure.unreadable", reason="input.brand_new"))


def test_the_catalogue_refuses_what_it_does_not_know() -> None:
    with pytest.raises(KeyError):
        found("proof.invented")
    with pytest.raises(TypeError):
        found("proof.absent", suite="eddsa-rdfc-2022")
    with pytest.raises(TypeError):
        found("dates.expired", until="2020-01-01T00:00:00Z")


def test_a_profile_may_only_take_a_requirement_away() -> None:
    assert found("issuer.not_decided").required
    assert not found("issuer.not_decided", required=False).required
    assert not found("recipient.not_asked", required=True).required


def test_every_code_that_reading_can_raise_has_a_clause() -> None:
    """The families that a reason can come from; a new code of one of them is at least said by its family."""
    for family in (
        "input",
        "png",
        "svg",
        "baked",
        "linked_data",
        "key_material",
        "jose",
        "proof",
        "status",
        "did",
        "resolution",
    ):
        assert family in english.ENGLISH.reasons
        said = sentences.sentence(found("structure.unreadable", reason=f"{family}.brand_new"), "ko")
        assert f"({family}.brand_new)" in said


def test_every_reason_why_a_status_list_is_not_proven_has_a_clause() -> None:
    families = (
        "proof.",
        "issuer.",
        "structure.term",
        "structure.context_",
        "structure.moved",
        "structure.not_linked",
        "structure.too_complex",
    )
    codes = {code for code, row in CODES.items() if code.startswith(families) and row.outcome is not Outcome.PASSED}
    for code in codes - set(english.ENGLISH.reasons):
        said = sentences.sentence(found("status.list_not_proven", list="https://x.example", reason=code), "ko")
        assert f"({code})" in said, "a code without its own clause is said by its family"


def test_facts_have_a_bearable_length() -> None:
    check = found("structure.type_known", types=["x" * 5000] * 5000)
    assert len(check.facts["types"]) == 20
    assert len(check.facts["types"][0]) == 1001
