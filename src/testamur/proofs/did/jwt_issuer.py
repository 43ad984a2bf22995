"""The keys of an issuer of SD-JWT VC: its metadata over https (draft-ietf-oauth-sd-jwt-vc §5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from testamur.errors import Malformed, NotFound, ResolutionError
from testamur.ports import Resolver
from testamur.proofs.did.documents import MAX_METHODS, read_document
from testamur.proofs.did.identifiers import split_identifier
from testamur.proofs.did.method import VerificationMethod
from testamur.proofs.keys import PublicKey

WELL_KNOWN = "/.well-known/jwt-vc-issuer"


def jwt_issuer_url(issuer: str) -> str:
    """Where the metadata of `issuer` (an https address) stands: the well-known path comes between host and path.

    Raises `Malformed` (`did.not_https`, `did.syntax`) for another identifier, or an address with a query or a fragment.
    """
    base, fragment = split_identifier(issuer)
    if not base.startswith(("https://", "http://")):
        raise Malformed("The metadata of an issuer stand at an https address.", code="did.not_https")
    parts = urlsplit(base)
    if fragment is not None or parts.query:
        raise Malformed("An issuer is named by an address without query and fragment.", code="did.syntax")
    return f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}{parts.path.rstrip('/')}"


def resolve_jwt_issuer_key(issuer: str, kid: str | None, resolver: Resolver) -> VerificationMethod:
    """The key `kid` in the metadata of `issuer` (the claim `iss`); without `kid` the only key that they list.

    Raises `Malformed` (as `jwt_issuer_url`), `ResolutionError` (`did.document_id_mismatch` where the metadata are another issuer's,
    `did.method_malformed` where they hold not exactly one of `jwks` and `jwks_uri`, `did.too_many_methods`), `NotFound`
    (`did.method_not_listed`), `KeyMaterialError`, and what the resolver raises.
    """
    metadata = read_document(resolver.fetch(jwt_issuer_url(issuer)))
    if metadata.get("issuer") != issuer:
        raise ResolutionError(
            "The document found there belongs to another identifier.",
            code="did.document_id_mismatch",
            facts={"expected": issuer},
        )
    entries = _keys(metadata, issuer, resolver)
    named = [entry for entry in entries if kid is None or entry.get("kid") == kid]
    if len(named) != 1:
        raise NotFound(
            "The issuer's document does not list this key once.",
            code="did.method_not_listed",
            facts={"method": str(kid)[:200]},
        )
    key = PublicKey.from_jwk(named[0])
    return VerificationMethod(f"{issuer}#{kid or key.thumbprint}", issuer, key, frozenset({"assertionMethod"}), "https")


def _keys(metadata: Mapping[str, Any], issuer: str, resolver: Resolver) -> list[Mapping[str, Any]]:
    address = metadata.get("jwks_uri")
    if ("jwks" in metadata) == (address is not None):
        raise _malformed(issuer)
    if address is None:
        listed = metadata["jwks"]
    else:
        if not isinstance(address, str) or not address.startswith(("https://", "http://")):
            raise _malformed(issuer)
        split_identifier(address)  # http is for loopback alone
        listed = read_document(resolver.fetch(address))
    keys = listed.get("keys") if isinstance(listed, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise _malformed(issuer)
    if len(keys) > MAX_METHODS:
        raise ResolutionError(
            "This document lists too many keys.", code="did.too_many_methods", facts={"method": issuer}
        )
    return keys


def _malformed(issuer: str) -> ResolutionError:
    return ResolutionError(
        "The issuer's document does not list its keys as it must.",
        code="did.method_malformed",
        facts={"method": issuer},
    )
