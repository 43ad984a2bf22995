"""The issuers of this service: one throw-away key and one address for each cryptosuite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from testamur.proofs.did import did_key_for
from testamur.proofs.keys import PrivateKey


@dataclass(frozen=True, slots=True)
class Suite:
    """`name` stands in the address of the issuer, `cryptosuite` in the proof (`vc-jwt` is signed from outside); `algorithm` is the key's.

    With `lists_status` a credential of version 2.0 that brings no status gets an entry in the issuer's own status list. The EdDSA
    issuers do; the others sign exactly what they are given, so that their output can be read by libraries that refuse a status
    which they have no means to look up.
    """

    name: str
    cryptosuite: str
    algorithm: str
    lists_status: bool = False


SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {
        suite.name: suite
        for suite in (
            Suite("eddsa-rdfc-2022", "eddsa-rdfc-2022", "Ed25519", lists_status=True),
            Suite("eddsa-jcs-2022", "eddsa-jcs-2022", "Ed25519", lists_status=True),
            Suite("ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019", "P-256"),
            Suite("ecdsa-rdfc-2019-p384", "ecdsa-rdfc-2019", "P-384"),
            Suite("ecdsa-jcs-2019-p256", "ecdsa-jcs-2019", "P-256"),
            Suite("ecdsa-jcs-2019-p384", "ecdsa-jcs-2019", "P-384"),
            Suite("ecdsa-sd-2023", "ecdsa-sd-2023", "P-256"),
            Suite("vc-jwt", "vc-jwt", "P-256"),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues under one suite. The key is made when the service starts and is gone when it stops."""

    suite: Suite
    key: PrivateKey
    did: str
    method: str

    @classmethod
    def new(cls, suite: Suite) -> Issuer:
        key = PrivateKey.generate(suite.algorithm)
        did, method = did_key_for(key.public)
        return cls(suite, key, did, method)


def new_issuers() -> dict[str, Issuer]:
    """An issuer for every suite, each with a fresh key."""
    return {name: Issuer.new(suite) for name, suite in SUITES.items()}
