"""What was done to a rubric that was imported, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from testamur.assessment.rubrics.case import Note

_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "points_from_order": "No scores were given, so the levels count 0, 1, 2 … in their order. Please check them.",
        "rounded": "A number had more than six decimals and was rounded.",
        "feedback_left_out": "The ready-made feedback was left out.",
        "name_from_description": "There was no name; the description became the name.",
        "name_supplied": "There was no name, so one was supplied.",
    },
    "ko": {
        "points_from_order": "점수가 없어 순서대로 0, 1, 2 …점으로 정했습니다. 확인해 주십시오.",
        "rounded": "소수점 아래가 여섯 자리를 넘어 반올림했습니다.",
        "feedback_left_out": "미리 작성된 피드백은 가져오지 않았습니다.",
        "name_from_description": "이름이 없어 설명을 이름으로 삼았습니다.",
        "name_supplied": "이름이 없어 임시로 붙였습니다.",
    },
}


def note_sentence(note: Note, language: str = "en") -> str:
    """The note in one sentence, without its place. Other languages than English and Korean fall back to English."""
    return _SENTENCES.get(language.partition("-")[0].lower(), _SENTENCES["en"])[note.code]
