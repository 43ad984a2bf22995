"""The DIDs of the did:key specification, with the documents that another implementation derives from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn

import pytest
from tests.shared import shared

from testamur.proofs.did import did_key_for, resolve_verification_method


class Nobody:
    """A resolver that must not be asked."""

    def fetch(self, url: str, *, accept: Sequence[str] = ()) -> NoReturn:
        raise AssertionError(f"asked for {url}")


def vectors() -> list[dict[str, Any]]:
    return json.loads(shared("vectors/w3c/did-key/did-key-vectors.json").read_text())["vectors"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["did"][8:20])
def test_the_did_key_vectors(vector: dict[str, Any]) -> None:
    did = vector["did"]
    name = did.removeprefix("did:key:")
    method = resolve_verification_method(did, Nobody())
    assert (method.id, method.controller, method.bound_by) == (f"{did}#{name}", did, "did:key")
    assert did_key_for(method.key) == (did, f"{did}#{name}")
    assert resolve_verification_method(f"{did}#{name}", Nobody()) == method
    if document := vector.get("didDocument"):
        (entry,) = document["verificationMethod"]
        assert (entry["id"], entry["controller"]) == (method.id, method.controller)
        assert entry["publicKeyMultibase"] == method.key.multikey
        assert {relationship for relationship, listed in document.items() if listed == [method.id]} == method.purposes
    else:
        assert method.key.algorithm in ("secp256k1", "BLS12-381-G2")
