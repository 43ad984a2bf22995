"""The step between composing and signing: the exact bytes, fixed and stored before any signature exists.

1. `prepare` lints the document and refuses to go on with an error.
2. It fixes document, proof options and the key's public half in one JSON text; its SHA-256 is the digest.
3. The caller stores text and digest, and commits.
4. `sign` redeems the prepared credential; the object cannot be redeemed a second time, so that one decision gives one credential.
5. After a crash the stored text is `restore`d and signed again. Ed25519 is deterministic (RFC 8032): the same bytes come out, and a reader
   who has the first copy has this one. ECDSA may give another, equally valid, signature over the same document.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, Self

from testamur import strict_json
from testamur.errors import IssuingRefused, KeyMaterialError, Malformed
from testamur.issuing.compose import in_utc
from testamur.issuing.lints import Finding, Severity, findings_in
from testamur.issuing.lints.rule import Draft
from testamur.linked_data import Matched
from testamur.ports import Signer
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.data_integrity.make import proof_of_canonical
from testamur.proofs.date_time import parse_date_time_stamp

_MAKING: Final = object()  # only this module makes prepared credentials: whatever is one has passed the lints
_OPTIONS: Final = {"cryptosuite", "verificationMethod", "created", "publicKeyMultibase"}
_BEFORE: Final = b'{"document":'
_BETWEEN: Final = b',"proof":'
_MAX_STORED: Final = 2 * strict_json.MAX_BYTES


class _Fixed(NamedTuple):
    """What `prepare` knows of the document whose text it has just written, so that `sign` need not read it again.

    `known` holds the texts of the document and not the document, which may be changed meanwhile. `size` is the length of its text.
    """

    known: Matched
    context: tuple[str, ...]
    size: int
    options: dict[str, str]


class PreparedCredential:
    """A credential that may be signed, once. Made by `prepare` and `restore` only.

    `content` are the bytes to store (UTF-8 JSON: `document` and `proof` options); `digest` is their SHA-256 in hex.
    """

    __slots__ = ("_fixed", "_lock", "_redeemed", "content", "digest")

    content: bytes
    digest: str

    def __init__(self, content: bytes, *, making: object = None, fixed: _Fixed | None = None) -> None:
        if making is not _MAKING:
            raise TypeError("a prepared credential comes from prepare() or restore()")
        self.content = content
        self.digest = hashlib.sha256(content).hexdigest()
        self._fixed = fixed
        self._redeemed = False
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"PreparedCredential(digest={self.digest!r})"

    def _stored(self) -> tuple[dict[str, Any], dict[str, str]]:
        """The document and the proof options. Raises `Malformed` (`issuing.stored_malformed`) for what `prepare` did not write."""
        stored = strict_json.loads(self.content, max_bytes=_MAX_STORED, max_depth=strict_json.MAX_DEPTH + 1)
        document, proof = (stored.get(name) if isinstance(stored, dict) else None for name in ("document", "proof"))
        if not isinstance(document, dict) or not isinstance(proof, dict) or set(proof) != _OPTIONS:
            raise Malformed("These are not the bytes of a prepared credential", code="issuing.stored_malformed")
        return document, proof

    def _redeem(self) -> None:
        """Use it up. Raises `IssuingRefused` (`issuing.already_redeemed`) the second time."""
        with self._lock:
            if self._redeemed:
                raise IssuingRefused(
                    "This prepared credential was signed already; restore the stored one to repeat the step after a crash",
                    code="issuing.already_redeemed",
                    facts={"digest": self.digest},
                )
            self._redeemed = True

    @classmethod
    def _of(cls, content: bytes, fixed: _Fixed | None = None) -> Self:
        return cls(content, making=_MAKING, fixed=fixed)


def prepare(
    document: Mapping[str, Any],
    signer: Signer,
    *,
    verification_method: str,
    created: datetime,
    cryptosuite: str = "eddsa-rdfc-2022",
) -> PreparedCredential:
    """Fix what will be signed: `document` as `compose` made it, for the key of `signer` (which is not used to sign yet).

    `verification_method` is the key's identifier, below the issuer's id; `created` an aware datetime, written in UTC to the second.
    Raises `IssuingRefused` (`issuing.refused`) with the findings when a lint has an error, or when the key is not the issuer's.
    """
    if created.tzinfo is None:
        raise ValueError("created needs its time zone: an aware datetime")
    draft = Draft(document)
    require_clean(draft, verification_method)
    proof = {
        "cryptosuite": cryptosuite,
        "verificationMethod": verification_method,
        "created": in_utc(created),
        "publicKeyMultibase": signer.public_multikey,
    }
    # Written as one object would be: its members are texts already, or are few.
    content = _BEFORE + draft.text + _BETWEEN + strict_json.dumps(proof) + b"}"
    context = draft.document["@context"]
    if draft.known is None or not isinstance(context, list):
        return PreparedCredential._of(content)
    return PreparedCredential._of(content, _Fixed(draft.known, tuple(context), len(draft.text), proof))


def restore(content: bytes, *, digest: str) -> PreparedCredential:
    """The prepared credential that was stored.

    Raises `Malformed` (`issuing.stored_bytes_changed`) when `content` is not what `digest` was taken of: a decision is carried out only
    as it was taken. The lints look once more, because storage is not `prepare`: raises `IssuingRefused` as that does.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != digest.lower():
        raise Malformed(
            "The stored bytes of this prepared credential are not those that were prepared",
            code="issuing.stored_bytes_changed",
            facts={"expected": digest, "found": found},
        )
    prepared = PreparedCredential._of(content)
    document, proof = prepared._stored()
    require_clean(Draft(document), proof["verificationMethod"])
    return prepared


def sign(prepared: PreparedCredential, signer: Signer) -> bytes:
    """Redeem `prepared`: the signed credential as compact UTF-8 JSON, its proof in an array (OB 3.0's strict schema).

    Raises `KeyMaterialError` (`issuing.other_key`) when `signer` is not the key it was prepared for, and `IssuingRefused`
    (`issuing.already_redeemed`) when this object was redeemed already.
    """
    fixed = prepared._fixed
    document, options = prepared._stored() if fixed is None else ({}, fixed.options)
    if signer.public_multikey != options["publicKeyMultibase"]:
        raise KeyMaterialError(
            "This credential was prepared for another key",
            code="issuing.other_key",
            facts={"expected": options["publicKeyMultibase"], "found": signer.public_multikey},
        )
    prepared._redeem()
    if fixed is not None:
        signed = _signed(prepared.content, fixed, signer)
        if signed is not None:
            return signed
        document, options = prepared._stored()
    secured = add_proof(
        document,
        signer,
        verification_method=options["verificationMethod"],
        created=parse_date_time_stamp(options["created"]),
        cryptosuite=options["cryptosuite"],
    )
    if not isinstance(secured["proof"], list):
        secured["proof"] = [secured["proof"]]
    return strict_json.dumps(secured)


def _signed(content: bytes, fixed: _Fixed, signer: Signer) -> bytes | None:
    """The signed credential, its proof put behind the text that was stored; None where `add_proof` has to look at the document."""
    options = fixed.options
    proof = proof_of_canonical(
        fixed.known.canonical(),
        fixed.context,
        signer,
        verification_method=options["verificationMethod"],
        created=options["created"],
        cryptosuite=options["cryptosuite"],
    )
    if proof is None:
        return None
    without_end = content[len(_BEFORE) : len(_BEFORE) + fixed.size - 1]
    return without_end + b',"proof":[' + strict_json.dumps(proof) + b"]}"


def require_clean(draft: Draft, verification_method: str) -> None:
    """Raises `IssuingRefused` (`issuing.refused`) with the findings when a lint has an error, or when the key is not the issuer's."""
    errors = [finding for finding in findings_in(draft) if finding.severity is Severity.ERROR]
    if not errors:
        errors = _binding(draft.document, verification_method)
    if errors:
        raise IssuingRefused(
            errors[0].sentence if len(errors) == 1 else f"{errors[0].sentence} (and {len(errors) - 1} more)",
            findings=tuple(errors),
            facts={"findings": len(errors), "rules": sorted({finding.rule for finding in errors})},
        )


def _binding(document: Mapping[str, Any], verification_method: str) -> list[Finding]:
    """OB 3.0 §9.1 asks of verifiers that the key's controller is the issuer: a key that is not below the issuer's id will not pass."""
    issuer = document["issuer"]["id"]
    if verification_method.startswith(f"{issuer}#") and len(verification_method) > len(issuer) + 1:
        return []
    return [
        Finding(
            rule="issuer.key",
            severity=Severity.ERROR,
            source="Open Badges 3.0 §9.1; VC Data Integrity 1.0 §2.1",
            sentence=f"The key {verification_method} does not belong to the issuer {issuer}; "
            "sign with a key that is listed in the issuer's own document",
            path="/issuer/id",
        )
    ]
