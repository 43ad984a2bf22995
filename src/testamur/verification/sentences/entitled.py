"""The words about who lets the issuer award, in English and in Korean."""

# ruff: noqa: E501 - a sentence is read, translated and mended as one line

from __future__ import annotations

from testamur.verification.sentences.pairs import of

_ASK_BODY = (
    "Ask {body} whether it accredits this issuer, and for what.",
    "이 발급자를 인증하는지, 무엇을 인증하는지 해당 기관({body})에 문의하시기 바랍니다.",
)
_DO_NOT_RELY = (
    "Do not rely on the accreditation. Ask {body}.",
    "이 인증을 믿지 마시기 바랍니다. 해당 기관({body})에 문의하시기 바랍니다.",
)

# code → (English, Korean)
_FINDINGS = {
    "accreditation.confirmed": (
        "The issuer is accredited for this: {body}, an accrediting body, stands for it ({source:word}, {register}). It was so on {awarded:date}, when this was awarded.",
        "발급자는 이것을 수여하도록 인증받았습니다. 인증 기관({body})이 보증합니다({source:word}, {register}). 수여일({awarded:date})에도 그러했습니다.",
    ),
    "accreditation.ended": (
        "The issuer's accreditation by {body} had ended on {until:date}, before this was awarded ({awarded:date}).",
        "{body} 기관의 인증은 {until:date}에 끝났으며, 이것은 그 뒤({awarded:date})에 수여되었습니다.",
    ),
    "accreditation.not_begun": (
        "The issuer's accreditation by {body} began only on {since:date}, after this was awarded ({awarded:date}).",
        "{body} 기관의 인증은 {since:date}에야 시작되었으며, 이것은 그 전({awarded:date})에 수여되었습니다.",
    ),
    "accreditation.not_covered": (
        "The issuer's accreditation by {body} is not for this: its {part:word} ({stated}) is not among those that it covers.",
        "{body} 기관의 인증은 이것에 적용되지 않습니다. {part:word}({stated}) 항목이 인증 범위에 들어 있지 않습니다.",
    ),
    "accreditation.of_another": (
        "The accreditation by {body} to which it points is somebody else's ({subject}).",
        "이 문서가 가리키는 {body} 기관의 인증은 다른 대상({subject})의 것입니다.",
    ),
    "accreditation.not_genuine": (
        "It shows an accreditation in the name of {body} that {body} did not sign, or that was changed afterwards.",
        "{body} 명의의 인증이 들어 있으나, 그 기관이 서명하지 않았거나 서명한 뒤에 바뀌었습니다.",
    ),
    "accreditation.withdrawn": (
        "{body} has withdrawn the issuer's accreditation. Whether it was still in force when this was awarded cannot be told.",
        "{body} 기관이 발급자의 인증을 취소했습니다. 수여 당시에 유효했는지는 알 수 없습니다.",
    ),
    "accreditation.not_decided": (
        "It shows an accreditation by {body}, but whether that holds could not be decided.",
        "{body} 기관의 인증이 들어 있지만 유효한지 판단할 수 없었습니다.",
    ),
    "accreditation.later": (
        "{body} accredits the issuer since {since:date}; this was awarded before ({awarded:date}). Whether it did then is not said.",
        "{body} 기관은 {since:date}부터 발급자를 인증합니다. 이것은 그 전({awarded:date})에 수여되었고, 그때도 인증했는지는 나와 있지 않습니다.",
    ),
    "accreditation.scope_open": (
        "The issuer's accreditation by {body} is limited in its {part:word}, and this award does not state its own.",
        "{body} 기관의 인증에는 범위({part:word})가 정해져 있으나, 이 수여에는 그 항목이 적혀 있지 않습니다.",
    ),
    "accreditation.not_obtained": (
        "It points to an accreditation at {address}, which could not be obtained: {reason:reason}.",
        "{address}에 있는 인증을 가리키지만 얻지 못했습니다: {reason:reason}.",
    ),
    "accreditation.body_unknown": (
        "It says that {body} accredits the issuer. No register that is relied on here names that as an accrediting body.",
        "{body} 기관이 발급자를 인증한다고 적혀 있습니다. 그러나 여기에서 신뢰하는 등록부에 그런 인증 기관이 없습니다.",
    ),
    "accreditation.known_not_relied_on": (
        "The register {register} says that {body} accredits the issuer, but that register is not relied on here.",
        "{register} 등록부에는 {body} 기관이 발급자를 인증한다고 적혀 있지만, 여기에서 신뢰하는 등록부가 아닙니다.",
    ),
    "accreditation.only_said": (
        "The issuer says that {body} accredits it. That body is known ({register}), but nothing from it confirms this.",
        "발급자는 {body} 기관의 인증을 받았다고 합니다. 알려진 기관({register})이지만 그 기관이 확인한 것은 없습니다.",
    ),
    "accreditation.only_said_not_fitting": (
        "The issuer says that {body} accredits it, but by its own words not at that time, or not for this.",
        "발급자는 {body} 기관의 인증을 받았다고 하지만, 적힌 대로라면 그 시기가 아니거나 이것에 대한 인증이 아닙니다.",
    ),
    "accreditation.parent_only_said": (
        "The issuer says that it belongs to {body}, which is on a register that is relied on here ({register}). Nothing from {body} confirms this.",
        "발급자는 {body} 소속이라고 합니다. 여기에서 신뢰하는 등록부({register})에 있는 기관이지만 그 기관이 확인한 것은 없습니다.",
    ),
    "accreditation.parent_unknown": (
        "The issuer says that it belongs to {body}, which is on no register that is relied on here.",
        "발급자는 {body} 소속이라고 하지만, 여기에서 신뢰하는 등록부에 없는 기관입니다.",
    ),
    "accreditation.others_fail": (
        "Other accreditations that are claimed for it do not hold ({count}).",
        "함께 내세운 다른 인증 가운데 유효하지 않은 것이 있습니다({count}건).",
    ),
}

_NEXT_STEPS = {
    "accreditation.ended": _ASK_BODY,
    "accreditation.not_begun": _ASK_BODY,
    "accreditation.not_covered": _ASK_BODY,
    "accreditation.of_another": _DO_NOT_RELY,
    "accreditation.not_genuine": _DO_NOT_RELY,
    "accreditation.withdrawn": (
        "Ask {body} until when the issuer was accredited.",
        "발급자가 언제까지 인증받은 상태였는지 해당 기관({body})에 문의하시기 바랍니다.",
    ),
    "accreditation.not_decided": _ASK_BODY,
    "accreditation.later": _ASK_BODY,
    "accreditation.scope_open": _ASK_BODY,
    "accreditation.not_obtained": (
        "Try again later. Until then the accreditation is only said.",
        "나중에 다시 시도하시기 바랍니다. 그때까지 이 인증은 주장일 뿐입니다.",
    ),
    "accreditation.body_unknown": (
        "Find out by your own means whether {body} is a recognised accrediting body.",
        "공인된 인증 기관({body})인지 직접 알아보시기 바랍니다.",
    ),
    "accreditation.known_not_relied_on": (
        "Decide whether you rely on that register.",
        "그 등록부를 신뢰할지 결정하시기 바랍니다.",
    ),
    "accreditation.only_said": _ASK_BODY,
    "accreditation.only_said_not_fitting": _ASK_BODY,
    "accreditation.parent_only_said": (
        "Ask {body} whether the issuer is part of it.",
        "발급자가 소속된 것이 맞는지 {body} 기관에 문의하시기 바랍니다.",
    ),
}

_NAMES = {"accreditation": ("Accreditation", "인증")}

_WORDS = {
    "register": ("by the register", "등록부에 기재"),
    "endorsement": ("by a signed endorsement", "서명한 보증"),
    "statement": ("by a signed accreditation", "서명한 인증서"),
    "achievementType": ("type", "종류"),
    "level": ("level", "수준"),
}

FINDINGS, NEXT_STEPS, NAMES, WORDS = of(_FINDINGS), of(_NEXT_STEPS), of(_NAMES), of(_WORDS)
