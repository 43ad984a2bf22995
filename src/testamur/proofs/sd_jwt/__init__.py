"""SD-JWT (RFC 9901): a signed token of which the holder shows a part, and SD-JWT VC, credentials made of it.

The issuer signs digests in the place of what may be hidden, and hands each hidden thing over beside the token as a *disclosure*: a salt, a
name and a value. The holder passes on only some disclosures; the verifier puts back those whose digest is signed and forgets the rest.
A key binding JWT at the end shows that whoever presents it holds the key that the issuer wrote into `cnf`.

    <issuer-signed JWT>~<disclosure>~…~<key binding JWT or nothing>

Three things to remember: a disclosure whose digest is not signed makes the whole false, and so does a digest that occurs twice;
a name that a disclosure brings must not be there already; what the signed text cannot hide is decided by the issuer alone.
"""

from testamur.proofs.sd_jwt.check import KeyBinding, check_sd_jwt
from testamur.proofs.sd_jwt.issue import issue_sd_jwt
from testamur.proofs.sd_jwt.paths import Path, parse_path
from testamur.proofs.sd_jwt.present import disclosable_paths, present_sd_jwt
from testamur.proofs.sd_jwt.serialisation import SdJwt, read_sd_jwt
from testamur.proofs.sd_jwt.vc import VC_MEDIA_TYPE, check_sd_jwt_vc, issue_sd_jwt_vc

__all__ = [
    "VC_MEDIA_TYPE",
    "KeyBinding",
    "Path",
    "SdJwt",
    "check_sd_jwt",
    "check_sd_jwt_vc",
    "disclosable_paths",
    "issue_sd_jwt",
    "issue_sd_jwt_vc",
    "parse_path",
    "present_sd_jwt",
    "read_sd_jwt",
]
