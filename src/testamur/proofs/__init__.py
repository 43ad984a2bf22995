"""Proofs: who signed which bytes, and with which key.

`keys` reads and writes key material, `data_integrity` makes and checks W3C Data Integrity proofs, `jose` checks compact JWS, and
`did` finds the key that a verification method names. Mathematics and looking up are kept apart: `data_integrity` and `jose` decide
only from the bytes and the key that they are given; `did` alone asks a resolver. Whether the holder of the key *is* the issuer that
the document names is decided above, in `testamur.verification`.
"""
