"""European Digital Credentials for Learning (European Learning Model 3): read, and their seals checked.

A sealed one is a JAdES signature (ETSI TS 119 182-1) in JSON: the credential stands in it as one text, and exactly the bytes of that text
are signed. A seal names a legal person by a certificate; whether that certificate counts depends on the list of authorities that the
reader relies on. Without a list nothing is known of it, which is neither good nor bad.
"""

from testamur.formats.elm.certificates import ChainOutcome, SealAuthorities, SealHolder, chain_outcome, holder_of
from testamur.formats.elm.seal import Seal, check_seal, is_sealed, read_seal
from testamur.formats.elm.view import in_words_of_3, is_european, issuer_names, unwrapped

__all__ = [
    "ChainOutcome",
    "Seal",
    "SealAuthorities",
    "SealHolder",
    "chain_outcome",
    "check_seal",
    "holder_of",
    "in_words_of_3",
    "is_european",
    "is_sealed",
    "issuer_names",
    "read_seal",
    "unwrapped",
]
