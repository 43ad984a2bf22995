"""Keys that are kept elsewhere: in a device (PKCS #11), in a service (AWS KMS), or in a sealed file.

`open_signer(uri)` gives a `testamur.ports.Signer` for a key that is named by a URI:

    pkcs11:token=Testamur;object=issuer-2026     a key in a hardware security module or a smart card (RFC 7512)
    awskms:alias/issuer-2026                     a key in the AWS Key Management Service, by alias, id or ARN
    file:keys/issuer.jwe                         a file: sealed with a passphrase, or as `testamur key new` writes it

A URI names the key and never holds a secret; the PIN or passphrase comes from a file or from the environment (`secrets`). `new_key(uri)`
makes a key where the URI says, `destroy_key(uri)` ends it. What stands outside is asked lazily: a back end that is not used need not be
installed.

A `ManagedSigner` can do more than the port asks: many signatures one after the other, in one session.
"""

from testamur.signers.managed import ManagedSigner
from testamur.signers.opening import destroy_key, new_key, open_signer
from testamur.signers.sealed_file import seal_key, unseal_key
from testamur.signers.uris import is_key_uri

__all__ = [
    "ManagedSigner",
    "destroy_key",
    "is_key_uri",
    "new_key",
    "open_signer",
    "seal_key",
    "unseal_key",
]
