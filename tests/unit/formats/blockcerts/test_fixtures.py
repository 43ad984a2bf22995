"""The documents of the Blockcerts project: hash, way and anchor of each come out as its name says."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from tests.shared import shared

from testamur.errors import LinkedDataError
from testamur.formats import blockcerts

FOLDER = "vectors/blockcerts"

# file → (version, does the hash agree, does the way lead to the root, chain)
FIXTURES = {
    "v1/testnet-valid-1.2.json": ("1.2", True, True, "bitcoin"),
    "v2/ethereum-main-valid-2.0.json": ("2", True, True, "ethereum"),
    "v2/ethereum-revoked-2.0.json": ("2", True, True, "ethereum-ropsten"),
    "v2/ethereum-ropsten-valid-2.0.json": ("2", True, True, "ethereum-ropsten"),
    "v2/mainnet-invalid-merkle-receipt-2.0.json": ("2", True, False, "bitcoin-testnet"),
    "v2/mainnet-merkle-root-unmatch-2.0.json": ("2", True, True, "bitcoin-testnet"),
    "v2/mainnet-revoked-2.0.json": ("2", True, True, "bitcoin"),
    "v2/mainnet-valid-2.0.json": ("2", True, True, "bitcoin"),
    "v2/regtest-valid-2.0.json": ("2", True, True, "bitcoin-regtest"),
    "v2/testnet-tampered-hashes-2.0.json": ("2", False, True, "bitcoin"),
    "v2/testnet-valid-2.0.json": ("2", True, True, "bitcoin-testnet"),
    "v3/ethereum-sepolia-v3.json": ("3", True, True, "ethereum-sepolia"),
    "v3/mocknet-v3-valid.json": ("3", True, True, "mocknet"),
    "v3/mocknet-vc-v2-credential-schema.json": ("3", True, True, "mocknet"),
    "v3/mocknet-vc-v2-credential-schema-invalid.json": ("3", True, True, "mocknet"),
    "v3/mocknet-vc-v2-validFrom-not-yet-valid.json": ("3", True, True, "mocknet"),
    "v3/proof-chain-example-ed25519.json": ("3", True, True, "bitcoin-testnet"),
    "v3/proof-chain-example-secp256k1.json": ("3", True, True, "ethereum-ropsten"),
    "v3/testnet-v3--no-did.json": ("3", False, True, "bitcoin-testnet"),
    "v3/testnet-v3-did.json": ("3", True, True, "bitcoin-testnet"),
    "v3/testnet-v3-did--verification-method-mismatch.json": ("3", True, True, "bitcoin-testnet"),
}

# What our safe mode refuses: a part of these documents is not covered by their hash.
REFUSED = {
    "v3/blockcerts-3.0-alpha.json": "a context that nobody pins",
    "v3/blockcerts-3.0-beta.json": "a relative identifier",
    "v3/testnet-v3--tampered.json": "a relative identifier",
}


def document(name: str) -> Any:
    return json.loads((shared(FOLDER) / name).read_bytes())


@pytest.mark.parametrize("name", FIXTURES)
def test_hash_way_and_anchor(name: str) -> None:
    version, hash_agrees, way_leads, chain = FIXTURES[name]
    certificate = document(name)
    found = blockcerts.version_of(certificate)
    assert found == version
    receipt = blockcerts.receipt_of(certificate, found)
    assert (receipt.target in blockcerts.local_hash(certificate, found)) is hash_agrees
    assert blockcerts.root_of(receipt) is way_leads
    assert [anchor.chain for anchor in receipt.anchors] == [chain]
    bare = blockcerts.signed_part(certificate) if found == "1.2" else certificate
    bare = {name: value for name, value in bare.items() if name not in ("signature", "proof")}
    assert blockcerts.hidden_statement(bare, blockcerts.CONTEXTS) is None


@pytest.mark.parametrize("name", REFUSED)
def test_what_safe_mode_refuses(name: str) -> None:
    with pytest.raises(LinkedDataError):
        blockcerts.local_hash(document(name), "3")


def test_no_fixture_is_left_out() -> None:
    folder = shared(FOLDER)
    present = {str(path.relative_to(folder)) for path in folder.glob("v[123]/*.json")}
    others = {
        "v3/ecdsa-sd-2023-signed-credential.json",  # no Merkle proof
        "v3/mocknet-verifiable-presentation.json",
        "v3/mocknet-verifiable-presentation-failing-credential.json",
    }
    assert present == FIXTURES.keys() | REFUSED.keys() | others


@pytest.mark.parametrize("name", [name for name, expected in FIXTURES.items() if expected[1]])
def test_a_changed_statement_changes_the_hash(name: str) -> None:
    """Every text that a reader sees, changed alone, no longer fits the receipt."""
    certificate = document(name)
    version = blockcerts.version_of(certificate)
    assert version is not None
    receipt = blockcerts.receipt_of(certificate, version)
    for path in (
        ("badge", "name"),
        ("issuedOn",),
        ("recipient", "identity"),
        ("credentialSubject", "name"),
        ("issuanceDate",),
    ):
        changed = copy.deepcopy(certificate)
        node = changed.get("document", changed)
        for step in path[:-1]:
            node = node.get(step, {})
        if path[-1] not in node:
            continue
        node[path[-1]] = "2001-01-01T00:00:00Z"
        assert receipt.target not in blockcerts.local_hash(changed, version), path


def test_the_first_version_is_told_from_what_the_hash_covers() -> None:
    certificate = document("v1/testnet-valid-1.2.json")
    told = blockcerts.in_words_of_3(certificate, "1.2")
    assert told["credentialSubject"]["name"] == "Arya Stark"
    assert told["validFrom"] == "2016-10-03T00:00:00Z"
    assert told["issuer"]["name"] == "Game of thrones issuer"
    assert "language" not in blockcerts.signed_part(certificate)["certificate"]


def test_the_second_version_is_told() -> None:
    told = blockcerts.in_words_of_3(document("v2/mainnet-valid-2.0.json"), "2")
    assert told["name"] == "Certified Security Expert"
    assert told["credentialSubject"]["name"] == "Dimi Arhontidis"
    assert told["issuer"]["id"].startswith("https://blockcerts.learningmachine.com/issuer/")


def test_the_keys_of_issuers() -> None:
    for name, count in (
        ("issuer-blockcerts-v1.json", 1),
        ("issuer-blockcerts-v2a.json", 2),
        ("issuer-blockcerts.json", 3),
        ("issuer-profile-mainnet-example.json", 4),
    ):
        keys = blockcerts.issuer_keys(document(name))
        assert len(keys) == count, name
        assert all(key.since is not None for key in keys)
    assert blockcerts.issuer_keys(document("issuer-blockcerts-v2a.json"))[0].until is not None
