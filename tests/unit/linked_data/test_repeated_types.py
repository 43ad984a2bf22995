"""A type that is named many times: the context that it brings along is applied once."""

from __future__ import annotations

from typing import Any

import pytest

from testamur import linked_data
from testamur.linked_data import CREDENTIALS_V2


def document(types: list[str]) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "credentialStatus": {"id": "urn:x:1", "type": types, "statusPurpose": "revocation", "statusListIndex": "7"},
    }


@pytest.mark.parametrize("times", [2, 30_000])
def test_a_type_named_again_adds_nothing(times: int) -> None:
    """Without this the contexts would combine into more definitions than the limit of work allows."""
    once = linked_data.canonicalize(document(["BitstringStatusListEntry"]))
    assert linked_data.canonicalize(document(["BitstringStatusListEntry"] * times)) == once
