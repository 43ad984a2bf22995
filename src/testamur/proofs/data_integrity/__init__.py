"""W3C Data Integrity 1.0: proofs that stand inside the document they protect.

A proof is made over two hashes: of the proof's own members without `proofValue` (so that its date and purpose cannot be
changed), and of the document without its proofs (or with only those that `previousProof` names). What differs between the
cryptosuites is how each becomes bytes: as canonical N-Quads (`…-rdfc-…`) or as canonical JSON (`…-jcs-…`), and who signs.
`ecdsa-sd-2023` and `bbs-2023` sign each statement apart.

| suite                         | keys         | made | checked | source                  |
|-------------------------------|--------------|------|---------|-------------------------|
| `eddsa-rdfc-2022`             | Ed25519      | yes  | yes     | vc-di-eddsa 1.0 §3.2    |
| `eddsa-jcs-2022`              | Ed25519      | yes  | yes     | vc-di-eddsa 1.0 §3.3    |
| `ecdsa-rdfc-2019`             | P-256, P-384 | yes  | yes     | vc-di-ecdsa 1.0 §3.2    |
| `ecdsa-jcs-2019`              | P-256, P-384 | yes  | yes     | vc-di-ecdsa 1.0 §3.3    |
| `ecdsa-sd-2023` base          | P-256        | yes  | no      | vc-di-ecdsa 1.0 §3.4    |
| `ecdsa-sd-2023` derived       | P-256        | yes  | yes     | vc-di-ecdsa 1.0 §3.4    |
| `bbs-2023` base               | BLS12-381 G2 | yes  | no      | vc-di-bbs 1.0 §3.4      |
| `bbs-2023` derived            | BLS12-381 G2 | yes  | yes     | vc-di-bbs 1.0 §3.4      |
| `Ed25519Signature2020`        | Ed25519      | no   | yes     | vc-di-eddsa 1.0 §A      |
| `Ed25519Signature2018`        | Ed25519      | no   | yes     | CCG LD suites, RFC 7797 |
| `EcdsaSecp256k1Signature2019` | secp256k1    | no   | yes     | CCG LD suites, RFC 7797 |

A suite that is not in the table gives the outcome `unknown`: we cannot say that such a proof is false.
"""

from testamur.proofs.data_integrity.bbs_2023 import add_base_proof as add_bbs_base_proof
from testamur.proofs.data_integrity.check import check_proof
from testamur.proofs.data_integrity.derive import derive_proof
from testamur.proofs.data_integrity.make import add_proof
from testamur.proofs.data_integrity.proof_set import matching_previous, proofs_of, unsecured
from testamur.proofs.data_integrity.selective import add_base_proof
from testamur.proofs.data_integrity.suites import SUITES, HashedInput, Suite, hash_input
from testamur.proofs.result import ProofOutcome, ProofResult

__all__ = [
    "SUITES",
    "HashedInput",
    "ProofOutcome",
    "ProofResult",
    "Suite",
    "add_base_proof",
    "add_bbs_base_proof",
    "add_proof",
    "check_proof",
    "derive_proof",
    "hash_input",
    "matching_previous",
    "proofs_of",
    "unsecured",
]
