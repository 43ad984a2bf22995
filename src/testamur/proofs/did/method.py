"""A verification method: a key, who controls it, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from testamur.proofs.keys import PublicKey

# W3C Controlled Identifiers 1.0 §2.3
PURPOSES = ("authentication", "assertionMethod", "keyAgreement", "capabilityInvocation", "capabilityDelegation")

# What a DID that consists of its key is good for: everything that is a signature (did:key §3.1.2, did:jwk).
SIGNING_PURPOSES = frozenset(PURPOSES) - {"keyAgreement"}


@dataclass(frozen=True, slots=True)
class VerificationMethod:
    """What was found under the name of a key.

    `id` is the absolute name, `controller` the DID or address whose document lists it, `purposes` the relationships under which
    it is listed there. `bound_by` is `did:key`, `did:web`, `did:webvh`, `did:jwk` or `https`. `expires` and `revoked` are the
    moments that the method itself states, if any (Controlled Identifiers 1.0 §2.2); the caller compares them with the proof's
    date.
    """

    id: str
    controller: str
    key: PublicKey
    purposes: frozenset[str]
    bound_by: str
    expires: datetime | None = None
    revoked: datetime | None = None
