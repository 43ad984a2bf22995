from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.shared import shared

from testamur.linked_data import canonicalize
from testamur.status import Bits, StatusOutcome, encode, list_credential, read_status, status_entries, status_entry
from testamur.status.result import StatusResult

URL = "https://uni.example/status/Hq7"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def published(purpose: str = "revocation", **changes: Any) -> dict[str, Any]:
    bits = Bits.from_indexes([94567])
    made = list_credential(
        URL, "did:web:uni.example", bits, purpose, valid_from=NOW, valid_until=NOW + timedelta(days=1), ttl=300_000
    )
    subject = {name: changes.pop(name) for name in list(changes) if name in ("statusPurpose", "encodedList")}
    made["credentialSubject"].update(subject)
    return {**made, **changes}


def test_the_list_credential_is_the_one_of_the_standard() -> None:
    made = published()
    assert made["@context"] == ["https://www.w3.org/ns/credentials/v2"]
    assert made["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert made["issuer"] == "did:web:uni.example"
    assert made["credentialSubject"]["id"] == f"{URL}#list"
    assert made["credentialSubject"]["ttl"] == 300_000
    assert b"encodedList" in canonicalize(made)


def test_the_entry_is_the_one_of_the_standard() -> None:
    assert status_entry(URL, 94567, reference="https://uni.example/why") == {
        "id": f"{URL}#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": URL,
        "statusReference": "https://uni.example/why",
    }
    with pytest.raises(ValueError, match="zero or more"):
        status_entry(URL, -1)


def test_moments_need_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        list_credential(URL, "did:web:uni.example", Bits(), valid_from=datetime(2026, 1, 1))  # noqa: DTZ001 - the point


@pytest.mark.parametrize(
    ("index", "purpose", "outcome", "code"),
    [
        (94567, "revocation", StatusOutcome.FAILED, "status.revoked"),
        (94566, "revocation", StatusOutcome.PASSED, "status.clear"),
        (94567, "suspension", StatusOutcome.FAILED, "status.suspended"),
        (94567, "refresh", StatusOutcome.PASSED, "status.refresh_available"),
        (94567, "message", StatusOutcome.PASSED, "status.message"),
        (94567, "somethingNew", StatusOutcome.UNKNOWN, "status.purpose_unknown"),
        (131_072, "revocation", StatusOutcome.UNKNOWN, "status.index_out_of_range"),
    ],
)
def test_what_a_list_says(index: int, purpose: str, outcome: StatusOutcome, code: str) -> None:
    result = read_status(status_entry(URL, index, purpose), published(purpose), now=NOW)
    assert (result.outcome, result.code) == (outcome, code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"statusPurpose": "suspension"}, "status.purpose_mismatch"),
        ({"id": "https://uni.example/status/other"}, "status.list_other"),
        ({"type": ["VerifiableCredential"]}, "status.list_type"),
        ({"credentialSubject": []}, "status.list_malformed"),
        ({"encodedList": None}, "status.list_malformed"),
        ({"encodedList": "uAAAA"}, "status.list_malformed"),
        ({"encodedList": "uH4sIAAAAAAAC_2NgAAIABgAAAA=="}, "status.list_malformed"),
        ({"validFrom": "2026-11-25T12:00:01Z"}, "status.list_not_yet_valid"),
        ({"validUntil": "2026-11-25T11:59:59Z"}, "status.list_expired"),
        ({"validFrom": "9999-12-31T23:59:59-14:00"}, "status.list_not_yet_valid"),
        ({"validUntil": "0001-01-01T00:00:00+14:00"}, "status.list_expired"),
        ({"validUntil": "next year"}, "status.list_malformed"),
    ],
)
def test_what_a_list_does_not_say_is_unknown(changes: dict[str, Any], code: str) -> None:
    entry = status_entry(URL, 1)
    assert read_status(entry, published(), now=NOW).code == "status.clear"
    result = read_status(entry, published(**changes), now=NOW)
    assert (result.outcome, result.code) == (StatusOutcome.UNKNOWN, code)
    assert result.problem


def test_a_short_list_is_unknown_even_for_a_set_bit() -> None:
    short = bytearray(bytes(Bits.from_indexes([1], size=131_072)))[: 131_072 // 8 - 1]
    encoded = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(short))).decode().rstrip("=")
    assert read_status(status_entry(URL, 1), published(encodedList=encoded), now=NOW).code == "status.list_too_short"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"statusListIndex": 94567}, "status.revoked"),  # an integer, as 1EdTech's own fixture has it
        ({"statusListIndex": "094567"}, "status.revoked"),
        ({"statusListIndex": "-1"}, "status.entry_malformed"),
        ({"statusListIndex": "1e3"}, "status.entry_malformed"),
        ({"statusListIndex": True}, "status.entry_malformed"),
        ({"statusListIndex": 9.5}, "status.entry_malformed"),
        ({"statusListIndex": "9" * 400}, "status.entry_malformed"),
        ({"statusPurpose": ["revocation"]}, "status.entry_malformed"),
        ({"statusSize": 0}, "status.entry_malformed"),
        ({"statusListCredential": None}, "status.entry_malformed"),
        ({"type": "SomethingElse"}, "status.entry_type"),
    ],
)
def test_entries_in_the_wild(changes: dict[str, Any], code: str) -> None:
    assert read_status({**status_entry(URL, 94567), **changes}, published(), now=NOW).code == code


@pytest.mark.parametrize("junk", [None, 5, "x", [], {}, {"type": []}, {"type": {"a": 1}}])
def test_junk_is_unknown(junk: Any) -> None:
    assert read_status(junk, published()).outcome is StatusOutcome.UNKNOWN
    assert read_status(status_entry(URL, 1), junk).outcome is StatusOutcome.UNKNOWN


def test_status_list_2021() -> None:
    entry = {
        "id": f"{URL}#94567",
        "type": "StatusList2021Entry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": URL,
    }
    old = published(
        type=["VerifiableCredential", "StatusList2021Credential"], encodedList=encode(Bits.from_indexes([94567]))[1:]
    )
    assert read_status(entry, old, now=NOW).code == "status.revoked"
    assert read_status({**entry, "statusListIndex": "1"}, old, now=NOW).code == "status.clear"


def test_a_message_is_told() -> None:
    entry = {
        **status_entry(URL, 47283, "message"),
        "statusSize": 2,
        "statusMessage": [{"status": "0x0", "message": "pending"}, {"status": "0x1", "message": "delayed"}],
    }
    bits = Bits.from_indexes([94567], size=2 * 131_072)  # the second bit of the pair 94566, 94567
    result = read_status(entry, published("message", encodedList=encode(bits)), now=NOW)
    assert (result.code, result.facts["value"], result.facts["message"]) == ("status.message", 1, "delayed")


def test_entries_of_a_credential() -> None:
    one = status_entry(URL, 1)
    assert status_entries({"credentialStatus": one}) == [one]
    assert status_entries({"credentialStatus": [one, one]}) == [one, one]
    assert status_entries({}) == []


def test_the_examples_of_the_standard() -> None:
    examples = [
        json.loads(path.read_text())["example"]
        for path in sorted(shared("vectors/w3c/bitstring-status-list/examples").glob("*.json"))
    ]
    [the_list, *_] = [example for example in examples if "BitstringStatusListCredential" in example["type"]]
    entries = [entry for example in examples for entry in status_entries(example)]
    assert len(entries) == 7
    told = {entry["id"]: read_status(entry, the_list).code for entry in entries}
    assert told["https://example.com/credentials/status/3#94567"] == "status.clear"
    assert told["https://example.com/credentials/status/4#23452"] == "status.list_other"


def test_the_fixture_of_1edtech_has_a_readable_entry() -> None:
    path = shared("vectors/1edtech/validator-cases/inspector-vc/ob30/bit-string-list/credential-status-revoked.json")
    [entry] = status_entries(json.loads(path.read_text()))
    found = published(id=entry["statusListCredential"], encodedList=encode(Bits.from_indexes([23])))
    assert read_status(entry, found).code == "status.revoked"


def test_a_result_is_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(StatusResult(StatusOutcome.PASSED, "status.clear"))
