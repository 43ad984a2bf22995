"""BBS: one signature over many messages, of which its holder can show some and prove that the others were signed too.

draft-irtf-cfrg-bbs-signatures, ciphersuite BLS12-381-SHA-256, over a pairing library (`docs/decisions/0017`). Two proofs made from one
signature cannot be told to come from the same one, which is what `bbs-2023` is for.

**Not constant time.** Signing and proving handle secrets with arithmetic whose duration may depend on them. Whoever can measure an issuer's
signing operations closely must not use this; verifying handles no secret.
"""

from testamur.proofs.bbs.keys import BbsPrivateKey
from testamur.proofs.bbs.scheme import MAX_MESSAGES, proof_gen, proof_verify, sign, verify

__all__ = ["MAX_MESSAGES", "BbsPrivateKey", "proof_gen", "proof_verify", "sign", "verify"]
