"""W3C Bitstring Status List 1.0: what an issuer states, what it publishes, and what a verifier makes of it."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from tests.conformance import forge
from tests.conformance.client import Client

from testamur.linked_data import CREDENTIALS_V2
from testamur.proofs.encodings import base64url_decode

LISTING = ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
every_listing_suite = pytest.mark.parametrize("suite", LISTING)


def plain(**members: Any) -> dict[str, Any]:
    return forge.credential() | {"credentialSubject": {"id": "did:example:mina"}} | members


def published(client: Client, entry: dict[str, Any]) -> dict[str, Any]:
    reply = client.get(entry["statusListCredential"])
    assert (reply.status, reply.media_type) == (200, "application/vc+ld+json")
    body: dict[str, Any] = reply.body
    return body


@every_listing_suite
def test_an_entry_has_the_form_of_the_standard(client: Client, suite: str) -> None:
    entry = client.issued(suite, plain())["credentialStatus"]
    required = {"type", "statusPurpose", "statusListIndex", "statusListCredential"}
    assert entry.keys() == required | {"id", "statusMessage", "statusReference"}
    assert (entry["type"], entry["statusPurpose"]) == ("BitstringStatusListEntry", "revocation")
    assert re.fullmatch("0|[1-9][0-9]*", entry["statusListIndex"])
    assert entry["statusListCredential"].startswith(f"{client.origin}/status-lists/")
    assert entry["id"] not in (None, entry["statusListCredential"])
    assert [value["status"] for value in entry["statusMessage"]] == ["0x0", "0x1"]  # one for each value of one bit
    assert all(isinstance(value["message"], str) for value in entry["statusMessage"])
    assert entry["statusReference"].startswith("https://")


@every_listing_suite
def test_the_list_is_a_credential_of_its_own_and_verifies(client: Client, suite: str) -> None:
    listed = published(client, client.issued(suite, plain())["credentialStatus"])
    assert listed["@context"][0] == CREDENTIALS_V2
    assert listed["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert listed["issuer"] == client.issuers[suite]  # a string, as 1EdTech and the suite demand
    assert client.verify(listed).status == 200
    subject = listed["credentialSubject"]
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")
    assert subject["encodedList"][0] == "u"
    assert "=" not in subject["encodedList"]
    assert len(gzip.decompress(base64url_decode(subject["encodedList"][1:]))) >= 16 * 1024


@every_listing_suite
def test_revoking_shows_in_the_bit_and_in_the_verification(client: Client, suite: str) -> None:
    document = client.issued(suite, plain(id=f"urn:example:{suite}"))
    other = client.issued(suite, plain(id=f"urn:example:{suite}:other"))
    assert client.verify(document).status == 200
    request = {
        "credentialId": document["id"],
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
        "status": True,
    }
    assert client.post(f"/issuers/{suite}/credentials/status", request).status == 200
    assert client.verify(document).code == "status.revoked"
    assert client.verify(document, checks=["credentialStatus"]).code == "status.revoked"
    assert client.verify(document, checks=["proof"]).status == 200  # asked for the proof alone
    assert client.verify(other).status == 200
    index = int(document["credentialStatus"]["statusListIndex"])
    encoded = published(client, document["credentialStatus"])["credentialSubject"]["encodedList"]
    assert gzip.decompress(base64url_decode(encoded[1:]))[index // 8] & (0x80 >> index % 8)
    assert client.post(f"/issuers/{suite}/credentials/status", {**request, "status": False}).status == 200
    assert client.verify(document).status == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({}, 400),
        ({"credentialId": "urn:example:never"}, 404),
        ({"credentialId": "urn:a", "status": "yes"}, 400),
        ({"credentialId": "urn:a", "credentialStatus": {"statusPurpose": "suspension"}}, 400),
        ({"credentialId": "urn:a", "credentialStatus": []}, 400),
    ],
)
def test_a_change_of_status_that_cannot_be_made_is_refused(client: Client, request_: Any, status: int) -> None:
    assert client.post("/issuers/eddsa-rdfc-2022/credentials/status", request_).status == status


def test_no_index_is_given_twice_and_none_follows_from_another(client: Client) -> None:
    indexes = [int(client.issued("eddsa-rdfc-2022", plain())["credentialStatus"]["statusListIndex"]) for _ in range(30)]
    assert len(set(indexes)) == 30
    assert indexes != sorted(indexes)


def test_a_status_that_the_caller_states_stays_and_the_other_suites_add_none(client: Client) -> None:
    own = {"type": "https://example.org/#Status", "id": "urn:example:status"}
    assert client.issued("eddsa-rdfc-2022", plain(credentialStatus=own))["credentialStatus"] == own
    assert "credentialStatus" not in client.issued("ecdsa-rdfc-2019-p256", plain())
    older = forge.credential("1.1")  # its contexts do not know the words
    assert "credentialStatus" not in client.issued("eddsa-rdfc-2022", older)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"statusListCredential": "https://example.edu/list"}, "status.not_obtained"),
        ({"statusPurpose": "suspension"}, "status.purpose_mismatch"),
        ({"statusListIndex": "131072"}, "status.index_out_of_range"),
    ],
)
def test_a_status_that_cannot_be_decided_is_not_valid(client: Client, change: dict[str, str], code: str) -> None:
    entry = client.issued("eddsa-rdfc-2022", plain())["credentialStatus"]
    good = client.issued("ecdsa-rdfc-2019-p256", plain(credentialStatus=entry))
    assert client.verify(good).status == 200
    wrong = client.issued("ecdsa-rdfc-2019-p256", plain(credentialStatus={**entry, **change}))
    assert client.verify(wrong).code == code


def test_a_status_of_a_kind_that_is_not_known_is_not_valid(client: Client) -> None:
    document = client.issued("ecdsa-rdfc-2019-p256", plain(credentialStatus={"type": "https://example.org/#Status"}))
    assert client.verify(document, checks=["proof"]).status == 200
    assert client.verify(document).code == "status.not_obtained"


@pytest.mark.parametrize(
    "change",
    [
        {"statusListIndex": True},
        {"statusListIndex": 7},
        {"statusPurpose": ["revocation"]},
        {"statusListCredential": "list"},
        {"statusSize": 0},
    ],
)
def test_a_malformed_entry_is_not_signed(client: Client, change: dict[str, Any]) -> None:
    entry = client.issued("eddsa-rdfc-2022", plain())["credentialStatus"]
    reply = client.issue("eddsa-rdfc-2022", plain(credentialStatus={**entry, **change}))
    assert (reply.status, reply.code) == (400, "data_model.status_entry_invalid")
    assert reply.body["problemDetails"][0]["type"].endswith("#MALFORMED_VALUE_ERROR")
