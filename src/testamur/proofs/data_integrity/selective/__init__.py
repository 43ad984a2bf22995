"""`ecdsa-sd-2023`: the holder shows a part, and the part is still signed (vc-di-ecdsa 1.0 §3.4 to §3.7).

The issuer signs each statement of the credential apart with a key that is thrown away, and with its own key the statements that must
always be shown, together with the public half of that key. The result is a *base* proof, made for the holder alone. The holder
leaves statements out, with their signatures: a *derived* proof, which is what a verifier checks.

Blank nodes are renamed by an HMAC whose key the holder has, so that the labels of what is shown do not tell how much is hidden.

Three things to remember: a base proof is not for verifiers (it is undecided there); what stands under a mandatory pointer cannot be
hidden; documents with lists, graphs without names or written-out blank nodes are refused, because their parts have no name to
be selected by.
"""

from testamur.proofs.data_integrity.selective.check import check_derived_proof
from testamur.proofs.data_integrity.selective.derive import derive_proof
from testamur.proofs.data_integrity.selective.make import add_base_proof

__all__ = ["add_base_proof", "check_derived_proof", "derive_proof"]
