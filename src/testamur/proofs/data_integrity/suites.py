"""The cryptosuites: which keys they take, how a document becomes bytes, and the input of the signature."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from testamur import strict_json
from testamur.linked_data import PINNED, Contexts, HashName, canonicalize


@dataclass(frozen=True, slots=True)
class Suite:
    """A cryptosuite. `hashes` gives for each algorithm of key the hash for both parts and, with RDFC-1.0, inside canonicalisation.

    `jws_algorithm` marks the suites of 2018 and 2019, whose signature is a JWS with detached payload (RFC 7797) in the member `jws`
    and whose proof options are always read with the security vocabulary's own context. `selective` marks the suites that are
    made and checked statement by statement.
    """

    name: str
    hashes: Mapping[str, HashName]
    canonical_json: bool = False
    check_only: bool = False
    jws_algorithm: str | None = None
    selective: bool = False


SECURITY_V2 = "https://w3id.org/security/v2"

_EDDSA: Mapping[str, HashName] = {"Ed25519": "sha256"}
_ECDSA: Mapping[str, HashName] = {"P-256": "sha256", "P-384": "sha384"}

# By the value of `cryptosuite`, or of `type` for the suites that are older than `DataIntegrityProof`.
SUITES: Mapping[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite("eddsa-rdfc-2022", _EDDSA),
        Suite("eddsa-jcs-2022", _EDDSA, canonical_json=True),
        Suite("ecdsa-rdfc-2019", _ECDSA),
        Suite("ecdsa-jcs-2019", _ECDSA, canonical_json=True),
        Suite("ecdsa-sd-2023", {"P-256": "sha256"}, selective=True),
        Suite("bbs-2023", {"BLS12-381-G2": "sha256"}, selective=True),
        Suite("Ed25519Signature2020", _EDDSA, check_only=True),
        Suite("Ed25519Signature2018", _EDDSA, check_only=True, jws_algorithm="EdDSA"),
        Suite("EcdsaSecp256k1Signature2019", {"secp256k1": "sha256"}, check_only=True, jws_algorithm="ES256K"),
    )
}


@dataclass(frozen=True, slots=True)
class HashedInput:
    """What is signed, and how it came about. `to_sign` is the hash of the proof options followed by that of the document."""

    canonical_document: bytes
    canonical_proof_options: bytes
    document_hash: bytes
    proof_options_hash: bytes
    hash_name: str

    @property
    def to_sign(self) -> bytes:
        return self.proof_options_hash + self.document_hash

    def technical(self) -> dict[str, str]:
        """For reports: canonical forms as text, hashes in hexadecimal."""
        return {
            "canonical_document": self.canonical_document.decode("utf-8"),
            "canonical_proof_options": self.canonical_proof_options.decode("utf-8"),
            "document_hash": self.document_hash.hex(),
            "proof_options_hash": self.proof_options_hash.hex(),
            "hash_name": self.hash_name,
        }


# Members that say who signed, when and for what. One who signs a thousand credentials within a second says it a thousand times.
_USUAL: Final = frozenset({"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "@context"})
_MOST_CHARACTERS: Final = 2_000
_Members: TypeAlias = tuple[tuple[str, str], ...]


def _usual(options: dict[str, Any]) -> tuple[_Members, tuple[str, ...]] | None:
    """The options of an issuer as something that can be looked up: their members, and the addresses of their contexts. None for others."""
    context = options.get("@context")
    if type(context) is not list or not options.keys() <= _USUAL or options.get("proofPurpose") != "assertionMethod":
        return None
    members = tuple([item for item in options.items() if item[0] != "@context"])
    texts = [text for _, text in members] + context
    if not set(map(type, texts)) <= {str} or sum(map(len, texts)) > _MOST_CHARACTERS:
        return None
    return members, tuple(context)


@lru_cache(maxsize=256)
def _canonical_options(hash_name: HashName, members: _Members, context: tuple[str, ...]) -> bytes:
    """The canonical form of proof options over the pinned contexts, which follows from what is written there and from nothing else."""
    return canonicalize({**dict(members), "@context": list(context)}, hash_name=hash_name)


def hash_input(
    suite: Suite,
    document: Mapping[str, Any],
    proof_options: Mapping[str, Any],
    algorithm: str,
    *,
    contexts: Contexts = PINNED,
) -> HashedInput:
    """Transform and hash (vc-di-eddsa §3.2.3 to §3.3.5, vc-di-ecdsa the same).

    `document` is what the proof covers: without proofs, or with the previous ones. `proof_options` is the proof without its signature;
    for RDFC suites it takes the document's `@context`, whatever stood there, for JCS suites it already holds its own.

    Raises `LinkedDataError` (safe mode, contexts, work limit) and `InputError` (no canonical JSON form).
    """
    hash_name = suite.hashes[algorithm]
    options = dict(proof_options)
    if suite.canonical_json:
        canonical_options, canonical_document = strict_json.jcs(options), strict_json.jcs(dict(document))
    else:
        options.pop("@context", None)
        if suite.jws_algorithm is not None:
            options["@context"] = SECURITY_V2
        elif "@context" in document:
            options["@context"] = document["@context"]
        usual = _usual(options) if contexts is PINNED else None
        canonical_options = (
            canonicalize(options, hash_name=hash_name, contexts=contexts)
            if usual is None
            else _canonical_options(hash_name, *usual)
        )
        canonical_document = canonicalize(document, hash_name=hash_name, contexts=contexts)
    return _hashed(canonical_document, canonical_options, hash_name)


def hash_canonical(canonical_document: bytes, context: Sequence[str], proof_options: Mapping[str, Any]) -> HashedInput:
    """As `hash_input`, for a document with these contexts whose canonical form is known, and a suite that hashes it with SHA-256."""
    options = {**proof_options, "@context": list(context)}
    usual = _usual(options)
    canonical_options = canonicalize(options) if usual is None else _canonical_options("sha256", *usual)
    return _hashed(canonical_document, canonical_options, "sha256")


def _hashed(canonical_document: bytes, canonical_options: bytes, hash_name: HashName) -> HashedInput:
    new_hash = hashlib.sha256 if hash_name == "sha256" else hashlib.sha384
    return HashedInput(
        canonical_document,
        canonical_options,
        new_hash(canonical_document).digest(),
        new_hash(canonical_options).digest(),
        hash_name,
    )
