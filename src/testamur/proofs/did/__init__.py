"""From the name of a key to the key: `did:key`, `did:jwk`, `did:web`, `did:webvh`, and issuer profiles over https.

A verification method is a name that a proof gives for its key. The name alone proves nothing: only when the document of the
controller lists the key do we know that the controller meant it. So the rules are the same for each kind of document:

1. the document is the one that bears the name that was asked for;
2. it lists the method, exactly once, with that document as the controller;
3. what the method may be used for is what the document says (`assertionMethod` for credentials).

A key that stands only in the fragment of an https address (`https://issuer.example/1#z6Mk…`) could have been put there by anybody. It
raises `did.unbound_fragment_key`, so that the report can say that the mathematics holds and the issuer is still unknown.
"""

from testamur.proofs.did.identifiers import did_web_url, split_identifier
from testamur.proofs.did.jwt_issuer import jwt_issuer_url, resolve_jwt_issuer_key
from testamur.proofs.did.method import VerificationMethod
from testamur.proofs.did.publish import did_document, did_key_for
from testamur.proofs.did.resolve import key_in_fragment, resolve_did, resolve_verification_method

__all__ = [
    "VerificationMethod",
    "did_document",
    "did_key_for",
    "did_web_url",
    "jwt_issuer_url",
    "key_in_fragment",
    "resolve_did",
    "resolve_jwt_issuer_key",
    "resolve_verification_method",
    "split_identifier",
]
