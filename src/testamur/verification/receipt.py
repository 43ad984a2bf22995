"""A receipt: that these bytes were verified, when, by what rules, and what came out. It can be signed and then verified like any other.

A receipt is a plain credential of VC Data Model 2.0 whose subject is the document that was verified. Four things to know:

- The document is named by its digest and by nothing else (`ni:///sha-256;…`, RFC 6920): a receipt may lie in a file or travel by
  mail without telling whom it is about, and whoever holds the document can see that it is this one.
- Every word is defined by the vocabularies of VC 2.0 and Open Badges 3.0. Each of the six questions is a piece of `evidence` (VC 2.0
  §5.6: what the issuer did before it said something): `genre` names the question, `narrative` the outcome, `description` the codes;
  two more say what kind of document it was and what was asked.
- It is no `EndorsementCredential`: a receipt also says "invalid", and endorses nobody when it says "valid". Put into a badge as an
  endorsement it must not count as one.
- It says what was found at `validFrom`. It has no end, and it does not say that the same would be found today.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from testamur import linked_data
from testamur.verification import sentences
from testamur.verification.moments import iso
from testamur.verification.policy import PROFILES, Policy
from testamur.verification.report import Outcome, Question, Report, Verdict
from testamur.verification.transparency.log_policy import Level

NAMES = {"en": "Receipt of a verification", "ko": "검증 확인서"}
_DESCRIPTIONS = {"en": "Verdict: {word}. {explained}", "ko": "판정: {word}. {explained}"}
_POLICY_NAMES = {"en": "What was asked", "ko": "검증 기준"}
_DOCUMENT_NAMES = {"en": "What was verified", "ko": "검증한 문서"}
_SHA2_256 = b"\x12\x20"  # multihash: the code of sha2-256, and 32 bytes
_DIGEST = re.compile(r"ni:///sha-256;[A-Za-z0-9_-]{43}")
_POLICY, _DOCUMENT = "policy", "document"


def digest_of(content: bytes) -> str:
    """The name of `content` by its SHA-256: `ni:///sha-256;…` (RFC 6920 §3)."""
    return "ni:///sha-256;" + _base64url(hashlib.sha256(content).digest())


def compose(
    report: Report,
    digest: str,
    *,
    issuer: Mapping[str, Any],
    identifier: str,
    policy: Policy | None = None,
    language: str = "en",
) -> dict[str, Any]:
    """The unsigned receipt of `report` about the bytes whose `digest_of` is `digest`, as a credential of VC 2.0 (JSON values).

    `issuer` is the verifier (an object with an `id`), `identifier` the receipt's own `id` (an absolute URI, random). `policy` is what was
    asked; of the person it says only whether there was one. Sign it with `testamur.proofs.data_integrity.add_proof`.
    Raises ValueError where `digest` is not of that form.
    """
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"not the digest of a document: {digest!r}")
    policy = policy or Policy()
    tag = language if language in NAMES else "en"
    explained = _DESCRIPTIONS[tag].format(
        word=sentences.verdict(report.verdict, tag), explained=sentences.verdict_explained(report.verdict, tag)
    )
    asked = ["recipient"] * bool(policy.recipient) + ["listed issuer required"] * policy.require_listed_issuer
    asked += (
        [f"level {policy.log.required}"] if policy.log is not None and policy.log.required is not Level.SIGNED else []
    )
    asked += [f"as of {iso(report.as_of)}"] if report.as_of is not None else []
    return {
        "@context": [linked_data.CREDENTIALS_V2, linked_data.OPEN_BADGES_3],
        "id": identifier,
        "type": ["VerifiableCredential"],
        "name": _said(NAMES[tag], tag),
        "description": _said(explained, tag),
        "issuer": dict(issuer),
        "validFrom": iso(report.verified_at),
        "credentialSubject": {"id": digest, "description": report.verdict.value},
        "evidence": [
            {
                "type": ["Evidence"],
                "genre": _DOCUMENT,
                "name": _said(_DOCUMENT_NAMES[tag], tag),
                "narrative": report.document_type,
            },
            *(_question(report, question, tag) for question in Question),
            {
                "type": ["Evidence"],
                "genre": _POLICY,
                "name": _said(_POLICY_NAMES[tag], tag),
                "narrative": policy.profile,
                **({"description": ", ".join(asked)} if asked else {}),
            },
        ],
        "relatedResource": {"id": digest, "digestMultibase": _multibase(digest)},
    }


def read(receipt: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a receipt says, or None where `receipt` (a credential, whose proof the caller has checked) is none.

    Keys: `verdict`, `digest`, `document_type`, `verified_at` (ISO 8601), `profile`, `asked` (list of texts), `questions` (question →
    outcome) and `codes` (question → list of codes).
    """
    subject, evidence = receipt.get("credentialSubject"), receipt.get("evidence")
    if not isinstance(subject, Mapping) or not isinstance(evidence, list) or len(evidence) != len(Question) + 2:
        return None
    by_genre = {each["genre"]: each for each in evidence if isinstance(each, Mapping) and _text(each, "genre")}
    if set(by_genre) != {*Question, _POLICY, _DOCUMENT}:
        return None
    digest, verdict, profile = (
        _text(subject, "id"),
        _text(subject, "description"),
        _text(by_genre[_POLICY], "narrative"),
    )
    outcomes = {question.value: _text(by_genre[question], "narrative") for question in Question}
    known = verdict in set(Verdict) and profile in PROFILES and set(outcomes.values()) <= set(Outcome)
    if not known or not _DIGEST.fullmatch(digest):
        return None
    return {
        "verdict": verdict,
        "digest": digest,
        "document_type": _text(by_genre[_DOCUMENT], "narrative"),
        "verified_at": _text(receipt, "validFrom"),
        "profile": profile,
        "asked": _listed(by_genre[_POLICY]),
        "questions": outcomes,
        "codes": {question.value: _listed(by_genre[question]) for question in Question},
    }


def _text(node: Mapping[str, Any], member: str) -> str:
    value = node.get(member)
    return value if isinstance(value, str) and len(value) <= 2_000 else ""


def _question(report: Report, question: Question, language: str) -> dict[str, Any]:
    codes = [check.code for check in report.checks if check.question is question]
    return {
        "type": ["Evidence"],
        "genre": question.value,
        "name": _said(sentences.question(question, language), language),
        "narrative": report.outcome(question).value,
        **({"description": ", ".join(codes)} if codes else {}),
    }


def _listed(evidence: Mapping[str, Any]) -> list[str]:
    said = _text(evidence, "description")
    return said.split(", ") if said else []


def _said(text: str, language: str) -> dict[str, str]:
    """A text with its language (VC 2.0 §11.1)."""
    return {"@value": text, "@language": language}


def _multibase(digest: str) -> str:
    value = digest.rpartition(";")[2]
    raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    return "u" + _base64url(_SHA2_256 + raw)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
