"""Proofs: who signed which bytes, and with which key.

`keys` reads and writes key material. Three ways to sign a credential stand on it: `data_integrity` puts proofs into the
document (with `bbs` for unlinkable selective disclosure), `jose` makes and checks compact JWS, and `sd_jwt` and `cose` do so in
their own writing; `vc_jose_cose` says how W3C's credentials and presentations go into these three envelopes. `did` finds the
key that a verification method names.

Mathematics and looking up are kept apart: everything but `did` decides only from the bytes and the key that it is given.
Whether the holder of the key *is* the issuer that the document names is decided above, in `testamur.verification`.
"""
