"""Checking a secured credential or presentation with a given key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from testamur import strict_json
from testamur.errors import Malformed, TooLarge
from testamur.proofs.cose import check_cose, read_cose
from testamur.proofs.cose.sign1 import CONTENT_TYPE, TYP
from testamur.proofs.jose.compact import open_jws, read_compact, signed_jws
from testamur.proofs.jose.times import check_times
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import PROOF_VERIFICATION_ERROR, Decided, Opened, ProofOutcome, ProofResult, failed
from testamur.proofs.sd_jwt import KeyBinding, check_sd_jwt, read_sd_jwt
from testamur.proofs.vc_jose_cose.forms import FORMS
from testamur.proofs.vc_jose_cose.kinds import KINDS, Form, Kind, bare
from testamur.proofs.vc_jose_cose.peek import form_of
from testamur.proofs.vc_jose_cose.rules import FORBIDDEN_CLAIMS, check_claims, check_document, check_key_named

_TOKEN: Final = KINDS["vc+jwt"]


def check_secured(
    data: str | bytes,
    media_type: str,
    key: PublicKey,
    *,
    key_binding: KeyBinding | None = None,
    now: datetime | None = None,
) -> Opened:
    """Did the holder of `key` secure this, as what `media_type` (a name of `KINDS`) says it is? Nothing is looked up.

    `data` is a compact token (text or ASCII bytes) or a COSE message (bytes). With `now` (aware) the claims `nbf` and `exp` must admit it;
    they speak of the signature, not of the credential, whose own dates are for the caller. The credentials inside a presentation are not
    verified by this, only that they are envelopes; `envelopes.credentials_in` takes them out.

    1. The signature and, of an SD-JWT, disclosures and key binding: the codes of `check_jws`, `check_sd_jwt`, `check_cose`.
    2. The types of the header: `envelope.media_type_invalid` (facts: `member`, `expected`, `found`). Absent ones are admitted.
    3. The document: the codes of `rules.check_document`, and `cose.payload_invalid` for a payload that is no JSON object.
    4. The claims: the codes of `rules.check_claims` and `check_times`.

    The document of the result is what was signed and disclosed, for a credential in the older form (`jwt`) the claim `vc` or `vp`.
    """
    kind = KINDS[media_type]
    try:
        return _open_token(data, key, now) if kind is _TOKEN else _open(data, kind, key, key_binding, now)
    except Decided as decided:
        return Opened(decided.result)
    except (Malformed, TooLarge) as error:
        return Opened(ProofResult(ProofOutcome.FAILED, error.code, error.facts, problem=PROOF_VERIFICATION_ERROR))


def declared_media_type(data: str | bytes, form: Form | None = None) -> str | None:
    """The media type that the header itself declares by `typ`, as in `KINDS` or another; None without one. Unverified: for sorting only.

    `data` as for `check_secured`; without `form` its first characters tell the form. Raises `Malformed` or `TooLarge` for what is no
    envelope.
    """
    form = form or form_of(data)
    match form:
        case Form.COSE:
            return bare(read_cose(data if isinstance(data, bytes) else b"").protected.get(TYP))
        case Form.SD_JWT:
            return bare(read_compact(read_sd_jwt(data).tokens[0])[0].get("typ"))
        case Form.JWT:
            return bare(read_compact(data)[0].get("typ"))


def _open(data: str | bytes, kind: Kind, key: PublicKey, binding: KeyBinding | None, now: datetime | None) -> Opened:
    form = kind.form
    if form is Form.COSE:
        return _open_cose(data, kind, key)
    if form is Form.JWT:
        result, claims = open_jws(data, key)
    else:
        opened = check_sd_jwt(data, key, key_binding=binding)
        result, claims = opened.result, opened.document
    if claims is None:
        return Opened(result)
    header = result.technical["header"]
    if kind.presentation is None:
        return _open_older(result, header, claims, now)
    _check_types(header.get("typ"), header.get("cty"), kind)
    check_document(claims, presentation=kind.presentation)
    check_claims(claims, header, presentation=kind.presentation)
    if now is not None:
        check_times(claims, now)
    return Opened(result, claims)


def _open_token(data: str | bytes, key: PublicKey, now: datetime | None) -> Opened:
    """A credential as `vc+jwt`: what the rules ask of a payload is known of one whose form is known."""
    signed = signed_jws(data, key, FORMS.recognise)
    if isinstance(signed, ProofResult):
        return Opened(signed)
    header, content = signed.header, signed.content
    if header.get("typ") != _TOKEN.media_type or header.get("cty") != "vc":
        _check_types(header.get("typ"), header.get("cty"), _TOKEN)
    if not isinstance(content, dict):
        form, figures = content
        if form.needs_key:
            check_key_named(header)
        if now is not None and figures:
            check_times(form.dated(figures), now)
        return Opened(signed.result, None, signed.payload)
    check_document(content, presentation=False)
    check_claims(content, header, presentation=False)
    if now is not None:
        check_times(content, now)
    FORMS.learn(signed.payload, content)
    return Opened(signed.result, content)


def _open_cose(data: str | bytes, kind: Kind, key: PublicKey) -> Opened:
    if not isinstance(data, bytes):
        raise failed("cose.syntax")
    result = check_cose(data, key)
    if result.outcome is not ProofOutcome.PASSED:
        return Opened(result)
    message = read_cose(data)
    _check_types(message.protected.get(TYP), message.protected.get(CONTENT_TYPE), kind)
    try:
        document = strict_json.loads(message.payload)
    except (Malformed, TooLarge) as error:
        raise failed("cose.payload_invalid", reason=error.code) from None
    if not isinstance(document, dict):
        raise failed("cose.payload_invalid", reason="input.not_an_object")
    check_document(document, presentation=bool(kind.presentation))
    return Opened(result, document)


def _open_older(result: ProofResult, header: Mapping[str, Any], claims: dict[str, Any], now: datetime | None) -> Opened:
    """The form of VC Data Model 1.1: the document in a claim of its own, or already as the payload itself."""
    found = bare(header.get("typ", "jwt"))
    if found not in ("jwt", "vc+jwt", "vp+jwt", "vc-ld+jwt", "vp-ld+jwt"):
        raise failed("envelope.media_type_invalid", member="typ", expected="JWT", found=str(header.get("typ"))[:80])
    if now is not None:
        check_times(claims, now)
    inside = [claim for claim in FORBIDDEN_CLAIMS if claim in claims]
    if not inside:
        return Opened(result, claims)
    document = claims[inside[0]]
    if len(inside) != 1 or not isinstance(document, dict):
        raise failed("envelope.claim_forbidden", claim=inside[-1])
    maker = document.get("holder" if inside == ["vp"] else "issuer")
    maker = maker.get("id") if isinstance(maker, dict) else maker
    for claim, member, value in (("iss", "issuer", maker), ("jti", "id", document.get("id"))):
        if claim in claims and value is not None and claims[claim] != value:
            raise failed("envelope.claim_mismatch", claim=claim, member=member)
    return Opened(result, document)


def _check_types(typ: object, content: object, kind: Kind) -> None:
    for member, found, expected in (("typ", typ, kind.media_type), ("cty", content, kind.content_type)):
        if found != expected and found is not None and bare(found) != expected:
            raise failed("envelope.media_type_invalid", member=member, expected=expected, found=str(found)[:80])
