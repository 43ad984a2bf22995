"""A small context, keys and dates: what the tests of this folder sign with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from testamur.linked_data import Contexts
from testamur.proofs.data_integrity import (
    ProofOutcome,
    ProofResult,
    add_proof,
    check_proof,
    proofs_of,
)
from testamur.proofs.did import did_key_for
from testamur.proofs.keys import PrivateKey, PublicKey

KEY = PrivateKey("Ed25519", bytes(range(32)))
P256 = PrivateKey("P-256", bytes(range(1, 33)))
P384 = PrivateKey("P-384", bytes(range(1, 49)))
CREATED = datetime(2026, 2, 24, 12, tzinfo=UTC)
FIRST_ID, SECOND_ID = "urn:uuid:5ef2a1c0-0001-4000-8000-000000000001", "urn:uuid:5ef2a1c0-0002-4000-8000-000000000002"
MADE = [
    ("eddsa-rdfc-2022", KEY),
    ("eddsa-jcs-2022", KEY),
    ("ecdsa-rdfc-2019", P256),
    ("ecdsa-rdfc-2019", P384),
    ("ecdsa-jcs-2019", P256),
    ("ecdsa-jcs-2019", P384),
]

# A context of our own, small enough to see what it defines.
SMALL = "https://example.edu/small"
SECURITY = "https://w3id.org/security#"
CONTEXTS = Contexts.with_documents(
    {
        SMALL: {
            "@context": {
                "id": "@id",
                "type": "@type",
                "name": "https://schema.org/name",
                "proof": {"@id": SECURITY + "proof", "@type": "@id", "@container": "@graph"},
                "DataIntegrityProof": SECURITY + "DataIntegrityProof",
                "Ed25519Signature2020": SECURITY + "Ed25519Signature2020",
                "assertionMethod": {"@id": SECURITY + "assertionMethod", "@type": "@id"},
                **{
                    name: SECURITY + name
                    for name in ("cryptosuite", "proofValue", "challenge", "domain", "nonce", "expires")
                },
                "created": "http://purl.org/dc/terms/created",
                "proofPurpose": {"@id": SECURITY + "proofPurpose", "@type": "@vocab"},
                "verificationMethod": {"@id": SECURITY + "verificationMethod", "@type": "@id"},
                "previousProof": {"@id": SECURITY + "previousProof", "@type": "@id"},
            }
        }
    }
)
DOCUMENT: dict[str, Any] = {"@context": [SMALL], "id": "urn:example:award", "name": "Data literacy"}


def sign(document: dict[str, Any] = DOCUMENT, key: PrivateKey = KEY, **options: Any) -> dict[str, Any]:
    defaults = {"verification_method": did_key_for(key.public)[1], "created": CREATED, "contexts": CONTEXTS}
    return add_proof(document, key, **{**defaults, **options})


def check(document: dict[str, Any], key: PublicKey = KEY.public, index: int = 0, **options: Any) -> ProofResult:
    return check_proof(document, proofs_of(document)[index], key, contexts=CONTEXTS, **options)


def has_failed(result: ProofResult, code: str) -> bool:
    return (result.outcome, result.code) == (ProofOutcome.FAILED, code)
