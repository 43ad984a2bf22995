"""Credentials and presentations that are signed from outside, in a `data:` address (VC-JOSE-COSE 1.0; VC Data Model 2.0 §4.12).

`testamur.proofs.vc_jose_cose` opens and seals; here is what stands around it: whose key it is, and what the asker expects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from testamur.cli.vc_api.problems import Detail, Refused, from_error, refused
from testamur.cli.vc_api.verifier.expectations import Expectations
from testamur.cli.vc_api.verifier.proofs import PROOF_VERIFICATION_ERROR, resolved
from testamur.errors import InputError
from testamur.linked_data import CREDENTIALS_V2
from testamur.ports import Signer
from testamur.proofs.cose import read_cose
from testamur.proofs.jose import read_compact
from testamur.proofs.result import ProofOutcome
from testamur.proofs.vc_jose_cose import (
    KINDS,
    Envelope,
    Form,
    check_secured,
    declared_media_type,
    enveloped,
    open_envelope,
    secure,
)

CREDENTIAL: Final = "EnvelopedVerifiableCredential"
PRESENTATION: Final = "EnvelopedVerifiablePresentation"

_KID_OF_COSE: Final = 4  # RFC 9052 §3.1

# RFC 7519 §4.1, RFC 7800, OpenID Connect: claims about the token that stand beside the members of the document (VC-JOSE-COSE §3.1.3)
_CLAIMS: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf"})


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside an envelope, and the controller of the key that sealed it."""

    content: dict[str, Any]
    controller: str


def is_envelope(value: object) -> bool:
    """Whether `value` says that it is an envelope. Whether it is a good one is another question."""
    if not isinstance(value, Mapping):
        return False
    kinds = value.get("type")
    return any(kind in (CREDENTIAL, PRESENTATION) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def seal(credential: Mapping[str, Any], key: Signer, method: str) -> dict[str, Any]:
    """The credential as `vc+jwt` in an envelope. Raises ProofError, InputError or LinkedDataError."""
    token = secure(credential, "vc+jwt", key, kid=method)
    return {**enveloped(token, "vc+jwt"), "@context": [CREDENTIALS_V2]}


def open_credential(value: object, expected: Expectations, path: str) -> Opened:
    """The credential in an envelope or in a bare token, whose signature is true. Raises Refused."""
    return _open(_envelope(value, CREDENTIAL, path), expected, path)


def open_presentation(value: object, expected: Expectations, path: str) -> Opened:
    """The presentation in an envelope or in a bare token; its nonce and audience are what the asker expects. Raises Refused."""
    envelope = _envelope(value, PRESENTATION, path)
    opened = _open(envelope, expected, path)
    claims = _claims(envelope)[1]
    if expected.challenge is not None and claims.get("nonce") != expected.challenge:
        raise _false("proof.challenge_mismatch", "The presentation does not answer this challenge.", path)
    if expected.domain is not None:
        audience = claims.get("aud")
        wanted = {expected.domain} if isinstance(expected.domain, str) else set(expected.domain)
        if not wanted <= set(_texts(audience)):
            raise _false("proof.domain_mismatch", "The presentation was made for somebody else.", path)
    return opened


def _envelope(value: object, kind: str, path: str) -> Envelope:
    if isinstance(value, str):
        names = ("vc+sd-jwt", "vp+sd-jwt") if "~" in value else ("vc+jwt", "vp+jwt")
        return Envelope(KINDS[names[kind == PRESENTATION]], value)
    if not isinstance(value, Mapping):
        raise refused("envelope.malformed", "An envelope is an object.", path=path)
    if CREDENTIALS_V2 not in _texts(value.get("@context")):
        raise refused(
            "envelope.context_missing",
            f"The context of an envelope includes {CREDENTIALS_V2}.",
            path=f"{path}/@context",
        )
    if value.get("type") not in (kind, [kind]):
        raise refused("envelope.type_invalid", f"The type of this envelope is {kind}, alone.", path=f"{path}/type")
    try:
        return open_envelope(value)
    except InputError as error:
        raise from_error(error, path=f"{path}/id") from None


def _open(envelope: Envelope, expected: Expectations, path: str) -> Opened:
    """1. Find the key by the header. 2. Check the signature and everything the envelope's own rules demand."""
    try:
        header, claims = _claims(envelope)
        declared = declared_media_type(envelope.content, envelope.kind.form)
    except InputError as error:
        raise from_error(error, path=path) from None
    method = resolved(header.get("kid", claims.get("iss")), expected, path)
    # A token that calls itself a mere JWT is one of the older kind, in whatever address it came: the suites have such.
    media_type = "jwt" if declared == "jwt" else envelope.kind.media_type
    opened = check_secured(envelope.content, media_type, method.key, now=expected.now if expected.dates else None)
    if opened.result.outcome is not ProofOutcome.PASSED or opened.document is None:
        kind = opened.result.problem or PROOF_VERIFICATION_ERROR
        sentence = "The envelope is not what it says, or its signature is not true."
        raise Refused([Detail(kind, opened.result.code, sentence, path, opened.result.facts)])
    document = {name: value for name, value in opened.document.items() if name not in _CLAIMS}
    return Opened(document, method.controller)


def _claims(envelope: Envelope) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of the signed token, unverified. Raises InputError."""
    if envelope.kind.form is Form.COSE:
        kid = read_cose(bytes(envelope.content, "ascii") if isinstance(envelope.content, str) else envelope.content)
        named = kid.protected.get(_KID_OF_COSE)
        return ({"kid": named.decode("utf-8", "replace")} if isinstance(named, bytes) else {}), {}
    token = envelope.content if isinstance(envelope.content, str) else envelope.content.decode("ascii", "replace")
    return read_compact(token.partition("~")[0])


def _texts(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _false(code: str, sentence: str, path: str) -> Refused:
    return Refused([Detail(PROOF_VERIFICATION_ERROR, code, sentence, path)])
