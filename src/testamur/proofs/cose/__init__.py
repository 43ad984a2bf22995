"""COSE: signatures in CBOR (RFC 9052), of which credentials use `COSE_Sign1`, a payload with one signature.

The rules are those of `jose`, in another writing: the algorithm comes from an allow-list and must fit the key that the caller found; the
message brings neither its own key nor an extension that we would have to understand.
"""

from testamur.proofs.cose.sign1 import ALGORITHMS, Sign1, check_cose, read_cose, sign_cose

__all__ = ["ALGORITHMS", "Sign1", "check_cose", "read_cose", "sign_cose"]
