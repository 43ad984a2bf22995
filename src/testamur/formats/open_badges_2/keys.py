"""Keys of issuers that sign: CryptographicKey documents with a PEM text (OB 2.0, "CryptographicKey")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from testamur.errors import KeyMaterialError
from testamur.formats.key_material import public_key_from
from testamur.formats.open_badges_2.documents import many
from testamur.proofs.keys import PublicKey

_MAX_PEM: Final = 16_384


def key_addresses(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses (ids) of the keys that an issuer's profile lists under `publicKey`."""
    listed = []
    for entry in many(profile.get("publicKey")):
        identifier = entry.get("id", entry.get("@id")) if isinstance(entry, Mapping) else entry
        if isinstance(identifier, str):
            listed.append(identifier)
    return tuple(listed)


def public_key(document: Mapping[str, Any]) -> PublicKey:
    """The key in a CryptographicKey document. Raises `KeyMaterialError` (`key_material.pem`, `key_material.unsupported`, …)."""
    pem = document.get("publicKeyPem")
    if not isinstance(pem, str) or len(pem) > _MAX_PEM:
        raise KeyMaterialError("This key document has no readable key text.", code="key_material.pem")
    try:
        handle = load_pem_public_key(pem.strip().encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        raise KeyMaterialError("The key text of this document is no PEM public key.", code="key_material.pem") from None
    return public_key_from(handle)
