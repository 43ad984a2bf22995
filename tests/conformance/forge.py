"""Proofs as somebody else may have made them: true signatures over whatever they please, with none of our rules.

A negative case is worth something only when nothing but the rule stands against it. So the signature is always the right one over the
members as they are; what is wrong with them is all that is wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from testamur.linked_data import canonicalize_quads, to_rdf
from testamur.proofs.data_integrity import SUITES
from testamur.proofs.data_integrity.suites import HashedInput, hash_input
from testamur.proofs.did import did_key_for
from testamur.proofs.encodings import multibase_encode
from testamur.proofs.keys import PrivateKey

V1, V2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"

KEYS = {
    "Ed25519": PrivateKey("Ed25519", bytes(range(32))),
    "P-256": PrivateKey("P-256", bytes(range(1, 33))),
    "P-384": PrivateKey("P-384", bytes(range(1, 49))),
}
# cryptosuite and algorithm of every suite whose proof covers the whole document
WHOLE = [
    ("eddsa-rdfc-2022", "Ed25519"),
    ("eddsa-jcs-2022", "Ed25519"),
    ("ecdsa-rdfc-2019", "P-256"),
    ("ecdsa-rdfc-2019", "P-384"),
    ("ecdsa-jcs-2019", "P-256"),
    ("ecdsa-jcs-2019", "P-384"),
]


def credential(version: str = "2.0", **members: Any) -> dict[str, Any]:
    """A small credential that conforms."""
    document: dict[str, Any] = {
        "@context": [V2] if version == "2.0" else [V1, DATA_INTEGRITY],
        "id": "urn:uuid:5ef2a1c0-0001-4000-8000-000000000001",
        "type": ["VerifiableCredential"],
        "issuer": "https://vc.example/issuers/5678",
        "credentialSubject": {"id": "did:example:mina", "https://schema.org/name": "Mina"},
    }
    document |= {"validFrom": "2023-01-01T00:00:00Z"} if version == "2.0" else {"issuanceDate": "2023-01-01T00:00:00Z"}
    return document | members


def method_of(algorithm: str) -> str:
    return did_key_for(KEYS[algorithm].public)[1]


def did_of(algorithm: str) -> str:
    return did_key_for(KEYS[algorithm].public)[0]


def options(made_by: str, algorithm: str, **members: Any) -> dict[str, Any]:
    """The members of a good proof before its signature; a member given as None is left out."""
    proof: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": made_by,
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": method_of(algorithm),
        "proofPurpose": "assertionMethod",
    }
    return {name: value for name, value in (proof | members).items() if value is not None}


def signed(
    document: Mapping[str, Any],
    made_by: str,
    algorithm: str,
    *,
    previous: list[dict[str, Any]] | None = None,
    safe: bool = True,
    canonical_as: str | None = None,
    **members: Any,
) -> dict[str, Any]:
    """The proof over `document` by the suite `made_by`, with these members. `canonical_as`: in truth by the rules of another suite."""
    proof = options(made_by, algorithm, **members)
    suite = SUITES[canonical_as or made_by]
    covered = {name: value for name, value in document.items() if name != "proof"}
    if previous:
        covered["proof"] = previous
    if SUITES[made_by].canonical_json:
        proof["@context"] = document["@context"]
    if safe:
        hashed = hash_input(suite, covered, proof, algorithm)
    else:
        hashed = _unsafe(suite.hashes[algorithm], covered, {**proof, "@context": document["@context"]})
    return {**proof, "proofValue": multibase_encode(KEYS[algorithm].sign(hashed.to_sign))}


def secured(document: Mapping[str, Any], made_by: str, algorithm: str, **members: Any) -> dict[str, Any]:
    return {**document, "proof": signed(document, made_by, algorithm, **members)}


def _unsafe(hash_name: Any, document: dict[str, Any], proof: dict[str, Any]) -> HashedInput:
    """As a library without safe mode signs: what has no meaning is left out."""

    def canonical(value: dict[str, Any]) -> bytes:
        return canonicalize_quads(to_rdf(value, safe=False), hash_name=hash_name).nquads

    of_document, of_proof = canonical(document), canonical(proof)
    return HashedInput(
        of_document,
        of_proof,
        hashlib.new(hash_name, of_document).digest(),
        hashlib.new(hash_name, of_proof).digest(),
        hash_name,
    )
