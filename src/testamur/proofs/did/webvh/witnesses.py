"""Who must have seen a version (did:webvh 1.0, "DID Witnesses")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur import strict_json
from testamur.errors import InputError
from testamur.proofs.data_integrity import check_proof
from testamur.proofs.did.webvh.errors import broken
from testamur.proofs.did.webvh.log import SUITE, History, signer_of
from testamur.proofs.keys import PublicKey
from testamur.proofs.result import ProofOutcome

MAX_PROOFS = 2_000


def needs_witnesses(history: History) -> bool:
    return any(version.witnesses.threshold for version in history.versions)


def check_witnesses(history: History, content: bytes) -> None:
    """Do enough witnesses approve of every version that needs it? `content` is the file `did-witness.json`.

    An approval of a version is one of all before it. Proofs that are false, of versions that are not in the log or of nobody who is a
    witness are passed over. Raises `ResolutionError` (`did.webvh_witness`; facts: `entry`, `approvals`, `threshold`, or `reason`).
    """
    places = {version.id: place for place, version in enumerate(history.versions)}
    asked = frozenset().union(*(version.witnesses.keys for version in history.versions))
    latest: dict[str, int] = {}
    for name, proof in _proofs(content):
        place, witness = places.get(name), signer_of(proof)
        if place is None or witness not in asked or latest.get(witness, -1) >= place:
            continue
        result = check_proof({"versionId": name, "proof": proof}, proof, PublicKey.from_multikey(witness))
        if proof.get("cryptosuite") == SUITE and result.outcome is ProofOutcome.PASSED:
            latest[witness] = place
    for place, version in enumerate(history.versions):
        approvals = sum(latest.get(witness, -1) >= place for witness in version.witnesses.keys)
        if approvals < version.witnesses.threshold:
            raise broken(
                "witness",
                "Too few witnesses approve of a version of this history.",
                place + 1,
                approvals=approvals,
                threshold=version.witnesses.threshold,
            )


def _proofs(content: bytes) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        listed = strict_json.loads(content)
    except InputError as error:
        raise broken("witness", "The witnesses' file cannot be read.", reason=error.code) from None
    if not isinstance(listed, list):
        raise broken("witness", "The witnesses' file has not its form.", reason="input.not_a_list")
    found: list[tuple[str, Mapping[str, Any]]] = []
    for item in listed:
        if isinstance(item, dict) and isinstance(item.get("versionId"), str):
            proofs = item.get("proof", [])
            listed_proofs = proofs if isinstance(proofs, list) else [proofs]
            found.extend((item["versionId"], proof) for proof in listed_proofs if isinstance(proof, dict))
    if len(found) > MAX_PROOFS:
        raise broken("witness", "The witnesses' file holds more proofs than are checked.", count=len(found))
    return found
