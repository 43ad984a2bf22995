"""Writing a Blockcerts edition: the credential as it was signed, with one more proof that says in which transaction its
hash stands, together with many others.

1. `edition_hash` of each signed credential, and `tree_of` all of them: its root is what one transaction carries. 2.
When that is deep in the chain, `edition_of` adds the proof. The proofs that are there stay, byte for byte: the
credential is as valid as before to everybody who reads them.

What must hold outside is not decided here: the transaction is sent by the address of the key that `verification_method`
names, and the issuer's DID document lists that key. The form is MerkleProof2019 as its first implementation
(`lds-merkle-proof-2019`) writes it, in a `DataIntegrityProof`. The Blockcerts context is *not* added: it would redefine
protected terms of Open Badges 3.0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import cbor2

from testamur.errors import ProofError
from testamur.formats.blockcerts.canonical import local_hash
from testamur.formats.blockcerts.versions import CRYPTOSUITE, merkle_proof
from testamur.proofs.date_time import format_date_time_stamp
from testamur.proofs.encodings import base58_encode

MAX_BATCH: Final = 100_000
STATUS_CONTEXT: Final = "https://w3id.org/vc/status-list/2021/v1"

CHAINS: Final[Mapping[int, str]] = {1: "ethereum", 11155111: "ethereum-sepolia"}
"""The chains that a proof of this form can name and the published verifier looks up, by their ids."""
_NUMBERS: Final = {"ethereum": (1, 1), "ethereum-sepolia": (1, 11155111)}
_ROOT, _TARGET, _ANCHORS, _PATH = 0, 1, 2, 3
_SIDES: Final = {"left": 0, "right": 1}

Path = tuple[tuple[str, bytes], ...]
"""The steps from a hash up to the root: on which side the hash beside stands, and that hash."""


@dataclass(frozen=True, slots=True)
class Tree:
    """`root` (32 bytes) over all hashes of a batch, and the path of each, in their order."""

    root: bytes
    paths: tuple[Path, ...]


def edition_content(credential: Mapping[str, Any], identifier: str, status: Mapping[str, Any] | None) -> dict[str, Any]:
    """What an edition says: the same as `credential`, without its proofs, under an identifier of its own and with
    `status` as its `credentialStatus` (a `StatusList2021Entry`). It is to be signed anew.

    Why anew: the published verifier (6.35.0) reads lists of the form of 2021 only, and of a status that it cannot read
    it says that the credential is not valid. What was issued keeps its own status, and its signature does not fit
    another one.
    """
    content = {name: value for name, value in credential.items() if name not in ("proof", "credentialStatus")}
    content["id"] = identifier
    if status is not None:
        contexts = credential.get("@context")
        content["@context"] = [*(contexts if isinstance(contexts, list) else [contexts]), STATUS_CONTEXT]
        content["credentialStatus"] = dict(status)
    return content


def edition_hash(document: Mapping[str, Any]) -> bytes:
    """The hash of a signed credential that goes into the tree: SHA-256 of its canonical N-Quads with the proofs it has
    (32 bytes).

    Raises `ProofError` (`blockcerts.unsigned`, `blockcerts.already`) and `LinkedDataError`.
    """
    if merkle_proof(document) is not None:
        raise ProofError("This credential already has a Merkle proof.", code="blockcerts.already")
    # The place of the proof to come decides which proofs the hash covers: those before it.
    hashes = local_hash({**document, "proof": [*_proofs(document), _placeholder()]}, "3")
    if len(hashes) != 2:  # only the form without proofs could be computed
        raise ProofError("The proofs of this credential use words that are not known here.", code="blockcerts.earlier")
    return bytes.fromhex(hashes[0])


def tree_of(hashes: Sequence[bytes]) -> Tree:
    """The tree over `hashes` (32 bytes each, at least one): a node is SHA-256 of the two below; a node without a
    partner moves up as it is.

    Raises `ProofError` (`blockcerts.batch`).
    """
    if not 1 <= len(hashes) <= MAX_BATCH or any(len(each) != 32 for each in hashes):
        raise ProofError(
            "A batch holds from one to 100,000 hashes.", code="blockcerts.batch", facts={"count": len(hashes)}
        )
    paths: list[list[tuple[str, bytes]]] = [[] for _ in hashes]
    level: list[tuple[bytes, range]] = [(value, range(at, at + 1)) for at, value in enumerate(hashes)]
    while len(level) > 1:
        above = []
        for (left, below_left), (right, below_right) in zip(level[::2], level[1::2], strict=False):
            for at in below_left:
                paths[at].append(("right", right))
            for at in below_right:
                paths[at].append(("left", left))
            above.append((hashlib.sha256(left + right).digest(), range(below_left.start, below_right.stop)))
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return Tree(level[0][0], tuple(tuple(path) for path in paths))


def edition_of(
    document: Mapping[str, Any],
    tree_root: bytes,
    path: Path,
    *,
    chain: int,
    transaction: bytes,
    verification_method: str,
    created: datetime,
) -> dict[str, Any]:
    """The signed credential `document` with its Merkle proof. `chain` is the id of the chain, `transaction` the hash
    (32 bytes) of the transaction that carries `tree_root`, `verification_method` names the key whose address sent it,
    `created` is aware.

    The proof names the last one before it as `previousProof` where that has an id to be named by; its hash covers the
    earlier ones in any case. Raises as `edition_hash`, and `ProofError` (`blockcerts.chain`, `blockcerts.path` where
    the path does not lead to the root).
    """
    if chain not in CHAINS or len(transaction) != 32:
        raise ProofError("No proof can name this transaction.", code="blockcerts.chain", facts={"chain": chain})
    target = edition_hash(document)
    value = target
    for side, beside in path:
        value = hashlib.sha256(beside + value if side == "left" else value + beside).digest()
    if value != tree_root:
        raise ProofError("The path does not lead from this credential to the root.", code="blockcerts.path")
    earlier = _proofs(document)
    proof: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": format_date_time_stamp(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
        "proofValue": _packed(target, tree_root, path, CHAINS[chain], transaction),
    }
    if isinstance(earlier[-1].get("id"), str):
        proof["previousProof"] = earlier[-1]["id"]
    return {**document, "proof": [*earlier, proof]}


def _proofs(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    proofs = document.get("proof")
    given = proofs if isinstance(proofs, list) else [proofs]
    found = [each for each in given if isinstance(each, dict)]
    if not found or len(found) != len(given):
        raise ProofError("Only a signed credential has a Blockcerts edition.", code="blockcerts.unsigned")
    return found


def _placeholder() -> dict[str, Any]:
    return {"type": "DataIntegrityProof", "cryptosuite": CRYPTOSUITE}


def _packed(target: bytes, root: bytes, path: Path, chain: str, transaction: bytes) -> str:
    """`z` and base58 of CBOR: pairs of a member's number and its value; hashes as hexadecimal texts, packed once
    more."""
    network, number = _NUMBERS[chain]
    anchor = [[0, network], [1, number], [2, cbor2.dumps("0x" + transaction.hex())]]
    members: list[list[Any]] = [
        [_PATH, [[_SIDES[side], cbor2.dumps(beside.hex())] for side, beside in path]],
        [_ROOT, cbor2.dumps(root.hex())],
        [_TARGET, cbor2.dumps(target.hex())],
        [_ANCHORS, [anchor]],
    ]
    return "z" + base58_encode(cbor2.dumps(members))


def issuer_profile(
    identifier: str, name: str, account: bytes, created: datetime, *, url: str | None = None
) -> dict[str, Any]:
    """The profile (at the address `identifier`) that the published verifier asks for beside the DID document, where it
    is named as a service of the type `IssuerProfile`: who the issuer is, and since when (aware) which account (20
    bytes) sends its transactions. `url` is the issuer's page."""
    # Blocks tell whole seconds of another clock, and the published verifier wants the key strictly older than the block: it would
    # find it younger than, or as old as, the first transaction that it paid.
    since = (created - timedelta(minutes=1)).replace(second=0, microsecond=0)
    return {
        "@context": ["https://w3id.org/openbadges/v2", "https://w3id.org/blockcerts/3.0"],
        "type": "Profile",
        "id": identifier,
        "name": name,
        **({"url": url} if url else {}),
        "publicKey": [{"id": f"ecdsa-koblitz-pubkey:0x{account.hex()}", "created": format_date_time_stamp(since)}],
    }
