from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shared import shared

from testamur.status import read_open_badges_2_revocation_list, read_revocation_list

ID = "https://1edtech.edu/credentials/3732"


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "status.clear"),
        ([{"id": ID}], "status.revoked"),
        ([{"id": ID, "revoked": True, "revocationReason": "Awarded in error"}], "status.revoked"),
        ([{"id": ID, "revoked": False}], "status.clear"),
        ([{"id": " https://1edtech.edu/credentials%2F3732 "}], "status.revoked"),
        ([{"id": ID + "0"}], "status.clear"),
        ([{"revoked": True}], "status.list_malformed"),
        (["x"], "status.list_malformed"),
        ({"id": ID}, "status.revoked"),  # a single entry without its array
        (None, "status.list_malformed"),
    ],
)
def test_the_list_of_1edtech(entries: Any, code: str) -> None:
    assert read_revocation_list(ID, {"revokedCredential": entries}).code == code


@pytest.mark.parametrize("junk", [None, 5, [], {}, {"error": "not found"}])
def test_what_is_no_list_is_unknown(junk: Any) -> None:
    assert read_revocation_list(ID, junk).outcome == "unknown"
    assert read_open_badges_2_revocation_list(ID, junk).outcome == "unknown"


def test_the_reason_is_told() -> None:
    entry = {"id": ID, "revocationReason": "Awarded in error"}
    assert read_revocation_list(ID, {"revokedCredential": [entry]}).facts["reason"] == "Awarded in error"


def test_the_list_of_open_badges_2() -> None:
    document = json.loads(
        shared("vectors/1edtech/validator-cases/inspector-vc/ob20/assets/revocation-list.json").read_text()
    )
    first = document["revokedAssertions"][0]
    revoked = first if isinstance(first, str) else first.get("id", first.get("uid"))
    assert read_open_badges_2_revocation_list(revoked, document).code == "status.revoked"
    assert read_open_badges_2_revocation_list("urn:uuid:other", document).code == "status.clear"
