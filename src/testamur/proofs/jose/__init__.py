"""JOSE: credentials that are secured from outside, as a compact JSON Web Signature (RFC 7515).

Open Badges 3.0 §8.2 calls this VC-JWT. Three attacks have broken many implementations, and each is answered by a rule here: the token
does not choose whether it is signed (`none` and shared secrets are refused), it does not bring its own key (`jwk`, `jku`, `x5u`, `x5c`
are never a source of trust; the key comes from the caller, who looked it up), and it does not change the rules (`crit`, `b64`).
"""

from testamur.proofs.jose.claims import ClaimMismatch, completed, ob3_jwt_claims_match
from testamur.proofs.jose.compact import ALGORITHMS, check_jws, proves_nothing, read_compact
from testamur.proofs.jose.make import SIGNING, sign_as_jwt, sign_compact

__all__ = [
    "ALGORITHMS",
    "SIGNING",
    "ClaimMismatch",
    "check_jws",
    "completed",
    "ob3_jwt_claims_match",
    "proves_nothing",
    "read_compact",
    "sign_as_jwt",
    "sign_compact",
]
