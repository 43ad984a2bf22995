"""Writing down one's own keys: `did:key`, and the document of a `did:web`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from testamur.errors import Malformed
from testamur.proofs.did.identifiers import split_identifier
from testamur.proofs.keys import PublicKey
from testamur.proofs.keys.algorithms import BLS12_381_G2

CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)
_NAME = re.compile(r"[A-Za-z0-9._~-]{1,128}", re.ASCII)


def did_key_for(key: PublicKey) -> tuple[str, str]:
    """The `did:key` of a key and the id of its verification method. Raises `KeyMaterialError` for RSA, which has no Multikey."""
    did = f"did:key:{key.multikey}"
    return did, f"{did}#{key.multikey}"


def did_document(did: str, methods: Iterable[tuple[str, PublicKey]]) -> dict[str, Any]:
    """A DID document that lists `methods`, pairs of a fragment (without `#`) and a key.

    Written so that the strictest readers accept it: absolute ids, `controller` everywhere, `assertionMethod` as a list of texts. Each
    curve key stands twice, as Multikey under its fragment (for Data Integrity) and as JsonWebKey under `fragment-jwk` (for JOSE), since
    one entry must not hold two forms of a key and no reader reads both. RSA keys stand as JsonWebKey alone, BBS keys as Multikey alone.

    Raises `Malformed` (`did.syntax`, `did.fragment_mismatch` for an impossible fragment or one given twice).
    """
    base, fragment = split_identifier(did)
    if fragment is not None or not base.startswith("did:"):
        raise Malformed("A DID document is about a DID.", code="did.syntax")
    entries: list[dict[str, Any]] = []
    for name, key in methods:
        if not _NAME.fullmatch(name):
            raise Malformed("This fragment cannot name a key.", code="did.fragment_mismatch", facts={"fragment": name})
        if key.algorithm == "RSA":  # has no Multikey
            entries.append(_jwk_entry(did, name, key))
            continue
        multikey = {"id": f"{did}#{name}", "type": "Multikey", "controller": did, "publicKeyMultibase": key.multikey}
        entries.append(multikey)
        if key.algorithm != BLS12_381_G2:  # has no JWK
            entries.append(_jwk_entry(did, f"{name}-jwk", key))
    ids = [entry["id"] for entry in entries]
    if len(set(ids)) != len(ids):
        raise Malformed("Two keys bear the same fragment.", code="did.fragment_mismatch")
    return {"@context": list(CONTEXTS), "id": did, "verificationMethod": entries, "assertionMethod": ids}


def _jwk_entry(did: str, name: str, key: PublicKey) -> dict[str, Any]:
    jwk = {**key.jwk, "kid": key.thumbprint}
    return {"id": f"{did}#{name}", "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}
