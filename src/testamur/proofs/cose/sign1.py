"""Reading, checking and making `COSE_Sign1` (RFC 9052 §4.2)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2

from testamur.errors import Malformed, ProofError, TooLarge
from testamur.ports import Signer
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import PROOF_VERIFICATION_ERROR, Decided, ProofOutcome, ProofResult, failed, unknown

MAX_BYTES = 1_200_000
MAX_DEPTH = 8
SIGN1_TAG = 18

# Labels of the header, RFC 9052 §3.1 and RFC 9596 (`typ`)
ALG, CRIT, CONTENT_TYPE, KID, TYP = 1, 2, 3, 4, 16

# COSE algorithm → its name and the one sort of key that it goes with (RFC 9053 §2, RFC 8812 §2, RFC 9864).
ALGORITHMS: Mapping[int, tuple[str, str]] = {
    -7: ("ES256", "P-256"),
    -35: ("ES384", "P-384"),
    -36: ("ES512", "P-521"),
    -8: ("EdDSA", "Ed25519"),
    -9: ("ESP256", "P-256"),
    -51: ("ESP384", "P-384"),
    -52: ("ESP512", "P-521"),
    -19: ("Ed25519", "Ed25519"),
    -257: ("RS256", "RSA"),
    -37: ("PS256", "RSA"),
}
SIGNING: Mapping[str, int] = {"Ed25519": -8, "P-256": -7, "P-384": -35, "P-521": -36, "RSA": -257}


@dataclass(frozen=True, slots=True)
class Sign1:
    """A message taken apart, unverified. `protected` and `unprotected` are the two headers by label; only the first is signed."""

    protected: Mapping[Any, Any]
    unprotected: Mapping[Any, Any]
    payload: bytes
    signature: bytes
    protected_bytes: bytes

    @property
    def to_verify(self) -> bytes:
        """`Sig_structure` (§4.4), which is what the signature covers."""
        return _to_be_signed(self.protected_bytes, self.payload)


def read_cose(data: bytes) -> Sign1:
    """Take a `COSE_Sign1` apart, with or without its tag. Nothing is verified by this.

    Raises `TooLarge`, or `Malformed` (`cose.syntax`) for everything that is not one such message: other bytes after it, a label twice or in
    both headers, a payload that is elsewhere (detached).
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(
            f"This message has {len(data)} bytes; at most {MAX_BYTES} are read.",
            facts={"size": len(data), "limit": MAX_BYTES},
        )
    value = _decode(bytes(data))
    if isinstance(value, cbor2.CBORTag):
        if value.tag != SIGN1_TAG:
            raise _syntax()
        value = value.value
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise _syntax()
    protected_bytes, unprotected, payload, signature = value
    if not all(isinstance(part, bytes) for part in (protected_bytes, payload, signature)):
        raise _syntax()
    protected = _decode(protected_bytes) if protected_bytes else {}
    if not isinstance(protected, Mapping) or not isinstance(unprotected, Mapping):
        raise _syntax()
    if protected.keys() & unprotected.keys():
        raise _syntax()
    return Sign1(protected, unprotected, payload, signature, protected_bytes)


def check_cose(data: bytes | Sign1, key: PublicKey) -> ProofResult:
    """Did the holder of `key` sign this message?

    Failed: `cose.syntax`, `input.too_large`, `cose.algorithm_invalid` (none in the signed header), `cose.critical_header`,
    `cose.key_algorithm_mismatch`, `cose.signature_false`. Unknown: `cose.algorithm_unknown`. Passed: `cose.verified`.
    """
    try:
        found = data if isinstance(data, Sign1) else read_cose(data)
        algorithm = found.protected.get(ALG)
        if isinstance(algorithm, bool) or not isinstance(algorithm, int | str):
            raise failed("cose.algorithm_invalid")
        if (
            CRIT in found.protected or CRIT in found.unprotected
        ):  # we implement no extension, so every critical one is unknown
            raise failed("cose.critical_header")
        if not isinstance(algorithm, int) or algorithm not in ALGORITHMS:
            raise unknown("cose.algorithm_unknown", algorithm=str(algorithm)[:20])
        name, expected = ALGORITHMS[algorithm]
        if key.algorithm != expected:
            raise failed("cose.key_algorithm_mismatch", algorithm=name, expected=[expected], found=key.algorithm)
        if not key.verify(found.signature, found.to_verify, rsa_padding=name if expected == "RSA" else "RS256"):
            raise failed("cose.signature_false", algorithm=name)
    except Decided as decided:
        return decided.result
    except (Malformed, TooLarge) as error:
        return ProofResult(ProofOutcome.FAILED, error.code, error.facts, problem=PROOF_VERIFICATION_ERROR)
    return ProofResult(ProofOutcome.PASSED, "cose.verified", {"algorithm": name})


def sign_cose(payload: bytes, signer: Signer, *, content_type: str, typ: str, kid: str | None = None) -> bytes:
    """The tagged `COSE_Sign1` over `payload`, its whole header signed; `kid` is written as UTF-8 bytes.

    The same arguments and a deterministic signer give the same bytes. Raises `ProofError` (`cose.key_algorithm_mismatch`).
    """
    algorithm = SIGNING.get(signer.algorithm)
    if algorithm is None:
        raise ProofError(
            f"A key of {signer.algorithm} does not sign COSE messages here.",
            code="cose.key_algorithm_mismatch",
            facts={"expected": sorted(SIGNING), "found": signer.algorithm},
        )
    header: dict[int, Any] = {ALG: algorithm, CONTENT_TYPE: content_type}
    if kid is not None:
        header[KID] = kid.encode("utf-8")
    header[TYP] = typ
    protected = cbor2.dumps(header, canonical=True)
    signature = signer.sign(_to_be_signed(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(SIGN1_TAG, [protected, {}, payload, signature]))


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])


def _decode(data: bytes) -> Any:
    """The one value in `data`. Raises `Malformed`."""
    decoder = cbor2.CBORDecoder(io.BytesIO(data), max_depth=MAX_DEPTH, allow_duplicate_keys=False)
    try:
        value = decoder.decode()
    except (cbor2.CBORError, ValueError, OverflowError, TypeError):
        raise _syntax() from None
    try:
        decoder.decode()
    except cbor2.CBORDecodeEOF:
        return value
    except (cbor2.CBORError, ValueError, OverflowError, TypeError):
        pass
    raise _syntax()


def _syntax() -> Malformed:
    return Malformed("This is not a message of the form COSE_Sign1.", code="cose.syntax")
