"""A Blockcerts edition is the credential as it was signed and one more proof; our own reader follows it back to the root."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.errors import ProofError
from testamur.formats import blockcerts
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.keys import PrivateKey
from testamur.status import Bits, StatusOutcome, entry_2021, list_credential_2021, read_status

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DID = "did:web:univ.example"
TRANSACTION = bytes(range(32))
KEY = PrivateKey.generate("Ed25519")


def signed(name: str = "Kim Seo-yeon", **options: Any) -> dict[str, Any]:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "https://univ.example/c/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": DID, "type": ["Profile"], "name": "Han River Institute"},
        "validFrom": "2026-11-26T00:00:00Z",
        "name": "Data literacy",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [{"type": "IdentityObject", "identityHash": name, "identityType": "name", "hashed": False}],
            "achievement": {
                "id": "https://univ.example/a/1", "type": ["Achievement"], "name": "Data literacy",
                "description": "Reads data.", "criteria": {"narrative": "Pass."},
            },
        },
    }  # fmt: skip
    return add_proof(document, KEY, verification_method=f"{DID}#key-1", created=NOW, **options)


def edition(document: dict[str, Any], others: list[bytes], chain: int = 11155111) -> dict[str, Any]:
    tree = blockcerts.tree_of([*others, blockcerts.edition_hash(document)])
    made = blockcerts.edition_of(
        document, tree.root, tree.paths[-1], chain=chain, transaction=TRANSACTION,
        verification_method=f"{DID}#anchor-1", created=NOW,
    )  # fmt: skip
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


@given(st.integers(1, 70))
@settings(max_examples=40)
def test_every_path_leads_to_the_root_and_no_other_hash_does(count: int) -> None:
    hashes = [hashlib.sha256(bytes((at,))).digest() for at in range(count)]
    tree = blockcerts.tree_of(hashes)
    for value, path in zip(hashes, tree.paths, strict=True):
        steps = tuple((side, beside.hex()) for side, beside in path)
        receipt = blockcerts.Receipt(value.hex(), tree.root.hex(), steps, ())
        assert blockcerts.root_of(receipt)
        assert not blockcerts.root_of(blockcerts.Receipt(bytes(32).hex(), tree.root.hex(), steps, ()))


@pytest.mark.parametrize("others", [0, 1, 2, 5])
def test_our_reader_follows_it_back(others: int) -> None:
    document = signed()
    made = edition(document, [hashlib.sha256(bytes((at,))).digest() for at in range(others)])
    assert made["proof"][0] == document["proof"]
    assert {name: value for name, value in made.items() if name != "proof"} == {
        name: value for name, value in document.items() if name != "proof"
    }
    assert blockcerts.version_of(made) == "3"
    receipt = blockcerts.receipt_of(made, "3")
    assert receipt.target in blockcerts.local_hash(made, "3")
    assert blockcerts.root_of(receipt)
    assert receipt.anchors == (blockcerts.Anchor("ethereum-sepolia", "0x" + TRANSACTION.hex()),)


def test_it_is_chained_where_the_first_proof_can_be_named() -> None:
    assert "previousProof" not in edition(signed(), [])["proof"][1]
    named = edition(signed(proof_id="https://univ.example/c/1#proof"), [])
    assert named["proof"][1]["previousProof"] == "https://univ.example/c/1#proof"


def test_whatever_is_changed_has_another_hash() -> None:
    document = signed()
    hashes = {blockcerts.edition_hash(each) for each in (document, signed("Kim Seo-yeom"))}
    other = json.loads(json.dumps(document))
    other["proof"]["created"] = "2026-11-26T12:00:01Z"
    assert len(hashes | {blockcerts.edition_hash(other)}) == 3
    made = edition(document, [])
    made["credentialSubject"]["achievement"]["name"] += " (advanced)"
    assert blockcerts.receipt_of(made, "3").target not in blockcerts.local_hash(made, "3")


def test_what_has_no_edition() -> None:
    document = signed()
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    for wrong, code in ((unsigned, "blockcerts.unsigned"), (edition(document, []), "blockcerts.already")):
        with pytest.raises(ProofError) as refused:
            blockcerts.edition_hash(wrong)
        assert refused.value.code == code
    strange = {**document, "proof": {**document["proof"], "unheardOf": 1}}
    with pytest.raises(ProofError) as refused:
        blockcerts.edition_hash(strange)
    assert refused.value.code == "blockcerts.earlier"
    with pytest.raises(ProofError):
        edition(document, [], chain=137)
    with pytest.raises(ProofError):
        blockcerts.tree_of([])
    tree = blockcerts.tree_of([blockcerts.edition_hash(document), bytes(32)])
    with pytest.raises(ProofError) as refused:
        blockcerts.edition_of(
            document, tree.root, tree.paths[1], chain=1, transaction=TRANSACTION, verification_method="x", created=NOW
        )
    assert refused.value.code == "blockcerts.path"


def test_its_content_has_a_name_and_a_status_of_its_own() -> None:
    entry = entry_2021("https://univ.example/status/1", 7)
    document = signed()
    content = blockcerts.edition_content(document, "https://univ.example/c/1/blockcerts", entry)
    assert (content["id"], content["credentialStatus"]) == ("https://univ.example/c/1/blockcerts", entry)
    assert "proof" not in content
    assert content["@context"] == [*document["@context"], "https://w3id.org/vc/status-list/2021/v1"]
    unchanged = set(document) - {"@context", "id", "proof"}
    assert {name: content[name] for name in unchanged} == {name: document[name] for name in unchanged}
    again = add_proof(content, KEY, verification_method=f"{DID}#key-1-jwk", created=NOW)
    assert len(blockcerts.edition_hash(again)) == 32


def test_a_list_of_its_time_says_the_same() -> None:
    address = "https://univ.example/status/1"
    bits = Bits()
    bits.set(7)
    made = list_credential_2021(address, DID, bits, valid_from=NOW)
    signed_list = add_proof(made, KEY, verification_method=f"{DID}#key-1-jwk", created=NOW)
    assert read_status(entry_2021(address, 7), signed_list, now=NOW).outcome is StatusOutcome.FAILED
    assert read_status(entry_2021(address, 8), signed_list, now=NOW).outcome is StatusOutcome.PASSED


def test_the_account_is_older_than_the_first_block_that_it_pays_for() -> None:
    """A block says whole seconds, and the published verifier refuses an account that is as old as the block."""
    made = datetime(2026, 11, 26, 11, 42, 0, 400_000, tzinfo=UTC)
    profile = blockcerts.issuer_profile("https://issuer.example/profile", "Issuer", bytes(20), made)
    assert datetime.fromisoformat(profile["publicKey"][0]["created"]) < made.replace(microsecond=0)
