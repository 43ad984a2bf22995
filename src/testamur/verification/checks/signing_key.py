"""Whose key is it? The key that a proof names, and who says that it is theirs.

A key becomes the issuer's key only by what the issuer publishes: a DID document, a profile at an https address, or an identifier that *is*
the key (`did:key`, `did:jwk`). Two habits of the field look alike and prove nothing:

- `https://issuer.example/1#z6Mk…`: the key is spelled out in the fragment. Anybody can write that fragment under any address.
- a JWS header with `jwk`: the key travels with the token that it is to prove.

Such a key can still tell whether the bytes are as they were signed, so it is used for that, and the binding says plainly that
nobody vouches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from testamur.errors import NotAllowed, NotFound, ResolutionError, TestamurError, Unreachable
from testamur.ports import Resolver, Resource
from testamur.proofs.did import key_in_fragment, resolve_verification_method
from testamur.proofs.keys import PublicKey
from testamur.verification.case import Case
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.outside import OneVerification
from testamur.verification.report import Check

_KNOWN_METHODS = ("did:key:", "did:web:", "did:webvh:", "did:jwk:")
_ARE_KEYS = ("did:key:", "did:jwk:")
_USUAL_LENGTH = 1_500  # characters, enough for an RSA key of 4096 bits: what is remembered of strangers stays small
_SELF_DESCRIBING = ("did:key", "did:jwk")

# What a resolution says when the controller was asked, answered, and does not stand by the key.
_DISOWNED = ("did.method_not_listed", "did.method_ambiguous", "did.method_malformed", "did.controller_mismatch")
_NO_USABLE_ANSWER = ("did.document_id_mismatch", "did.document_unreadable", "did.too_many_methods")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key and who vouches for it.

    `vouched_by` is "did:web", "did:webvh", "did:key", "did:jwk" or "https" where the controller itself lists the key; "fragment" or
    "header" where only the document does; "disowned" where the controller was asked and does not list it. `until` is the earliest moment at
    which the controller says that the key goes out of use. `silence` is the code of the error because of which the controller of a
    key in a fragment could not be asked.
    """

    key: PublicKey
    identifier: str
    controller: str | None
    purposes: frozenset[str]
    vouched_by: str
    until: datetime | None = None
    silence: str | None = None


def signing_key(identifier: str, resolver: Resolver) -> SigningKey | Check:
    """The key that `identifier` (a verification method) names, or the finding why there is none."""
    if identifier.startswith(_ARE_KEYS):
        return _spelled_out(identifier) if len(identifier) <= _USUAL_LENGTH else _looked_up(identifier, _Nobody())
    if not isinstance(resolver, OneVerification):
        return _looked_up(identifier, resolver)
    known: SigningKey | Check | None = resolver.worked_out.get(("key", identifier))
    if known is None:
        known = resolver.worked_out["key", identifier] = _looked_up(identifier, resolver)
    return known


@lru_cache(maxsize=512)
def _spelled_out(identifier: str) -> SigningKey | Check:
    """As `signing_key`, for a name that is the key itself: nobody is asked, so the answer is always the same."""
    return _looked_up(identifier, _Nobody())


class _Nobody:
    """A resolver that has no answer."""

    def fetch(self, url: str, *, accept: Sequence[str] = ()) -> Resource:  # noqa: ARG002 - as `ports.Resolver` has it
        raise NotAllowed("nobody is asked about a key that is spelled out", code="resolution.not_allowed")


def _looked_up(identifier: str, resolver: Resolver) -> SigningKey | Check:
    if identifier.startswith("did:") and not identifier.startswith(_KNOWN_METHODS):
        return found("proof.method_unknown", method=identifier)
    try:
        method = resolve_verification_method(identifier, resolver)
    except ResolutionError as error:
        spelled_out = key_in_fragment(identifier)
        if spelled_out is not None and identifier.startswith(("https://", "http://", "did:web:")):
            # An answer that does not list the key speaks against it; no answer speaks neither for nor against.
            disowned = error.code in _DISOWNED or error.facts.get("reason") in _DISOWNED
            if disowned:
                return SigningKey(spelled_out, identifier, None, frozenset(), "disowned")
            silent = isinstance(error, (NotAllowed, Unreachable))
            return SigningKey(
                spelled_out, identifier, None, frozenset(), "fragment", silence=error.code if silent else None
            )
        return _not_obtained(identifier, error)
    except TestamurError:
        spelled_out = key_in_fragment(identifier)
        if spelled_out is not None and identifier.startswith("urn:"):  # a name that nobody can be asked about
            return SigningKey(spelled_out, identifier, None, frozenset(), "fragment")
        return found("proof.method_unusable", method=identifier)
    until = min((date for date in (method.expires, method.revoked) if date is not None), default=None)
    return SigningKey(method.key, method.id, method.controller, method.purposes, method.bound_by, until)


def binding(case: Case, signer: SigningKey, purpose: str, created: datetime | None) -> Check:
    """Whether `signer` is the issuer that the document of `case` names, for `purpose` (a verification relationship).

    `created` is when the proof says that it was made; without it, now counts.
    """
    issuer = case.issuer
    if issuer is None:
        return found("issuer.absent")
    if signer.vouched_by == "header":
        return found("issuer.unbound_header_key", issuer=issuer)
    if signer.silence is not None:
        return found("issuer.not_asked", issuer=issuer, reason=signer.silence)
    if signer.vouched_by == "fragment":
        return found("issuer.unbound_fragment", issuer=issuer, method=signer.identifier)
    if signer.vouched_by == "disowned":
        return found("issuer.key_not_listed", issuer=issuer, method=signer.identifier)
    if signer.controller != issuer:
        if signer.vouched_by == "https" and not signer.purposes:
            # A bare JWK at an address (OB 3.0 §8.5 allows it) names no controller at all.
            return found("issuer.unbound_address", issuer=issuer, method=signer.identifier)
        return found("issuer.other_controller", issuer=issuer, controller=signer.controller or "—")
    if purpose not in signer.purposes:
        return found("issuer.purpose_missing", issuer=issuer, method=signer.identifier)
    if signer.until is not None and signer.until < (created or case.now):
        return found("issuer.key_out_of_use", issuer=issuer, method=signer.identifier, until=iso(signer.until))
    if signer.vouched_by in _SELF_DESCRIBING:
        return found("issuer.bound_to_key", issuer=issuer)
    return found("issuer.bound", issuer=issuer, bound_by=signer.vouched_by)


def _not_obtained(identifier: str, error: ResolutionError) -> Check:
    if error.code in _NO_USABLE_ANSWER:
        return found("proof.key_unreachable", method=identifier)
    match error:
        case NotAllowed():
            return found("proof.key_not_allowed", method=identifier)
        case NotFound():
            return found("proof.key_not_found", method=identifier)
        case Unreachable() if "bundle" in error.code or "offline" in error.code:
            return found("proof.key_offline", method=identifier)
        case Unreachable():
            return found("proof.key_unreachable", method=identifier)
        case _:
            return found("proof.method_unusable", method=identifier)
