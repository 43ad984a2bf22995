"""The words about a document's public record, in English and in Korean."""

# ruff: noqa: E501 - a sentence is read, translated and mended as one line

from __future__ import annotations

from testamur.verification.sentences.pairs import of

_DO_NOT_RELY = (
    "Do not rely on it. Ask the issuer directly whether they awarded it.",
    "이것을 믿지 마시기 바랍니다. 발급자에게 실제로 발급했는지 직접 문의하시기 바랍니다.",
)
_ANOTHER_PROOF = (
    "Take that proof away, or ask the holder for the one that was given with this credential.",
    "그 증명을 빼고 검증하거나, 이 자격증명과 함께 받은 증명을 소지자에게 요청하시기 바랍니다.",
)
_ASK_FOR_PROOF = (
    "Ask the holder for the credential with its proof from the log (tlog-proof), or verify it online.",
    "로그의 증명(tlog-proof)이 함께 든 자격증명을 소지자에게 요청하거나, 인터넷에 연결하여 검증하시기 바랍니다.",
)

# code → (English, Korean)
_FINDINGS = {
    "log.logged": (
        "It stands in a public log ({origin}, entry {index}), with exactly this content.",
        "바로 이 내용 그대로 공개 로그({origin}, {index}번 항목)에 기록되어 있습니다.",
    ),
    "log.proof_absent": (
        "No proof from a public log came with it. Whether it is publicly recorded was not shown.",
        "공개 로그의 증명이 함께 오지 않았습니다. 공개 기록이 있는지는 확인되지 않았습니다.",
    ),
    "log.proof_not_obtained": (
        "Its proof from a public log could not be obtained: {reason:reason}.",
        "공개 로그의 증명을 얻지 못했습니다: {reason:reason}.",
    ),
    "log.proof_unreadable": (
        "A proof from a public log came with it, but it cannot be used: {reason:reason}.",
        "공개 로그의 증명이 함께 왔으나 쓸 수 없습니다: {reason:reason}.",
    ),
    "log.proof_of_selection": (
        "The holder shows a selection of what was signed. The log records the whole, so the selection cannot be compared with it.",
        "소지자가 서명된 내용의 일부만 보여 줍니다. 로그에는 전체가 기록되어 있어 그 일부와 비교할 수 없습니다.",
    ),
    "log.log_unknown": (
        "It stands in a log ({origin}) that is named neither here nor by its issuer. Anybody can keep a log.",
        "여기에서도 발급자도 지정하지 않은 로그({origin})에 기록되어 있습니다. 로그는 누구나 운영할 수 있습니다.",
    ),
    "log.not_decided": (
        "Whether it is publicly recorded was not examined, because it is not shown who issued it.",
        "누가 발급했는지 확인되지 않아, 공개 기록이 있는지는 검사하지 않았습니다.",
    ),
    "log.proof_other": (
        "The proof from a log that came with it is not of this credential: it belongs to another one, or was changed.",
        "함께 온 로그의 증명이 이 자격증명의 것이 아닙니다. 다른 자격증명의 증명이거나 바뀐 것입니다.",
    ),
    "log.log_other": (
        "It stands in a log ({origin}) that is not one of those that count here ({expected}).",
        "여기에서 인정하는 로그({expected})가 아닌 다른 로그({origin})에 기록되어 있습니다.",
    ),
    "log.signature_false": (
        "The state of the log ({origin}) that the proof shows bears a false signature ({key}).",
        "증명에 담긴 로그({origin})의 상태에 거짓 서명({key})이 붙어 있습니다.",
    ),
    "log.signature_missing": (
        "The state of the log ({origin}) that the proof shows is not signed by that log.",
        "증명에 담긴 로그({origin})의 상태에 그 로그의 서명이 없습니다.",
    ),
    "log.fork": (
        "The log {origin} has two histories: what the proof shows of it (at {size} entries) contradicts what is known of it.",
        "로그({origin})의 이력이 둘로 갈라져 있습니다. 증명이 보여 주는 이력(항목 {size}개 시점)이 알려진 이력과 어긋납니다.",
    ),
    "log.witnessed": (
        "Enough witnesses have seen that log and that it only grew ({count}: {witnesses}), since {since:date}.",
        "충분한 수의 증인({count}곳: {witnesses})이 그 로그를 보았고, 내용이 늘기만 했음을 확인했습니다({since:date}부터).",
    ),
    "log.not_witnessed": (
        "Too few of the witnesses that count here have seen that state of the log: {count} of {of}. Missing: {missing}.",
        "로그의 그 상태를 확인한 증인이 부족합니다({of}곳 가운데 {count}곳). 확인하지 않은 증인: {missing}.",
    ),
    "log.witnesses_not_named": (
        "Who has witnessed that log was not asked: no policy says which witnesses count here.",
        "증인을 지정한 정책이 없어, 누가 그 로그를 확인했는지는 검사하지 않았습니다.",
    ),
    "log.anchored": (
        "That state of the log is anchored ({anchor:word}): it existed at the latest on {since:date}.",
        "로그의 그 상태가 앵커링되어 있습니다({anchor:word}). 늦어도 {since:date}에는 존재했습니다.",
    ),
    "log.not_anchored": (
        "That the state of the log is anchored is not shown: {reason:reason}.",
        "로그의 그 상태가 앵커링되어 있는지 확인되지 않았습니다: {reason:reason}.",
    ),
    "log.recorded": (
        "It says that it was awarded on {awarded:date}; it is publicly recorded since {recorded:date} at the latest.",
        "{awarded:date}에 수여되었다고 적혀 있으며, 늦어도 {recorded:date}부터 공개 기록이 있습니다.",
    ),
    "log.recorded_undated": (
        "It does not say when it was awarded; it is publicly recorded since {recorded:date} at the latest.",
        "언제 수여되었는지 적혀 있지 않으며, 늦어도 {recorded:date}부터 공개 기록이 있습니다.",
    ),
    "log.recorded_late": (
        "It says that it was awarded on {awarded:date}, but the public record that is shown begins only on {recorded:date}. Whether it existed before is the issuer's word alone.",
        "{awarded:date}에 수여되었다고 적혀 있으나, 확인된 공개 기록은 {recorded:date}에야 시작됩니다. 그 전에 있었다는 것은 발급자의 말뿐입니다.",
    ),
    "log.level_reached": (
        "It reaches the level that you ask for ({required_level:word}).",
        "요구한 단계({required_level:word})에 이릅니다.",
    ),
    "log.level_missing": (
        "You ask for the level “{required_level:word}”; what is shown reaches “{level:word}”.",
        "요구한 단계는 “{required_level:word}”이지만, 확인된 단계는 “{level:word}”입니다.",
    ),
    "log.list_logged": (
        "The list of withdrawals that was asked ({list}) stands in the public log itself (entry {index}).",
        "조회한 취소 목록({list})도 공개 로그에 기록되어 있습니다({index}번 항목).",
    ),
    "log.list_not_logged": (
        "That the list of withdrawals ({list}) stands in a public log is not shown: {reason:reason}.",
        "취소 목록({list})이 공개 로그에 기록되어 있는지 확인되지 않았습니다: {reason:reason}.",
    ),
    "log.list_other": (
        "The list of withdrawals that was obtained ({list}) is not the version that its proof from the log is about.",
        "받은 취소 목록({list})이 로그의 증명에 해당하는 판과 다릅니다.",
    ),
    "log.demand_met": (
        "The issuer {issuer} records everything that it awards in a public log, and this stands there.",
        "발급자({issuer})는 수여하는 모든 것을 공개 로그에 기록하며, 이것도 기록되어 있습니다.",
    ),
    "log.demand_missing": (
        "The issuer {issuer} says that everything it awards stands in its public log (asked for since {since:date}). For this no entry is shown: somebody else may have signed it with the issuer's key.",
        "발급자({issuer})는 수여하는 모든 것이 공개 로그에 있다고 합니다({since:date}부터 요구). 이것은 기록이 확인되지 않으며, 다른 누군가가 발급자의 키로 서명했을 수 있습니다.",
    ),
    "log.demand_open": (
        "The issuer {issuer} says that everything it awards stands in its public log. Whether this does could not be decided: {reason:reason}.",
        "발급자({issuer})는 수여하는 모든 것이 공개 로그에 있다고 합니다. 이것도 있는지는 판단할 수 없었습니다: {reason:reason}.",
    ),
    "log.key_before_cut_off": (
        "The issuer has given up the signing key ({method}) from entry {cut} of its log on; this was recorded before (entry {index}) and stays valid.",
        "발급자가 로그의 {cut}번 항목부터 서명 키({method})를 쓰지 않기로 했습니다. 이것은 그 전(항목 {index})에 기록되어 여전히 유효합니다.",
    ),
    "log.key_cut_off": (
        "The issuer has given up the signing key ({method}) from entry {cut} of its log ({origin}) on. For this no earlier entry is shown: whoever has the key now may have signed it.",
        "발급자가 로그({origin})의 {cut}번 항목부터 서명 키({method})를 쓰지 않기로 했습니다. 이것은 그 전의 기록이 확인되지 않으며, 지금 그 키를 가진 사람이 서명했을 수 있습니다.",
    ),
    "log.key_cut_off_open": (
        "The issuer has given up the signing key ({method}) from entry {cut} of its log ({origin}) on. Whether this was recorded before could not be decided: {reason:reason}.",
        "발급자가 로그({origin})의 {cut}번 항목부터 서명 키({method})를 쓰지 않기로 했습니다. 이것이 그 전에 기록되었는지는 판단할 수 없었습니다: {reason:reason}.",
    ),
}

_NEXT_STEPS = {
    "log.proof_other": _ANOTHER_PROOF,
    "log.log_other": _ANOTHER_PROOF,
    "log.signature_false": _ANOTHER_PROOF,
    "log.signature_missing": _ANOTHER_PROOF,
    "log.fork": (
        "Do not rely on it. Keep the file, and tell the issuer and those who watch the log: this must never happen.",
        "이것을 믿지 마시기 바랍니다. 파일을 보관하고 발급자와 로그를 지켜보는 곳에 알리시기 바랍니다. 결코 일어나서는 안 되는 일입니다.",
    ),
    "log.recorded_late": (
        "If the date matters to you, ask the issuer why it was recorded later.",
        "날짜가 중요하다면 왜 나중에 기록되었는지 발급자에게 문의하시기 바랍니다.",
    ),
    "log.level_missing": _ASK_FOR_PROOF,
    "log.list_not_logged": (
        "Verify it again in a few minutes, or ask the issuer whether the award still stands.",
        "몇 분 뒤에 다시 검증하거나, 수여가 아직 유효한지 발급자에게 문의하시기 바랍니다.",
    ),
    "log.list_other": (
        "Verify it again in a few minutes. If it stays so, tell those who watch the log: the list may have been changed in silence.",
        "몇 분 뒤에 다시 검증하시기 바랍니다. 그대로라면 로그를 지켜보는 곳에 알리시기 바랍니다. 목록이 몰래 바뀌었을 수 있습니다.",
    ),
    "log.demand_missing": _DO_NOT_RELY,
    "log.demand_open": _ASK_FOR_PROOF,
    "log.key_cut_off": _DO_NOT_RELY,
    "log.key_cut_off_open": _ASK_FOR_PROOF,
}

_NAMES = {
    "log.inclusion": ("Public log", "공개 로그"),
    "log.witnesses": ("Witnesses of the log", "로그의 증인"),
    "log.anchor": ("Anchor of the log", "로그의 앵커"),
    "log.recorded": ("First publicly recorded", "최초 공개 기록"),
    "log.required": ("Level asked for", "요구한 단계"),
    "log.list": ("Record of the list of withdrawals", "취소 목록의 기록"),
    "log.demand": ("Record that the issuer asks for", "발급자가 요구하는 기록"),
    "log.key": ("Key that was given up", "사용을 끝낸 키"),
}

_WORDS = {
    "signed": ("signed", "서명됨"),
    "logged": ("logged", "기록됨"),
    "witnessed": ("witnessed", "증인 확인"),
    "anchored": ("anchored", "앵커링됨"),
    "evm": ("in a blockchain, by its blocks", "블록체인의 블록"),
    "opentimestamps": ("in Bitcoin, by OpenTimestamps", "비트코인, OpenTimestamps"),
    "rfc3161": ("by a time-stamping authority", "시점 확인 기관"),
}

REASONS = {
    "log": ("the proof cannot be read", "증명을 읽을 수 없습니다"),
    "log.no_identifier": ("the credential has no id of its own", "자격증명에 고유한 id가 없습니다"),
    "log.no_salt": ("the part that opens the entry is missing", "항목을 여는 값이 없습니다"),
    "log.unsecured": ("credentials of this form are not recorded", "이 형식의 자격증명은 기록되지 않습니다"),
    "log.proof": ("it is damaged", "손상되었습니다"),
    "log.proof_size": ("it is too large", "너무 큽니다"),
    "log.proof_absent": ("there is none", "증명이 없습니다"),
    "log.proof_unreadable": ("its proof cannot be read", "증명을 읽을 수 없습니다"),
    "log.proof_of_selection": ("only a selection of what was signed is shown", "서명된 내용의 일부만 제시되었습니다"),
    "log.log_unknown": (
        "its proof is of a log that nobody names here",
        "여기에서 아무도 지정하지 않은 로그의 증명입니다",
    ),
    "log.log_other": ("its proof is of another log", "다른 로그의 증명입니다"),
    "log.signature_false": ("the log's state bears a false signature", "로그의 상태에 거짓 서명이 붙어 있습니다"),
    "log.signature_missing": ("the log's state is not signed by the log", "로그의 상태에 로그의 서명이 없습니다"),
    "log.fork": ("the log has two histories", "로그의 이력이 둘로 갈라져 있습니다"),
    "log.key_cut_off": (
        "its issuer has given up the key that signed it",
        "발급자가 사용을 끝낸 키로 서명되어 있습니다",
    ),
    "log.service": (
        "what the issuer says about its log cannot be read",
        "발급자가 자신의 로그에 관해 밝힌 내용을 읽을 수 없습니다",
    ),
    "log.no_receipt": ("there is no receipt", "확인서가 없습니다"),
    "anchor": ("its receipt does not hold", "확인서가 유효하지 않습니다"),
    "anchor.pending": ("it is under way and not confirmed yet", "진행 중이며 아직 확정되지 않았습니다"),
    "anchor.contract_unknown": (
        "it is in a contract that your policy does not name",
        "정책이 지정하지 않은 스마트 계약에 있습니다",
    ),
    "anchor.block_unknown": (
        "nobody whom you believe has said that the block is part of the chain",
        "그 블록이 체인에 속하는지 믿을 만한 곳에서 확인하지 못했습니다",
    ),
    "anchor.header_missing": ("the receipt lacks the block's header", "확인서에 블록 헤더가 없습니다"),
    "anchor.no_attestation": ("the receipt leads nowhere", "확인서가 아무것도 가리키지 않습니다"),
    "anchor.authority_unknown": (
        "the time-stamping authority is none that your policy names",
        "정책이 지정하지 않은 시점 확인 기관입니다",
    ),
    "anchor.unavailable": ("it cannot be checked here", "여기에서 확인할 수 없습니다"),
    "anchor.other_digest": ("the receipt is of something else", "다른 것에 대한 확인서입니다"),
    "anchor.other_block": ("the block is not the one of the chain", "체인에 있는 블록이 아닙니다"),
    "anchor.not_in_block": ("the receipt does not lead into its block", "확인서가 블록으로 이어지지 않습니다"),
}

FINDINGS, NEXT_STEPS, NAMES, WORDS = of(_FINDINGS), of(_NEXT_STEPS), of(_NAMES), of(_WORDS)
