"""StatusList2021, the form that the bitstring list had before it was a Recommendation: written for those who read no
other.

The bits are the same; the list has the names of its time, and its base64url has no multibase letter before it.
Source: W3C Credentials Community Group, Status List 2021 (draft of April 2023), §4.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from testamur.status.bits import Bits, encode
from testamur.status.bitstring_status_list import date_time

_CONTEXT_1 = "https://www.w3.org/2018/credentials/v1"
_DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
CONTEXT_2021 = "https://w3id.org/vc/status-list/2021/v1"


def entry_2021(list_url: str, index: int, purpose: str = "revocation") -> dict[str, Any]:
    """A `credentialStatus` for the bit at `index` of the list at `list_url`. A credential that holds it names
    `CONTEXT_2021`."""
    return {
        "id": f"{list_url}#{index}",
        "type": "StatusList2021Entry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def list_credential_2021(
    url: str, issuer: str, bits: Bits, purpose: str = "revocation", *, valid_from: datetime
) -> dict[str, Any]:
    """The unsigned StatusList2021Credential of the list at `url`: a credential of version 1.1, whose words do not go
    together with those of version 2. Raises ValueError for a moment without zone."""
    return {
        "@context": [_CONTEXT_1, CONTEXT_2021, _DATA_INTEGRITY],
        "id": url,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": issuer,
        "issuanceDate": date_time(valid_from),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "StatusList2021",
            "statusPurpose": purpose,
            "encodedList": encode(bits)[1:],
        },
    }
