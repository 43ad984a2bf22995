"""The findings as sentences, in English and Korean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.assessment.outcomes.linting import Finding

_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "about": "These are hints from word lists, which know no context. They decide nothing; you know better what you mean.",
        "no_verb": "No verb was found that names something you could observe. Begin with one, for example: {examples}.",
        "unobservable_verb": "“{verb}” cannot be observed. What will the learner do that shows it? For example: {examples}.",
        "vague_words": "These words leave open what is meant: {words}. Name the things, the number or the standard.",
        "several": "Several verbs ({verbs}) are often several outcomes. Each can only be assessed on its own if it stands on its own.",
        "duplicate.exact": "This says the same as outcome {other}.",
        "duplicate.near": "This says nearly the same as outcome {other}.",
        "long": "With {characters} characters this is long; try to stay below {at_most}.",
        "empty": "This outcome has no text.",
        "below_level": "The programme is stated at EQF level {level}, but no verb here asks for more than to {highest}.",
        "language": "There are no word lists for this language, so verbs and vague words could not be looked at.",
        "remember": "remember",
        "understand": "understand",
    },
    "ko": {
        "about": "낱말 목록에 따른 도움말입니다. 목록은 문맥을 알지 못하므로 아무것도 결정하지 않습니다. 뜻은 작성자가 가장 잘 압니다.",
        "no_verb": "관찰할 수 있는 행동을 나타내는 동사를 찾지 못했습니다. 예를 들어 다음 동사를 써 보십시오: {examples}.",
        "unobservable_verb": "‘{verb}’은(는) 관찰할 수 없습니다. 학습자가 무엇을 하면 드러납니까? 예: {examples}.",
        "vague_words": "다음 낱말은 뜻이 분명하지 않습니다: {words}. 대상, 수량 또는 기준을 밝혀 주십시오.",
        "several": "동사가 여럿이면({verbs}) 학습 성과도 여럿인 경우가 많습니다. 따로 적어야 따로 평가할 수 있습니다.",
        "duplicate.exact": "{other}번 학습 성과와 같은 내용입니다.",
        "duplicate.near": "{other}번 학습 성과와 거의 같은 내용입니다.",
        "long": "{characters}자로 깁니다. {at_most}자 이내로 줄여 보십시오.",
        "empty": "내용이 없습니다.",
        "below_level": "과정의 수준은 EQF {level}이지만, ‘{highest}’보다 높은 것을 요구하는 동사가 없습니다.",
        "language": "이 언어의 낱말 목록이 없어 동사와 모호한 낱말은 살펴보지 못했습니다.",
        "remember": "기억",
        "understand": "이해",
    },
}


def sentence(finding: Finding, language: str = "en") -> str:
    """The finding in one or two sentences; places are counted from 1. Other languages than English and Korean fall back to English."""
    table = _table(language)
    code = finding.code
    if code == "duplicate":
        code = "duplicate.exact" if finding.facts["exact"] else "duplicate.near"
    return table[code].format(**{name: _written(name, value, table) for name, value in finding.facts.items()})


def about(language: str = "en") -> str:
    """What is to be said above the findings: that they are hints."""
    return _table(language)["about"]


def _table(language: str) -> Mapping[str, str]:
    return _SENTENCES.get(language.partition("-")[0].lower(), _SENTENCES["en"])


def _written(name: str, value: Any, table: Mapping[str, str]) -> str:
    if name == "other":
        return str(value + 1)
    if name == "highest":
        return table[value]
    return ", ".join(value) if isinstance(value, tuple) else str(value)
