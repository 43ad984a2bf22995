"""What is wrong with a programme or one of its tests, as a stable code with facts, and its sentence in English and Korean.

A `Fault` is data: who shows it words it late, in the reader's language. Every code has both sentences, with the same facts. Text that comes
out of the programme is cut and freed from control and direction characters, so that it cannot pretend to be ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

Fact = str | tuple[str, ...]

_LONGEST = 200
_REMOVED = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F),
     *range(0x2066, 0x206A), 0xFEFF], " ",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`code` is one of `CODES`; `stated` are its facts by name, texts or lists of texts, in the order of their names."""

    code: str
    stated: tuple[tuple[str, Fact], ...] = ()

    @classmethod
    def of(cls, code: str, **facts: Any) -> Fault:
        """The fault with `facts` as texts; a list or tuple stays a list of texts."""
        return cls(code, tuple((name, _text(facts[name])) for name in sorted(facts)))

    @property
    def facts(self) -> dict[str, Fact]:
        return dict(self.stated)

    def said(self, language: str = "en") -> str:
        """The sentence in `language` ("en" or "ko"; another one, such as "ko-KR" or "fr", falls back)."""
        return said(self.code, self.facts, language)


def said(code: str, facts: Mapping[str, Any], language: str = "en") -> str:
    """The sentence of a fault that was kept as its code and facts. A code that is not known here is said as it is."""
    tag = language.partition("-")[0].partition("_")[0].lower()
    templates, words = _TABLES.get(tag, _TABLES["en"])
    if code not in templates:
        return _plain(code)
    return _Filler(words).vformat(templates[code], (), facts)


def _text(value: Any) -> Fact:
    return tuple(str(each) for each in value) if isinstance(value, (list, tuple)) else str(value)


class _Filler(Formatter):
    """Forms of a place: `here` (the quoted key, or “this”), `word` (a word of the language as a common one), `or` and `few` (lists)."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words

    def format_field(self, value: Any, format_spec: str) -> str:
        several = [_plain(each) for each in value] if isinstance(value, (list, tuple)) else [_plain(value)]
        match format_spec:
            case "here":
                return f"“{several[0]}”" if value else self._words["this"]
            case "word":
                return ", ".join(self._words.get(each, each) for each in several) or self._words["nothing"]
            case "or":
                return self._words[" or "].join(self._words.get(each, each) for each in several)
            case _:
                return ", ".join(several) or self._words["nothing"]


def _plain(value: Any) -> str:
    text = " ".join(str(value).translate(_REMOVED).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


_ENGLISH: Mapping[str, str] = {
    # the text
    "too_long": "the text is longer than {most} bytes, which is more than is read",
    "too_many_characters": "the text is longer than {most} characters, which is more than is kept",
    "not_utf8": "the text is not UTF-8",
    "not_yaml": "this is not YAML: {problem}",
    "second_document": "a second document begins here; a file holds one",
    "too_many_values": "there are more than {most} values, which is more than is read",
    "too_deep": "this is nested more than {most} deep",
    "anchor": "anchors (&) and aliases (*) are not read; write the value out",
    "tag": "tags (!) are not read; write a plain value",
    "key_no_text": "a key is a text, not a list or a mapping",
    "key_adorned": "a key has no anchor (&) and no tag (!)",
    "key_twice": "“{name}” stands here a second time",
    "merge_key": "merge keys (<<) are not read; write the values out",
    "number_too_long": "this number is too long",
    # the schema
    "unknown_word": "“{name}” is no word of the language here; did you mean “{near}”?",
    "unknown_word_known": "“{name}” is no word of the language here; what may stand here: {known}",
    "missing": "“{name}” is missing here",
    "missing_in_programme": "“{name}” is missing in the programme",
    "type": "{here:here} is to be {types:or}",
    "one_of": "{here:here} is one of: {options}",
    "constant": "{here:here} is to be {value}",
    "too_little": "{here:here} says too little: something that is needed is absent",
    "too_much": "{here:here} is too long",
    "below": "{here:here} is out of range: less than the minimum of {limit}",
    "above": "{here:here} is out of range: greater than the maximum of {limit}",
    "not_above": "{here:here} is out of range: less than or equal to the minimum of {limit}",
    "pattern": "{here:here} is not written as it must be (percentages as 75%, identifiers without blanks)",
    "unknown_form": "{here:here} has a form that is not known here",
    # conditions
    "no_list": "there is no list “{name}” under “lists”",
    "facts_only": "“{key}” asks something of a credential; here only facts can be asked for: fact: {{name: …}}",
    "no_scale_word": "“{word}” is no word of the scale “{scale}”; define its order under “scales”",
    "no_comparison": "a comparison is missing: is, at_least, at_most, from, until …",
    # requirements
    "several_things": ("“{name}” is several things at once; use one of: from or all_of, all, any, choose, condition"),
    "takes_nothing": "“{name}” asks for a fact and takes no credentials, so “{key}” says nothing here",
    "only_of_credentials": "“{key}” belongs to a requirement that takes credentials itself",
    "requires_nothing": "“{name}” requires nothing; say credits, count, all_of, all, any, choose or condition",
    "met_by_nothing": "“{name}” is met by nothing at all; give the least credits or the least count",
    "no_pool": "there is no “{name}” under “sharing”",
    "no_requirement": "there is no requirement “{name}”",
    "name_twice": "a requirement “{name}” exists already; a decision speaks of each by its name",
    "too_few_inside": "{least} are to be chosen of {number}",
    "least_above_most": "at least {least} and at most {most} cannot both be",
    "range": "the least ({least}) is more than the most ({most})",
    "no_amount": "“{text}” is no amount",
    "too_fine": "{value} is finer than what is counted (hundredths of a credit, whole credentials)",
    "one_bound": "a portion has one bound: credits, count or share",
    "per": "“per” belongs to at_most: each value of it has its own cap",
    "above_whole": "{value} is more than the whole",
    # the whole
    "last_without_when": "only the last entry of “{name}” may be without “when”",
    "requires_or_awards": "a programme has either “requires” or “awards”",
    "no_value": "there is no “{name}” under “values”",
    # times
    "duration": "“{text}” is no duration; write “5 years”, “30 days” or “P5Y”",
    "day": "“{text}” is no date; write it as 2026-03-01",
    "moment": (
        "“{text}” is no date; write 2026-03-01, the name of a date, or such a name with a duration: “decision - 5 years”"
    ),
    # cases
    "no_identifier": "a credential without an identifier cannot be counted",
    "credits": "credits are a finite number that is not negative",
    "credential_twice": "the credential {credential} is handed in twice",
    "other": "{said}",
    # tests
    "expected": "{key}: expected {expected}, found {found}",
    "expected_of": "{key} of {name}: expected {expected}, found {found}",
}

_KOREAN: Mapping[str, str] = {
    "too_long": "글이 {most}바이트보다 깁니다. 그보다 긴 글은 읽지 않습니다.",
    "too_many_characters": "글이 {most}자보다 깁니다. 그보다 긴 글은 보관하지 않습니다.",
    "not_utf8": "글이 UTF-8로 되어 있지 않습니다.",
    "not_yaml": "YAML로 읽을 수 없습니다: {problem:word}",
    "second_document": "여기서 둘째 문서가 시작됩니다. 파일 하나에는 문서 하나만 담습니다.",
    "too_many_values": "값이 {most}개보다 많습니다. 그보다 많은 값은 읽지 않습니다.",
    "too_deep": "{most}단계보다 깊이 겹쳐 있습니다.",
    "anchor": "앵커(&)와 별칭(*)은 읽지 않습니다. 값을 그대로 적어 주십시오.",
    "tag": "태그(!)는 읽지 않습니다. 값을 그대로 적어 주십시오.",
    "key_no_text": "키는 글이어야 하며, 목록이나 묶음일 수 없습니다.",
    "key_adorned": "키에는 앵커(&)나 태그(!)를 붙일 수 없습니다.",
    "key_twice": "“{name}” 항목이 여기에 두 번 나옵니다.",
    "merge_key": "병합 키(<<)는 읽지 않습니다. 값을 그대로 적어 주십시오.",
    "number_too_long": "숫자가 너무 깁니다.",
    "unknown_word": "“{name}”은(는) 여기에 쓰는 말이 아닙니다. “{near}”을(를) 뜻하셨습니까?",
    "unknown_word_known": "“{name}”은(는) 여기에 쓰는 말이 아닙니다. 여기에 올 수 있는 말: {known}",
    "missing": "여기에 “{name}” 항목이 없습니다.",
    "missing_in_programme": "프로그램에 “{name}” 항목이 없습니다.",
    "type": "{here:here} 자리에는 다음이 와야 합니다: {types:or}.",
    "one_of": "{here:here} 자리에는 다음 가운데 하나가 와야 합니다: {options}",
    "constant": "{here:here} 자리에는 다음이 와야 합니다: {value}.",
    "too_little": "{here:here}에 적힌 것이 모자랍니다. 필요한 것이 빠져 있습니다.",
    "too_much": "{here:here}에 적힌 것이 너무 깁니다.",
    "below": "{here:here}의 값이 범위를 벗어났습니다. 최솟값 {limit}보다 작습니다.",
    "above": "{here:here}의 값이 범위를 벗어났습니다. 최댓값 {limit}보다 큽니다.",
    "not_above": "{here:here}의 값이 범위를 벗어났습니다. {limit}보다 커야 합니다.",
    "pattern": "{here:here}의 표기가 맞지 않습니다(비율은 75%처럼, 식별자는 빈칸 없이 적습니다).",
    "unknown_form": "{here:here}의 형식은 여기에 쓸 수 없습니다.",
    "no_list": "“lists”에 “{name}” 목록이 없습니다.",
    "facts_only": "“{key}”은(는) 자격증명에 대해 묻습니다. 여기서는 사실만 물을 수 있습니다: fact: {{name: …}}",
    "no_scale_word": "“{word}”은(는) “{scale}” 척도에 없는 말입니다. “scales”에 그 순서를 정해 주십시오.",
    "no_comparison": "비교가 빠져 있습니다: is, at_least, at_most, from, until …",
    "several_things": (
        "“{name}” 요건이 여러 가지를 한꺼번에 뜻합니다. from 또는 all_of, all, any, choose, condition 가운데 하나만 쓰십시오."
    ),
    "takes_nothing": "“{name}” 요건은 사실을 묻고 자격증명을 받지 않으므로 “{key}”은(는) 여기서 아무 뜻이 없습니다.",
    "only_of_credentials": "“{key}”은(는) 자격증명을 직접 받는 요건에만 쓸 수 있습니다.",
    "requires_nothing": (
        "“{name}” 요건이 아무것도 요구하지 않습니다. credits, count, all_of, all, any, choose, condition 가운데 하나를 적어 주십시오."
    ),
    "met_by_nothing": "“{name}” 요건은 아무것도 없어도 충족됩니다. 최소 학점이나 최소 개수를 적어 주십시오.",
    "no_pool": "“sharing”에 “{name}” 항목이 없습니다.",
    "no_requirement": "“{name}”이라는 요건이 없습니다.",
    "name_twice": "“{name}”이라는 요건이 이미 있습니다. 판정에서는 요건을 이름으로 구별합니다.",
    "too_few_inside": "{number}개 가운데 {least}개를 고르게 되어 있습니다.",
    "least_above_most": "최소 {least}개와 최대 {most}개는 함께 성립할 수 없습니다.",
    "range": "최솟값({least})이 최댓값({most})보다 큽니다.",
    "no_amount": "“{text}”은(는) 양이 아닙니다.",
    "too_fine": "{value}은(는) 셀 수 있는 단위보다 잘게 나뉘어 있습니다(학점은 소수 둘째 자리까지, 자격증명은 정수).",
    "one_bound": "부분에는 credits, count, share 가운데 하나만 적습니다.",
    "per": "“per”는 at_most에만 쓸 수 있습니다. 값마다 상한이 따로 있습니다.",
    "above_whole": "{value}은(는) 전체보다 큽니다.",
    "last_without_when": "“{name}”에서는 마지막 항목만 “when” 없이 쓸 수 있습니다.",
    "requires_or_awards": "프로그램에는 “requires”와 “awards” 가운데 하나만 있어야 합니다.",
    "no_value": "“values”에 “{name}” 항목이 없습니다.",
    "duration": "“{text}”은(는) 기간이 아닙니다. “5 years”, “30 days”, “P5Y”처럼 적어 주십시오.",
    "day": "“{text}”은(는) 날짜가 아닙니다. 2026-03-01처럼 적어 주십시오.",
    "moment": (
        "“{text}”은(는) 날짜가 아닙니다. 2026-03-01, 날짜의 이름, 또는 “decision - 5 years”처럼 이름과 기간을 함께 적어 주십시오."
    ),
    "no_identifier": "식별자가 없는 자격증명은 인정할 수 없습니다.",
    "credits": "학점은 음수가 아닌 유한한 수여야 합니다.",
    "credential_twice": "자격증명 {credential}이(가) 두 번 제출되었습니다.",
    "other": "읽을 수 없습니다: {said}",
    "expected": "{key:word}: 예상은 {expected:word}, 결과는 {found:word}",
    "expected_of": "{name}의 {key:word}: 예상은 {expected:word}, 결과는 {found:word}",
}

_ENGLISH_WORDS: Mapping[str, str] = {
    "this": "this",
    "nothing": "nothing",
    " or ": " or ",
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}
_KOREAN_WORDS: Mapping[str, str] = {
    "this": "이것",
    "nothing": "없음",
    " or ": " 또는 ",
    "object": "묶음(키: 값)",
    "array": "목록",
    "string": "글",
    "number": "숫자",
    "integer": "정수",
    "boolean": "true 또는 false",
    "null": "빈 값",
    # what a test expects
    "outcome": "판정",
    "award": "수여되는 것",
    "counted": "인정 학점",
    "count": "인정된 자격증명 수",
    "used": "인정된 요건",
    "refused": "인정되지 않은 이유",
    "open": "미충족 요건",
    "impossible": "충족할 수 없는 요건",
    "missing": "부족한 양",
    "labels": "구분 표시",
    "consequences": "뒤따르는 것",
    "reclassified": "다시 분류된 학점",
    "state": "상태",
    "audit": "점검 대상",
    "debits": "차감되는 것",
    "undecided": "판정할 수 없음",
    "holds": "충족",
    "does not hold": "미충족",
    "none": "없음",
    "active": "유효",
    "grace": "유예",
    "lapsed": "만료",
    "cancelled": "취소",
    "withdrawn": "철회",
    "not asked for": "요구되지 않음",
    "locked": "순서 미충족",
    "surplus": "초과",
    # what PyYAML finds
    "mapping values are not allowed here": "이 자리에는 “키: 값”이 올 수 없습니다",
    "found unexpected end of stream": "글이 도중에 끝납니다",
    "found character '\\t' that cannot start any token": "탭 문자로는 들여쓸 수 없습니다",
    "could not find expected ':'": "“:”이 있어야 할 자리에 없습니다",
    "expected <block end>, but found '-'": "들여쓰기가 맞지 않는 “-”이 있습니다",
    "expected <block end>, but found '<block mapping start>'": "들여쓰기가 맞지 않습니다",
    "expected <block end>, but found '<scalar>'": "들여쓰기가 맞지 않거나 따옴표가 모자랍니다",
    "expected ',' or ']', but got '<stream end>'": "“[”이 닫히지 않았습니다",
    "expected ',' or '}', but got '<stream end>'": "“{”이 닫히지 않았습니다",
    "expected the node content, but found '<stream end>'": "값이 있어야 할 자리에서 글이 끝납니다",
    "sequence entries are not allowed here": "이 자리에는 “-” 항목이 올 수 없습니다",
    "found unknown escape character": "알 수 없는 이스케이프 문자가 있습니다",
}

_TABLES: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "en": (_ENGLISH, _ENGLISH_WORDS),
    "ko": (_KOREAN, _KOREAN_WORDS),
}
CODES: frozenset[str] = frozenset(_ENGLISH)
"""Every code that a fault can have."""
TEMPLATES: Mapping[str, Mapping[str, str]] = {tag: templates for tag, (templates, _) in _TABLES.items()}
"""The sentences by language and code."""
