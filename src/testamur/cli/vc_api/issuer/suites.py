"""The issuers of this service: one throw-away key and one address for each cryptosuite."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from testamur.cli.vc_api.verifier import envelopes
from testamur.errors import ProofError
from testamur.proofs.data_integrity import add_base_proof, add_bbs_base_proof, add_proof
from testamur.proofs.data_integrity.bbs_2023.library import bbs
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
            Suite("bbs-2023", "bbs-2023", "BLS12-381 G2"),
            Suite("vc-jwt", "vc-jwt", "P-256"),
        )
    }
)


# From a credential and JSON pointers to what can never be hidden, to the secured credential.
Secure = Callable[[dict[str, Any], Sequence[str]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues under one suite. The key is made when the service starts, is held by `secure` alone, and is gone when it stops.

    `secure` raises ProofError, InputError or LinkedDataError for what cannot be signed.
    """

    suite: Suite
    did: str
    method: str
    secure: Secure = field(repr=False)


def new_issuers() -> dict[str, Issuer]:
    """An issuer with a fresh key for every suite that this installation can sign by; `bbs-2023` needs `testamur[bbs]`."""
    issuers = {}
    for name, suite in SUITES.items():
        with suppress(ProofError):
            issuers[name] = _with_bbs(suite) if suite.cryptosuite == "bbs-2023" else _with_signer(suite)
    return issuers


def _with_signer(suite: Suite) -> Issuer:
    key = PrivateKey.generate(suite.algorithm)
    did, method = did_key_for(key.public)

    def secure(credential: dict[str, Any], pointers: Sequence[str]) -> dict[str, Any]:
        now = datetime.now(UTC)
        if suite.cryptosuite == "vc-jwt":
            return envelopes.seal(credential, key, method)
        if suite.cryptosuite == "ecdsa-sd-2023":
            return add_base_proof(credential, key, verification_method=method, created=now, mandatory_pointers=pointers)
        return add_proof(credential, key, verification_method=method, created=now, cryptosuite=suite.cryptosuite)

    return Issuer(suite, did, method, secure)


def _with_bbs(suite: Suite) -> Issuer:
    """Raises ProofError where the pairing library is not installed."""
    key = bbs().BbsPrivateKey.generate()
    did, method = did_key_for(key.public)

    def secure(credential: dict[str, Any], pointers: Sequence[str]) -> dict[str, Any]:
        now = datetime.now(UTC)
        return add_bbs_base_proof(credential, key, verification_method=method, created=now, mandatory_pointers=pointers)

    return Issuer(suite, did, method, secure)
