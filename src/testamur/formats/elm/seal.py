"""JAdES seals in JSON: which bytes are signed, and whether they are.

1. The protected header names the algorithm, the certificate (`x5c`), and which of its members must be understood (`crit`).
2. What is signed is the protected header, a full stop and the payload: its very bytes where `b64` is false (RFC 7797), its base64url else.
3. The certificate that the header's digest (`x5t#S256`) names must be the first of `x5c`.
4. A time-stamp over the payload (`adoTst`) must be about this payload; its own signature is not examined, so the time counts for nothing.

`sigD` would say that something else than the payload is signed; a seal with it is not decided.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from testamur import strict_json
from testamur.errors import KeyMaterialError, Malformed
from testamur.formats.key_material import public_key_from
from testamur.proofs import jose
from testamur.proofs.encodings import base64url_decode
from testamur.proofs.result import ProofOutcome, ProofResult

MAX_CERTIFICATES: Final = 8
_MAX_HEADER: Final = 200_000
_MAX_DER: Final = 16_384
# Header members that may be marked critical and do not change what is signed (RFC 7797; ETSI TS 119 182-1 §5).
_UNDERSTOOD: Final = frozenset({"b64", "sigT", "adoTst", "sigPId", "sigPl", "srCms", "srAts", "x5t#o"})
_HASHES: Final = (hashlib.sha256, hashlib.sha384, hashlib.sha512)


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal as it stands in the document: nothing of it is checked yet.

    `payload` is the text that is sealed, as it stands (UTF-8); `content` the bytes of the credential in it.
    """

    header: Mapping[str, Any]
    protected: str
    payload: bytes = field(repr=False)
    content: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    certificates: tuple[x509.Certificate, ...]

    @property
    def claimed_time(self) -> str | None:
        """When the sealer says that it sealed (`sigT`)."""
        stated = self.header.get("sigT")
        return stated if isinstance(stated, str) else None


def is_sealed(value: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a JWS in JSON form (RFC 7515 §7.2)."""
    return isinstance(value.get("payload"), str) and (
        isinstance(value.get("signatures"), list) or {"protected", "signature"} <= value.keys()
    )


def read_seal(value: Mapping[str, Any]) -> Seal:
    """The seal of a sealed document. Raises `Malformed` (`seal.form`, `seal.several`, `seal.certificate`) or as `strict_json.loads`."""
    signatures = value.get("signatures", [value])
    if not isinstance(signatures, list) or not signatures or not isinstance(signatures[0], Mapping):
        raise _malformed("seal.form")
    if len(signatures) > 1:
        raise _malformed("seal.several")
    protected, signature, payload = (
        signatures[0].get("protected"),
        signatures[0].get("signature"),
        value.get("payload"),
    )
    if not (isinstance(protected, str) and isinstance(signature, str) and isinstance(payload, str)):
        raise _malformed("seal.form")
    if not protected.isascii() or len(protected) > _MAX_HEADER:
        raise _malformed("seal.form")
    try:
        header = strict_json.loads(base64url_decode(protected), max_bytes=_MAX_HEADER, max_depth=16)
        signed, text = base64url_decode(signature), payload.encode("utf-8")
        if not isinstance(header, dict):
            raise _malformed("seal.form")
        content = text if header.get("b64") is False else base64url_decode(payload)
    except (KeyMaterialError, UnicodeEncodeError, ValueError):
        raise _malformed("seal.form") from None
    return Seal(header, protected, text, content, signed, _certificates(header))


def check_seal(seal: Seal) -> ProofResult:
    """Did the holder of the seal's certificate sign exactly these bytes? The certificate itself is for `chain_outcome`.

    Passed: `seal.true`. Failed: `seal.false`, `seal.certificate_other`, `seal.timestamp_other`, `seal.algorithm`, `seal.b64`.
    Unknown: `seal.critical`, `seal.algorithm_unknown`, `seal.key_unusable`.
    """
    header = seal.header
    critical = header.get("crit", [])
    if not isinstance(critical, list) or not all(isinstance(name, str) for name in critical):
        return _result(ProofOutcome.FAILED, "seal.b64")
    if not set(critical) <= _UNDERSTOOD or "sigD" in header:
        return _result(ProofOutcome.UNKNOWN, "seal.critical")
    plain = header.get("b64", True)
    if not isinstance(plain, bool) or (plain is False and "b64" not in critical):
        return _result(ProofOutcome.FAILED, "seal.b64")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm.lower() == "none" or algorithm.startswith("HS"):
        return _result(ProofOutcome.FAILED, "seal.algorithm")
    if algorithm not in jose.ALGORITHMS:
        return _result(ProofOutcome.UNKNOWN, "seal.algorithm_unknown")
    if not _names(header, seal.certificates[0]):
        return _result(ProofOutcome.FAILED, "seal.certificate_other")
    try:
        key = public_key_from(seal.certificates[0].public_key())
    except (KeyMaterialError, ValueError, UnsupportedAlgorithm):
        return _result(ProofOutcome.UNKNOWN, "seal.key_unusable")
    padding = algorithm if key.algorithm == "RSA" else "RS256"
    signing_input = seal.protected.encode("ascii") + b"." + seal.payload
    if jose.ALGORITHMS[algorithm] != key.algorithm or not key.verify(
        seal.signature, signing_input, rsa_padding=padding
    ):
        return _result(ProofOutcome.FAILED, "seal.false")
    if not _stamped(header, seal.content):
        return _result(ProofOutcome.FAILED, "seal.timestamp_other")
    return _result(ProofOutcome.PASSED, "seal.true")


def _names(header: Mapping[str, Any], certificate: x509.Certificate) -> bool:
    """Whether the header's digest of the certificate, where it has one, is that of `certificate`."""
    stated = header.get("x5t#S256")
    if stated is None:
        return True
    try:
        return hmac.compare_digest(base64url_decode(stated), hashlib.sha256(_der(certificate)).digest())
    except (KeyMaterialError, ValueError):
        return False


def _stamped(header: Mapping[str, Any], content: bytes) -> bool:
    """Whether every time-stamp over the payload carries a digest of the payload."""
    stamp = header.get("adoTst")
    if stamp is None:
        return True
    tokens = stamp.get("tstTokens") if isinstance(stamp, Mapping) else None
    if not isinstance(tokens, list) or not tokens:
        return False
    digests = [make(content).digest() for make in _HASHES]
    for token in tokens[:MAX_CERTIFICATES]:
        value = token.get("val") if isinstance(token, Mapping) else None
        try:
            der = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
        except (binascii.Error, ValueError):
            return False
        if not any(digest in der for digest in digests):
            return False
    return True


def _certificates(header: Mapping[str, Any]) -> tuple[x509.Certificate, ...]:
    stated = header.get("x5c")
    if not isinstance(stated, list) or not 1 <= len(stated) <= MAX_CERTIFICATES:
        raise _malformed("seal.certificate")
    certificates = []
    for entry in stated:
        try:
            der = base64.b64decode(entry, validate=True) if isinstance(entry, str) else b""
            if len(der) > _MAX_DER:
                raise _malformed("seal.certificate")
            certificate = x509.load_der_x509_certificate(der)
            # Names and dates are read only when they are asked for; damaged ones must be found here, where they can be refused.
            _ = (
                certificate.subject,
                certificate.issuer,
                certificate.not_valid_before_utc,
                certificate.not_valid_after_utc,
            )
            certificates.append(certificate)
        except (binascii.Error, ValueError, TypeError, x509.InvalidVersion):
            raise _malformed("seal.certificate") from None
    return tuple(certificates)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _result(outcome: ProofOutcome, code: str) -> ProofResult:
    return ProofResult(outcome, code)


def _malformed(code: str) -> Malformed:
    return Malformed("The seal of this document is not in the form of its standard.", code=code)
