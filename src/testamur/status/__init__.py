"""Is it still valid? Status lists: the W3C bitstring list, written and read, and the older lists, read.

A reader gives one of three outcomes: nothing is wrong, it is revoked or suspended, or the list does not say.
"""

from testamur.status.bitstring_status_list import (
    MINIMUM_ENTRIES,
    Bits,
    decode,
    encode,
    list_credential,
    read_status,
    status_entries,
    status_entry,
)
from testamur.status.result import StatusOutcome, StatusResult
from testamur.status.revocation_lists import read_open_badges_2_revocation_list, read_revocation_list
from testamur.status.status_list_2021 import CONTEXT_2021, entry_2021, list_credential_2021
from testamur.status.token_status_list import StatusReference, read_token_status, status_reference

__all__ = [
    "CONTEXT_2021",
    "MINIMUM_ENTRIES",
    "Bits",
    "StatusOutcome",
    "StatusReference",
    "StatusResult",
    "decode",
    "encode",
    "entry_2021",
    "list_credential",
    "list_credential_2021",
    "read_open_badges_2_revocation_list",
    "read_revocation_list",
    "read_status",
    "read_token_status",
    "status_entries",
    "status_entry",
    "status_reference",
]
