"""`bbs-2023`: as `ecdsa-sd-2023`, but two presentations of one credential cannot be told to be of the same (vc-di-bbs 1.0 §3).

The issuer signs all statements that may be hidden at once, by BBS; the holder derives a proof that some of them were among the
signed ones. Neither the issuer's signature nor anything else that stays the same is shown.

Made and checked is the basic form. The options of the draft, *anonymous holder binding* and *pseudonyms*, are recognised and undecided.
"""

from testamur.proofs.data_integrity.bbs_2023.check import check_derived_proof
from testamur.proofs.data_integrity.bbs_2023.derive import derive_proof
from testamur.proofs.data_integrity.bbs_2023.make import SUITE, add_base_proof

__all__ = ["SUITE", "add_base_proof", "check_derived_proof", "derive_proof"]
