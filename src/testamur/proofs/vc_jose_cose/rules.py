"""What the document inside must be, whatever envelope it came in (VC-JOSE-COSE 1.0 §3 and §4; VC Data Model 2.0 §4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.errors import Malformed
from testamur.linked_data import CREDENTIALS_V2
from testamur.proofs.result import failed
from testamur.proofs.urls import is_url, names_key
from testamur.proofs.vc_jose_cose.envelopes import credentials_in

FORBIDDEN_CLAIMS = ("vc", "vp")
_REPEATED = frozenset({"iss", "jti", "sub"})


def check_document(document: Mapping[str, Any], *, presentation: bool) -> None:
    """The form of a credential or presentation. Raises `Decided` (failed):

    `envelope.claim_forbidden` (facts: `claim`), `envelope.context_invalid`, `envelope.type_invalid`, `envelope.issuer_invalid`,
    `envelope.subject_missing`, `envelope.holder_invalid`, and for a presentation the codes of `envelopes.credentials_in`.
    """
    check_names(document, presentation=presentation)
    check_content(document, presentation=presentation)


def check_names(document: Mapping[str, Any], *, presentation: bool) -> None:
    """The first half of `check_document`: what the names of the members, the contexts and the types decide. Raises as that."""
    if "vc" in document or "vp" in document:
        raise failed("envelope.claim_forbidden", claim="vc" if "vc" in document else "vp")
    contexts = document.get("@context")
    first = contexts[0] if isinstance(contexts, list) and contexts else contexts
    if first != CREDENTIALS_V2:
        raise failed("envelope.context_invalid", expected=CREDENTIALS_V2)
    types = document.get("type")
    expected = "VerifiablePresentation" if presentation else "VerifiableCredential"
    if expected not in (types if isinstance(types, list) else [types]):
        raise failed("envelope.type_invalid", expected=expected)


def check_content(document: Mapping[str, Any], *, presentation: bool) -> None:
    """The second half of `check_document`: who made it, and of whom it speaks or what it holds. Raises as that."""
    if presentation:
        if "holder" in document and not is_url(_id_of(document["holder"])):
            raise failed("envelope.holder_invalid")
        try:
            credentials_in(document)
        except Malformed as error:
            raise failed(error.code, **error.facts) from None
        return
    if not is_url(_id_of(document.get("issuer"))):
        raise failed("envelope.issuer_invalid")
    subject = document.get("credentialSubject")
    if not isinstance(subject, (dict, list)) or not subject:
        raise failed("envelope.subject_missing")


def check_claims(claims: Mapping[str, Any], header: Mapping[str, Any], *, presentation: bool) -> None:
    """The registered claims, where they stand, repeat what the document says (§3.1.3). Raises `Decided` (failed):

    `envelope.claim_mismatch` (facts: `claim`, `member`) for `iss` against the issuer or holder, `jti` against `id`, `sub`
    against the subject's id; `envelope.key_unnamed` where neither `iss` nor an absolute `kid` says whose key it is (§4.1).
    """
    maker = "holder" if presentation else "issuer"
    made_by = _id_of(claims.get(maker))
    if not _REPEATED.isdisjoint(claims):
        subject = claims.get("credentialSubject")
        for claim, member, value in (
            ("iss", maker, made_by),
            ("jti", "id", claims.get("id")),
            ("sub", "credentialSubject.id", subject.get("id") if isinstance(subject, dict) else None),
        ):
            # A claim without a counterpart may stand (the document need not have an id); one that says something else may not.
            if claim in claims and value is not None and claims[claim] != value:
                raise failed("envelope.claim_mismatch", claim=claim, member=member)
    if made_by is not None and "iss" not in claims:
        check_key_named(header)


def check_key_named(header: Mapping[str, Any]) -> None:
    """Whether `kid` says whose key it is, where `iss` does not (§4.1). Raises `Decided` (failed): `envelope.key_unnamed`."""
    kid = header.get("kid")
    if type(kid) is not str or not names_key(kid):
        raise failed("envelope.key_unnamed")


def _id_of(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value
