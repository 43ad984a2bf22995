"""Korean: which verb an outcome is about, by the six levels of the revised taxonomy (Anderson and Krathwohl 2001).

The verb of a Korean sentence stands at its end, so the last one found is the one that the outcome is about. Most are a noun with
하다; an outcome may also end with the noun alone.
"""

from __future__ import annotations

import re

VERBS: dict[str, tuple[str, ...]] = {
    "remember": ("나열", "열거", "정의", "기억", "회상", "진술", "식별", "인용", "암기", "명명", "기록", "말"),
    "understand": ("설명", "기술", "서술", "요약", "해석", "예시", "번역", "토의", "논의", "추론", "발표", "표현",
    "예측", "소개", "보고"),
    "apply": (
        "적용", "활용", "사용", "이용", "계산", "수행", "실행", "실시", "시연", "운영", "조작", "해결", "구현",
        "설치", "설정", "측정", "준비",
        "실습", "처리", "수집", "관리", "작성", "응용", "정제", "시각화", "배포", "소통", "의사소통", "협업",
        "협력", "문서화", "변환", "풀이",
        "추정", "유지보수", "자동화", "구성", "점검", "대응", "훈련", "편집", "질의", "테스트", "시험",
    ),
    "analyse": (
        "분석", "비교", "대조", "구별", "구분", "분류", "조사", "진단", "검토", "구조화", "조직", "탐색", "탐구",
        "분해", "도출", "감사", "관찰",
        "모형화", "모델링", "탐지",
    ),
    "evaluate": (
        "평가", "판단", "비판", "비평", "정당화", "옹호", "논증", "주장", "검증", "선택", "선정", "추천", "권고",
        "심사", "감정", "결정", "확인",
        "성찰", "반성", "조정", "논평", "채점", "입증",
    ),
    "create": (
        "설계", "개발", "제작", "창작", "창출", "구축", "기획", "계획", "제안", "고안", "생성", "수립", "통합",
        "종합", "발명", "작곡", "저술",
        "개선", "최적화", "재설계", "디자인", "구상", "집필", "출판", "주도", "프로그래밍", "창안",
    ),
}  # fmt: skip
# Verbs without 하다, by their stem before an ending.
NATIVE: dict[str, tuple[str, ...]] = {
    "apply": ("풀", "쓰", "다루", "그리", "읽", "고치", "지키"),
    "analyse": ("나누", "찾", "견주"),
    "evaluate": ("고르", "따지"),
    "create": ("만들", "짓", "짜", "꾸미"),
}
UNOBSERVABLE = (
    "이해", "파악", "인식", "습득", "숙지", "학습", "함양", "체득", "인지", "자각", "공감", "터득", "배양", "감상",
)  # fmt: skip
UNOBSERVABLE_NATIVE = (
    "안다", "알 수", "알고", "배운", "배우", "익히", "익힌", "깨닫", "느끼", "느낀", "기른", "기르", "친숙", "갖춘",
    "갖추", "키우", "키운",
)  # fmt: skip
VAGUE_WORDS = (
    "다양한", "여러", "여러 가지", "적절한", "적절히", "적절하게", "기본적인", "전반적인", "등", "기타", "충분히",
    "충분한", "효과적으로",
    "효율적으로", "관련된", "일반적인", "필요시", "필요한 경우", "올바르게", "원활히", "원활하게", "각종",
)  # fmt: skip

_NOUN_VERBS = {verb: level for level, verbs in VERBS.items() for verb in verbs}
# The longest first: 의사소통 before 소통, 재설계 before 설계.
_NOUNS = "|".join(sorted(_NOUN_VERBS, key=len, reverse=True))
_NATIVE = {stem: level for level, stems in NATIVE.items() for stem in stems}
# An ending that makes a verb of a native stem, in the forms in which outcomes are written.
_NATIVE_VERB = re.compile(
    rf"(?:^|\s)({'|'.join(sorted(_NATIVE, key=len, reverse=True))})(?:는다|ㄴ다|을 수|를 수|고 |며 |기$|거나 )"
)
_NATIVE_FORMS = {
    "푼다": "풀", "풀 수": "풀", "쓴다": "쓰", "쓸 수": "쓰", "다룬다": "다루", "다룰 수": "다루",
    "그린다": "그리", "그릴 수": "그리",
    "고친다": "고치", "고칠 수": "고치", "지킨다": "지키", "지킬 수": "지키", "나눈다": "나누", "나눌 수": "나누",
    "찾는다": "찾",
    "찾을 수": "찾", "고른다": "고르", "고를 수": "고르", "따진다": "따지", "따질 수": "따지", "만든다": "만들",
    "만들 수": "만들",
    "짓는다": "짓", "지을 수": "짓", "짠다": "짜", "짤 수": "짜", "꾸민다": "꾸미", "꾸밀 수": "꾸미",
    "읽는다": "읽", "읽을 수": "읽",
}  # fmt: skip
_ACTION = re.compile(rf"({_NOUNS})(?:하|한|할|합|함|해|했)")
_ENDS_WITH_NOUN = re.compile(rf"({_NOUNS})(?:\s*(?:능력|역량|기술))?[\s.]*\Z")
_UNOBSERVABLE = re.compile(
    rf"({'|'.join(UNOBSERVABLE)})(?:하|한|할|합|함|해|했|[\s.]*\Z)|({'|'.join(UNOBSERVABLE_NATIVE)})"
)
# Joined beside the last verb: …하고, …하며, …하거나, and nouns side by side (설계 및 구현, 설계·구현). Not …하여: that names a means.
_JOINED = re.compile(
    rf"({_NOUNS})(?:하고|하며|하거나|한 후|한 뒤|\s?(?:및|·|・|/|,)\s?(?=(?:{_NOUNS})(?:하|한|할|합|함|해|[\s.]*\Z)))"
)


def _last(text: str) -> tuple[int, str, str] | None:
    found = [(match.start(), match[1], _NOUN_VERBS[match[1]]) for match in _ACTION.finditer(text)]
    found += [(match.start(), match[1], _NOUN_VERBS[match[1]]) for match in _ENDS_WITH_NOUN.finditer(text)]
    found += [(match.start(1), match[1], _NATIVE[match[1]]) for match in _NATIVE_VERB.finditer(text)]
    for form, stem in _NATIVE_FORMS.items():
        found += [(match.start(), stem, _NATIVE[stem]) for match in re.finditer(rf"(?<!\w){form}", text)]
    return max(found, default=None)


def observable(text: str) -> tuple[str, str] | None:
    """(verb, level) of the verb that the outcome ends with; a native verb is given with its ending 다."""
    last = _last(text)
    return (_named(last[1]), last[2]) if last else None


def unobservable(text: str) -> str:
    """The last verb, where what it names cannot be observed; else ""."""
    last, result = _last(text), ""
    for match in _UNOBSERVABLE.finditer(text):
        if last is None or match.start() > last[0]:
            result = match[1] or match[2]
    return result


def further(text: str) -> list[str]:
    """The verbs that stand beside the last one."""
    last = _last(text)
    return [match[1] for match in _JOINED.finditer(text) if last and match.start() < last[0]]


def _named(stem: str) -> str:
    return f"{stem}다" if stem in _NATIVE else stem
