"""Whose key it is can be said only by the host of the address, not by whoever its redirects lead to."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from testamur.errors import Unreachable
from testamur.fetch import FixedResolver
from testamur.ports import Resource
from testamur.proofs.did import did_document, resolve_verification_method
from testamur.proofs.keys import PrivateKey

DID = "did:web:uni.example"
ADDRESS = "https://uni.example/.well-known/did.json"


@pytest.mark.parametrize(
    ("answered_by", "believed"),
    [(None, True), ("https://www.uni.example/did.json", True), ("https://evil.example/did.json", False)],
)
def test_an_answer_from_elsewhere_is_no_answer(answered_by: str | None, believed: bool) -> None:
    key = PrivateKey.generate()
    content = json.dumps(did_document(DID, [("key-1", key.public)])).encode()
    resource = Resource(ADDRESS, content, "application/json", datetime(2026, 1, 1, tzinfo=UTC), answered_by)
    resolver = FixedResolver({ADDRESS: resource})
    if believed:
        assert resolve_verification_method(f"{DID}#key-1", resolver).key == key.public
        return
    with pytest.raises(Unreachable) as raised:
        resolve_verification_method(f"{DID}#key-1", resolver)
    assert raised.value.code == "resolution.elsewhere"
