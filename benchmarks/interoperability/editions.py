"""Blockcerts editions in the published verifiers: a signed credential, a real transaction, and the proof that names it."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.chains import give, running_node, sent  # noqa: E402 - the root of the repository is no package

from testamur.fetch.evm_transactions import account_of, new_secret, public_key  # noqa: E402
from testamur.formats import blockcerts  # noqa: E402
from testamur.linked_data import PINNED  # noqa: E402
from testamur.proofs.data_integrity import add_proof  # noqa: E402
from testamur.proofs.did import did_document  # noqa: E402
from testamur.proofs.keys import PrivateKey, PublicKey  # noqa: E402
from testamur.status import (  # noqa: E402
    Bits,
    entry_2021,
    list_credential_2021,
    status_entry,
)

DID = "did:web:issuer.example"
STATUS = "https://issuer.example/status/1/2021"
PROFILE = "https://issuer.example/blockcerts.json"
SEPOLIA = 11155111
Expect = Callable[..., None]


def published_verifier(
    folder: Path, credential: dict[str, Any], documents: dict[str, Any], node: str
) -> dict[str, Any]:
    (folder / "edition.json").write_text(json.dumps(credential))
    (folder / "edition-documents.json").write_text(json.dumps(documents))
    arguments = ["node", HERE / "blockcerts.mjs", folder / "edition.json", folder / "edition-documents.json", node]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=HERE)
    return json.loads(done.stdout) if not done.returncode else {"verified": None, "detail": done.stderr[-600:]}


def issuer_document(key: PrivateKey, anchor: PublicKey) -> dict[str, Any]:
    """As the platform publishes it for an institution that wants editions."""
    document = did_document(DID, [("key-1", key.public), ("anchor-1", anchor)])
    document["service"] = [{"id": f"{DID}#issuer-profile", "type": "IssuerProfile", "serviceEndpoint": PROFILE}]
    return document


def status_list(key: PrivateKey, now: datetime, revoked: int | None) -> dict[str, Any]:
    bits = Bits()
    if revoked is not None:
        bits.set(revoked)
    unsigned = list_credential_2021(STATUS, DID, bits, valid_from=now - timedelta(minutes=1))
    return add_proof(unsigned, key, verification_method=f"{DID}#key-1-jwk", created=now)


def run(folder: Path, unsigned: list[dict[str, Any]], expect: Expect, peers_verify: Callable[..., None]) -> None:
    """Editions of a batch of unsigned credentials: each accepted as it is, and refused with one word changed."""
    key, secret, now = PrivateKey.generate("Ed25519"), new_secret(), datetime.now(UTC).replace(microsecond=0)
    anchor = public_key(secret)
    own = account_of(anchor)
    issued = [
        {**each, "issuer": {**each["issuer"], "id": DID}, "credentialStatus": status_entry(STATUS, number)}
        for number, each in enumerate(unsigned)
    ]
    prepared = [
        blockcerts.edition_content(each, f"{each['id']}:blockcerts", entry_2021(STATUS, number))
        for number, each in enumerate(issued)
    ]
    signed = [
        add_proof(each, key, verification_method=f"{DID}#key-1-jwk", created=now, proof_id=f"{each['id']}#proof")
        for each in prepared
    ]
    tree = blockcerts.tree_of([blockcerts.edition_hash(each) for each in signed])
    with running_node(folder, "--chain-id", str(SEPOLIA)) as (node, address):
        give(node, "0x" + own.hex())
        transaction = sent(node, own, tree.root, secret=secret, gas=30_000)
        for _ in range(2):
            node.ask("evm_mine")
        profile = blockcerts.issuer_profile(PROFILE, "Issuer", own, now - timedelta(days=1))
        documents = {DID: issuer_document(key, anchor), PROFILE: profile, STATUS: status_list(key, now, None)}
        contexts = {*prepared[0]["@context"], *documents[STATUS]["@context"]}
        documents |= {url: PINNED.document(url) for url in contexts}
        for number, (document, path) in enumerate(zip(signed, tree.paths, strict=True), 1):
            edition = blockcerts.edition_of(
                document,
                tree.root,
                path,
                chain=SEPOLIA,
                transaction=transaction,
                verification_method=f"{DID}#anchor-1",
                created=now,
            )
            answer = published_verifier(folder, edition, documents, address)
            expect(
                f"@blockcerts/cert-verifier-js accepts edition {number}", answer["verified"] is True, answer["detail"]
            )
            revoked = documents | {STATUS: status_list(key, now, number - 1)}
            answer = published_verifier(folder, edition, revoked, address)
            expect(
                f"@blockcerts/cert-verifier-js says that edition {number} is revoked",
                answer["verified"] is False and "revoked" in str(answer["detail"]["message"]),
                answer["detail"],
            )
            for what, other in changes(edition):
                answer = published_verifier(folder, other, documents, address)
                expect(
                    f"@blockcerts/cert-verifier-js refuses edition {number} with {what}",
                    answer["verified"] is False,
                    answer["detail"],
                )
            if number == 1:
                peers_verify(f"edition {number}", edition, documents)


def changes(edition: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    other, date, chain = (copy.deepcopy(edition) for _ in range(3))
    other["credentialSubject"]["achievement"]["name"] += " (advanced)"
    date["proof"][0]["created"] = "2020-01-01T00:00:00Z"
    chain["proof"][1]["verificationMethod"] = f"{DID}#key-1"
    return [
        ("a changed word", other),
        ("another date of signing", date),
        ("another key named for the transaction", chain),
    ]
