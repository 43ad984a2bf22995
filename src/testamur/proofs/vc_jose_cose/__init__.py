"""VC-JOSE-COSE: W3C credentials and presentations in an envelope (W3C Securing Verifiable Credentials using JOSE and COSE 1.0).

What is signed is the credential's JSON as it stands; the envelope is a JWT, an SD-JWT or a COSE message, and its media type says which and
whether a credential or a presentation is inside:

| media type  | envelope       | made | checked | section |
|-------------|----------------|------|---------|---------|
| `vc+jwt`    | compact JWS    | yes  | yes     | §3.1.1  |
| `vp+jwt`    | compact JWS    | yes  | yes     | §3.1.2  |
| `vc+sd-jwt` | SD-JWT         | yes  | yes     | §3.2.1  |
| `vp+sd-jwt` | SD-JWT         | yes  | yes     | §3.2.2  |
| `vc+cose`   | `COSE_Sign1`   | yes  | yes     | §3.3.1  |
| `vp+cose`   | `COSE_Sign1`   | yes  | yes     | §3.3.2  |
| `jwt`       | compact JWS    | no   | yes     | the older form, with the claims `vc` and `vp` (VC Data Model 1.1 §6.3.1) |

Three things to remember: the type in the header must be the one that is expected, or a credential could be passed off as a presentation;
in the new forms the claims `vc` and `vp` are forbidden, or two readers could read two documents; a presentation holds credentials only
as envelopes, each of which is verified on its own.
"""

from testamur.proofs.vc_jose_cose.check import check_secured, declared_media_type
from testamur.proofs.vc_jose_cose.envelopes import Envelope, credentials_in, enveloped, open_envelope
from testamur.proofs.vc_jose_cose.kinds import KINDS, Form, Kind
from testamur.proofs.vc_jose_cose.make import secure
from testamur.proofs.vc_jose_cose.peek import Peeked, peek

__all__ = [
    "KINDS",
    "Envelope",
    "Form",
    "Kind",
    "Peeked",
    "check_secured",
    "credentials_in",
    "declared_media_type",
    "enveloped",
    "open_envelope",
    "peek",
    "secure",
]
