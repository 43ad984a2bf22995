"""Which column is which: the header of a class list to our fields, in English, Korean and Arabic and as other platforms name them.

A header is compared after folding: compatibility forms, case, accents, spaces, underscores, hyphens, brackets with remarks ("(required)",
"(YYYY-MM-DD)") and stars do not matter. What is not recognised is not guessed: it is listed as not used, and the person can map it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FIELDS = (
    "name",
    "first_name",
    "middle_name",
    "last_name",
    "email",
    "awarded_date",
    "valid_until",
    "language",
    "evidence_name",
    "evidence_url",
    "evidence_description",
)
"""Every field a column can be mapped to, beside `result:N` for the N-th result description of the micro-credential (from 0)."""

IGNORED = "ignored"
"""A column known to be no concern of ours: the reason column of our own refused-rows file, the badge id of another platform."""

_WORDS: Mapping[str, str] = {
    "name": """
        name, full name, recipient name, recipient, learner name, learner, student name, student,
        participant name, participant, holder, earner name, display name, recipient full name, issued to,
        issued to name, user name, candidate, candidate name,
        성명, 이름, 성함, 학생명, 학생 이름, 수강생, 수강생명, 수료자, 수료자명, 수여자, 수여 대상자, 참가자,
        참가자명, 학습자, 학습자명, 학습자 이름,
        الاسم, الاسم الكامل, اسم الطالب, اسم المتعلم, اسم المستلم, اسم المتدرب, اسم المشارك
    """,
    "first_name": """
        first name, firstname, given name, given names, forename, recipient first name, issued to first name,
        student first name, fname,
        명,
        الاسم الأول
    """,
    "middle_name": """
        middle name, issued to middle name, middle names, recipient middle name,
        اسم الأب, الاسم الأوسط
    """,
    "last_name": """
        last name, lastname, surname, family name, recipient last name, issued to last name, student last name,
        lname,
        성, 성씨,
        اسم العائلة, اللقب, الاسم الأخير, الكنية
    """,
    "email": """
        email, e mail, mail, email address, e mail address, recipient email, recipient email address,
        recipient e mail, learner email, student email, participant email, earner email, identifier,
        recipient identifier, issued to email, login id, sis login id, user email, contact email,
        이메일, 이메일 주소, 메일, 메일 주소, 전자우편, 전자 우편, 전자메일, 학생 이메일, 수강생 이메일,
        학습자 이메일,
        البريد الإلكتروني, البريد الالكتروني, عنوان البريد الإلكتروني, الإيميل, الايميل, بريد إلكتروني, البريد
    """,
    "awarded_date": """
        award date, awarded, awarded on, awarded date, date awarded, date of award, issued on, issued at,
        issue date, issued, date issued, date of issue, issuance date, date, completion date, completed on,
        completed, completed at, date completed, graduation date,
        수여일, 수여일자, 수여 날짜, 발급일, 발급일자, 발급 날짜, 수료일, 수료일자, 이수일, 이수일자, 취득일,
        날짜, 일자,
        تاريخ المنح, تاريخ الإصدار, تاريخ الاصدار, تاريخ الإكمال, تاريخ الإنجاز, التاريخ
    """,
    "valid_until": """
        valid until, expires, expires on, expires at, expiry, expiry date, expiration, expiration date,
        expired on, valid to, valid through,
        만료일, 만료일자, 만료 날짜, 유효기간, 유효 기간, 유효기한, 유효 종료일,
        تاريخ الانتهاء, تاريخ انتهاء الصلاحية, صالح حتى, صالحة حتى
    """,
    "language": """
        language, locale, lang, preferred language,
        언어, 선호 언어,
        اللغة
    """,
    "evidence_name": """
        evidence, evidence name, evidence title, text evidence name, id evidence title,
        증거, 증거 제목, 증거 이름, 증빙, 증빙 제목, 증빙자료, 증빙 자료, 근거 자료,
        عنوان الدليل, الدليل, اسم الدليل
    """,
    "evidence_url": """
        evidence url, evidence link, evidence address, text evidence url, evidence uri, portfolio url,
        증거 주소, 증거 url, 증거 링크, 증빙 url, 증빙 링크, 증빙 주소, 증빙자료 url,
        رابط الدليل, عنوان url للدليل
    """,
    "evidence_description": """
        evidence description, evidence narrative, id evidence description,
        증거 설명, 증빙 설명, 증빙자료 설명,
        وصف الدليل
    """,
    IGNORED: """
        why refused, reason refused, badge template id, badge class id, badge id, template id, badge, group id,
        group name, issuer, issuer earner id, row, no, number,
        거부 사유, 번호, 순번, 연번,
        سبب الرفض
    """,
}

_RESULT_WORDS = (
    "result",
    "grade",
    "score",
    "mark",
    "final grade",
    "final score",
    "성적",
    "점수",
    "결과",
    "평점",
    "النتيجة",
    "الدرجة",
    "العلامة",
    "التقدير",
)


@dataclass(frozen=True, slots=True)
class Match:
    """The outcome: one entry per column (a field, `result:N`, `IGNORED`, or empty for not recognised), and the collisions.

    `collisions`: field → the columns (by position) that claim it; none of these is mapped, a person must choose.
    """

    columns: tuple[str, ...]
    collisions: Mapping[str, tuple[int, ...]]

    @property
    def unknown(self) -> tuple[int, ...]:
        return tuple(position for position, field in enumerate(self.columns) if not field)


def fold(header: str) -> str:
    """The form in which headers are compared: NFKC, case-folded, without accents, remarks in brackets, punctuation and repeated spaces."""
    text = unicodedata.normalize("NFKC", header).casefold()
    text = re.sub(r"[(\[{<][^)\]}>]*[)\]}>]", " ", text)
    # Latin accents and Arabic vowel marks go; Hangul, which decomposes into letters, is composed again afterwards.
    decomposed = "".join(
        c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn" or c in _ARABIC_HAMZA
    )
    text = unicodedata.normalize("NFC", decomposed).replace("\u0640", "")
    return " ".join(re.sub(r"[^\w%]+|_", " ", text).split())


_ARABIC_HAMZA = ("\u0653", "\u0654", "\u0655")
_BY_FOLDED = {fold(word): field for field, words in _WORDS.items() for word in words.split(",")}


def match_headers(header: Sequence[str], results: Sequence[Sequence[str]] = ()) -> Match:
    """Match the cells of a header. `results` are, in order, the names (in any language) of each of the micro-credential's result
    descriptions."""
    by_result = {fold(name): f"result:{position}" for position, names in enumerate(results) for name in names}
    if len(results) == 1:
        for word in _RESULT_WORDS:
            by_result.setdefault(fold(word), "result:0")
    columns = []
    for cell in header:
        folded = fold(cell)
        columns.append(by_result.get(folded) or _BY_FOLDED.get(folded, "") if folded else "")
    columns = _split_korean_name(columns, header)
    claims: dict[str, list[int]] = {}
    for position, field in enumerate(columns):
        if field and field != IGNORED:
            claims.setdefault(field, []).append(position)
    # Several pieces of evidence are normal (Credly's template has three); two columns for the same name are not.
    collisions = {
        field: tuple(positions)
        for field, positions in claims.items()
        if len(positions) > 1 and not field.startswith("evidence_")
    }
    for positions in collisions.values():
        for position in positions:
            columns[position] = ""
    return Match(tuple(columns), collisions)


def evidence_groups(columns: Sequence[str]) -> list[dict[str, int]]:
    """The columns that describe one piece of evidence together (field → position). A field that repeats begins the next piece."""
    groups: list[dict[str, int]] = []
    for position, field in enumerate(columns):
        if not field.startswith("evidence_"):
            continue
        if not groups or field in groups[-1]:
            groups.append({})
        groups[-1][field] = position
    return groups


def _split_korean_name(columns: list[str], header: Sequence[str]) -> list[str]:
    """ "이름" is the whole name, unless "성" stands beside it: then it is the given name. "Name" beside "Surname" likewise."""
    if "last_name" in columns and "first_name" not in columns and columns.count("name") == 1:
        position = columns.index("name")
        if fold(header[position]) in {"이름", "name", "الاسم"}:
            columns[position] = "first_name"
    return columns


def joined_name(first: str, middle: str, last: str) -> str:
    """One name of its parts: Korean, Chinese and Japanese names family name first without a space, all others in the order given."""
    parts = [part for part in (first.strip(), middle.strip(), last.strip()) if part]
    if parts and all(_east_asian(part) for part in parts):
        return "".join([last.strip(), first.strip(), middle.strip()])
    return " ".join(parts)


def _east_asian(text: str) -> bool:
    return all(
        "\uac00" <= c <= "\ud7a3" or "\u4e00" <= c <= "\u9fff" or "\u3040" <= c <= "\u30ff"
        for c in unicodedata.normalize("NFC", text)
    )
