"""Looking up a verification method by its name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from testamur import strict_json
from testamur.errors import KeyMaterialError, Malformed, NotFound, ResolutionError
from testamur.ports import Resolver
from testamur.proofs.did.documents import find_method, read_document, require_id
from testamur.proofs.did.identifiers import did_web_url, split_identifier
from testamur.proofs.did.method import SIGNING_PURPOSES, VerificationMethod
from testamur.proofs.did.webvh import resolve_document
from testamur.proofs.encodings import base64url_decode
from testamur.proofs.keys import PublicKey

DID_MEDIA_TYPES = ("application/did", "application/did+json", "application/did+ld+json", "application/json")
PROFILE_MEDIA_TYPES = ("application/json", "application/ld+json", "application/jwk+json")
_KEY_MEMBERS = frozenset({"publicKeyMultibase", "publicKeyJwk", "publicKeyBase58"})


def resolve_verification_method(identifier: str, resolver: Resolver) -> VerificationMethod:
    """The key that `identifier` (a DID URL or an https address, as in `verificationMethod` or `kid`) names, and who vouches for it.

    1. `did:key` and `did:jwk` are decoded; nothing is fetched. A name without a fragment is accepted, as old badges have it.
    2. `did:web`: the DID document is fetched; its `id` must be the DID and it must list the method.
    3. `did:webvh`: the log is fetched and verified from its first version, with its witnesses; the last document must list the method.
    4. https: the address without fragment is fetched. It is either the profile of an issuer, whose `id` is that address and which
       lists the method; or a single method, whose controller's document must list it in turn; or a bare JWK or JWK set, which
       vouches for nobody: the controller is then the address itself.

    Raises `Malformed` (`did.syntax`, `did.scheme_unsupported`, `did.not_https`, `did.fragment_mismatch`, `did.fragment_missing`,
    `did.web_…`), `KeyMaterialError`, `ResolutionError` (`did.method_unsupported`, `did.unbound_fragment_key` with the fact
    `public_key`, those of `documents.find_method` and `webvh.resolve_document`) or what the resolver raises (`NotAllowed`, `NotFound`,
    `Unreachable`).
    """
    base, fragment = split_identifier(identifier)
    if base.startswith("did:key:"):
        return _did_key(base, fragment)
    if base.startswith("did:jwk:"):
        return _did_jwk(base, fragment)
    if base.startswith("did:web:"):
        return _did_web(base, fragment, identifier, resolver)
    if base.startswith("did:webvh:"):
        return _did_webvh(base, fragment, identifier, resolver)
    if base.startswith("did:"):
        method = base.split(":")[1]
        raise ResolutionError(
            f"Identifiers of the method did:{method[:20]} are not looked up here.",
            code="did.method_unsupported",
            facts={"did_method": method[:20]},
        )
    return _https(base, fragment, identifier, resolver)


def resolve_did(did: str, resolver: Resolver) -> Mapping[str, Any]:
    """The document of a `did:web` or `did:webvh`, whose `id` was checked. Raises as `resolve_verification_method` does."""
    base, fragment = split_identifier(did)
    if fragment is not None or not base.startswith(("did:web:", "did:webvh:")):
        raise Malformed("No document is looked up for this identifier.", code="did.syntax")
    if base.startswith("did:webvh:"):
        return resolve_document(base, resolver)
    document = read_document(resolver.fetch(did_web_url(base), accept=DID_MEDIA_TYPES))
    require_id(document, base)
    return document


def key_in_fragment(identifier: str) -> PublicKey | None:
    """The key that stands in the fragment itself (`…#z6Mk…`), if one does. It says nothing about who put it there."""
    try:
        return PublicKey.from_multikey(identifier.partition("#")[2])
    except KeyMaterialError:
        return None


@lru_cache(maxsize=512)  # the key is the name: nothing else decides
def _did_key(did: str, fragment: str | None) -> VerificationMethod:
    multikey = did.removeprefix("did:key:")
    if fragment not in (None, multikey):
        raise _fragment_mismatch()
    key = PublicKey.from_multikey(multikey)
    return VerificationMethod(f"{did}#{multikey}", did, key, SIGNING_PURPOSES, "did:key")


def _did_jwk(did: str, fragment: str | None) -> VerificationMethod:
    if fragment not in (None, "0"):
        raise _fragment_mismatch()
    text = base64url_decode(did.removeprefix("did:jwk:"))
    jwk = strict_json.loads(text, max_depth=8)
    return VerificationMethod(f"{did}#0", did, PublicKey.from_jwk(jwk), SIGNING_PURPOSES, "did:jwk")


def _did_web(did: str, fragment: str | None, identifier: str, resolver: Resolver) -> VerificationMethod:
    if fragment is None:
        raise Malformed("This identifier names an issuer, not one of its keys.", code="did.fragment_missing")
    document = read_document(resolver.fetch(did_web_url(did), accept=DID_MEDIA_TYPES))
    require_id(document, did)
    return find_method(document, did, identifier, "did:web")


def _did_webvh(did: str, fragment: str | None, identifier: str, resolver: Resolver) -> VerificationMethod:
    if fragment is None:
        raise Malformed("This identifier names an issuer, not one of its keys.", code="did.fragment_missing")
    return find_method(resolve_document(did, resolver), did, identifier, "did:webvh")


def _https(address: str, fragment: str | None, identifier: str, resolver: Resolver) -> VerificationMethod:
    in_fragment = key_in_fragment(identifier)
    try:
        document = read_document(resolver.fetch(address, accept=PROFILE_MEDIA_TYPES))
        if (jwk := _bare_jwk(document, identifier, fragment)) is not None:
            return VerificationMethod(identifier, address, PublicKey.from_jwk(jwk), frozenset(), "https")
        if fragment is None or (document.keys() & _KEY_MEMBERS and document.get("id") == identifier):
            return _single_method(document, identifier, resolver)
        require_id(document, address)
        return find_method(document, address, identifier, "https")
    except NotFound as error:
        if in_fragment is None:
            raise
        raise ResolutionError(
            "The key stands only in the address itself; the issuer's document does not list it. Anybody could have written it there.",
            code="did.unbound_fragment_key",
            facts={"method": identifier, "public_key": in_fragment.multikey, "reason": error.code},
        ) from None


def _single_method(document: Mapping[str, Any], identifier: str, resolver: Resolver) -> VerificationMethod:
    """A document that is itself the method. It names its controller; the controller's document must name it back."""
    require_id(document, identifier)
    controller = document.get("controller")
    if not isinstance(controller, str) or "#" in controller:
        raise ResolutionError(
            "This key does not say who controls it.", code="did.method_malformed", facts={"method": identifier}
        )
    base, _ = split_identifier(controller)
    if base.startswith("did:") and not base.startswith("did:web:"):
        raise ResolutionError(
            "The controller of this key cannot confirm it.",
            code="did.controller_mismatch",
            facts={"method": identifier},
        )
    is_web = base.startswith("did:web:")
    address = did_web_url(base) if is_web else base
    profile = read_document(resolver.fetch(address, accept=DID_MEDIA_TYPES if is_web else PROFILE_MEDIA_TYPES))
    require_id(profile, controller)
    if not _names(profile, identifier):
        raise NotFound(
            "The issuer's document does not list this key.", code="did.method_not_listed", facts={"method": identifier}
        )
    # The controller may list the method by its name alone; the key is then the one that stands here. Where it embeds the method, the
    # two keys are compared.
    listed = {**profile, "verificationMethod": [*_as_list(profile.get("verificationMethod", [])), dict(document)]}
    return find_method(listed, controller, identifier, "did:web" if is_web else "https")


def _names(profile: Mapping[str, Any], identifier: str) -> bool:
    entries = [*_as_list(profile.get("verificationMethod", [])), *_as_list(profile.get("assertionMethod", []))]
    return any((entry.get("id") if isinstance(entry, dict) else entry) == identifier for entry in entries)


def _bare_jwk(document: Mapping[str, Any], identifier: str, fragment: str | None) -> Mapping[str, Any] | None:
    """The JWK when the document is one, or the one that a JWK set (RFC 7517 §5) holds under this name."""
    if "kty" in document:
        return document
    if "keys" not in document or "id" in document:
        return None
    names = [identifier] if fragment is None else [identifier, fragment]
    keys = [key for key in _as_list(document["keys"]) if isinstance(key, dict) and key.get("kid") in names]
    if len(keys) != 1:
        raise NotFound(
            "This set of keys does not hold the key once.", code="did.method_not_listed", facts={"method": identifier}
        )
    found: Mapping[str, Any] = keys[0]
    return found


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _fragment_mismatch() -> Malformed:
    return Malformed("The fragment of this identifier names another key.", code="did.fragment_mismatch")
