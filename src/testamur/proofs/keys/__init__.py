"""Public and private keys in the forms that credentials use: Multikey, JWK, and the raw signatures of Data Integrity and JOSE.

| algorithm   | sign | verify | Multikey | JWK | hash    |
|-------------|------|--------|----------|-----|---------|
| `Ed25519`   | yes  | yes    | `z6Mk…`  | OKP | inside  |
| `P-256`     | yes  | yes    | `zDn…`   | EC  | SHA-256 |
| `P-384`     | yes  | yes    | `z82…`   | EC  | SHA-384 |
| `P-521`     | yes  | yes    | `z2J9…`  | EC  | SHA-512 |
| `secp256k1` | no   | yes    | `zQ3s…`  | EC  | SHA-256 |
| `RSA`       | yes  | yes    | none     | RSA | SHA-256 |

BBS keys (`BLS12-381-G2`, Multikey `zUC7…`) are read here too; what they sign and verify is in `proofs.bbs`.

A key is validated when it is read, so that a `PublicKey` is always a point on its curve (or a sound modulus) and has one spelling
in each form. Nothing here looks anything up.
"""

from testamur.proofs.keys.private import PrivateKey
from testamur.proofs.keys.public import PublicKey

__all__ = ["PrivateKey", "PublicKey"]
