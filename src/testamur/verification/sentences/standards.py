"""The words about documents of other standards, in English and in Korean."""

from __future__ import annotations

from testamur.verification.sentences.pairs import of

_ASK_ISSUER = ("Ask the issuer for a new copy.", "발급자에게 새 사본을 요청하시기 바랍니다.")
_LATER = (
    "Try again later. This says nothing against the credential.",
    "나중에 다시 시도하시기 바랍니다. 자격증명에 불리한 결과는 아닙니다.",
)
_DO_NOT_RELY = (
    "Do not rely on it. Ask the named issuer.",
    "이것을 믿지 마시기 바랍니다. 적혀 있는 발급자에게 문의하시기 바랍니다.",
)
_ASK_NAMED = (
    "Ask the named issuer directly whether they awarded it.",
    "적혀 있는 발급자에게 실제로 발급했는지 직접 문의하시기 바랍니다.",
)

# code → (English, Korean)
_FINDINGS = {
    "structure.no_award": (
        "This describes a badge or an issuer ({kind}). It is nobody's award.",
        "배지나 발급자를 설명하는 문서({kind})입니다. 누구에게 수여된 것이 아닙니다.",
    ),
    "structure.linked_read": (
        "The description of the badge and of its issuer was obtained ({address}).",
        "배지와 발급자에 관한 설명을 얻었습니다({address}).",
    ),
    "structure.linked_other_id": (
        "The document at {address} ({kind}) gives itself another address. The one that answered counts.",
        "{address}에 있는 문서({kind})가 자신의 주소를 다르게 적고 있습니다. 응답한 주소를 기준으로 합니다.",
    ),
    "structure.linked_unreachable": (
        "A document that belongs to it ({kind}) could not be obtained from {address}: {reason:reason}.",
        "함께 있어야 할 문서({kind})를 {address}에서 얻지 못했습니다: {reason:reason}.",
    ),
    "structure.linked_malformed": (
        "A document that belongs to it ({kind}) cannot be read at {address}: {reason:reason}.",
        "함께 있어야 할 문서({kind})를 {address}에서 읽을 수 없습니다: {reason:reason}.",
    ),
    "structure.linked_differs": (
        "What it says about its {kind} (at {path}) is not what stands at {address}.",
        "이 문서에 적힌 내용({kind}, {path} 위치)이 {address}에 있는 내용과 다릅니다.",
    ),
    "structure.linked_broken": (
        "A document that belongs to it ({kind}, {address}) is not built as the standard asks: at {path}, {rule:rule}{expected}.",
        "함께 있어야 할 문서({kind}, {address})가 표준이 요구하는 구조가 아닙니다. {path} 위치에서 {rule:rule}{expected}.",
    ),
    "proof.hosted_same": (
        "The issuer's own site says the same ({address}, asked on {asked_at:date}).",
        "발급자의 사이트에 같은 내용이 있습니다({address}, {asked_at:date}에 확인).",
    ),
    "proof.hosted_differs": (
        "The issuer's own site ({address}) does not say what this copy says (at {path}). The copy was changed, or the award was.",
        "이 사본의 내용({path} 위치)이 발급자의 사이트({address})에 있는 내용과 다릅니다. 사본이 바뀌었거나 수여 내용이 바뀌었습니다.",
    ),
    "proof.hosted_not_found": (
        "It is proven only by its own address, and there is no such badge at that address ({address}).",
        "자신의 주소로만 증명되는 배지인데, 그 주소({address})에는 이런 배지가 없습니다.",
    ),
    "proof.hosted_withdrawn": (
        "The issuer's site says that this badge is no longer there ({address}).",
        "발급자의 사이트에서 이 배지가 더 이상 없다고 응답했습니다({address}).",
    ),
    "proof.hosted_unreachable": (
        "It is proven only by its own address, and that address could not be asked ({address}: {reason:reason}).",
        "자신의 주소로만 증명되는 배지인데, 그 주소에 물어볼 수 없었습니다({address}: {reason:reason}).",
    ),
    "proof.hosted_not_allowed": (
        "It is proven only by its own address, and the safety rules here forbid that address ({address}).",
        "자신의 주소로만 증명되는 배지인데, 여기의 안전 규칙이 그 주소를 금지합니다({address}).",
    ),
    "proof.hosted_malformed": (
        "It is proven only by its own address, and what stands there cannot be read ({address}: {reason:reason}).",
        "자신의 주소로만 증명되는 배지인데, 그 주소의 내용을 읽을 수 없습니다({address}: {reason:reason}).",
    ),
    "proof.hosted_nowhere": (
        "It names no web address at which its issuer could be asked.",
        "발급자에게 확인할 수 있는 웹 주소가 적혀 있지 않습니다.",
    ),
    "proof.anchored": (
        "Its fingerprint stands in a transaction of {at:date} on the block chain {chain}, according to {witness}.",
        "{witness}에 따르면 이 문서의 지문이 블록체인 {chain}의 {at:date} 거래에 들어 있습니다.",
    ),
    "proof.anchor_hash_differs": (
        "Its content does not have the fingerprint that its receipt names: something was changed.",
        "내용의 지문이 영수증에 적힌 지문과 다릅니다. 무언가가 바뀌었습니다.",
    ),
    "proof.anchor_path_broken": (
        "Its receipt contradicts itself: its fingerprint does not lead to the root that it names.",
        "영수증의 내용이 서로 어긋납니다. 지문에서 출발하면 영수증에 적힌 루트에 이르지 않습니다.",
    ),
    "proof.anchor_root_differs": (
        "The transaction that it names on the block chain {chain} carries something else, according to {witness}.",
        "{witness}에 따르면 영수증이 가리키는 블록체인 {chain}의 거래에는 다른 내용이 들어 있습니다.",
    ),
    "proof.anchor_missing": (
        "The transaction that it names is not on the block chain {chain}, according to {witness}.",
        "{witness}에 따르면 영수증이 가리키는 거래가 블록체인 {chain}에 없습니다.",
    ),
    "proof.anchor_not_asked": (
        "Its receipt is in order in itself. Whether it stands on the block chain {chain} could not be asked of {witness}: {reason:reason}.",
        "영수증 자체에는 어긋남이 없습니다. 다만 블록체인 {chain}에 기록되어 있는지 {witness}에 물어볼 수 없었습니다: {reason:reason}.",
    ),
    "proof.anchor_no_witness": (
        "Its receipt is in order in itself. Nobody here can be asked about the block chain that it names ({chain}).",
        "영수증 자체에는 어긋남이 없습니다. 다만 영수증에 적힌 블록체인({chain})에 대해 여기에서 물어볼 곳이 없습니다.",
    ),
    "proof.test_chain": (
        "It was recorded on a block chain for trials ({chain}), where a record costs nothing.",
        "시험용 블록체인({chain})에 기록되어 있습니다. 그곳의 기록에는 비용이 들지 않습니다.",
    ),
    "proof.sealed": (
        "It is sealed by “{holder}” (certificate by {authority}): nothing has been changed since.",
        "“{holder}” 명의로 봉인되어 있습니다(인증서 발행: {authority}). 그 뒤로 바뀐 것이 없습니다.",
    ),
    "proof.seal_false": (
        "The seal does not hold: {reason:reason}.",
        "봉인이 유효하지 않습니다: {reason:reason}.",
    ),
    "proof.presentation_unsigned": (
        "This is a folder of credentials that nobody signed as a whole. Each of them is judged by itself.",
        "전체에 대한 서명이 없는 자격증명 묶음입니다. 각 자격증명을 따로 판단합니다.",
    ),
    "issuer.in_scope": (
        "It stands where the issuer says that its badges stand ({address}; issuer: {issuer}).",
        "발급자가 자신의 배지가 있다고 밝힌 곳에 있습니다({address}, 발급자: {issuer}).",
    ),
    "issuer.out_of_scope": (
        "It stands at {address}, but the issuer {issuer} says that its badges stand elsewhere.",
        "{address}에 있지만, 발급자({issuer})는 자신의 배지가 다른 곳에 있다고 밝히고 있습니다.",
    ),
    "issuer.profile_not_obtained": (
        "Whether the issuer {issuer} stands behind it could not be asked: {reason:reason}.",
        "발급자({issuer})가 이것을 발급했는지 물어볼 수 없었습니다: {reason:reason}.",
    ),
    "issuer.chain_key_listed": (
        "The issuer {issuer} lists the address that recorded it ({key}).",
        "발급자({issuer})가 이것을 기록한 주소({key})를 자신의 것으로 공개하고 있습니다.",
    ),
    "issuer.chain_key_not_listed": (
        "The issuer {issuer} does not list the address that recorded it ({key}).",
        "발급자({issuer})는 이것을 기록한 주소({key})를 자신의 것으로 공개하지 않습니다.",
    ),
    "issuer.chain_key_other": (
        "It says that it was recorded by {key}, but another address did. Issuer: {issuer}.",
        "{key} 주소로 기록했다고 적혀 있지만 다른 주소가 기록했습니다. 발급자: {issuer}.",
    ),
    "issuer.chain_key_out_of_use": (
        "The issuer {issuer} did not use the address {key} on {at:date}, when it was recorded.",
        "기록된 날({at:date})에는 발급자({issuer})가 주소 {key} 항목을 사용하지 않았습니다.",
    ),
    "issuer.sealed": (
        "The seal belongs to the issuer: {authority}, which is relied on here, certifies “{holder}”.",
        "봉인은 발급자의 것입니다. 여기에서 신뢰하는 기관({authority})이 “{holder}” 명의를 인증했습니다.",
    ),
    "issuer.seal_revocation_not_asked": (
        "Whether {authority} has withdrawn the certificate of the seal was not asked.",
        "봉인의 인증서를 {authority} 측에서 취소했는지는 물어보지 않았습니다.",
    ),
    "issuer.seal_authority_unknown": (
        "The seal names “{holder}”, but the authority that certified this ({authority}) is on no list that is relied on here.",
        "봉인에는 “{holder}” 명의가 적혀 있지만, 이를 인증한 기관({authority})이 여기에서 신뢰하는 목록에 없습니다.",
    ),
    "issuer.seal_out_of_time": (
        "The certificate of the seal (“{holder}”) is not in force today (its end: {until:date}). Whether the seal is older cannot be told.",
        "봉인의 인증서(“{holder}”)가 오늘 유효하지 않습니다(만료: {until:date}). 봉인이 그 전에 만들어졌는지는 알 수 없습니다.",
    ),
    "issuer.seal_other_name": (
        "The seal belongs to “{holder}”, and the document names “{issuer}” as its issuer. Whether one acts for the other cannot be told.",
        "봉인의 명의는 “{holder}”인데 문서의 발급자는 “{issuer}”입니다. 한쪽이 다른 쪽을 대리하는지는 알 수 없습니다.",
    ),
}

_NEXT_STEPS = {
    "structure.linked_unreachable": _LATER,
    "structure.linked_malformed": _ASK_ISSUER,
    "structure.linked_differs": _DO_NOT_RELY,
    "structure.linked_broken": _ASK_ISSUER,
    "proof.hosted_differs": (
        "Look at the badge at its own address; what stands there counts.",
        "배지의 원래 주소를 열어 보시기 바랍니다. 그곳에 있는 내용이 기준입니다.",
    ),
    "proof.hosted_not_found": (
        "Ask the issuer whether the badge was moved, or never was.",
        "배지를 옮겼는지, 아니면 처음부터 없었는지 발급자에게 문의하시기 바랍니다.",
    ),
    "proof.hosted_withdrawn": (
        "Do not rely on it. The issuer can say why, to the holder.",
        "이것을 믿지 마시기 바랍니다. 이유는 발급자가 소지자에게 알려 줄 수 있습니다.",
    ),
    "proof.hosted_unreachable": _LATER,
    "proof.hosted_not_allowed": (
        "Verify it where that address may be reached.",
        "그 주소에 접속할 수 있는 곳에서 검증하시기 바랍니다.",
    ),
    "proof.hosted_malformed": _ASK_ISSUER,
    "proof.hosted_nowhere": (
        "Ask the holder for the image of the badge, which may carry its address.",
        "주소가 담겨 있을 수 있는 배지 그림을 소지자에게 요청하시기 바랍니다.",
    ),
    "proof.anchor_hash_differs": _DO_NOT_RELY,
    "proof.anchor_path_broken": _DO_NOT_RELY,
    "proof.anchor_root_differs": _DO_NOT_RELY,
    "proof.anchor_missing": _DO_NOT_RELY,
    "proof.anchor_not_asked": (
        "Verify it online; until then, nobody has confirmed that it was recorded.",
        "인터넷에 연결하여 검증하시기 바랍니다. 그전까지는 기록되었다는 것을 아무도 확인하지 않은 것입니다.",
    ),
    "proof.anchor_no_witness": _ASK_NAMED,
    "proof.seal_false": _DO_NOT_RELY,
    "issuer.out_of_scope": _DO_NOT_RELY,
    "issuer.profile_not_obtained": _LATER,
    "issuer.chain_key_not_listed": _DO_NOT_RELY,
    "issuer.chain_key_other": _DO_NOT_RELY,
    "issuer.chain_key_out_of_use": _DO_NOT_RELY,
    "issuer.seal_authority_unknown": (
        "Look the authority up in the trusted list of its country, or ask the issuer.",
        "그 기관이 해당 국가의 신뢰 목록에 있는지 찾아보거나 발급자에게 문의하시기 바랍니다.",
    ),
    "issuer.seal_out_of_time": (
        "Ask the issuer for a newly sealed copy.",
        "발급자에게 새로 봉인한 사본을 요청하시기 바랍니다.",
    ),
    "issuer.seal_other_name": (
        "Ask the named issuer whether the holder of the seal acts for them.",
        "봉인의 명의자가 대리하는 것이 맞는지 적혀 있는 발급자에게 문의하시기 바랍니다.",
    ),
}

_NAMES = {
    "structure.linked": ("Badge and issuer", "배지와 발급자"),
    "structure.award": ("Award", "수여"),
    "issuer.seal": ("Certificate of the seal", "봉인의 인증서"),
    "refresh": ("Newer copy", "새 사본"),
    "proof.chain": ("Block chain", "블록체인"),
    "proof.presentation": ("Presentation", "제시"),
}

_WORDS = {
    "archive": ("a collection of files", "파일 모음"),
    "blockcerts": ("Blockcerts", "Blockcerts"),
    "european": ("European Digital Credential", "유럽 디지털 자격증명"),
    "presentation": ("Verifiable Presentation", "Verifiable Presentation"),
    "cose": ("COSE message", "COSE 메시지"),
    "sd_jwt_vc": ("SD-JWT VC", "SD-JWT VC"),
    "pdf": ("PDF document", "PDF 문서"),
    "url": ("web address", "웹 주소"),
    "telephone": ("telephone number", "전화번호"),
}


FINDINGS, NEXT_STEPS, NAMES, WORDS = of(_FINDINGS), of(_NEXT_STEPS), of(_NAMES), of(_WORDS)
