"""Are the proofs of a document true, and who made them?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from testamur.cli.vc_api.problems import Detail, Refused, from_error, refused
from testamur.cli.vc_api.verifier.expectations import Expectations
from testamur.errors import TestamurError
from testamur.fetch import FixedResolver
from testamur.formats.vc_2 import CRYPTOGRAPHIC_SECURITY_ERROR
from testamur.proofs.data_integrity import ProofOutcome, check_proof, proofs_of
from testamur.proofs.did import VerificationMethod, resolve_verification_method

PROOF_VERIFICATION_ERROR: Final = "https://w3id.org/security#PROOF_VERIFICATION_ERROR"
INVALID_VERIFICATION_METHOD: Final = "https://w3id.org/security#INVALID_VERIFICATION_METHOD"

# Nothing is fetched: a key is known by its name (did:key, did:jwk) or not at all.
NOBODY: Final = FixedResolver({})


def checked_proofs(document: Mapping[str, Any], expected: Expectations, path: str) -> list[VerificationMethod]:
    """The methods that made the proofs of `document`, each of which is true. Raises Refused where one is missing or is not.

    Every proof must hold, and so every link of a chain: a document of which one proof is false has been tampered with.
    """
    if "proof" not in document:
        raise refused("proof.missing", "There is no proof.", kind=CRYPTOGRAPHIC_SECURITY_ERROR, path=path)
    try:
        proofs = proofs_of(document)
    except TestamurError as error:
        raise from_error(error, kind=PROOF_VERIFICATION_ERROR, path=f"{path}/proof") from None
    if not proofs:
        raise refused("proof.missing", "There is no proof.", kind=CRYPTOGRAPHIC_SECURITY_ERROR, path=path)
    several = isinstance(document["proof"], list)
    return [
        _checked(document, proof, expected, f"{path}/proof/{index}" if several else f"{path}/proof")
        for index, proof in enumerate(proofs)
    ]


def _checked(
    document: Mapping[str, Any], proof: Mapping[str, Any], expected: Expectations, path: str
) -> VerificationMethod:
    method = resolved(proof.get("verificationMethod"), expected, f"{path}/verificationMethod")
    domain = list(expected.domain) if isinstance(expected.domain, tuple) else expected.domain
    result = check_proof(
        document,
        proof,
        method.key,
        purpose=expected.purpose,
        domain=domain,
        challenge=expected.challenge,
        now=expected.now,
    )
    if result.outcome is not ProofOutcome.PASSED:
        kind = result.problem or PROOF_VERIFICATION_ERROR
        sentence = (
            "This proof is not true of this document."
            if result.outcome is ProofOutcome.FAILED
            else "Whether this proof is true cannot be decided here."
        )
        raise Refused([Detail(kind, result.code, sentence, path, result.facts)])
    return method


def resolved(identifier: object, expected: Expectations, path: str) -> VerificationMethod:
    """The key that `identifier` names, fit for the expected purpose and in use. Raises Refused."""
    if not isinstance(identifier, str):
        raise refused(
            "proof.verification_method_invalid", "The proof names no key.", kind=INVALID_VERIFICATION_METHOD, path=path
        )
    try:
        method = resolve_verification_method(identifier, NOBODY)
    except TestamurError as error:
        raise from_error(error, kind=INVALID_VERIFICATION_METHOD, path=path) from None
    if expected.purpose not in method.purposes:
        raise refused(
            "proof.purpose_not_authorised",
            "The controller of this key does not use it for this purpose.",
            kind=INVALID_VERIFICATION_METHOD,
            path=path,
        )
    return method
