"""The words about what stands around a document, in it and beside it, and about other moments than now; in English and in Korean."""

# ruff: noqa: E501 - a sentence is read, translated and mended as one line

from __future__ import annotations

from testamur.verification.sentences.pairs import of

_ASK_ISSUER = ("Ask the issuer for a new copy.", "발급자에게 새 사본을 요청하시기 바랍니다.")

# code → (English, Korean)
_FINDINGS = {
    "structure.not_finished": (
        "The examination of this document was begun {attempts} times and broke off each time.",
        "이 문서의 검사를 {attempts}번 시작했으나 매번 중단되었습니다.",
    ),
    "structure.entry_not_taken_out": (
        "This document could not be taken out of the collection in which it came: {reason:reason}.",
        "이 문서는 함께 묶인 모음에서 꺼낼 수 없었습니다: {reason:reason}.",
    ),
    "structure.related_same": (
        "Everything outside that it relies on and that is at hand here has the fingerprint that it names ({count}).",
        "이 문서가 근거로 삼는 외부 자료 가운데 여기에 있는 것은 모두 적힌 지문과 같습니다({count}건).",
    ),
    "structure.related_differs": (
        "Something outside that it relies on (at {path}) does not have the fingerprint that it names.",
        "이 문서가 근거로 삼는 외부 자료({path} 위치)의 지문이 적힌 것과 다릅니다.",
    ),
    "structure.related_malformed": (
        "What it says about things outside (at {path}) is not as the standard asks.",
        "외부 자료에 관한 기재({path} 위치)가 표준이 요구하는 것과 다릅니다.",
    ),
    "structure.related_not_compared": (
        "It relies on things outside ({count}) that are not at hand here, so their fingerprints were not compared.",
        "이 문서가 근거로 삼는 외부 자료 {count}건은 여기에 없어 지문을 비교하지 않았습니다.",
    ),
    "structure.schema_reference_met": (
        "It is built as its issuer says, by the schema {schema}.",
        "발급자가 밝힌 스키마({schema})에 맞는 구조입니다.",
    ),
    "structure.schema_reference_known": (
        "The schema that it names ({schema}) is the published one, which was applied here.",
        "이 문서가 가리키는 스키마({schema})는 공표된 것이며 여기에서 적용했습니다.",
    ),
    "structure.schema_reference_broken": (
        "It is not built as its issuer says, by the schema {schema}: at {path}, {rule:rule}{expected}. Findings in all: {count}.",
        "발급자가 밝힌 스키마({schema})에 맞지 않습니다. {path} 위치에서 {rule:rule}{expected}. 모두 {count}건입니다.",
    ),
    "structure.schema_reference_unavailable": (
        "The schema that it names ({schema}) could not be obtained: {reason:reason}. What was signed is the same without it.",
        "이 문서가 가리키는 스키마({schema})를 얻지 못했습니다: {reason:reason}. 서명된 내용은 스키마가 없어도 그대로입니다.",
    ),
    "structure.schema_reference_unusable": (
        "The schema that it names ({schema}) cannot be applied: {reason:reason}. What was signed is the same without it.",
        "이 문서가 가리키는 스키마({schema})를 적용할 수 없습니다: {reason:reason}. 서명된 내용은 스키마가 없어도 그대로입니다.",
    ),
    "structure.schema_reference_other": (
        "What stands at {schema} today is not the schema that its issuer signed. What was signed is the same without it.",
        "오늘 {schema}에 있는 것은 발급자가 서명한 스키마가 아닙니다. 서명된 내용은 스키마가 없어도 그대로입니다.",
    ),
    "structure.schema_reference_not_here": (
        "It names a schema ({schema}) that this page does not apply.",
        "이 페이지에서 적용하지 않는 스키마({schema})를 가리킵니다.",
    ),
    "refresh.used": (
        "The issuer keeps a newer copy at {address} (asked on {asked_at:date}). What is said here is about that copy.",
        "발급자가 {address}에 새 사본을 두고 있습니다({asked_at:date}에 확인). 여기의 결과는 그 사본에 대한 것입니다.",
    ),
    "refresh.successor": (
        "It was renewed: {after} took the place of {before} (asked on {asked_at:date}). What is said here is about the renewed one.",
        "갱신되었습니다. {before} 대신 {after}이(가) 발급되었습니다({asked_at:date}에 확인). 여기의 결과는 갱신된 것에 대한 것입니다.",
    ),
    "refresh.not_obtained": (
        "The issuer offers a newer copy at {address}, which could not be obtained: {reason:reason}. What is said here is about this copy.",
        "발급자가 {address}에 새 사본을 제공하지만 얻지 못했습니다: {reason:reason}. 여기의 결과는 이 사본에 대한 것입니다.",
    ),
    "refresh.other": (
        "What stands at {address} is no confirmed newer copy of this by the same issuer. What is said here is about this copy.",
        "{address}에 있는 것은 같은 발급자의 새 사본으로 확인되지 않습니다. 여기의 결과는 이 사본에 대한 것입니다.",
    ),
    "dates.as_of": (
        "It was asked about {as_of:date}. What is said here holds for then; what happened until today ({now:date}) is not seen.",
        "{as_of:date} 시점을 기준으로 검증했습니다. 여기의 결과는 그때의 것이며, 그 뒤 오늘({now:date})까지의 변화는 반영되지 않았습니다.",
    ),
    "status.clear_then": (
        "The issuer had not withdrawn it on {asked_at:date}. That answer is too old to say whether it was withdrawn since.",
        "{asked_at:date} 기준으로 발급자가 취소하지 않았습니다. 오래된 답이어서 그 뒤에 취소했는지는 알 수 없습니다.",
    ),
    "status.suspended_then": (
        "The issuer had suspended it on {asked_at:date}. That answer is too old to say whether it still is.",
        "{asked_at:date} 기준으로 발급자가 정지한 상태였습니다. 오래된 답이어서 지금도 그런지는 알 수 없습니다.",
    ),
    "parts.hold": (
        "All credentials inside ({count}) hold, each by its own rules.",
        "안에 든 자격증명 {count}건이 모두 각자의 규칙에 따라 유효합니다.",
    ),
    "parts.fail": (
        "Of the credentials inside ({count}), not all hold (not valid: {failing}).",
        "안에 든 자격증명 {count}건 가운데 유효하지 않은 것이 있습니다({failing}건).",
    ),
    "parts.open": (
        "Of the credentials inside ({count}), some could not be decided ({open}).",
        "안에 든 자격증명 {count}건 가운데 판단할 수 없는 것이 있습니다({open}건).",
    ),
    "parts.none": (
        "There is no credential inside.",
        "안에 자격증명이 없습니다.",
    ),
    "parts.too_many": (
        "It holds {count} credentials; more than {limit} are not examined.",
        "자격증명이 {count}건 들어 있습니다. {limit}건을 넘으면 검사하지 않습니다.",
    ),
    "parts.many_files": (
        "This archive holds more than {limit} files, which are too many for one report.",
        "압축 파일에 든 파일이 {limit}개를 넘어 결과 하나에 담을 수 없습니다.",
    ),
    "parts.passed_over": (
        "Files in it that carry no credential were passed over ({count}).",
        "안에 든 파일 가운데 자격증명이 없는 것은 건너뛰었습니다({count}개).",
    ),
}

_NEXT_STEPS = {
    "structure.schema_reference_not_here": (
        "Verify it where there is a network.",
        "인터넷에 연결된 곳에서 검증하시기 바랍니다.",
    ),
    "structure.not_finished": (
        "Verify it by itself, where there is more memory; if it breaks off again, tell us which kind of document it is.",
        "메모리가 더 넉넉한 환경에서 이 문서만 따로 검증하시기 바랍니다. 다시 중단되면 어떤 종류의 문서인지 알려 주시기 바랍니다.",
    ),
    "structure.entry_not_taken_out": (
        "Give it by itself, not in an archive.",
        "압축하지 않은 파일을 따로 검증하시기 바랍니다.",
    ),
    "structure.schema_reference_broken": (
        "Ask the issuer for a copy that keeps the schema which it names.",
        "가리키는 스키마에 맞는 새 사본을 발급자에게 요청하시기 바랍니다.",
    ),
    "structure.related_differs": _ASK_ISSUER,
    "structure.related_malformed": _ASK_ISSUER,
    "status.clear_then": (
        "Verify it online. Where nobody answers any more, ask about that day: what was valid then stays what it was then.",
        "인터넷에 연결하여 검증하시기 바랍니다. 답할 곳이 없어졌다면 그 날짜를 기준으로 검증하시기 바랍니다. 그때 유효했다는 사실은 달라지지 않습니다.",
    ),
    "status.suspended_then": ("Verify it online.", "인터넷에 연결하여 검증하시기 바랍니다."),
    "parts.fail": ("Look at each credential below.", "아래에서 각 자격증명을 확인하시기 바랍니다."),
    "parts.open": ("Look at each credential below.", "아래에서 각 자격증명을 확인하시기 바랍니다."),
    "parts.none": (
        "Ask the holder for the credentials themselves.",
        "소지자에게 자격증명 자체를 요청하시기 바랍니다.",
    ),
    "parts.many_files": (
        "Verify it where many documents are verified at once: each then has a report of its own.",
        "여러 건을 한꺼번에 검증하는 곳에서 검증하시기 바랍니다. 그러면 문서마다 결과가 따로 나옵니다.",
    ),
    "parts.too_many": (
        "Ask the holder for each of the credentials inside and verify it by itself.",
        "안에 든 자격증명을 하나씩 받아 따로 검증하시기 바랍니다.",
    ),
}

_NAMES = {
    "dates.as_of": ("Moment asked about", "기준 시점"),
    "structure.related": ("Things outside", "외부 자료"),
    "parts": ("Credentials inside", "안에 든 자격증명"),
}

FINDINGS, NEXT_STEPS, NAMES = of(_FINDINGS), of(_NEXT_STEPS), of(_NAMES)
